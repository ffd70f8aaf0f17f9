import { z } from 'zod'
import { checkUpload } from '@/lib/cms/check-upload'
import { deleteFile } from '@/lib/cms/delete-file'
import { textOf } from '@/lib/cms/file-types'
import { imageSize, type ImageSize } from '@/lib/cms/image-size'
import { saveFile } from '@/lib/cms/save-file'
import { themeOf } from '@/lib/cms/theme-settings'
import { invalid } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'

export const logoBytesMax = 512 * 1024
const endings = ['png', 'jpg', 'jpeg', 'webp', 'svg']
const logoPath = /^\/images\/logo\.[a-z]+$/

export const logoInput = z.object({
  logo: z.instanceof(File, { error: 'Choose an image.' }).refine((file) => file.size > 0, 'Choose an image.').refine((file) => file.size <= logoBytesMax, 'A logo has at most 512 KB.'),
})

/**
 * The logo in the header of every page, a file at `/images/logo.<ending>`. An SVG is only ever shown as an image, and served
 * with a policy that lets it run nothing (UP-2). Throws `invalid` with `logo`.
 */
export async function saveLogo(ctx: Ctx, { fileName, bytes }: { fileName: string; bytes: Uint8Array }): Promise<void> {
  const ending = /\.([a-z]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? ''
  if (!endings.includes(ending)) throw invalid({ logo: ['A logo is a PNG, JPEG, WebP or SVG image.'] })
  if (bytes.length > logoBytesMax) throw invalid({ logo: ['A logo has at most 512 KB.'] })
  const path = `/images/logo.${ending}`
  const checked = checkUpload(path, bytes)
  if ('problem' in checked) throw invalid({ logo: [checked.problem] })
  const size = ending === 'svg' ? svgSize(bytes) : imageSize(bytes, checked.type.contentType)
  const file = await saveFile(ctx, { path, bytes, replace: true })
  const former = await setLogo(ctx, file.id, size)
  // A logo of another kind would stay behind at its own path.
  if (former !== null && former !== file.id) await deleteFormer(ctx, former)
}

/** The portal shows the tenant's name again; the file goes too. */
export async function removeLogo(ctx: Ctx): Promise<void> {
  const former = await setLogo(ctx, null, null)
  if (former !== null) await deleteFormer(ctx, former)
}

/** Answers the file that was the logo before. */
async function setLogo(ctx: Ctx, fileId: bigint | null, size: ImageSize | null): Promise<bigint | null> {
  const tenantId = ctx.tenant.id
  return ctx.db.$transaction(async (tx) => {
    const row = await tx.portalSettings.findFirst({ select: { theme: true, logoFileId: true } })
    const theme = { ...themeOf(row?.theme), ...(size ? { logo: size } : {}) }
    await tx.portalSettings.upsert({ where: { tenantId }, create: { tenantId, theme, logoFileId: fileId }, update: { theme, logoFileId: fileId } })
    await recordEvent(tx, { tenantId, type: 'portal.theme_changed', data: { logo: fileId !== null } })
    await recordAudit(tx, ctx.audit, { action: 'portal.theme_changed', before: { logoFileId: idOf(row?.logoFileId) }, after: { logoFileId: idOf(fileId) } })
    return row?.logoFileId ?? null
  })
}

const idOf = (id: bigint | null | undefined) => (id === null || id === undefined ? null : Number(id))

// Only what was put there as a logo: a picture the tenant chose elsewhere in Content is its own.
async function deleteFormer(ctx: Ctx, fileId: bigint): Promise<void> {
  const file = await ctx.db.portalFile.findUnique({ where: { id: fileId }, select: { path: true } })
  if (file && logoPath.test(file.path)) await deleteFile(ctx, { fileId })
}

const ROOT_MAX = 10_000

/** As its root element claims: `viewBox`, else `width` and `height` in pixels. Null where it does not say. */
function svgSize(bytes: Uint8Array): ImageSize | null {
  const text = textOf(bytes) ?? ''
  const begin = text.search(/<svg\b/)
  const root = begin === -1 ? '' : text.slice(begin, text.indexOf('>', begin)).slice(0, ROOT_MAX)
  const box = /\bviewBox\s*=\s*["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(root)
  const side = (name: string) => new RegExp(`\\s${name}\\s*=\\s*["']([\\d.]+)(?:px)?["']`).exec(root)?.[1]
  const width = Number(box?.[1] ?? side('width'))
  const height = Number(box?.[2] ?? side('height'))
  return width > 0 && height > 0 ? { width, height } : null
}

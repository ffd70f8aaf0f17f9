import type { PortalTemplate } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import type { TemplateKind } from '@/lib/cms/schema'
import type { Ctx } from '@/lib/tenants/context'

/** A tenant's template in a list; a version of a built-in one has the built-in's name and no path. */
export type TemplateListItem = {
  kind: TemplateKind
  systemName: string
  title: string
  path: string | null
  layoutName: string | null
  contentType: string
  /** Something of it is seen by visitors. */
  published: boolean
  /** Its draft differs from what visitors see. */
  draftChanged: boolean
  everPublished: boolean
  updatedAt: Date
  updatedBy: string
}

/** What the portal renders: of each template the text of that mode. Templates that have none in it are left out. */
export type PortalSource = { kind: TemplateKind; systemName: string; title: string; path: string | null; layoutName: string | null; contentType: string; liquid: boolean; body: string }

export type FileListItem = { id: bigint; path: string; contentType: string; size: number; downloadable: boolean; updatedAt: Date }

type Reader = Pick<Ctx, 'db'>

/** All templates the tenant ever touched, without their texts. */
export async function listTemplates(ctx: Reader): Promise<TemplateListItem[]> {
  // Whether two texts differ is asked of the database: a list needs none of them.
  const rows = await ctx.db.$queryRaw<TemplateListItem[]>`
    SELECT kind, "systemName", title, path, "layoutName", "contentType", published IS NOT NULL AS published, "publishedAt" IS NOT NULL AS "everPublished",
           draft IS NOT NULL AND draft IS DISTINCT FROM published AS "draftChanged", "updatedAt", "updatedBy"
      FROM portal_templates ORDER BY kind, "systemName"`
  return rows
}

/** With both texts; null where the tenant has no version of that name. */
export async function findTemplate(ctx: Reader, kind: TemplateKind, systemName: string): Promise<PortalTemplate | null> {
  return ctx.db.portalTemplate.findFirst({ where: { kind, systemName } })
}

export async function getTemplate(ctx: Reader, kind: TemplateKind, systemName: string): Promise<PortalTemplate> {
  const template = await findTemplate(ctx, kind, systemName)
  if (!template) throw notFound()
  return template
}

/** In one statement what a render may need: published texts, or with `draft` the drafts where there are any (CSP-2). */
export async function readPortalSources(ctx: Reader, { draft }: { draft: boolean }): Promise<{ templates: PortalSource[] }> {
  const select = { kind: true, systemName: true, title: true, path: true, layoutName: true, contentType: true, liquid: true, published: true } as const
  const texts: (Omit<PortalSource, 'kind' | 'body'> & { kind: string; published: string | null; draft?: string | null })[] = draft
    ? await ctx.db.portalTemplate.findMany({ select: { ...select, draft: true } })
    : await ctx.db.portalTemplate.findMany({ where: { published: { not: null } }, select })
  const templates = texts.flatMap(({ kind, published, draft: drafted, ...facts }) => {
    const body = drafted ?? published
    return body === null ? [] : [{ ...facts, kind: kind as TemplateKind, body }]
  })
  return { templates }
}

const fileFacts = { id: true, path: true, contentType: true, size: true, hash: true, downloadable: true, createdAt: true, updatedAt: true } as const

export async function listFiles(ctx: Reader): Promise<FileListItem[]> {
  return ctx.db.portalFile.findMany({ select: { id: true, path: true, contentType: true, size: true, downloadable: true, updatedAt: true }, orderBy: { path: 'asc' } })
}

export type FileFacts = { id: bigint; path: string; contentType: string; size: number; hash: string; downloadable: boolean; createdAt: Date; updatedAt: Date }

/** The file that answers at a path, without its bytes; `serveFile` makes an answer of it. */
export async function findFile(ctx: Reader, path: string): Promise<FileFacts | null> {
  return ctx.db.portalFile.findFirst({ where: { path }, select: fileFacts })
}

export async function getFile(ctx: Reader, fileId: bigint): Promise<FileFacts> {
  const file = await ctx.db.portalFile.findUnique({ where: { id: fileId }, select: fileFacts })
  if (!file) throw notFound()
  return file
}

/** The bytes of a file; null where it has gone meanwhile. */
export async function readFileBytes(ctx: Reader, fileId: bigint): Promise<Uint8Array | null> {
  return (await ctx.db.portalFile.findUnique({ where: { id: fileId }, select: { bytes: true } }))?.bytes ?? null
}

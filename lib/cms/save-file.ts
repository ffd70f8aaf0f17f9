import { createHash } from 'node:crypto'
import { AppError, invalid, notFound } from '@/lib/errors'
import { isUniqueViolation } from '@/lib/db/violations'
import type { TenantTx } from '@/lib/db/tenant-db'
import { checkUpload } from '@/lib/cms/check-upload'
import { fileTypeOf } from '@/lib/cms/file-types'
import { cmsBounds, contentPath, fileSettingsInput, fileTextInput, type FileSettingsInput, type FileTextInput } from '@/lib/cms/schema'
import { assertPathFree } from '@/lib/cms/write-template'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'

export type NewFile = { path: string; bytes: Uint8Array; downloadable?: boolean; /** The file at this path gets these bytes; else a taken path is refused. */ replace?: boolean }

/** Keeps a file, to be served at its path. What it is, its bytes say (UP-1). Throws `invalid` with `path` or `file`. */
export async function saveFile(ctx: Ctx, { bytes, downloadable = false, replace = false, ...given }: NewFile): Promise<{ id: bigint; path: string }> {
  const read = contentPath.safeParse(given.path)
  if (!read.success) throw invalid({ path: read.error.issues.map(({ message }) => message) })
  const path = read.data
  const content = contentOf(path, bytes)
  return inFileTransaction(ctx, async (tx) => {
    const before = await tx.portalFile.findFirst({ where: { path }, select: { id: true, size: true, hash: true } })
    if (!before || !replace) await assertPathFree(tx, path)
    await assertRoom(tx, bytes.length - (before?.size ?? 0), before !== null)
    const file = before
      ? await tx.portalFile.update({ where: { id: before.id }, data: content, select: { id: true, path: true } })
      : await tx.portalFile.create({ data: { tenantId: ctx.tenant.id, path, downloadable, ...content }, select: { id: true, path: true } })
    await recordFile(tx, ctx, file, before && { size: before.size }, { size: content.size, contentType: content.contentType })
    return file
  })
}

/** Edits a style sheet, script or other text in place; in force at once. Throws `not_found`, `conflict`, `invalid`. */
export async function saveFileText(ctx: Ctx, raw: FileTextInput): Promise<{ updatedAt: Date }> {
  const { fileId, text, basedOn } = fileTextInput.parse(raw)
  return inFileTransaction(ctx, async (tx) => {
    const before = await lockFile(tx, fileId)
    if (before.updatedAt.getTime() !== basedOn?.getTime()) throw new AppError('conflict', { publicMessage: 'Somebody has saved another version of this file since you opened it. Yours is still here: compare, then save it or take theirs.' })
    if (!fileTypeOf(before.path)?.editable) throw new AppError('conflict', { publicMessage: 'This file is not text. Upload it anew instead.' })
    const content = contentOf(before.path, new TextEncoder().encode(text), 'text')
    await assertRoom(tx, content.size - before.size, true)
    const { updatedAt } = await tx.portalFile.update({ where: { id: fileId }, data: { ...content, updatedAt: laterThan(ctx, before.updatedAt) }, select: { updatedAt: true } })
    await recordFile(tx, ctx, before, { size: before.size }, { size: content.size })
    return { updatedAt }
  })
}

/** Another path, or whether browsers are told to download it. Throws `not_found`, `invalid`. */
export async function editFile(ctx: Ctx, raw: FileSettingsInput): Promise<{ updatedAt: Date }> {
  const { fileId, path, downloadable } = fileSettingsInput.parse(raw)
  return inFileTransaction(ctx, async (tx) => {
    const before = await lockFile(tx, fileId)
    if (path !== undefined && path !== before.path) {
      if (fileTypeOf(path)?.contentType !== before.contentType) throw invalid({ path: [`Keep the ending ${before.path.slice(before.path.lastIndexOf('.'))}: it says what the file is.`] })
      await assertPathFree(tx, path, { fileId })
    }
    const { updatedAt } = await tx.portalFile.update({ where: { id: fileId }, data: { path, downloadable, updatedAt: laterThan(ctx, before.updatedAt) }, select: { updatedAt: true } })
    await recordFile(tx, ctx, before, { path: before.path, downloadable: before.downloadable }, { path: path ?? before.path, downloadable: downloadable ?? before.downloadable })
    return { updatedAt }
  })
}

function contentOf(path: string, bytes: Uint8Array, field: 'file' | 'text' = 'file') {
  const checked = checkUpload(path, bytes)
  if ('problem' in checked) throw invalid({ [field]: [checked.problem] })
  return { contentType: checked.type.contentType, bytes: new Uint8Array(bytes), size: bytes.length, hash: createHash('sha256').update(bytes).digest('hex') }
}

async function lockFile(tx: TenantTx, id: bigint) {
  await tx.$queryRaw`SELECT id FROM portal_files WHERE id = ${id} FOR UPDATE`
  const file = await tx.portalFile.findUnique({ where: { id }, select: { id: true, path: true, contentType: true, size: true, downloadable: true, updatedAt: true } })
  if (!file) throw notFound()
  return file
}

async function assertRoom(tx: TenantTx, more: number, exists: boolean): Promise<void> {
  const { _count, _sum } = await tx.portalFile.aggregate({ _count: true, _sum: { size: true } })
  if (!exists && _count >= cmsBounds.filesMax) throw new AppError('conflict', { publicMessage: `A portal has at most ${cmsBounds.filesMax} files. Delete one first.` })
  if ((_sum.size ?? 0) + more > cmsBounds.filesBytesMax) throw new AppError('conflict', { publicMessage: 'The files of a portal have at most 500 MB together. Delete one first.' })
}

async function recordFile(tx: TenantTx, ctx: Ctx, file: { id: bigint; path: string }, before: Record<string, unknown> | null, after: Record<string, unknown>): Promise<void> {
  await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'portal.file_saved', data: { fileId: Number(file.id), path: file.path } })
  await recordAudit(tx, ctx.audit, { action: 'portal.file_saved', object: { kind: 'portal_file', id: file.id, name: file.path }, before, after })
}

// Versions are told apart by their time, so a later one is later, whatever the clock says.
const laterThan = (ctx: Ctx, before: Date) => new Date(Math.max(ctx.now.getTime(), before.getTime() + 1))

function inFileTransaction<Result>(ctx: Ctx, work: (tx: TenantTx) => Promise<Result>): Promise<Result> {
  return ctx.db.$transaction(work, { timeout: 30_000 }).catch((error: unknown) => {
    if (isUniqueViolation(error)) throw invalid({ path: ['A file is at this path already. Choose another one, or replace that file.'] })
    throw error
  })
}

import { notFound } from '@/lib/errors'
import { fileRef, type FileRef } from '@/lib/cms/schema'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'

/** The path answers 404 from now on; a logo that was this file is none any more. Throws `not_found`. */
export async function deleteFile(ctx: Ctx, raw: FileRef): Promise<void> {
  const { fileId } = fileRef.parse(raw)
  await ctx.db.$transaction(async (tx) => {
    const file = await tx.portalFile.findUnique({ where: { id: fileId }, select: { path: true, size: true } })
    if (!file) throw notFound()
    await tx.portalSettings.updateMany({ where: { logoFileId: fileId }, data: { logoFileId: null } })
    await tx.portalFile.deleteMany({ where: { id: fileId } })
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'portal.file_deleted', data: { fileId: Number(fileId), path: file.path } })
    await recordAudit(tx, ctx.audit, { action: 'portal.file_deleted', object: { kind: 'portal_file', id: fileId, name: file.path }, before: { size: file.size } })
  })
}

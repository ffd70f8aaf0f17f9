import type { PortalTemplate, Prisma } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { isUniqueViolation } from '@/lib/db/violations'
import { AppError, invalid, notFound } from '@/lib/errors'
import type { EventType } from '@/lib/events/event-types'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { cmsBounds, type TemplateKind } from '@/lib/cms/schema'
import type { Ctx } from '@/lib/tenants/context'

export type TemplateWrite<Result> = { result: Result; before?: Record<string, unknown>; after?: Record<string, unknown> }

/**
 * One write on the tenant's row of a template, in one transaction with its event and its audit entry. The row is
 * locked, so that of two who save at once the second one sees the first one's version. Throws `not_found`.
 */
export async function writeTemplate<Result>(
  ctx: Ctx,
  ref: { kind: TemplateKind; systemName: string },
  action: EventType,
  write: (tx: TenantTx, template: PortalTemplate) => Promise<TemplateWrite<Result>>,
): Promise<Result> {
  return inTransaction(ctx, async (tx) => {
    const template = await lockTemplate(tx, ref)
    if (!template) throw notFound()
    const { result, before, after } = await write(tx, template)
    await recordTemplate(tx, ctx, action, template, before, after)
    return result
  })
}

/** A transaction whose unique violations become words (IDM-2). */
export async function inTransaction<Result>(ctx: Ctx, work: (tx: TenantTx) => Promise<Result>): Promise<Result> {
  return ctx.db.$transaction(work).catch((error: unknown) => {
    if (isUniqueViolation(error, 'portal_templates_tenantId_path_key')) throw invalid({ path: ['Another page answers at this path.'] })
    if (isUniqueViolation(error)) throw new AppError('conflict', { publicMessage: 'This was made a moment ago by somebody else. Reload the page and go on from there.', cause: error })
    throw error
  })
}

export async function lockTemplate(tx: TenantTx, { kind, systemName }: { kind: string; systemName: string }): Promise<PortalTemplate | null> {
  await tx.$queryRaw`SELECT id FROM portal_templates WHERE kind = ${kind} AND "systemName" = ${systemName} FOR UPDATE`
  return tx.portalTemplate.findFirst({ where: { kind, systemName } })
}

/** What every new version says of itself. A version is later than the one before it, whatever the clock says. */
export function versionOf(ctx: Ctx, before: Pick<PortalTemplate, 'updatedAt'> | null): { updatedAt: Date; updatedBy: string } {
  return { updatedAt: new Date(Math.max(ctx.now.getTime(), (before?.updatedAt.getTime() ?? 0) + 1)), updatedBy: ctx.actor.name }
}

/** Two members, one template: who began from an older version is told, and nothing is overwritten. Throws `conflict`. */
export function assertUnchanged(template: Pick<PortalTemplate, 'updatedAt' | 'updatedBy'> | null, basedOn: Date | null): void {
  if ((template?.updatedAt.getTime() ?? null) === (basedOn?.getTime() ?? null)) return
  const who = template?.updatedBy || 'Somebody'
  throw new AppError('conflict', {
    publicMessage: template ? `${who} has saved another version since you opened this. Yours is still here: compare, then save it or take theirs.` : 'Somebody has removed this version since you opened it. Yours is still here: save it again to keep it.',
  })
}

/** Every page of the portal reads all its texts, drafts beside what is published, so together they have an end. Throws `conflict`. */
export async function assertRoomForTexts(tx: TenantTx, before: Pick<PortalTemplate, 'draft' | 'published'> | null, after: { draft: string; published?: string }): Promise<void> {
  const sizeOf = ({ draft, published }: { draft?: string | null; published?: string | null }) => Buffer.byteLength(draft ?? '') + Buffer.byteLength(published ?? '')
  const [row] = await tx.$queryRaw<{ bytes: number }[]>`SELECT coalesce(sum(octet_length(coalesce(draft, '')) + octet_length(coalesce(published, ''))), 0)::float8 AS bytes FROM portal_templates`
  const more = sizeOf({ ...before, ...after }) - (before ? sizeOf(before) : 0)
  if (more > 0 && row!.bytes + more > cmsBounds.textsBytesMax) throw new AppError('conflict', { publicMessage: 'The templates of a portal have at most 8 MB of text together, drafts included. Move scripts, styles and data into files.' })
}

/** Throws `invalid` where a file or another page stands at the path. A file comes first when both are asked for. */
export async function assertPathFree(tx: TenantTx, path: string, except: { templateId?: bigint; fileId?: bigint } = {}): Promise<void> {
  const page = await tx.portalTemplate.findFirst({ where: { path, ...(except.templateId && { id: { not: except.templateId } }) }, select: { title: true } })
  if (page) throw invalid({ path: [`The page “${page.title}” answers at this path. Choose another one.`] })
  const file = await tx.portalFile.findFirst({ where: { path, ...(except.fileId && { id: { not: except.fileId } }) }, select: { id: true } })
  if (file) throw invalid({ path: ['A file is at this path already. Choose another one, or replace that file.'] })
}

export async function recordTemplate(
  tx: TenantTx,
  ctx: Ctx,
  action: EventType,
  template: Pick<PortalTemplate, 'id' | 'kind' | 'systemName' | 'title'>,
  before?: Record<string, unknown>,
  after?: Record<string, unknown>,
): Promise<void> {
  const data = { templateId: Number(template.id), kind: template.kind, systemName: template.systemName } satisfies Prisma.InputJsonObject
  await recordEvent(tx, { tenantId: ctx.tenant.id, type: action, data })
  await recordAudit(tx, ctx.audit, { action, object: { kind: 'portal_template', id: template.id, name: template.title || template.systemName }, before, after })
}

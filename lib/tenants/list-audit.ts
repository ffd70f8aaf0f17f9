import { z } from 'zod'
import type { Prisma } from '@/lib/db/generated/client'
import { decodeCursor, pageSize, takePage } from '@/lib/tenants/cursor'
import type { Ctx } from '@/lib/tenants/context'

/** What the log speaks about: the first word of an action. */
export const auditNouns = ['product', 'metric', 'mapping_rule', 'plan', 'end_user', 'account', 'developer', 'application', 'credential', 'member', 'access_token', 'provider_key', 'tenant', 'plan_request', 'field_definition', 'portal', 'domain', 'api_spec', 'webhook_endpoint', 'webhook_delivery'] as const

const sinceMs = { day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000 } as const

/** Query parameters arrive as text; what is not on the list of allowed words is ignored (ISO-9). */
const auditListInput = z.object({
  search: z.string().trim().max(200).catch('').default(''),
  noun: z.enum(auditNouns).optional().catch(undefined),
  /** Members by `member:<id>`, others by kind. */
  actor: z
    .string()
    .regex(/^(member:[1-9]\d{0,14}|member|developer|system|visitor)$/)
    .optional()
    .catch(undefined),
  since: z.enum(['day', 'week', 'month']).optional().catch(undefined),
  cursor: z.string().max(200).optional().catch(undefined),
})
export type AuditListInput = z.input<typeof auditListInput>

export type AuditItem = {
  id: number
  at: Date
  action: string
  actor: { kind: string; name: string }
  object: { kind: string | null; id: string | null; name: string | null }
  address: string | null
  requestId: string | null
  /** Field by field, secrets masked when it was written (AUD-1). */
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
}

/** Who did what, the latest first, 25 a page. `search` finds a part of an actor's or object's name, or a request id whole. */
export async function listAudit(ctx: Pick<Ctx, 'db' | 'now'>, raw: AuditListInput = {}): Promise<{ items: AuditItem[]; nextCursor: string | null; previousCursor: string | null }> {
  const { search, noun, actor, since, cursor } = auditListInput.parse(raw)
  const part = { contains: search, mode: 'insensitive' as const }
  const [actorKind, actorId] = actor?.split(':') ?? []
  const where: Prisma.AuditEntryWhereInput = {
    ...(noun && { action: { startsWith: `${noun}.` } }),
    ...(actorKind && { actorKind }),
    ...(actorId && { actorId: BigInt(actorId) }),
    ...(since && { createdAt: { gte: new Date(ctx.now.getTime() - sinceMs[since]) } }),
    ...(search && { OR: [{ actorName: part }, { objectName: part }, { requestId: search }] }),
  }
  const at = decodeCursor(cursor)
  const found = await ctx.db.auditEntry.findMany({
    where: at ? { AND: [where, { id: at.back ? { gt: at.id } : { lt: at.id } }] } : where,
    orderBy: { id: at?.back ? 'asc' : 'desc' },
    take: pageSize + 1,
  })
  const { rows, next, previous } = takePage(found, at)
  return {
    items: rows.map((row) => ({
      id: Number(row.id),
      at: row.createdAt,
      action: row.action,
      actor: { kind: row.actorKind, name: row.actorName },
      object: { kind: row.objectKind, id: row.objectId, name: row.objectName },
      address: row.address,
      requestId: row.requestId,
      before: fieldsOf(row.before),
      after: fieldsOf(row.after),
    })),
    nextCursor: next,
    previousCursor: previous,
  }
}

function fieldsOf(value: Prisma.JsonValue): Record<string, unknown> | null {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : null
}

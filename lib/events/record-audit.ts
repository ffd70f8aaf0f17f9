import { Prisma } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { maskForAudit } from '@/lib/events/mask-for-audit'

/** Who did it and from where; `ctx.audit` fits. */
type Origin = { tenantId: bigint; actor: { kind: string; id: bigint | null; name: string }; address: string | null; requestId: string | null }

export type AuditFacts = {
  /** noun.verb, e.g. `plan.published`. */
  action: string
  object?: { kind: string; id: bigint | number | string | null; name?: string | null }
  /** Only the fields that matter; secrets are masked here. */
  before?: Record<string, unknown> | null
  after?: Record<string, unknown> | null
}

/** Appends to the audit log in the transaction of the change; nobody can alter it afterwards (AUD-1). */
export async function recordAudit(tx: TenantTx, origin: Origin, facts: AuditFacts): Promise<void> {
  await tx.auditEntry.create({ data: rowOf(origin, facts), select: { id: true } })
}

/** Several entries of one moment, in one statement. */
export async function recordAudits(tx: TenantTx, origin: Origin, entries: AuditFacts[]): Promise<void> {
  if (entries.length > 0) await tx.auditEntry.createMany({ data: entries.map((facts) => rowOf(origin, facts)) })
}

function rowOf(origin: Origin, facts: AuditFacts) {
  return {
    tenantId: origin.tenantId,
    actorKind: origin.actor.kind,
    actorId: origin.actor.id,
    actorName: origin.actor.name,
    address: origin.address,
    requestId: origin.requestId,
    action: facts.action,
    objectKind: facts.object?.kind,
    objectId: facts.object?.id?.toString(),
    objectName: facts.object?.name,
    before: facts.before ? maskForAudit(facts.before) : Prisma.DbNull,
    after: facts.after ? maskForAudit(facts.after) : Prisma.DbNull,
  }
}

import { ownAccountOnly } from '@/lib/accounts/own-account'
import { credentialPlace, type CredentialKind } from '@/lib/applications/insert-credential'
import { keyUse, type KeyUse } from '@/lib/applications/queries'
import { decryptSecret } from '@/lib/crypto'
import { recordAudits } from '@/lib/events/record-audit'
import type { Ctx } from '@/lib/tenants/context'

export type OwnKey = {
  id: number
  kind: CredentialKind
  /** In the clear where it was asked for and is kept, else null. */
  key: string | null
  hint: string
  createdAt: Date
} & KeyUse

const AUDITED_AGAIN_MS = 3_600_000

/**
 * Live keys of own applications by application id, the oldest first, whatever their number in a few queries. With
 * `reveal` in the clear, for the pages that are there to show them; the audit log then holds one entry per application,
 * session and hour (security reference, section 6: any time to its owner, with reveal audit).
 */
export async function readOwnKeys(ctx: Ctx, applicationIds: bigint[], { reveal }: { reveal: boolean }): Promise<Map<number, OwnKey[]>> {
  const rows = await ctx.db.credential.findMany({
    where: { applicationId: { in: applicationIds }, revokedAt: null, application: { kind: 'partner', ...ownAccountOnly(ctx) } },
    orderBy: { id: 'asc' },
    include: { application: { select: { name: true } } },
  })
  const open = ({ id, cipher }: { id: bigint; cipher: string | null }) => (reveal && cipher !== null ? decryptSecret(cipher, credentialPlace(ctx.tenant.id, id)) : null)
  const keys = rows.map((row) => {
    const { hint, createdAt } = row
    return { applicationId: row.applicationId, name: row.application.name, key: { id: Number(row.id), kind: row.kind as CredentialKind, key: open(row), hint, createdAt, ...keyUse(row) } }
  })
  const byApplication = Map.groupBy(keys, ({ applicationId }) => Number(applicationId))
  if (reveal) await auditReveals(ctx, new Map([...byApplication].map(([id, of]) => [id, { name: of[0]!.name, keys: of.map(({ key }) => ({ id: key.id, kind: key.kind, hint: key.hint })) }])))
  return new Map([...byApplication].map(([id, of]) => [id, of.map(({ key }) => key)]))
}

type Shown = { name: string; keys: { id: number; kind: string; hint: string }[] }

async function auditReveals(ctx: Ctx, shown: Map<number, Shown>): Promise<void> {
  const { actor } = ctx
  if (shown.size === 0 || actor.kind !== 'developer') return
  const sessionId = Number(actor.sessionId)
  const earlier = await ctx.db.auditEntry.findMany({
    where: { action: 'credential.revealed', actorKind: 'developer', actorId: actor.id, createdAt: { gt: new Date(ctx.now.getTime() - AUDITED_AGAIN_MS) } },
    select: { objectId: true, after: true },
  })
  const known = new Set(earlier.filter(({ after }) => (after as { sessionId?: unknown } | null)?.sessionId === sessionId).map(({ objectId }) => objectId))
  const due = [...shown].filter(([id]) => !known.has(String(id)))
  await recordAudits(
    ctx.db,
    ctx.audit,
    due.map(([id, { name, keys }]) => ({ action: 'credential.revealed', object: { kind: 'application', id, name }, after: { sessionId, revealed: keys.map(({ id: credentialId, kind, hint }) => ({ credentialId, kind, keyHint: hint })) } })),
  )
}

import { randomToken, tokenHash } from '@/lib/crypto'
import type { TenantTx } from '@/lib/db/tenant-db'

/** What a link in a mail is good for. Bound to its person and tenant by the row, single use, one live token a purpose (PW-4). */
export type TokenPurpose = 'confirm_email' | 'reset_password' | 'invitation'

type TokenHolder = { tenantId: bigint; memberId: bigint }

const HOUR_MS = 3_600_000
const lifetimeMs = { confirm_email: HOUR_MS, reset_password: HOUR_MS, invitation: 7 * 24 * HOUR_MS } satisfies Record<TokenPurpose, number>

/** The token for a link; only its hash is stored. Older ones of the purpose are void from now on. */
export async function makeOneTimeToken(tx: TenantTx, purpose: TokenPurpose, { tenantId, memberId }: TokenHolder, now: Date): Promise<string> {
  // Two requests at once would each not see the other's token: they take turns at the person.
  await tx.$queryRaw`SELECT id FROM members WHERE "tenantId" = ${tenantId} AND id = ${memberId} FOR UPDATE`
  await tx.oneTimeToken.updateMany({ where: { tenantId, memberId, realm: 'admin', purpose, usedAt: null }, data: { usedAt: now } })
  const token = randomToken()
  await tx.oneTimeToken.create({
    data: { tenantId, memberId, realm: 'admin', purpose, hash: tokenHash(token), createdAt: now, expiresAt: new Date(now.getTime() + lifetimeMs[purpose]) },
  })
  return token
}

/** Whose token it is while it is good; looks only, so that opening a link changes nothing. */
export async function findTokenHolder(tx: TenantTx, tenantId: bigint, purpose: TokenPurpose, token: string, now: Date): Promise<bigint | null> {
  const row = await tx.oneTimeToken.findFirst({ where: { tenantId, hash: tokenHash(token), realm: 'admin', purpose, usedAt: null, expiresAt: { gt: now } }, select: { memberId: true } })
  return row?.memberId ?? null
}

/** Uses the token up in one conditional UPDATE: of two that come together one wins. Null for used, late, void, foreign. */
export async function consumeOneTimeToken(tx: TenantTx, tenantId: bigint, purpose: TokenPurpose, token: string, now: Date): Promise<bigint | null> {
  const [row] = await tx.oneTimeToken.updateManyAndReturn({
    where: { tenantId, hash: tokenHash(token), realm: 'admin', purpose, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
    select: { memberId: true },
  })
  return row?.memberId ?? null
}

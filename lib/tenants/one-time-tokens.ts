import { randomToken, tokenHash } from '@/lib/crypto'
import type { TenantTx } from '@/lib/db/tenant-db'

/** What a link in a mail is good for. Bound to its person and tenant by the row, single use, one live token a purpose (PW-4). */
export type TokenPurpose = 'confirm_email' | 'reset_password' | 'invitation'

/** Members sign in to the dashboard (realm `admin`), developers to the portal: a token of one never opens the other. */
export type TokenRealm = 'admin' | 'portal'

export type TokenHolder = { tenantId: bigint; memberId: bigint } | { tenantId: bigint; developerId: bigint }

const HOUR_MS = 3_600_000
const lifetimeMs = { confirm_email: HOUR_MS, reset_password: HOUR_MS, invitation: 7 * 24 * HOUR_MS } satisfies Record<TokenPurpose, number>

/** The token for a link; only its hash is stored. Older ones of the purpose are void from now on. */
export async function makeOneTimeToken(tx: TenantTx, purpose: TokenPurpose, holder: TokenHolder, now: Date): Promise<string> {
  const { tenantId } = holder
  // Two requests at once would each not see the other's token: they take turns at the person.
  if ('memberId' in holder) await tx.$queryRaw`SELECT id FROM members WHERE "tenantId" = ${tenantId} AND id = ${holder.memberId} FOR UPDATE`
  else await tx.$queryRaw`SELECT id FROM developers WHERE "tenantId" = ${tenantId} AND id = ${holder.developerId} FOR UPDATE`
  const realm: TokenRealm = 'memberId' in holder ? 'admin' : 'portal'
  await tx.oneTimeToken.updateMany({ where: { ...holder, realm, purpose, usedAt: null }, data: { usedAt: now } })
  const token = randomToken()
  await tx.oneTimeToken.create({ data: { ...holder, realm, purpose, hash: tokenHash(token), createdAt: now, expiresAt: new Date(now.getTime() + lifetimeMs[purpose]) } })
  return token
}

/** Whose token it is while it is good, the member's or in realm `portal` the developer's id; looks only, so that opening a link changes nothing. */
export async function findTokenHolder(tx: TenantTx, tenantId: bigint, purpose: TokenPurpose, token: string, now: Date, realm: TokenRealm = 'admin'): Promise<bigint | null> {
  const row = await tx.oneTimeToken.findFirst({ where: { tenantId, hash: tokenHash(token), realm, purpose, usedAt: null, expiresAt: { gt: now } }, select: { memberId: true, developerId: true } })
  return holderOf(row, realm)
}

/** Uses the token up in one conditional UPDATE: of two that come together one wins. Null for used, late, void, foreign. */
export async function consumeOneTimeToken(tx: TenantTx, tenantId: bigint, purpose: TokenPurpose, token: string, now: Date, realm: TokenRealm = 'admin'): Promise<bigint | null> {
  const [row] = await tx.oneTimeToken.updateManyAndReturn({
    where: { tenantId, hash: tokenHash(token), realm, purpose, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
    select: { memberId: true, developerId: true },
  })
  return holderOf(row, realm)
}

function holderOf(row: { memberId: bigint | null; developerId: bigint | null } | null | undefined, realm: TokenRealm): bigint | null {
  return (realm === 'admin' ? row?.memberId : row?.developerId) ?? null
}

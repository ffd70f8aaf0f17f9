import type { TenantTx } from '@/lib/db/tenant-db'
import { newKey } from '@/lib/ids'
import type { OauthSite } from '@/lib/oauth/oauth-exchange'
import { oauthHash } from '@/lib/oauth/token-hash'

/** Lifetimes in seconds: OA-3, OA-4; classic ones are 3scale's (reference gateway 3). */
export const lifetimes = { code: 60, access: 3_600, refresh: 60 * 86_400, handoff: 600, classicCode: 600, classicAccess: 604_800 } as const

export type TokenAnswer = { access_token: string; token_type: 'Bearer'; expires_in: number; refresh_token?: string; scope?: string }

type Wanted = { grantId: bigint; scopes: string[]; /** The scopes the refresh token keeps; null: without one. */ refreshScopes: string[] | null }

/** New tokens on a grant, RFC 6749 5.1; the table gets their hashes. */
export async function issueTokens(tx: TenantTx, site: OauthSite, { grantId, scopes, refreshScopes }: Wanted): Promise<TokenAnswer> {
  const accessToken = newKey('ot')
  await storeToken(tx, site, { kind: 'access', grantId, scopes, token: accessToken, seconds: lifetimes.access })
  const refreshToken = refreshScopes && newKey('or')
  if (refreshToken) await storeToken(tx, site, { kind: 'refresh', grantId, scopes: refreshScopes, token: refreshToken, seconds: lifetimes.refresh })
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: lifetimes.access,
    ...(refreshToken ? { refresh_token: refreshToken } : {}),
    ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
  }
}

type NewToken = { kind: 'access' | 'refresh'; grantId: bigint; scopes: string[]; token: string; seconds: number }

/** Keeps a token by its hash alone: nobody can read it again. It ends after so many seconds. */
export async function storeToken(tx: TenantTx, { tenantId, productId, environment, now }: OauthSite, { kind, grantId, scopes, token, seconds }: NewToken): Promise<void> {
  await tx.oauthToken.create({
    data: { tenantId, grantId, kind, hash: oauthHash(kind, productId, environment, token), scopes, createdAt: now, expiresAt: new Date(now.getTime() + seconds * 1000) },
    select: { id: true },
  })
}

import { createHmac } from 'node:crypto'
import { deriveKey, randomToken, sameSecret, tokenHash } from '@/lib/crypto'
import type { OauthHandoff, Prisma } from '@/lib/db/generated/client'
import type { TenantDb, TenantTx } from '@/lib/db/tenant-db'
import type { OauthClient } from '@/lib/oauth/find-client'
import { lifetimes } from '@/lib/oauth/issue-tokens'
import type { OauthSite } from '@/lib/oauth/oauth-exchange'
import { oauthHash } from '@/lib/oauth/token-hash'

/** What the client asked for; kept with the hand-off, since a browser must not be able to alter it on the way. */
export type HandoffRequest = { redirectUri: string; scopes: string[]; state: string | null; codeChallenge: string | null; issuer: string; classic: boolean }

/** What the login site says. */
export type HandoffAnswer = { denied: true } | { denied: false; endUserId: string; scopes: string[] }

export type Handoff = { row: OauthHandoff; request: HandoffRequest; answer: HandoffAnswer | null }

/**
 * A browser sets out for the login page: a random id, ten minutes, one use, tied to the browser by a cookie (OA-9).
 * `token` is what 3scale's login pages get as `tok`.
 */
export async function openHandoff(db: TenantDb, site: OauthSite, client: OauthClient, request: HandoffRequest): Promise<{ id: string; cookie: string; token: string }> {
  const { tenantId, productId, environment, now } = site
  const id = randomToken()
  const browser = randomToken()
  const hash = oauthHash('handoff', productId, environment, id)
  const row = await db.oauthHandoff.create({
    data: {
      tenantId,
      productId,
      applicationId: client.applicationId,
      environment,
      hash,
      cookieHash: tokenHash(browser),
      request: request as Prisma.InputJsonObject,
      createdAt: now,
      expiresAt: new Date(now.getTime() + lifetimes.handoff * 1000),
    },
    select: { id: true },
  })
  return { id, cookie: cookieOf(site, id, browser, lifetimes.handoff), token: classicToken(site, row.id) }
}

/** The hand-off of this product, used or not, late or not; null for a stranger. */
export async function findHandoff(db: TenantDb | TenantTx, { productId, environment }: OauthSite, id: string): Promise<Handoff | null> {
  if (id.length > 100) return null
  const row = await db.oauthHandoff.findUnique({ where: { hash: oauthHash('handoff', productId, environment, id) } })
  return row && row.productId === productId ? { row, request: row.request as unknown as HandoffRequest, answer: row.answer as unknown as HandoffAnswer | null } : null
}

/** Neither answered nor too late. */
export const isOpen = ({ row }: Handoff, { now }: OauthSite): boolean => row.usedAt === null && row.expiresAt > now

/** Whether the request comes from the browser that set out. */
export function isSameBrowser(site: OauthSite, { row }: Handoff, id: string, cookies: string | undefined): boolean {
  const name = cookieName(site, id)
  const found = (cookies ?? '').split(/; */).filter((pair) => pair.startsWith(`${name}=`))
  return found.length === 1 && sameSecret(tokenHash(found[0]!.slice(name.length + 1)), row.cookieHash)
}

/** Tells the browser to forget. */
export const forgetBrowser = (site: OauthSite, id: string): string => cookieOf(site, id, '', 0)

/**
 * The access token of a classic client, known before there is a grant (reference gateway 3, step 3). Derived from the
 * hand-off, so that it lies nowhere in the clear.
 */
export function classicToken({ tenantId }: OauthSite, handoffId: bigint): string {
  return createHmac('sha256', deriveKey('oauth.classic_token')).update(`${tenantId}|${handoffId}`).digest('hex').slice(0, 40)
}

/** One cookie a hand-off: two tabs do not disturb each other. */
function cookieName({ issuer }: OauthSite, id: string): string {
  return `${issuer.startsWith('https:') ? '__Host-' : ''}oauth_${tokenHash(id).slice(0, 12)}`
}

function cookieOf(site: OauthSite, id: string, value: string, seconds: number): string {
  return `${cookieName(site, id)}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${site.issuer.startsWith('https:') ? '; Secure' : ''}`
}

import { tenantDb } from '@/lib/db/tenant-db'
import { AppError } from '@/lib/errors'
import type { Reach } from '@/lib/management/management-route'
import type { Credentials } from '@/lib/management/read-sent'
import { findAccessToken } from '@/lib/tenants/access-tokens'
import { permissions, type Actor, type Ctx } from '@/lib/tenants/context'
import { findTenantIdByProviderKey } from '@/lib/tenants/provider-key'
import type { TenantRow } from '@/lib/tenants/queries'
import { networkOf } from '@/lib/throttle/network-of'
import { assertAllowed, throttle } from '@/lib/throttle/throttle'

/** Who calls, and how far that goes. `key` names the caller for throttles and `Idempotency-Key`. */
export type Caller = { ctx: Ctx; key: string; reach: Reach; readOnly: boolean }

type Asked = { tenant: TenantRow; address: string | null; requestId: string; now: Date }

/**
 * The caller behind an access token or the provider key (reference portal 8.1): as parameter, as Bearer, or as user or
 * password of HTTP Basic. Cookies are never looked at: no page can make a browser call this API. A token acts as its
 * member, whose role and permissions still hold; the provider key, older than tokens, holds all rights. Throws
 * `unauthenticated`, and `too_many_requests` to an address that tries many nobody knows.
 */
export async function authenticate(asked: Asked, authorization: string | null, sent: Credentials): Promise<Caller> {
  const { accessToken, providerKey } = sent
  if (accessToken !== null) return must(await byAccessToken(asked, accessToken))
  if (providerKey !== null) return must(await byProviderKey(asked, providerKey))
  const value = readAuthorization(authorization)
  if (value === null) throw new AppError('unauthenticated', { publicMessage: 'Send an access token: as parameter access_token, as Authorization: Bearer, or as user or password of HTTP Basic.' })
  if (value.startsWith('pk_')) return must(await byProviderKey(asked, value))
  return must(await byAccessToken(asked, value))
}

function must(caller: Caller | null): Caller {
  if (caller) return caller
  throw new AppError('unauthenticated', { publicMessage: 'This access token is unknown, expired or revoked.' })
}

async function byAccessToken(asked: Asked, value: string): Promise<Caller | null> {
  const db = tenantDb(asked.tenant.id)
  const visitor = contextOf(asked, { kind: 'visitor', id: null, name: 'Visitor' }, 'Visitor', [])
  const token = await findAccessToken({ db, now: asked.now, audit: visitor.audit }, value)
  if (!token) return null
  const { member } = token
  const role = member.role === 'admin' ? 'admin' : 'member'
  const held = role === 'admin' ? permissions : permissions.filter((permission) => member.permissions.includes(permission))
  const actor: Actor = { kind: 'member', id: member.id, name: member.name, email: member.email, role, sessionId: 0n }
  const ctx = contextOf(asked, actor, `${member.name} (access token “${token.name}”)`, held)
  return { ctx, key: `access_token:${token.id}`, reach: { scopes: new Set(token.scopes), expiresAt: token.expiresAt }, readOnly: token.permission !== 'rw' }
}

async function byProviderKey(asked: Asked, value: string): Promise<Caller | null> {
  const tenantId = await findTenantIdByProviderKey(value)
  if (tenantId === asked.tenant.id) {
    return { ctx: contextOf(asked, { kind: 'system', id: null, name: 'Provider key' }, 'Provider key', permissions), key: 'provider_key', reach: { scopes: 'all', expiresAt: null }, readOnly: false }
  }
  if (asked.address !== null) assertAllowed(await throttle().take('access_token', networkOf(asked.address)))
  return null
}

/** The secret in an Authorization header: of Bearer, or the user of Basic, or where that is empty the password. */
export function readAuthorization(header: string | null): string | null {
  const [, scheme, rest] = /^\s*(bearer|basic)\s+(\S+)\s*$/i.exec(header ?? '') ?? []
  if (!scheme || !rest) return null
  if (scheme.toLowerCase() === 'bearer') return rest
  const plain = Buffer.from(rest, 'base64').toString('utf8')
  const at = plain.indexOf(':')
  const parts = at < 0 ? [plain] : [plain.slice(0, at), plain.slice(at + 1)]
  // Some clients put a name beside the token: ours is known by its beginning.
  return parts.find((part) => /^(at|pk)_/.test(part)) ?? parts.find((part) => part !== '') ?? null
}

function contextOf({ tenant, address, requestId, now }: Asked, actor: Actor, auditName: string, held: readonly (typeof permissions)[number][]): Ctx {
  const { id, slug, name, timezone, features, trialEndsAt } = tenant
  return {
    tenant: { id, slug, name, timezone, features, trialEndsAt },
    actor,
    permissions: new Set(held),
    db: tenantDb(id),
    now,
    audit: { tenantId: id, actor: { kind: actor.kind, id: actor.id, name: auditName }, address, requestId },
  }
}

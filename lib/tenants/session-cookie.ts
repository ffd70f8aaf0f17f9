import { decode, encode } from 'next-auth/jwt'
import { deriveKey } from '@/lib/crypto'
import { env } from '@/lib/env'

/** Two kinds of people sign in, each at hosts of their own. A session of one realm or tenant is none at another (SES-1). */
export type Realm = 'admin' | 'portal'

export type SessionRealm = { realm: Realm; tenantId: bigint }

/** What the cookie's JWT says: the id of a row and whom it was made for. Everything else is in the row. */
export type SessionClaims = { sid: string; realm: Realm; tenant: string }

/** Lifetimes (SES-4): idle and absolute. */
export const sessionIdleMs = { admin: 12 * 3_600_000, portal: 24 * 3_600_000 } satisfies Record<Realm, number>
export const sessionAbsoluteMs = { admin: 7 * 86_400_000, portal: 14 * 86_400_000 } satisfies Record<Realm, number>

/**
 * Cookie names of a realm and tenant (SES-2). No name begins with another's, because next-auth collects its session
 * cookie by prefix. The `__Host-` prefix follows the scheme: browsers refuse it over plain http.
 */
export function cookieNames({ realm, tenantId }: SessionRealm): { session: string; csrf: string; callback: string; preSession: string } {
  const base = `${hostPrefix()}${realm === 'admin' ? 'adm' : 'prt'}.${tenantId}`
  return { session: `${base}.s`, csrf: `${base}.csrf`, callback: `${base}.back`, preSession: preSessionCookieName() }
}

/** The cookie that binds forms before sign-in (CSRF-2); the same on every zone of ours. */
export function preSessionCookieName(): string {
  return `${hostPrefix()}pre`
}

/** Attributes of every cookie we set: no Domain, ever (SES-2). */
export function cookieOptions(): { httpOnly: true; sameSite: 'lax'; path: '/'; secure: boolean } {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure: env().PUBLIC_SCHEME === 'https' }
}

/** The next-auth secret of a realm and tenant: a cookie of one cannot even be decrypted at another (SES-5). */
export function sessionSecret({ realm, tenantId }: SessionRealm): string {
  return deriveKey(`session.${realm}.${tenantId}`).toString('base64url')
}

export async function encodeSessionCookie(at: SessionRealm, sid: string): Promise<string> {
  const token: SessionClaims = { sid, realm: at.realm, tenant: String(at.tenantId) }
  return encode({ token, secret: sessionSecret(at), maxAge: sessionAbsoluteMs[at.realm] / 1000 })
}

/** The session id in a cookie, or null for anything not made by us for this realm and tenant. */
export async function decodeSessionCookie(at: SessionRealm, cookie: string): Promise<string | null> {
  try {
    const claims = await decode({ token: cookie, secret: sessionSecret(at) })
    return claims && claims.realm === at.realm && claims.tenant === String(at.tenantId) && typeof claims.sid === 'string' ? claims.sid : null
  } catch {
    return null // foreign, forged, expired or damaged: all the same, nobody is signed in
  }
}

function hostPrefix(): string {
  return env().PUBLIC_SCHEME === 'https' ? '__Host-' : ''
}

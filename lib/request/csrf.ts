import { createHmac } from 'node:crypto'
import { deriveKey, randomToken, sameSecret } from '@/lib/crypto'
import { AppError } from '@/lib/errors'
import { cookieValues, type Incoming } from '@/lib/request/incoming'
import { preSessionCookieName } from '@/lib/tenants/session-cookie'

/** The header that carries the token; `components/csrf-fetch.tsx` adds it to every same-origin write. */
const csrfHeader = 'x-csrf-token'

/**
 * The token of a session, for `<meta name="csrf-token">`. Bound to the row, not to the cookie's id, so that it
 * outlives the new id of a step-up within the same page.
 */
export function csrfTokenFor(session: { tenantId: bigint; id: bigint }): string {
  return mac('csrf.session', `${session.tenantId}.${session.id}`)
}

/** Before sign-in the token is bound to a random cookie of this browser and to this very host (CSRF-2). */
export function preSessionToken(cookie: string, host: string): string {
  return mac('csrf.pre-session', `${host}.${cookie}`)
}

export const newPreSession = randomToken

/** The browser's pre-session value, unless it sent none or two. */
export function readPreSession(incoming: Incoming): string | null {
  const values = cookieValues(incoming.headers, preSessionCookieName())
  return values.length === 1 && /^[A-Za-z0-9_-]{43}$/.test(values[0]!) ? values[0]! : null
}

/**
 * CSRF-1: own Origin (a missing or `null` one is refused), `Sec-Fetch-Site` absent or same-origin, and the token.
 * Throws `csrf_failed`; nothing has been changed by then.
 */
export function assertCsrf(incoming: Incoming, session: { tenantId: bigint; id: bigint }): void {
  assertSameOrigin(incoming)
  assertToken(incoming, csrfTokenFor(session))
}

/** CSRF-2: the same for forms of people who are not signed in. */
export function assertPreSessionCsrf(incoming: Incoming): void {
  assertSameOrigin(incoming)
  const cookie = readPreSession(incoming)
  if (!cookie) throw new AppError('csrf_failed', { details: { why: 'no pre-session cookie' } })
  assertToken(incoming, preSessionToken(cookie, incoming.host))
}

/** CSRF-1, CSRF-2 for the portal's forms, which carry their token in a field: `expected` is of the session, or of this browser. */
export function assertFormCsrf(incoming: Incoming, expected: string, field: unknown): void {
  assertSameOrigin(incoming)
  const given = incoming.headers.get(csrfHeader) ?? (typeof field === 'string' ? field : null)
  if (!given || !sameSecret(given, expected)) throw new AppError('csrf_failed', { details: { why: 'token' } })
}

/** The first half, for endpoints that bring a token of their own (next-auth's). */
export function assertSameOrigin(incoming: Incoming): void {
  const origin = incoming.headers.get('origin')
  if (origin === null || origin.toLowerCase() !== incoming.origin) throw new AppError('csrf_failed', { details: { why: 'origin' } })
  const site = incoming.headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin') throw new AppError('csrf_failed', { details: { why: 'sec-fetch-site' } })
}

function assertToken(incoming: Incoming, expected: string): void {
  const given = incoming.headers.get(csrfHeader)
  if (!given || !sameSecret(given, expected)) throw new AppError('csrf_failed', { details: { why: 'token' } })
}

function mac(purpose: string, text: string): string {
  return createHmac('sha256', deriveKey(purpose)).update(text).digest('base64url')
}

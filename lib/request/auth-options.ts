import type { AuthOptions } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import { isAppError } from '@/lib/errors'
import { logger } from '@/lib/logger'
import { visitorContext } from '@/lib/request/admin-context'
import type { Incoming } from '@/lib/request/incoming'
import { safeReturnTo } from '@/lib/http/safe-return-to'
import { authorizeMember } from '@/lib/tenants/authorize-member'
import type { TenantRow } from '@/lib/tenants/queries'
import { cookieNames, cookieOptions, decodeSessionCookie, encodeSessionCookie, sessionAbsoluteMs, sessionSecret } from '@/lib/tenants/session-cookie'
import { findMemberSession, revokeSessionBySid } from '@/lib/tenants/sessions'

// next-auth takes these from the environment only. The host comes from the front door's headers, never from a fixed URL.
/* eslint-disable no-restricted-properties -- a setting of the library, not of ours */
process.env.AUTH_TRUST_HOST = '1'
delete process.env.NEXTAUTH_URL
/* eslint-enable no-restricted-properties */

/**
 * next-auth's options for one request to one tenant's dashboard (SES-5): secret and cookie names of this realm and
 * tenant, our own `authorize`, our own session rows. The JWT holds the row's id; decoding asks the row, so a revoked
 * cookie is nobody here as everywhere else.
 */
export function adminAuthOptions(incoming: Incoming, tenant: TenantRow, now: Date): AuthOptions {
  const at = { realm: 'admin', tenantId: tenant.id } as const
  const names = cookieNames(at)
  const options = cookieOptions()
  const provider = imported(CredentialsProvider)({
    id: 'credentials',
    name: 'Password',
    credentials: { login: { label: 'E-mail or user name' }, password: { label: 'Password', type: 'password' } },
    async authorize(given) {
      try {
        const ctx = visitorContext(tenant, incoming, now)
        const { sid, member } = await authorizeMember(ctx, { login: given?.login ?? '', password: given?.password ?? '', userAgent: incoming.userAgent })
        return { id: sid, name: member.name, email: member.email }
      } catch (error) {
        if (isAppError(error) && error.code === 'wrong_credentials') return null
        // next-auth puts the message into the address it redirects to: a code, never a cause.
        throw new Error(isAppError(error) ? error.code : 'internal_error')
      }
    },
  })
  return {
    secret: sessionSecret(at),
    providers: [provider],
    session: { strategy: 'jwt', maxAge: sessionAbsoluteMs.admin / 1000 },
    pages: { signIn: '/sign-in', signOut: '/sign-in', error: '/sign-in' },
    cookies: {
      sessionToken: { name: names.session, options },
      csrfToken: { name: names.csrf, options },
      callbackUrl: { name: names.callback, options },
    },
    jwt: {
      encode: async ({ token }) => encodeSessionCookie(at, String(token?.sid ?? '')),
      async decode({ token }) {
        const sid = token ? await decodeSessionCookie(at, token) : null
        const session = sid ? await findMemberSession(tenant.id, sid, now) : null
        return sid && session ? { sid, name: session.member.name, email: session.member.email } : null
      },
    },
    callbacks: {
      jwt: ({ token, user }) => (user ? { sid: user.id } : token),
      session: ({ session, token }) => ({ user: { name: token.name, email: token.email }, expires: session.expires }),
      redirect: ({ url, baseUrl }) => baseUrl + safeReturnTo(url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url, baseUrl),
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.sid === 'string') await revokeSessionBySid(at, token.sid, now)
      },
    },
    logger: {
      error: (code) => logger.warn({ code, requestId: incoming.requestId }, 'next-auth refused a request'),
      warn: () => {},
      debug: () => {},
    },
  }
}

/** In Next's graph the import is the function, in plain Node's it is wrapped once more. */
function imported<T>(module: T): T {
  return (module as { default?: T }).default ?? module
}

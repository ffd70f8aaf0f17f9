import { cookies, headers } from 'next/headers'
import { forbidden, notFound, redirect } from 'next/navigation'
import { cache } from 'react'
import { systemClock } from '@/lib/clock'
import { isAppError } from '@/lib/errors'
import { findAdminSession, getAdminTenant, type AdminSession } from '@/lib/request/admin-context'
import { csrfTokenFor } from '@/lib/request/csrf'
import { cookieValues, readIncoming, type Incoming } from '@/lib/request/incoming'
import type { Ctx, Permission } from '@/lib/tenants/context'
import type { TenantRow } from '@/lib/tenants/queries'
import { cookieNames } from '@/lib/tenants/session-cookie'

/**
 * The page door: first line of every dashboard page and layout. Nobody signed in: to the sign-in page and back
 * afterwards. Unknown host: not found. Permission missing, of several every one: the forbidden page.
 */
export async function requireAdmin(...anyOf: Permission[]): Promise<Ctx> {
  const { ctx } = await requireAdminSession()
  if (anyOf.length > 0 && !anyOf.some((permission) => ctx.permissions.has(permission))) forbidden()
  return ctx
}

/** For the dashboard's layout: the context and the token for `<meta name="csrf-token">`. */
export async function requireAdminShell(): Promise<{ ctx: Ctx; csrfToken: string }> {
  const { ctx, session } = await requireAdminSession()
  return { ctx, csrfToken: csrfTokenFor(session) }
}

/** For pages before sign-in: the tenant of this host, and who is signed in, if anybody. */
export async function requireAdminTenant(): Promise<{ tenant: TenantRow; signedIn: boolean }> {
  const { tenant, found } = await readRequest()
  return { tenant, signedIn: found !== null }
}

async function requireAdminSession(): Promise<AdminSession> {
  const { incoming, found } = await readRequest()
  if (!found) redirect(incoming.path && incoming.path !== '/' ? `/sign-in?return_to=${encodeURIComponent(incoming.path)}` : '/sign-in')
  return found
}

// Layout and page of one request share the answer. The tenant comes from the host alone: the `[tenant]` segment of the
// internal path is never read, so it cannot disagree.
const readRequest = cache(async (): Promise<{ incoming: Incoming; tenant: TenantRow; found: AdminSession | null }> => {
  const incoming = readIncoming(await headers())
  try {
    const tenant = await getAdminTenant(incoming)
    return { incoming, tenant, found: await findAdminSession(await withNewCookie(incoming, tenant), tenant, new Date(systemClock.now())) }
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') notFound()
    throw error
  }
})

/**
 * An action that gave the session a new id (step-up, a new password) draws its page in the same answer. The cookie of the
 * request is the old one by then; the one just set counts, or the page would send its reader to sign in.
 */
async function withNewCookie(incoming: Incoming, tenant: TenantRow): Promise<Incoming> {
  const name = cookieNames({ realm: 'admin', tenantId: tenant.id }).session
  const sent = cookieValues(incoming.headers, name)
  const set = (await cookies()).get(name)?.value
  if (sent.length !== 1 || !set || set === sent[0]) return incoming
  const headers = new Headers(incoming.headers)
  headers.set('cookie', `${name}=${set}`)
  return { ...incoming, headers }
}

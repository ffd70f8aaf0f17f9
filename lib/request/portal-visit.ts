import type { Flash, Visit } from '@/lib/portal/portal-route'
import { makeContext, visitorContext } from '@/lib/request/admin-context'
import { csrfTokenFor, newPreSession, preSessionToken, readPreSession } from '@/lib/request/csrf'
import { cookieValues, type Incoming } from '@/lib/request/incoming'
import { readFlash } from '@/lib/request/portal-flash'
import type { Actor } from '@/lib/tenants/context'
import { getPortalSettings } from '@/lib/tenants/portal-settings'
import type { TenantRow } from '@/lib/tenants/queries'
import { cookieNames, decodeSessionCookie } from '@/lib/tenants/session-cookie'
import { findDeveloperSession, type DeveloperSession } from '@/lib/tenants/sessions'
import { publicOrigin } from '@/lib/zones/public-origin'

/** The visit, and the cookie its token is bound to when nobody is signed in; `isNew` until an answer has set it. */
export type FoundVisit = { visit: Visit; preSession: { value: string; isNew: boolean } | null }

/** Who came to this tenant's portal; the one place where a request to it becomes a context. */
export async function findVisit(incoming: Incoming, tenant: TenantRow, now: Date): Promise<FoundVisit> {
  const session = await findSession(incoming, tenant.id, now)
  const ctx = session ? makeContext(tenant, actorOf(session), new Set(), incoming, now) : visitorContext(tenant, incoming, now)
  const known = session ? null : readPreSession(incoming)
  const preSession = session ? null : { value: known ?? newPreSession(), isNew: known === null }
  const flash: Flash[] = readFlash(incoming, tenant.id, now)
  const visit: Visit = {
    ctx,
    settings: await getPortalSettings(ctx),
    developer: session && { ...session.developer, sessionId: session.id, stepUpAt: session.stepUpAt },
    origin: publicOrigin(incoming.hostName),
    csrfToken: session ? csrfTokenFor({ tenantId: tenant.id, id: session.id }) : preSessionToken(preSession!.value, incoming.host),
    flash,
    userAgent: incoming.userAgent,
    preview: false,
  }
  return { visit, preSession }
}

// Two cookies of the name: somebody planted one, so nobody is signed in (SES-2).
async function findSession(incoming: Incoming, tenantId: bigint, now: Date): Promise<DeveloperSession | null> {
  const at = { realm: 'portal', tenantId } as const
  const cookies = cookieValues(incoming.headers, cookieNames(at).session)
  const sid = cookies.length === 1 ? await decodeSessionCookie(at, cookies[0]!) : null
  return sid ? findDeveloperSession(tenantId, sid, now) : null
}

function actorOf({ id: sessionId, developer: { id, name, email, accountId } }: DeveloperSession): Actor {
  return { kind: 'developer', id, name, email, accountId, sessionId }
}

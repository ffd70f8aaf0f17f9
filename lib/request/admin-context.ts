import { tenantDb } from '@/lib/db/tenant-db'
import { AppError, notFound } from '@/lib/errors'
import { cookieValues, type Incoming } from '@/lib/request/incoming'
import { permissions, type Actor, type Ctx, type Permission, type TenantFacts } from '@/lib/tenants/context'
import { findTenantByHost, type TenantRow } from '@/lib/tenants/queries'
import { cookieNames, decodeSessionCookie } from '@/lib/tenants/session-cookie'
import { findMemberSession, type MemberSession } from '@/lib/tenants/sessions'

/**
 * The one place where a request to the dashboard becomes a context. All three doors go through here, so a rule cannot
 * be true at one door and false at another.
 */
export type AdminSession = { ctx: Ctx; session: MemberSession & { tenantId: bigint } }

/** The tenant of a dashboard host. Unknown host, or a suspended tenant: `not_found`. */
export async function getAdminTenant(incoming: Incoming): Promise<TenantRow> {
  const tenant = await findTenantByHost(incoming.hostName, 'admin')
  if (!tenant || tenant.state !== 'active') throw notFound()
  return tenant
}

/** Who is signed in at this tenant's dashboard; null for nobody. */
export async function findAdminSession(incoming: Incoming, tenant: TenantRow, now: Date): Promise<AdminSession | null> {
  const sid = await readSid(incoming, tenant.id)
  const session = sid ? await findMemberSession(tenant.id, sid, now) : null
  if (!session) return null
  const { member } = session
  const actor: Actor = { kind: 'member', id: member.id, name: member.name, email: member.email, role: member.role, sessionId: session.id }
  return { ctx: makeContext(tenant, actor, permissionsOf(member), incoming, now), session: { ...session, tenantId: tenant.id } }
}

/** The session id in the cookie. Two cookies of the name: somebody planted one, so nobody is signed in (SES-2). */
export async function readSid(incoming: Incoming, tenantId: bigint): Promise<string | null> {
  const at = { realm: 'admin', tenantId } as const
  const cookies = cookieValues(incoming.headers, cookieNames(at).session)
  return cookies.length === 1 ? decodeSessionCookie(at, cookies[0]!) : null
}

/** A context for somebody who is not signed in: forms before sign-in record their audit entries with it. */
export function visitorContext(tenant: TenantRow, incoming: Incoming, now: Date): Ctx {
  return makeContext(tenant, { kind: 'visitor', id: null, name: 'Visitor' }, new Set(), incoming, now)
}

/** Admins hold every permission, members the ones they were given. */
export function permissionsOf(member: { role: 'admin' | 'member'; permissions: string[] }): ReadonlySet<Permission> {
  return new Set(member.role === 'admin' ? permissions : permissions.filter((permission) => member.permissions.includes(permission)))
}

export function assertPermission(ctx: Ctx, permission: Permission | undefined): void {
  if (permission && !ctx.permissions.has(permission)) throw new AppError('forbidden')
}

/** PW-6: the password was entered within the last ten minutes. */
export function assertStepUp(session: MemberSession, now: Date): void {
  if (!session.stepUpAt || session.stepUpAt <= now) throw new AppError('step_up_required')
}

/** For the portal's door as well. */
export function makeContext(tenant: TenantRow, actor: Actor, held: ReadonlySet<Permission>, incoming: Incoming, now: Date): Ctx {
  const facts: TenantFacts = {
    id: tenant.id,
    slug: tenant.slug,
    name: tenant.name,
    timezone: tenant.timezone,
    features: tenant.features,
    trialEndsAt: tenant.trialEndsAt,
  }
  const audit = { tenantId: tenant.id, actor: { kind: actor.kind, id: actor.id, name: actor.name }, address: incoming.address, requestId: incoming.requestId }
  return { tenant: facts, actor, permissions: held, db: tenantDb(tenant.id), now, audit }
}

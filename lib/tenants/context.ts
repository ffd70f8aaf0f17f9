import type { TenantDb } from '@/lib/db/tenant-db'

/**
 * Everything a noun needs to know about a request: built once at the door (lib/request) and handed on. Nothing
 * downstream asks "who is this?" again.
 */
export type Ctx = {
  tenant: TenantFacts
  actor: Actor
  permissions: ReadonlySet<Permission>
  /** Bound to the tenant in two layers: extension and row-level security. */
  db: TenantDb
  now: Date
  /** For audit entries: who did it, from where, in which request. */
  audit: AuditOrigin
}

export type TenantFacts = { id: bigint; slug: string; name: string; timezone: string; features: TenantFeatures; trialEndsAt: Date | null }

export type TenantFeatures = { endUserPlans?: boolean }

export type Actor =
  | { kind: 'member'; id: bigint; name: string; email: string; role: 'admin' | 'member'; sessionId: bigint }
  | { kind: 'developer'; id: bigint; name: string; email: string; accountId: bigint; sessionId: bigint }
  | { kind: 'visitor'; id: null; name: string }
  | { kind: 'system'; id: null; name: string }

/** What a member may do. Admins hold all; the names are 3scale's groups, split into read and write where it matters. */
export const permissions = ['products', 'gateway', 'plans', 'partners', 'portal', 'analytics', 'settings', 'members'] as const

export type Permission = (typeof permissions)[number]

/** Any one of these opens the list of products and a product's overview; each tab asks for its own. */
export const productPermissions = ['products', 'gateway', 'plans', 'analytics'] as const satisfies readonly Permission[]

export type AuditOrigin = {
  tenantId: bigint
  actor: { kind: Actor['kind']; id: bigint | null; name: string }
  /** Client address as the front door saw it. */
  address: string | null
  requestId: string | null
}

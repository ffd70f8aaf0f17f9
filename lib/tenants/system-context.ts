import { tenantDb } from '@/lib/db/tenant-db'
import { permissions, type Ctx, type TenantFacts } from '@/lib/tenants/context'

/** A context for what the system does for a tenant: jobs, sign-up, the command line. `name` is what the audit log shows. */
export function systemContext(tenant: TenantFacts, now: Date, options: { name?: string; address?: string | null; requestId?: string | null } = {}): Ctx {
  const actor = { kind: 'system', id: null, name: options.name ?? 'Gatehouse' } as const
  const { id, slug, name, timezone, features, trialEndsAt } = tenant
  return {
    tenant: { id, slug, name, timezone, features, trialEndsAt },
    actor,
    permissions: new Set(permissions),
    db: tenantDb(id),
    now,
    audit: { tenantId: id, actor, address: options.address ?? null, requestId: options.requestId ?? null },
  }
}

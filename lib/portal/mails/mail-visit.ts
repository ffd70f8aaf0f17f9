import { tenantDb } from '@/lib/db/tenant-db'
import type { Visit } from '@/lib/portal/portal-route'
import type { TenantFeatures } from '@/lib/tenants/context'
import { getPortalSettings } from '@/lib/tenants/portal-settings'
import { portalUrlOf } from '@/lib/tenants/portal-url'
import { systemContext } from '@/lib/tenants/system-context'

/** The portal as a mail of it is written: nobody is signed in, what is published counts. Null where the tenant is not active (any more). */
export async function openMailVisit(tenantId: bigint, now: Date): Promise<Visit | null> {
  const tenant = await tenantDb(tenantId).tenant.findFirst({ where: { id: tenantId, state: 'active' } })
  if (!tenant) return null
  const ctx = systemContext({ ...tenant, features: tenant.features as TenantFeatures }, now, { name: 'Portal' })
  const [settings, origin] = await Promise.all([getPortalSettings(ctx), portalUrlOf(ctx.tenant)])
  return { ctx, settings, developer: null, origin, csrfToken: '', flash: [], userAgent: '', preview: false }
}

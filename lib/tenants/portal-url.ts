import { env } from '@/lib/env'
import { findHostOf } from '@/lib/tenants/queries'
import { publicOrigin } from '@/lib/zones/public-origin'

/** Where the tenant's partners go: its first portal host, as a browser writes it. */
export async function portalUrlOf(tenant: { id: bigint; slug: string }): Promise<string> {
  return publicOrigin((await findHostOf(tenant.id, 'portal')) ?? `${tenant.slug}.${env().PORTAL_DOMAIN}`)
}

import { runSeed } from '@/e2e/harness/seed-once'
import { newSlug, world, type Tenant } from '@/e2e/harness/world'

/** A tenant whose API is open for calls: `production` is its gateway, `product` the id of its one product, `name` what that is called. */
export type OpenTenant = Tenant & { portal: string; production: string; product: number; name: string }

export type OpenTenantSeed = { slug: string; org: string; email: string; password: string; upstream: { url: string; secret: string } }

/**
 * For walks that begin where the first half ends: the Twitter document imported, promoted, and three plans. Trial is where
 * newcomers start, reads only, five calls a month; Public is there for the asking; Partner is hidden.
 */
export async function openTenant(): Promise<OpenTenant> {
  const slug = newSlug()
  const tenant = { slug, org: 'Birdsong', email: `ada@${slug}.example`, password: 'a long and winding password', admin: world.origin(`${slug}.admin`) }
  const wanted: OpenTenantSeed = { slug, org: tenant.org, email: tenant.email, password: tenant.password, upstream: world.upstream }
  const { product, host, name } = await runSeed<{ product: number; host: string; name: string }>('e2e/harness/seed-open-tenant.ts', { OPEN_TENANT: JSON.stringify(wanted) })
  return { ...tenant, portal: world.origin(`${slug}.portal`), production: `http://${host}:${world.port}`, product, name }
}

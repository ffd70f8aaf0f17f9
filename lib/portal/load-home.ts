import type { HomeAssigns } from '@/lib/portal/render-page'
import { listProducts } from '@/lib/products/queries'
import type { Ctx } from '@/lib/tenants/context'
import { publicOrigin } from '@/lib/zones/public-origin'

/** All that the home page may show: products that are on; the base URL of those whose gateway serves production. */
export async function loadHome(ctx: Ctx): Promise<HomeAssigns> {
  const products = await listProducts(ctx)
  return {
    provider: { name: ctx.tenant.name },
    products: products
      .filter(({ state }) => state === 'active')
      .map(({ name, description, methods, liveVersion, hosts }) => ({
        name,
        description,
        methods,
        base_url: liveVersion !== null && hosts.production ? publicOrigin(hosts.production) : null,
      })),
  }
}

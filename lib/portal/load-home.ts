import type { HomeAssigns } from '@/lib/portal/render-page'
import { listProducts } from '@/lib/products/queries'
import type { Ctx } from '@/lib/tenants/context'
import { publicOrigin } from '@/lib/zones/public-origin'

/**
 * All that the home page may show: products that are on and hold something, be it methods or a promoted gateway; a
 * tenant's first, still empty product is nobody's API yet. The base URL is told once production serves it.
 */
export async function loadHome(ctx: Ctx): Promise<HomeAssigns> {
  const products = await listProducts(ctx)
  return {
    provider: { name: ctx.tenant.name },
    products: products
      .filter(({ state, methods, liveVersion }) => state === 'active' && (methods > 0 || liveVersion !== null))
      .map(({ name, description, methods, liveVersion, hosts }) => ({
        name,
        description,
        methods,
        base_url: liveVersion !== null && hosts.production ? publicOrigin(hosts.production) : null,
      })),
  }
}

import type { TenantTx } from '@/lib/db/tenant-db'
import { publicOrigin } from '@/lib/zones/public-origin'

/** Where callers reach a product, with scheme, without trailing slash; null: nowhere. */
export type BaseUrls = { production: string | null; staging: string | null }

export type Address = { productId: bigint | null; name: string }

export type Addressed = { id: bigint; deployment: string; selfManagedProductionUrl: string | null; selfManagedStagingUrl: string | null }

/** Own domains that callers reach; one statement for all products, or for one. */
export function listServingDomains(db: Pick<TenantTx, 'domain'>, productId?: bigint): Promise<Address[]> {
  return db.domain.findMany({ where: { zone: 'gateway', state: 'proved', problem: null, ...(productId !== undefined && { productId }) }, orderBy: { id: 'asc' }, select: { productId: true, name: true } })
}

/**
 * What partners are told: a gateway that the tenant runs itself before an own domain, that before our own host. Staging
 * has no own domain.
 */
export function baseUrlsOf(product: Addressed, hosts: readonly (Address & { environment: string | null })[], domains: readonly Address[]): BaseUrls {
  const ours = (environment: string) => hosts.find((host) => host.productId === product.id && host.environment === environment)?.name
  const selfManaged = product.deployment === 'self_managed'
  const own = domains.find((domain) => domain.productId === product.id)?.name
  const production = own ?? ours('production')
  const staging = ours('staging')
  return {
    production: (selfManaged && product.selfManagedProductionUrl) || (production ? publicOrigin(production) : null),
    staging: (selfManaged && product.selfManagedStagingUrl) || (staging ? publicOrigin(staging) : null),
  }
}

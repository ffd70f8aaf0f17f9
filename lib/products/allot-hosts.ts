import type { TenantTx } from '@/lib/db/tenant-db'
import { env } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { randomBase62 } from '@/lib/ids'

const LABEL_MAX = 63

/** `twitter-acme`: the product's part gives way where both do not fit; `suffix` after a collision. */
function hostLabel(systemName: string, slug: string, suffix = ''): string {
  const tail = `-${slug.slice(0, 40)}${suffix && `-${suffix}`}`
  const head = systemName.replaceAll('_', '-').slice(0, LABEL_MAX - tail.length).replace(/-+$/, '')
  return `${head}${tail}`
}

/**
 * Two rows of the hosts table, production and staging, with the same label. Names are unique over all tenants, which
 * this tenant cannot see: a collision shows as a row that was not inserted, and the next suffix is tried.
 */
export async function allotHosts(tx: TenantTx, product: { tenantId: bigint; productId: bigint; systemName: string; slug: string }): Promise<{ production: string; staging: string }> {
  const { tenantId, productId } = product
  for (let attempt = 1; attempt <= 8; attempt++) {
    const suffix = attempt === 1 ? '' : attempt < 4 ? String(attempt) : randomBase62(6).toLowerCase()
    const label = hostLabel(product.systemName, product.slug, suffix)
    const production = `${label}.${env().GATEWAY_DOMAIN}`
    const staging = `${label}.staging.${env().GATEWAY_DOMAIN}`
    const { count } = await tx.host.createMany({
      data: [
        { tenantId, name: production, zone: 'gateway', productId, environment: 'production' },
        { tenantId, name: staging, zone: 'gateway', productId, environment: 'staging' },
      ],
      skipDuplicates: true,
    })
    if (count === 2) return { production, staging }
    await tx.host.deleteMany({ where: { productId, name: { in: [production, staging] } } })
  }
  throw new AppError('conflict', { publicMessage: 'No host name is free for this product. Choose another system name.' })
}

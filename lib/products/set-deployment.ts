import { z } from 'zod'
import { env } from '@/lib/env'
import { invalid } from '@/lib/errors'
import { writeProduct } from '@/lib/products/write-product'
import type { Ctx } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'
import { zoneOfHost } from '@/lib/zones/zone-of-host'

const address = z.string().trim().max(255, 'Use at most 255 characters.').default('')

export const deploymentInput = z.object({
  productId: idInput,
  deployment: z.enum(['hosted', 'self_managed'], { error: 'Choose who runs the gateway.' }),
  /** Origins at which the tenant's own gateway answers; empty: not known yet. */
  productionUrl: address,
  stagingUrl: address,
})
export type DeploymentInput = z.input<typeof deploymentInput>

/**
 * Who runs the gateway of a product. With `self_managed` partners are told the tenant's own address, which is also the
 * issuer of its OAuth server; ours goes on serving. In force at once. Names of ours are refused (ISO-6). Throws `invalid` by field, `not_found`.
 */
export async function setDeployment(ctx: Ctx, raw: DeploymentInput): Promise<void> {
  const { productId, deployment, ...urls } = deploymentInput.parse(raw)
  const selfManagedProductionUrl = originOf(urls.productionUrl, 'productionUrl')
  const selfManagedStagingUrl = originOf(urls.stagingUrl, 'stagingUrl')
  if (deployment === 'self_managed' && selfManagedProductionUrl === null) throw invalid({ productionUrl: ['Write the address at which your gateway answers, like https://api.example.com.'] })
  if (selfManagedStagingUrl !== null && selfManagedStagingUrl === selfManagedProductionUrl) throw invalid({ stagingUrl: ['Production answers at this address already. Give staging a host or a port of its own.'] })
  await writeProduct(ctx, productId, 'product.changed', async (tx, product) => {
    const data = { deployment, selfManagedProductionUrl, selfManagedStagingUrl }
    await tx.product.update({ where: { id: productId }, data, select: { id: true } })
    const before = { deployment: product.deployment, selfManagedProductionUrl: product.selfManagedProductionUrl, selfManagedStagingUrl: product.selfManagedStagingUrl }
    return { result: undefined, before, after: data }
  })
}

function originOf(text: string, field: string): string | null {
  if (text === '') return null
  const no = (reason: string) => invalid({ [field]: [reason] })
  if (!URL.canParse(text)) throw no('Write an address with scheme, like https://api.example.com.')
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw no('An address begins with https:// or http://.')
  // Bearer tokens and keys travel there: outside one machine only under TLS.
  if (url.protocol === 'http:' && !env().local) throw no('Callers send keys there: use https.')
  if (url.username || url.password || url.search || url.hash || url.pathname.replace(/\/+$/, '') !== '') throw no('Write scheme, host and port only, like https://api.example.com.')
  if (!/^([a-z0-9]([a-z0-9-]*[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$|^\d{1,3}(\.\d{1,3}){3}$/.test(url.hostname)) throw no('This is no host name.')
  // Partners are told to send their keys there, and clients take it for an issuer: never a dashboard's, portal's or gateway's name.
  const zone = zoneOfHost(url.hostname, env())
  if (zone !== 'stranger' && zone !== 'bare-ip' && !(zone === 'site' && env().local)) throw no('This is an address of Gatehouse. Write the one your own gateway answers at.')
  return url.origin
}

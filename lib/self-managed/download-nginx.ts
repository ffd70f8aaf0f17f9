import { strToU8, zipSync } from 'fflate'
import { decryptSecret } from '@/lib/crypto'
import { env } from '@/lib/env'
import { AppError, invalid, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { completeConfig, type Environment, type GatewayConfig } from '@/lib/products/gateway-config'
import { readSnapshot } from '@/lib/products/promote-config'
import { getProduct } from '@/lib/products/queries'
import { productRef, type ProductRef } from '@/lib/products/schema'
import { openSecretToken, serviceTokenPlace } from '@/lib/products/secrets-of-product'
import { nginxConfig, type Peer } from '@/lib/self-managed/nginx-config'
import { nginxReadme } from '@/lib/self-managed/nginx-readme'
import type { Ctx } from '@/lib/tenants/context'
import { publicOrigin } from '@/lib/zones/public-origin'

export type Download = { fileName: string; bytes: Uint8Array }

/**
 * A zip with a ready nginx configuration of what production serves, one of what staging serves where the tenant has named
 * an address for it, and a page that tells what to do with them. It holds
 * the secret token and the service token of this product alone, so the audit log notes who took it. Throws `invalid`
 * where there is nothing to serve yet or the mode needs another gateway, `not_found`.
 */
export async function downloadNginx(ctx: Ctx, raw: ProductRef): Promise<Download> {
  const { productId } = productRef.parse(raw)
  const product = await getProduct(ctx, productId)
  const row = await ctx.db.product.findUnique({ where: { id: productId }, select: { serviceTokenCipher: true, deployment: true, selfManagedStagingUrl: true } })
  if (!row?.serviceTokenCipher) throw notFound()
  const config = await readLive(ctx, productId, product.liveVersion)
  assertServable(config)
  const gatewayHost = product.hosts.production
  if (!product.baseUrls.production || !gatewayHost) throw notFound()

  const { serviceTokenCipher } = row
  const textFor = (environment: Environment, served: GatewayConfig, publicUrl: string, host: string) =>
    strToU8(
      nginxConfig({
        config: served,
        environment,
        version: environment === 'production' ? product.liveVersion : null,
        publicUrl,
        secretToken: openSecretToken(ctx.tenant.id, productId, served.upstream.secretTokenCipher),
        serviceToken: decryptSecret(serviceTokenCipher, serviceTokenPlace(ctx.tenant.id, productId)),
        accounting: peerOf(`accounting.${env().GATEWAY_DOMAIN}`),
        gateway: peerOf(host),
        endUsers: ctx.tenant.features.endUserPlans === true,
        madeAt: ctx.now,
      }),
    )
  const name = `gatehouse-${product.systemName}`
  const files: Record<string, Uint8Array> = { [`${name}.conf`]: textFor('production', config, product.baseUrls.production, gatewayHost) }
  const stagingUrl = row.selfManagedStagingUrl
  const stagingHost = product.hosts.staging
  if (row.deployment === 'self_managed' && stagingUrl !== null && stagingHost) {
    const staged = await readSnapshot(ctx.db, productId)
    assertServable(staged, ' in staging')
    files[`${name}-staging.conf`] = textFor('staging', staged, stagingUrl, stagingHost)
  }
  const policies = config.policies.filter((policy) => policy.enabled).map((policy) => policy.name)
  files['README.txt'] = strToU8(
    nginxReadme({ name, product: product.name, publicUrl: product.baseUrls.production, stagingUrl: `${name}-staging.conf` in files ? stagingUrl : null, oauth: config.authentication.mode === 'oauth', rateLimitHeaders: config.rateLimitHeaders, policies }),
  )
  await ctx.db.$transaction((tx) => recordAudit(tx, ctx.audit, { action: 'product.nginx_downloaded', object: { kind: 'product', id: productId, name: product.name }, after: { version: product.liveVersion } }))
  return { fileName: `${name}-nginx.zip`, bytes: zipSync(files, { mtime: ctx.now }) }
}

/** `where` ends the sentence: of which environment it speaks. */
function assertServable({ authentication: { mode }, upstream, backends }: GatewayConfig, where = ''): void {
  if (mode === 'oidc' || mode === 'introspection')
    throw refuse('authenticationMode', `nginx cannot check tokens of your identity provider by this configuration${where}. Use our gateway, or an APIcast with the configuration we serve it.`)
  if (upstream.privateBaseUrl === null && backends.length === 0) throw refuse('privateBaseUrl', `Name your private base URL first: it is where calls go${where}.`)
}

async function readLive(ctx: Ctx, productId: bigint, version: number | null): Promise<GatewayConfig> {
  if (version === null) throw refuse('liveVersion', 'Promote to production first: the configuration is made from what production serves.')
  const row = await ctx.db.configVersion.findFirst({ where: { productId, version }, select: { content: true } })
  if (!row) throw new AppError('not_found')
  return completeConfig(row.content)
}

/** Our host as the tenant's nginx reaches it. Names under localhost are known to browsers only, so there it connects to this machine. */
function peerOf(host: string): Peer {
  const url = new URL(publicOrigin(host))
  const scheme = url.protocol === 'https:' ? 'https' : 'http'
  return { scheme, address: env().local ? '127.0.0.1' : host, port: Number(url.port) || (scheme === 'https' ? 443 : 80), host }
}

const refuse = (field: string, sentence: string) => invalid({ [field]: [sentence] }, sentence)

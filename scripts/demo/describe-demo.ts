import { credentialPlace } from '@/lib/applications/insert-credential'
import { decryptSecret } from '@/lib/crypto'
import { env } from '@/lib/env'
import { mailboxUrl } from '@/lib/mail/mailbox-url'
import { getGatewaySettings, type GatewaySettings } from '@/lib/products/queries'
import type { Ctx } from '@/lib/tenants/context'
import { publicOrigin } from '@/lib/zones/public-origin'
import type { Demo, DemoApplication } from '@/scripts/demo/demo-file'
import type { Secrets } from '@/scripts/demo/open-tenant'
import { accountingBlock, adminUrlOf, portalBlock } from '@/scripts/gatehouse/connection'

/** The demo as it stands in the database now. */
export async function describeDemo(ctx: Ctx, productId: bigint, secrets: Secrets, developer: { email: string; password: string } | null, upstreamUrl: string): Promise<Demo> {
  const product = await getGatewaySettings(ctx, productId)
  const hosts = await ctx.db.host.findMany({ where: { productId }, orderBy: { id: 'asc' }, select: { name: true, environment: true } })
  const hostsOf = (environment: string) => hosts.filter((host) => host.environment === environment).map(({ name }) => name)
  return {
    site_url: publicOrigin(env().SITE_DOMAIN),
    mailbox_url: mailboxUrl(),
    admin: { url: await adminUrlOf(ctx.tenant), email: secrets.email, password: secrets.password, access_token: secrets.accessToken },
    portal: await portalBlock(ctx.tenant, developer),
    gateway: {
      production: publicOrigin(hostsOf('production')[0] ?? ''),
      staging: publicOrigin(hostsOf('staging')[0] ?? ''),
      hosts: { production: hostsOf('production'), staging: hostsOf('staging') },
      credentials: credentialsOf(product),
    },
    accounting: await accountingBlock(ctx, secrets.providerKey, productId),
    upstream_url: upstreamUrl,
    applications: await listWithKeys(ctx, productId, product.authenticationMode),
  }
}

function credentialsOf({ authenticationMode, credentials }: GatewaySettings): Demo['gateway']['credentials'] {
  const { location, userKeyName, appIdName, appKeyName } = credentials
  return { location, names: authenticationMode === 'user_key' ? { user_key: userKeyName } : { app_id: appIdName, app_key: appKeyName } }
}

/** Live applications of partners on a plan, with their keys in the clear: this file is its owner's alone. */
async function listWithKeys(ctx: Ctx, productId: bigint, mode: GatewaySettings['authenticationMode']): Promise<DemoApplication[]> {
  const rows = await ctx.db.application.findMany({
    where: { productId, kind: 'partner', state: 'live', planId: { not: null }, account: { state: 'approved' } },
    // As the walk names the plans: Trial, Public, Partner.
    orderBy: [{ plan: { position: 'asc' } }, { id: 'asc' }],
    take: 100,
    include: { plan: { select: { name: true } }, credentials: { where: { revokedAt: null, cipher: { not: null } }, orderBy: { id: 'asc' } } },
  })
  return rows.flatMap(({ name, plan, appId, credentials }): DemoApplication[] => {
    const keysOf = (kind: string) => credentials.filter((each) => each.kind === kind).map(({ id, cipher }) => decryptSecret(cipher!, credentialPlace(ctx.tenant.id, id)))
    const facts = { name, plan: plan!.name }
    if (mode === 'app_id_app_key') return [{ ...facts, app_id: appId, app_keys: keysOf('app_key') }]
    const [userKey] = keysOf('user_key')
    return userKey ? [{ ...facts, user_key: userKey }] : []
  })
}

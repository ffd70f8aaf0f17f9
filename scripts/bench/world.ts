import { createAccount } from '@/lib/accounts/create-account'
import { createApplication } from '@/lib/applications/create-application'
import { userKeyHash } from '@/lib/applications/credential-hash'
import { closeDatabase, openDatabase } from '@/lib/db/connect'
import { migrateDatabase } from '@/lib/db/migrate'
import { ownerPool } from '@/lib/db/pools'
import { systemDb } from '@/lib/db/system-db'
import { tenantDb } from '@/lib/db/tenant-db'
import { newKey } from '@/lib/ids'
import { createPlan } from '@/lib/plans/create-plan'
import { addLimits } from '@/lib/plans/set-limits'
import { createProduct } from '@/lib/products/create-product'
import { promoteConfig } from '@/lib/products/promote-config'
import { permissions } from '@/lib/tenants/context'
import type { Ctx } from '@/lib/tenants/context'
import { operationsOf } from './operations.ts'

/** One call to make: where, with what. `bodyBytes`: a POST with so much of it. */
export type BenchCall = { host: string; path: string; headers: Record<string, string>; bodyBytes?: number }

export type World = { one: BenchCall[]; sets: Record<string, BenchCall[]>; product: { id: string; applicationId: string } }

const PATH = '/1.1/statuses/home_timeline.json?count=20&trim_user=true'
const RULES = 83

export type Wanted = {
  /** Further applications on a product of their own; 0 for none. */
  applications: number
  /** Further products with one application each. */
  products: number
  /** Products with so many rules. */
  rules: number[]
  /** A product for each way to say who calls. */
  ways: boolean
  /** Where calls of the set `slow` lead. */
  slow?: string
}

/**
 * Fills a fresh database. `one`: one application of one product with the 83 rules of the real document, key in a header,
 * two limits; the other sets differ from it in what their name says.
 */
export async function buildWorld(upstream: string, { applications, products, rules, ways, slow }: Wanted): Promise<World> {
  await openDatabase()
  await migrateDatabase()
  try {
    const ctx = await buildTenant()
    const { id: accountId } = await createAccount(ctx, { orgName: 'Bench' })
    const sets: Record<string, BenchCall[]> = {}
    const single = await buildProduct(ctx, upstream, accountId)
    const { host, userKey } = single
    const one = [{ host, path: PATH, headers: { user_key: userKey } }]
    sets['10 MB up'] = [{ host, path: '/1.1/statuses/update.json', headers: { user_key: userKey }, bodyBytes: 10_000_000 }]
    sets['10 MB down'] = [{ host, path: '/1.1/statuses/home_timeline.json?big', headers: { user_key: userKey } }]
    if (applications > 0) {
      const product = await buildProduct(ctx, upstream, accountId)
      const keys = await addApplications(ctx, product, accountId, applications)
      sets.applications = keys.map((key) => ({ host: product.host, path: PATH, headers: { user_key: key } }))
    }
    if (products > 0) {
      sets.products = []
      // With the one rule they need: what is measured is how many there are.
      for (let i = 0; i < products; i += 8) {
        const made = await Promise.all(Array.from({ length: Math.min(8, products - i) }, () => buildProduct(ctx, upstream, accountId, { rules: 1 })))
        sets.products.push(...made.map((product) => ({ host: product.host, path: PATH, headers: { user_key: product.userKey } })))
      }
    }
    for (const count of rules) {
      const product = await buildProduct(ctx, upstream, accountId, { rules: count })
      sets[`${count} rules`] = [{ host: product.host, path: PATH, headers: { user_key: product.userKey } }]
    }
    if (ways) {
      const query = await buildProduct(ctx, upstream, accountId, { settings: { credentialsLocation: 'query' } })
      sets['user_key in the query'] = [{ host: query.host, path: `${PATH}&user_key=${query.userKey}`, headers: {} }]
      const basic = await buildProduct(ctx, upstream, accountId, { settings: { credentialsLocation: 'basic' } })
      sets['user_key as Basic'] = [{ host: basic.host, path: PATH, headers: { authorization: `Basic ${Buffer.from(`${basic.userKey}:`).toString('base64')}` } }]
      const pair = await buildProduct(ctx, upstream, accountId, { settings: { credentialsLocation: 'headers', authenticationMode: 'app_id_app_key' } })
      sets['app_id and app_key'] = [{ host: pair.host, path: PATH, headers: { app_id: pair.appId, app_key: pair.appKey } }]
      const token = await buildProduct(ctx, upstream, accountId, { settings: { credentialsLocation: 'headers', authenticationMode: 'oauth', oauthClientCredentials: true } })
      // Exchanged for a token once a gateway runs.
      sets['OAuth token'] = [{ host: token.host, path: PATH, headers: { authorization: `Basic ${Buffer.from(`${token.appId}:${token.appKey}`).toString('base64')}` } }]
    }
    if (slow) {
      const product = await buildProduct(ctx, slow, accountId)
      sets.slow = [{ host: product.host, path: PATH, headers: { user_key: product.userKey } }]
    }
    return { one, sets, product: { id: String(single.id), applicationId: String(single.applicationId) } }
  } finally {
    await closeDatabase()
  }
}

async function buildTenant(): Promise<Ctx> {
  const { id } = await systemDb('tenant of the bench').tenant.create({ data: { slug: 'bench', name: 'Bench' } })
  return benchCtx(id)
}

/** Acts as the bench's tenant; the database must be open. */
export function benchCtx(id: bigint): Ctx {
  const actor = { kind: 'system', id: null, name: 'Bench' } as const
  return {
    tenant: { id, slug: 'bench', name: 'Bench', timezone: 'Etc/UTC', features: {}, trialEndsAt: null },
    actor,
    permissions: new Set(permissions),
    db: tenantDb(id),
    now: new Date(),
    audit: { tenantId: id, actor, address: null, requestId: null },
  }
}

let products = 0

type Built = { id: bigint; planId: bigint; host: string; applicationId: bigint; userKey: string; appId: string; appKey: string }

async function buildProduct(ctx: Ctx, upstream: string, accountId: bigint, { rules = RULES, settings = {} as Record<string, unknown> } = {}): Promise<Built> {
  const product = await createProduct(ctx, { name: `Twitter REST API ${++products}` })
  const operations = operationsOf(rules)
  const tenantId = ctx.tenant.id
  await ctx.db.mappingRule.deleteMany({ where: { productId: product.id } })
  await ctx.db.metric.createMany({
    data: operations.map(({ verb, path }, i) => ({ tenantId, productId: product.id, parentId: product.hitsId, systemName: `method_${i}`, name: `${verb} ${path}`, verb })),
  })
  const methods = await ctx.db.metric.findMany({ where: { productId: product.id, parentId: { not: null } }, orderBy: { id: 'asc' } })
  await ctx.db.mappingRule.createMany({
    data: operations.map(({ verb, path }, i) => ({ tenantId, productId: product.id, metricId: methods[i]!.id, verb, pattern: `/1.1${path}$`, position: i + 1, last: true })),
  })
  await ctx.db.product.update({ where: { id: product.id }, data: { privateBaseUrl: upstream, credentialsLocation: 'headers', ...settings } })
  const { id: planId } = await createPlan(ctx, { productId: product.id, name: 'Bench' })
  await addLimits(ctx, { planId, metricId: product.hitsId, limits: [{ period: 'minute', value: 1_000_000_000 }] })
  await addLimits(ctx, { planId, metricId: methods[operations.findIndex((each) => each.path === '/statuses/home_timeline.json')]!.id, limits: [{ period: 'month', value: 1_000_000_000 }] })
  await promoteConfig(ctx, { productId: product.id })
  const { id: applicationId, userKey, appId, appKey } = await createApplication(ctx, { accountId, planId, name: 'One' })
  return { id: product.id, planId, host: product.hosts.production, applicationId, userKey, appId, appKey }
}

/** By plain SQL: a hundred thousand of them the ordinary way would take longer than the measurement. */
async function addApplications(ctx: Ctx, { id: productId, planId }: Built, accountId: bigint, count: number): Promise<string[]> {
  const keys = Array.from({ length: count }, () => newKey('uk'))
  const tenantId = String(ctx.tenant.id)
  const { rows } = await ownerPool().query<{ id: number }>(
    `INSERT INTO applications ("tenantId", "productId", "accountId", "planId", name, "appId") SELECT $1, $2, $3, $4, 'Bench ' || n, 'bench-' || n FROM generate_series(1, $5::int) n RETURNING id`,
    [tenantId, String(productId), String(accountId), String(planId), count],
  )
  await ownerPool().query(
    `INSERT INTO credentials ("tenantId", "productId", "applicationId", kind, hash, hint) SELECT $1, $2, id, 'user_key', hash, '' FROM unnest($3::int8[], $4::text[]) AS made (id, hash)`,
    [tenantId, String(productId), rows.map((row) => row.id), keys.map((key) => userKeyHash(productId, key))],
  )
  return keys
}

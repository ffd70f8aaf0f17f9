import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { userKeyHash } from '@/lib/applications/credential-hash'
import { createApplication } from '@/lib/applications/create-application'
import { createAccount } from '@/lib/accounts/create-account'
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

/** One call to make: who calls what, where. */
export type BenchCall = { host: string; path: string; key: string }

const PATH = '/1.1/statuses/home_timeline.json?count=20&trim_user=true'

/**
 * Fills a fresh database: one product with the 83 rules of the real document, a plan with two limits, one application;
 * beside it 100 such products with 100 applications each. Gives the calls of both.
 */
export async function buildWorld(upstream: string, { products = 100, applications = 100 } = {}): Promise<{ one: BenchCall[]; many: BenchCall[] }> {
  await openDatabase()
  await migrateDatabase()
  try {
    const ctx = await buildTenant()
    const operations = readOperations()
    const single = await buildProduct(ctx, upstream, operations)
    const { id: accountId } = await createAccount(ctx, { orgName: 'Bench' })
    const { userKey } = await createApplication(ctx, { accountId, planId: single.planId, name: 'One' })
    const many: BenchCall[] = []
    for (let i = 0; i < products; i++) {
      const product = await buildProduct(ctx, upstream, operations)
      const keys = await addApplications(ctx, product, accountId, applications)
      for (const key of keys) many.push({ host: product.host, path: PATH, key })
    }
    return { one: [{ host: single.host, path: PATH, key: userKey }], many }
  } finally {
    await closeDatabase()
  }
}

async function buildTenant(): Promise<Ctx> {
  const { id, slug, name } = await systemDb('tenant of the bench').tenant.create({ data: { slug: 'bench', name: 'Bench' } })
  const actor = { kind: 'system', id: null, name: 'Bench' } as const
  return {
    tenant: { id, slug, name, timezone: 'Etc/UTC', features: {}, trialEndsAt: null },
    actor,
    permissions: new Set(permissions),
    db: tenantDb(id),
    now: new Date(),
    audit: { tenantId: id, actor, address: null, requestId: null },
  }
}

type Built = { id: bigint; planId: bigint; host: string }

async function buildProduct(ctx: Ctx, upstream: string, operations: { verb: string; path: string }[]): Promise<Built> {
  const product = await createProduct(ctx, { name: 'Twitter REST API' })
  const tenantId = ctx.tenant.id
  await ctx.db.mappingRule.deleteMany({ where: { productId: product.id } })
  await ctx.db.metric.createMany({
    data: operations.map(({ verb, path }, i) => ({ tenantId, productId: product.id, parentId: product.hitsId, systemName: `method_${i}`, name: `${verb} ${path}`, verb })),
  })
  const methods = await ctx.db.metric.findMany({ where: { productId: product.id, parentId: { not: null } }, orderBy: { id: 'asc' } })
  await ctx.db.mappingRule.createMany({
    data: operations.map(({ verb, path }, i) => ({ tenantId, productId: product.id, metricId: methods[i]!.id, verb, pattern: `/1.1${path}$`, position: i + 1, last: true })),
  })
  await ctx.db.product.update({ where: { id: product.id }, data: { privateBaseUrl: upstream, credentialsLocation: 'headers' } })
  const { id: planId } = await createPlan(ctx, { productId: product.id, name: 'Bench' })
  await addLimits(ctx, { planId, metricId: product.hitsId, limits: [{ period: 'minute', value: 1_000_000_000 }] })
  await addLimits(ctx, { planId, metricId: methods[operations.findIndex((each) => each.path === '/statuses/home_timeline.json')]!.id, limits: [{ period: 'month', value: 1_000_000_000 }] })
  await promoteConfig(ctx, { productId: product.id })
  return { id: product.id, planId, host: product.hosts.production }
}

/** By plain SQL: ten thousand of them the ordinary way would take longer than the measurement. */
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

function readOperations(): { verb: string; path: string }[] {
  const file = join(fileURLToPath(new URL('../..', import.meta.url)), 'e2e/data/twitter-rest-1.1.openapi.json')
  const document = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, Record<string, unknown>> }
  const verbs = ['get', 'post', 'put', 'delete', 'patch']
  return Object.entries(document.paths).flatMap(([path, item]) => Object.keys(item).filter((verb) => verbs.includes(verb)).map((verb) => ({ verb: verb.toUpperCase(), path })))
}

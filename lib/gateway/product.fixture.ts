import { createAccount } from '@/lib/accounts/create-account'
import { createApplication } from '@/lib/applications/create-application'
import type { NewApplication } from '@/lib/applications/create-application'
import type { Prisma } from '@/lib/db/generated/client'
import { recordChange } from '@/lib/events/record-change'
import { createPlan } from '@/lib/plans/create-plan'
import { addLimits } from '@/lib/plans/set-limits'
import type { Period } from '@/lib/metering/periods'
import { createProduct } from '@/lib/products/create-product'
import type { Verb } from '@/lib/products/gateway-config'
import type { Ctx } from '@/lib/tenants/context'

/** For tests: a product with methods and rules, made by the same verbs as the dashboard's where they matter here. */
export type TestProduct = {
  id: bigint
  hitsId: bigint
  methodIds: Record<string, bigint>
  hosts: { production: string; staging: string }
  /** Changes columns of the product's row and tells the gateways. */
  set(data: Prisma.ProductUpdateInput): Promise<void>
}

export type TestRule = { verb?: Verb; pattern: string; method?: string; delta?: number; last?: boolean; metricVerb?: string }

let count = 0

/** Without rules: one for every path. A rule's `method` names its method; without it the rule counts hits. */
export async function makeProduct(ctx: Ctx, upstreamUrl: string | null, { rules, ...columns }: { rules?: TestRule[] } & Prisma.ProductUpdateInput = {}): Promise<TestProduct> {
  const { id, hitsId, hosts } = await createProduct(ctx, { name: `API ${++count}` })
  const tenantId = ctx.tenant.id
  const set = (data: Prisma.ProductUpdateInput) =>
    ctx.db.$transaction(async (tx) => {
      await tx.product.update({ where: { id }, data })
      await recordChange(tx, { tenantId, topic: 'product', subjectId: id })
    })
  const methodIds: Record<string, bigint> = {}
  if (rules) await ctx.db.mappingRule.deleteMany({ where: { productId: id } })
  for (const [position, { verb = 'GET', pattern, method, delta = 1, last = false, metricVerb = null }] of (rules ?? []).entries()) {
    if (method && !methodIds[method])
      methodIds[method] = (await ctx.db.metric.create({ data: { tenantId, productId: id, parentId: hitsId, systemName: method, name: method, verb: metricVerb } })).id
    await ctx.db.mappingRule.create({ data: { tenantId, productId: id, metricId: method ? methodIds[method]! : hitsId, verb, pattern, delta, last, position: position + 1 } })
  }
  await set({ privateBaseUrl: upstreamUrl, ...columns })
  return { id, hitsId, methodIds, hosts, set }
}

export type TestApplication = NewApplication & { planId: bigint; accountId: bigint; headers: [string, string][] }

/** An application of an account of its own, on a plan of its own with these limits. */
export async function makeApplication(
  ctx: Ctx,
  product: Pick<TestProduct, 'id' | 'hitsId'>,
  { limits = [], ...plan }: { limits?: { metricId?: bigint; period: Period; value: number }[]; newMethods?: 'enabled' | 'disabled' | 'reads_only'; endUserRequired?: boolean } = {},
): Promise<TestApplication> {
  const { id: planId } = await createPlan(ctx, { productId: product.id, name: `Plan ${++count}`, ...plan })
  for (const { metricId = product.hitsId, period, value } of limits) await addLimits(ctx, { planId, metricId, limits: [{ period, value }] })
  const { id: accountId } = await createAccount(ctx, { orgName: `Partner ${++count}` })
  const application = await createApplication(ctx, { accountId, planId, name: 'App' })
  return { ...application, planId, accountId, headers: [['user_key', application.userKey]] }
}

export async function makeEndUserPlan(ctx: Ctx, product: Pick<TestProduct, 'id' | 'hitsId'>, limits: { period: Period; value: number }[]): Promise<bigint> {
  const { id } = await createPlan(ctx, { productId: product.id, kind: 'end_user', name: `Users ${++count}` })
  if (limits.length > 0) await addLimits(ctx, { planId: id, metricId: product.hitsId, limits })
  return id
}

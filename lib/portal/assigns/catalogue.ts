import type { AuthenticationMode } from '@/lib/products/gateway-config'
import { listPublishedSpecs, type SpecItem } from '@/lib/activedocs/queries'
import { periods, type Period } from '@/lib/metering/periods'
import { isMethodEnabled, isRead } from '@/lib/plans/method-enabled'
import type { Ctx } from '@/lib/tenants/context'
import { getPortalSettings } from '@/lib/tenants/portal-settings'
import { baseUrlsOf, listServingDomains } from '@/lib/products/base-urls'

/** How much of the catalogue a page speaks of; the rest is not read. */
export type CatalogueParts = { limits?: boolean; metrics?: boolean; methods?: boolean; sample?: boolean }

export type MetricFacts = { id: number; parentId: number | null; systemName: string; name: string; description: string; unit: string; verb: string | null }
export type LimitFacts = { planId: number; metricId: number; period: Period; value: number }
export type PlanFacts = {
  id: number
  productId: number
  name: string
  systemName: string
  description: string
  published: boolean
  approvalRequired: boolean
  isDefault: boolean
  features: string[]
  limits: LimitFacts[]
  /** How many of the product's methods this plan does not let through; null where nobody asked. */
  disabledMethods: number | null
}
export type ServiceFacts = {
  id: number
  name: string
  systemName: string
  description: string
  /** What visitors see: on, and with something behind it. */
  listed: boolean
  baseUrl: string
  authentication: AuthenticationMode
  credentialsLocation: string
  credentialNames: { user_key: string; app_id: string; app_key: string }
  /** Something to try first: a read without anything to fill in; `/` where there is none or nobody asked. */
  samplePath: string
  planChangeMode: string
  defaultPlanId: number | null
  methodsCount: number
  plans: PlanFacts[]
  metrics: MetricFacts[]
  specs: SpecItem[]
}

/**
 * Every product of the tenant with its application plans, hidden ones too: the drops decide what is listed, and a
 * partner's own application may be on a hidden plan. At most ten queries, whatever the number of products, plans,
 * methods; asked again within one request, none.
 */
export function loadCatalogue(ctx: Ctx, parts: CatalogueParts = {}): Promise<ServiceFacts[]> {
  const known = loaded.get(ctx)
  if (known && partNames.every((name) => !parts[name] || known.parts[name])) return known.facts
  const facts = readCatalogue(ctx, parts)
  loaded.set(ctx, { parts, facts })
  return facts
}

// A context lives as long as its request: nothing here outlives it.
const loaded = new WeakMap<Ctx, { parts: CatalogueParts; facts: Promise<ServiceFacts[]> }>()
const partNames = ['limits', 'metrics', 'methods', 'sample'] as const

async function readCatalogue(ctx: Ctx, parts: CatalogueParts): Promise<ServiceFacts[]> {
  const { db } = ctx
  const [settings, products, hosts, domains, plans, counts, specs, limits, metrics, words, rules] = await Promise.all([
    getPortalSettings(ctx),
    db.product.findMany({ where: { state: 'active' }, orderBy: [{ isDefault: 'desc' }, { name: 'asc' }, { id: 'asc' }] }),
    db.host.findMany({ where: { zone: 'gateway', environment: 'production' }, orderBy: { id: 'asc' }, select: { productId: true, environment: true, name: true } }),
    listServingDomains(db),
    db.plan.findMany({ where: { kind: 'application' }, orderBy: [{ position: 'asc' }, { id: 'asc' }], include: { features: { orderBy: { position: 'asc' }, select: { name: true } } } }),
    db.metric.groupBy({ by: ['productId'], where: { retiredAt: null, parentId: { not: null } }, _count: true }),
    listPublishedSpecs(ctx),
    parts.limits ? db.limit.findMany({ where: { plan: { kind: 'application' }, metric: { retiredAt: null } }, select: { planId: true, metricId: true, period: true, value: true } }) : [],
    parts.limits || parts.metrics || parts.methods ? db.metric.findMany({ where: { retiredAt: null }, orderBy: [{ parentId: { sort: 'asc', nulls: 'first' } }, { id: 'asc' }], select: { id: true, productId: true, parentId: true, systemName: true, name: true, description: true, unit: true, verb: true } }) : [],
    parts.methods ? db.planMethod.findMany({ where: { plan: { kind: 'application' } }, select: { planId: true, metricId: true, enabled: true } }) : [],
    parts.methods || parts.sample ? db.mappingRule.findMany({ orderBy: [{ position: 'asc' }, { id: 'asc' }], select: { productId: true, metricId: true, verb: true, pattern: true } }) : [],
  ])
  const plansOf = Map.groupBy(plans, (plan) => plan.productId)
  const metricsOf = Map.groupBy(metrics, (metric) => metric.productId)
  const limitsOf = Map.groupBy(limits, (limit) => limit.planId)
  const wordsOf = Map.groupBy(words, (word) => word.planId)
  const specsOf = Map.groupBy(specs, (spec) => spec.productId)
  const verbsOf = Map.groupBy(rules, (rule) => rule.metricId)

  const methodsOf = new Map(counts.map((count) => [count.productId, count._count]))
  // A tenant's first, still empty product is nobody's API yet.
  const filled = products.filter(({ id, liveVersion }) => liveVersion !== null || (methodsOf.get(id) ?? 0) > 0)
  const listed = new Set(settings.multipleProducts ? filled : filled.toSorted(byRank).slice(0, 1))

  return products.map((product): ServiceFacts => {
    const ownMetrics = metricsOf.get(product.id) ?? []
    const place = new Map(ownMetrics.map((metric) => [metric.id, metric]))
    const methods = parts.methods ? ownMetrics.filter((metric) => metric.parentId !== null).map(({ id, verb }) => ({ id, read: isRead(verb, (verbsOf.get(id) ?? []).map((rule) => rule.verb)) })) : null
    const methodsCount = methodsOf.get(product.id) ?? 0
    const { name, systemName, description, authenticationMode, credentialsLocation, userKeyName, appIdName, appKeyName, planChangeMode, defaultPlanId, liveVersion } = product
    return {
      id: Number(product.id),
      name,
      systemName,
      description,
      listed: listed.has(product),
      baseUrl: (liveVersion !== null && baseUrlsOf(product, hosts, domains).production) || '',
      authentication: authenticationMode as ServiceFacts['authentication'],
      credentialsLocation,
      credentialNames: { user_key: userKeyName, app_id: appIdName, app_key: appKeyName },
      samplePath: samplePathOf(rules.filter((rule) => rule.productId === product.id)),
      planChangeMode,
      defaultPlanId: defaultPlanId === null ? null : Number(defaultPlanId),
      methodsCount,
      metrics: ownMetrics.map((metric) => ({ ...metric, id: Number(metric.id), parentId: metric.parentId === null ? null : Number(metric.parentId) })),
      specs: specsOf.get(Number(product.id)) ?? [],
      plans: (plansOf.get(product.id) ?? []).map((plan): PlanFacts => {
        const explicit = new Map((wordsOf.get(plan.id) ?? []).map((word) => [word.metricId, word.enabled]))
        const own = (limitsOf.get(plan.id) ?? []).filter((limit) => place.has(limit.metricId))
        own.sort((one, other) => rank(place.get(one.metricId)!) - rank(place.get(other.metricId)!) || place.get(one.metricId)!.name.localeCompare(place.get(other.metricId)!.name, 'en') || periods.indexOf(one.period as Period) - periods.indexOf(other.period as Period))
        return {
          id: Number(plan.id),
          productId: Number(product.id),
          name: plan.name,
          systemName: plan.systemName,
          description: plan.description,
          published: plan.state === 'published',
          approvalRequired: plan.approvalRequired,
          isDefault: plan.id === defaultPlanId,
          features: plan.features.map((feature) => feature.name),
          limits: own.map((limit) => ({ planId: Number(limit.planId), metricId: Number(limit.metricId), period: limit.period as Period, value: Number(limit.value) })),
          disabledMethods: methods && methods.filter(({ id, read }) => !isMethodEnabled({ newMethods: plan.newMethods, explicit: explicit.get(id), read })).length,
        }
      }),
    }
  })
}

/** Where a tenant shows one product, it is the default one, else the oldest. */
const byRank = (one: { isDefault: boolean; id: bigint }, other: { isDefault: boolean; id: bigint }) => Number(other.isDefault) - Number(one.isDefault) || Number(one.id - other.id)

function samplePathOf(rules: { verb: string; pattern: string }[]): string {
  const plain = rules.find(({ verb, pattern }) => verb === 'GET' && /^\/[A-Za-z0-9/._-]*\$?$/.test(pattern))
  return plain ? plain.pattern.replace(/\$$/, '') : '/'
}

const rank = ({ systemName, parentId }: { systemName: string; parentId: bigint | null }) => (systemName === 'hits' ? 0 : parentId === null ? 1 : 2)

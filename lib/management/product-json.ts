import { z } from 'zod'
import type { Feature, MappingRule, Metric, Product } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { answer, linksOf } from '@/lib/management/inputs'
import type { AuthenticationMode, PolicyEntry } from '@/lib/products/gateway-config'
import type { Ctx } from '@/lib/tenants/context'

/** Products as the API tells them: 3scale calls them services (reference portal 1.4, 8.4). */
export const serviceAnswer = z.object({
  id: answer.id,
  name: z.string(),
  state: z.string(),
  system_name: z.string(),
  description: z.string(),
  backend_version: z.enum(['1', '2', 'oauth', 'oidc']),
  deployment_option: z.enum(['hosted', 'self_managed']),
  support_email: z.string(),
  default: z.boolean(),
  intentions_required: z.boolean(),
  buyers_manage_apps: z.boolean(),
  buyers_manage_keys: z.boolean(),
  referrer_filters_required: z.boolean(),
  custom_keys_enabled: z.boolean(),
  buyer_key_regenerate_enabled: z.boolean(),
  mandatory_app_key: z.boolean(),
  buyer_can_select_plan: z.boolean(),
  buyer_plan_change_permission: z.enum(['request', 'direct', 'none']),
  end_user_registration_required: z.boolean(),
  created_at: answer.time,
  updated_at: answer.time,
  links: answer.links,
})

/** How 3scale names the ways callers prove themselves; introspection is one it has no name for. */
const backendVersionOf: Record<AuthenticationMode, '1' | '2' | 'oauth' | 'oidc'> = { user_key: '1', app_id_app_key: '2', oauth: 'oauth', oidc: 'oidc', introspection: 'oidc' }

export const modeOf = { '1': 'user_key', '2': 'app_id_app_key', oauth: 'oauth', oidc: 'oidc' } as const

/** A product under 3scale’s name and fields; what we have no setting for has the value its clients expect. */
export function serviceJson(product: Product, origin: string) {
  const self = `/admin/api/services/${product.id}`
  return {
    id: product.id,
    name: product.name,
    // What is not live yet is "incomplete" there.
    state: product.state === 'suspended' ? 'suspended' : product.liveVersion === null ? 'incomplete' : 'published',
    system_name: product.systemName,
    description: product.description,
    backend_version: backendVersionOf[product.authenticationMode as AuthenticationMode],
    deployment_option: product.deployment,
    support_email: '',
    default: product.isDefault,
    intentions_required: false,
    buyers_manage_apps: true,
    buyers_manage_keys: true,
    referrer_filters_required: product.referrerFiltersRequired,
    custom_keys_enabled: true,
    buyer_key_regenerate_enabled: true,
    mandatory_app_key: true,
    buyer_can_select_plan: true,
    buyer_plan_change_permission: product.planChangeMode,
    end_user_registration_required: product.endUserRegistrationRequired,
    created_at: product.createdAt,
    updated_at: product.updatedAt,
    links: linksOf(origin, { self, metrics: `${self}/metrics`, proxy: `${self}/proxy`, application_plans: `${self}/application_plans`, features: `${self}/features`, backend_usages: `${self}/backend_usages` }),
  }
}

/** Throws `not_found`. */
export async function getProductRow(ctx: Ctx, productId: bigint): Promise<Product> {
  const product = await ctx.db.product.findUnique({ where: { id: productId } })
  if (!product) throw notFound()
  return product
}

export const metricAnswer = z.object({
  id: answer.id,
  name: z.string(),
  system_name: z.string(),
  friendly_name: z.string(),
  description: z.string(),
  unit: z.string(),
  parent_id: answer.id.nullable(),
  created_at: answer.time,
  updated_at: answer.time,
  links: answer.links,
})

export type MetricLike = Pick<Metric, 'id' | 'parentId' | 'systemName' | 'name' | 'description' | 'unit' | 'createdAt'>

/** A metric or method of a product or backend, `owner` being its path. `name` is 3scale's older word for the system name. */
export function metricJson(metric: MetricLike, owner: string, origin: string) {
  const self = metric.parentId === null ? `${owner}/metrics/${metric.id}` : `${owner}/metrics/${metric.parentId}/methods/${metric.id}`
  return {
    id: metric.id,
    name: metric.systemName,
    system_name: metric.systemName,
    friendly_name: metric.name,
    description: metric.description,
    unit: metric.unit,
    parent_id: metric.parentId,
    created_at: metric.createdAt,
    updated_at: metric.createdAt,
    links: linksOf(origin, { self, owner, ...(metric.parentId === null ? { methods: `${self}/methods` } : { parent: `${owner}/metrics/${metric.parentId}` }) }),
  }
}

/** The product's own, not what stands for a mounted backend's: those are told where they are changed. */
export const ownMetrics = (productId: bigint) => ({ productId, retiredAt: null, backendMetricId: null })

/** A metric a plan may name: the product's own by its id, a mounted backend's by the id it has there. Throws `not_found`. */
export async function getCountedMetric(ctx: Ctx, productId: bigint, metricId: bigint): Promise<Metric> {
  const metric = await ctx.db.metric.findFirst({ where: { productId, retiredAt: null, OR: [{ id: metricId }, { backendMetricId: metricId }] } })
  if (!metric) throw notFound()
  return metric
}

/** The id under which clients know a metric of a product. */
export const toldMetricId = (metric: Pick<Metric, 'id' | 'backendMetricId'>) => metric.backendMetricId ?? metric.id

export const mappingRuleAnswer = z.object({
  id: answer.id,
  metric_id: answer.id,
  pattern: z.string(),
  http_method: z.string(),
  delta: z.number().int(),
  position: z.number().int(),
  last: z.boolean(),
  created_at: answer.time,
  updated_at: answer.time,
  links: answer.links,
})

type RuleLike = Pick<MappingRule, 'id' | 'verb' | 'pattern' | 'delta' | 'last' | 'createdAt'> & { metricId: bigint }

/** A rule of a product or backend, `owner` being the path its rules stand below; `position` counts from 1. */
export function mappingRuleJson(rule: RuleLike, position: number, owner: string, origin: string) {
  return {
    id: rule.id,
    metric_id: rule.metricId,
    pattern: rule.pattern,
    http_method: rule.verb,
    delta: rule.delta,
    position,
    last: rule.last,
    created_at: rule.createdAt,
    updated_at: rule.createdAt,
    links: linksOf(origin, { self: `${owner}/mapping_rules/${rule.id}` }),
  }
}

export const featureAnswer = z.object({
  id: answer.id,
  name: z.string(),
  system_name: z.string(),
  description: z.string(),
  scope: z.literal('application_plan'),
  visible: z.boolean(),
  created_at: answer.time,
  updated_at: answer.time,
  links: answer.links,
})

/** A feature of a product, as plans may have it. */
export function featureJson(feature: Feature, origin: string) {
  const { id, name, systemName, description, visible, createdAt } = feature
  return {
    id,
    name,
    system_name: systemName,
    description,
    scope: 'application_plan',
    visible,
    created_at: createdAt,
    updated_at: createdAt,
    links: linksOf(origin, { self: `/admin/api/services/${feature.productId}/features/${id}`, service: `/admin/api/services/${feature.productId}` }),
  }
}

export const policyEntry = z.looseObject({ name: z.string(), version: z.string(), enabled: z.boolean(), configuration: z.record(z.string(), z.unknown()) })

/** One link of a policy chain, secrets in the clear as they were written, with whatever else its writer keeps in it. */
export const policyJson = ({ name, version, enabled, configuration, ...others }: PolicyEntry) => ({ ...others, name, version, configuration, enabled })

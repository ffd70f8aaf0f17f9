import { drop, dropList, safeHtml, type Drop, type DropList } from '@/lib/liquid/values'
import type { LimitFacts, MetricFacts, PlanFacts, ServiceFacts } from '@/lib/portal/assigns/catalogue'
import { specDrop } from '@/lib/portal/assigns/spec-drop'

export type CatalogueView = {
  supportEmail: string
  /** Plans the signed-in account's applications are on, and products they belong to. */
  boughtPlanIds?: ReadonlySet<number>
  boughtProductIds?: ReadonlySet<number>
  /** Ticked in a sign-up link or form. */
  selectedPlanIds?: ReadonlySet<number>
}

/** The catalogue as templates see it. `services` and their plans hold what is published; `planOf` and `serviceOf` also what an application of one's own is on. */
export type CatalogueDrops = {
  services: DropList
  serviceOf: (productId: number) => Drop | null
  planOf: (planId: number) => Drop | null
  /** All listed services' published plans, in order. */
  publishedPlans: Drop[]
}

/** Drops of every product and plan, made once a page. A hidden plan is in no list (ISO-10). */
export function catalogueDrops(services: ServiceFacts[], view: CatalogueView): CatalogueDrops {
  const plans = new Map<number, Drop>()
  const drops = new Map<number, Drop>()
  const published: Drop[] = []
  for (const facts of services) {
    const service = serviceDrop(facts, view)
    drops.set(facts.id, service)
    const listed: Drop[] = []
    for (const plan of facts.plans) {
      const made = planDrop(plan, facts, view)
      // A cycle: each plan knows its service, the service its plans.
      made.service = service
      plans.set(plan.id, made)
      if (!plan.published) continue
      listed.push(made)
      if (facts.listed) published.push(made)
    }
    const list = dropList(listed, (item) => String(item.system_name))
    service.application_plans = list
    service.plans = list
  }
  const listedServices = services.filter((facts) => facts.listed).map((facts) => drops.get(facts.id)!)
  return {
    services: dropList(listedServices, (item) => String(item.system_name)),
    serviceOf: (productId) => drops.get(productId) ?? null,
    planOf: (planId) => plans.get(planId) ?? null,
    publishedPlans: published,
  }
}

function serviceDrop(facts: ServiceFacts, view: CatalogueView): Mutable {
  const { id, name, systemName, description, authentication } = facts
  const subscribed = view.boughtProductIds?.has(id) ?? false
  const specs: Mutable[] = facts.specs.map((spec) => specDrop(spec, facts))
  const made: Mutable = {
    ...drop('service', id, {
      id,
      name,
      system_name: systemName,
      description,
      'subscribed?': subscribed,
      'subscribable?': !subscribed,
      subscribe_url: `/admin/applications/new?service_id=${id}`,
      subscription: null,
      service_plans: dropList([]),
      features: dropList([]),
      apps_identifier: authentication === 'user_key' ? 'API Key' : 'ID',
      backend_version: authentication === 'user_key' ? '1' : authentication === 'app_id_app_key' ? '2' : authentication === 'oauth' ? 'oauth' : 'oidc',
      'referrer_filters_required?': false,
      metrics: dropList(facts.metrics.filter((metric) => metric.parentId === null).map((metric) => metricDrop(metric, [])), (item) => String(item.system_name)),
      support_email: view.supportEmail,
      admin_support_email: view.supportEmail,
      api_specs: dropList(specs, (item) => String(item.system_name)),
      base_url: facts.baseUrl,
      authentication,
      // 3scale's word for it, which templates of others know.
      credentials_location: facts.credentialsLocation === 'basic' ? 'authorization' : facts.credentialsLocation,
      credential_names: facts.credentialNames,
      sample_path: facts.samplePath,
      methods_count: facts.methodsCount,
      docs_url: specs[0] ? String(specs[0].docs_url) : '/docs',
    }, name),
  }
  for (const spec of specs) spec.service = made
  return made
}

function planDrop(plan: PlanFacts, service: ServiceFacts, view: CatalogueView): Mutable {
  const metricOf = new Map(service.metrics.map((metric) => [metric.id, metric]))
  const limitsOf = Map.groupBy(plan.limits, (limit) => limit.metricId)
  // Methods without a limit of their own would only make the list long: on a plan of eighty there are three worth naming.
  const told = service.metrics.filter((metric) => metric.parentId === null || limitsOf.has(metric.id))
  const metrics = told.map((metric) => metricDrop(metric, limitsOf.get(metric.id) ?? []))
  return {
    ...drop('plan', plan.id, {
      id: plan.id,
      name: plan.name,
      system_name: plan.systemName,
      description: plan.description,
      'default?': plan.isDefault,
      'selected?': view.selectedPlanIds?.has(plan.id) ?? false,
      'bought?': view.boughtPlanIds?.has(plan.id) ?? false,
      features: dropList(plan.features.map((name, at) => featureDrop(plan.id, at, name)), (item) => String(item.system_name)),
      setup_fee: safeHtml('0'),
      flat_cost: safeHtml('0'),
      cost: 0,
      'free?': true,
      'paid?': false,
      trial_period_days: 0,
      'approval_required?': plan.approvalRequired,
      class_name: 'ApplicationPlan',
      metrics: dropList(metrics, (item) => String(item.system_name)),
      usage_limits: plan.limits.map((limit, at) => usageLimitDrop(limit, at, metricOf.get(limit.metricId)!)),
      limits: plan.limits.map(({ metricId, period, value }) => ({ metric: metricOf.get(metricId)!.name, system_name: metricOf.get(metricId)!.systemName, period, value })),
      disabled_methods: plan.disabledMethods,
    }, plan.name),
  }
}

/** What drops are made of while they are put together; templates get them as they then are. */
type Mutable = Drop & { [attribute: string]: Drop[string] }

function featureDrop(planId: number, at: number, name: string): Drop {
  return drop('feature', `${planId}-${at}`, { name, system_name: name.toLowerCase().replace(/[^a-z0-9]+/g, '_'), description: '', 'has_description?': false, 'enabled?': true }, name)
}

function metricDrop(metric: MetricFacts, limits: LimitFacts[]): Drop {
  const { id, name, systemName, description, unit, parentId } = metric
  return drop('metric', id, { id, unit, name, system_name: systemName, description, has_parent: parentId !== null, usage_limits: limits.map((limit, at) => usageLimitDrop(limit, at, metric)), pricing_rules: [] }, name)
}

function usageLimitDrop({ planId, metricId, period, value }: LimitFacts, at: number, metric: MetricFacts): Drop {
  return drop('usage_limit', `${planId}-${metricId}-${at}`, { period, value, metric: drop('metric', metric.id, { id: metric.id, name: metric.name, system_name: metric.systemName, unit: metric.unit, has_parent: metric.parentId !== null }, metric.name) }, String(value))
}

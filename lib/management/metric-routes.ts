import { z } from 'zod'
import { invalid, notFound } from '@/lib/errors'
import { requiredText, text } from '@/lib/management/inputs'
import { managementRoute, type ManagementCall, type ManagementRoute, type Page, type PageWanted } from '@/lib/management/management-route'
import { metricAnswer, metricJson, type MetricLike } from '@/lib/management/product-json'
import type { Ctx } from '@/lib/tenants/context'

/** What a client says of a metric or method, in our words. What is left out stays as it is, or is made. */
export type MetricWords = { name?: string; systemName?: string; unit?: string; description?: string }

/** A product or a backend, as far as its metrics and methods go. Reads and writes name the owner: another owner's metric is not found. */
export type MetricOwner<Row extends MetricLike> = {
  common: Pick<ManagementRoute, 'scope' | 'may' | 'formats' | 'tag' | 'errorNames'>
  of: 'product' | 'backend'
  /** Where its like stand, and the parameter that says which: `/admin/api/services` and `service_id`. */
  path: string
  param: string
  /** Characters of a name. */
  nameMax: number
  /** All of them, or (`parentId`) the methods of one metric. Throws `not_found` for the owner. */
  list(ctx: Ctx, ownerId: bigint, parentId: bigint | undefined, page: PageWanted): Promise<Page<Row>>
  find(ctx: Ctx, ownerId: bigint, metricId: bigint): Promise<Row | null>
  create(ctx: Ctx, ownerId: bigint, kind: 'metric' | 'method', words: MetricWords & { name: string }): Promise<Row>
  edit(ctx: Ctx, metric: Row, words: Omit<MetricWords, 'systemName'>): Promise<Row>
  remove(ctx: Ctx, metric: Row): Promise<unknown>
}

type Sent = { friendly_name?: string; name?: string; system_name?: string; unit?: string; description?: string }

const empty = z.object({})
const one = (name: 'metric' | 'method', status: 200 | 201) => ({ kind: 'one', name, schema: metricAnswer, status }) as const

/** Metrics and the methods below them, of products and of backends alike (reference portal 8.4). */
export function metricRoutes<Row extends MetricLike>(owner: MetricOwner<Row>): ManagementRoute[] {
  const { common, of, path, param, nameMax } = owner
  const whose = of === 'backend' ? ' of a backend' : ''
  const ofMetrics = `${path}/:${param}/metrics`
  const ofMethods = `${ofMetrics}/:metric_id/methods`
  // `name` is what 3scale's oldest clients call the system name.
  const words = { friendly_name: text(nameMax).optional(), name: text(nameMax).optional(), system_name: text().optional(), unit: text(40).optional(), description: text(2000).optional() }

  type Call = Pick<ManagementCall<unknown>, 'ctx' | 'ids' | 'origin'>
  const tell = (metric: Row, { ids, origin }: Call) => metricJson(metric, `${path}/${ids[param]!}`, origin)

  async function getMetric({ ctx, ids }: Call): Promise<Row> {
    const metric = await owner.find(ctx, ids[param]!, ids.metric_id!)
    if (!metric) throw notFound()
    return metric
  }

  async function getMethod({ ctx, ids }: Call): Promise<Row> {
    const method = await owner.find(ctx, ids[param]!, ids.id!)
    if (!method || method.parentId !== ids.metric_id) throw notFound()
    return method
  }

  async function create({ ctx, ids, origin, input }: ManagementCall<{ friendly_name: string } & Sent>, kind: 'metric' | 'method') {
    const { friendly_name: name, name: older, system_name: systemName = older, unit, description } = input
    return tell(await owner.create(ctx, ids[param]!, kind, { name, systemName, unit, description }), { ctx, ids, origin })
  }

  async function edit({ ctx, ids, origin, input }: ManagementCall<Sent>, metric: Row) {
    const { friendly_name: name, unit, description } = input
    return tell(await owner.edit(ctx, metric, { name: name || undefined, unit, description }), { ctx, ids, origin })
  }

  async function list({ ctx, ids, page, origin }: ManagementCall<unknown>, parentId?: bigint) {
    const { items, total } = await owner.list(ctx, ids[param]!, parentId, page)
    return { items: items.map((metric) => tell(metric, { ctx, ids, origin })), total }
  }

  const singleRoutes = (kind: 'metric' | 'method', path: string, get: (call: Call) => Promise<Row>): ManagementRoute[] => [
    managementRoute({ ...common, method: 'GET', path, summary: `Read a ${kind}${whose}`, input: empty, answers: one(kind, 200), handle: async (call) => tell(await get(call), call) }),
    managementRoute({ ...common, method: 'PUT', path, summary: `Change a ${kind}${whose}`, input: z.object(words), answers: one(kind, 200), handle: async (call) => edit(call, await get(call)) }),
    managementRoute({ ...common, method: 'DELETE', path, summary: `Delete a ${kind}${whose}`, input: empty, answers: { kind: 'nothing' }, handle: async (call) => owner.remove(call.ctx, await get(call)) }),
  ]

  return [
    managementRoute({
      ...common,
      method: 'GET',
      path: ofMetrics,
      summary: `List the metrics and methods of a ${of}`,
      input: empty,
      paged: true,
      answers: { kind: 'many', name: 'metrics', each: 'metric', schema: metricAnswer },
      handle: (call) => list(call),
    }),
    managementRoute({
      ...common,
      method: 'POST',
      path: ofMetrics,
      summary: `Create a metric${whose}`,
      input: z.object({ ...words, friendly_name: requiredText(nameMax) }),
      answers: one('metric', 201),
      handle: (call) => create(call, 'metric'),
    }),
    ...singleRoutes('metric', `${ofMetrics}/:metric_id`, getMetric),
    managementRoute({
      ...common,
      method: 'GET',
      path: ofMethods,
      summary: `List the methods of a ${of}`,
      input: empty,
      paged: true,
      answers: { kind: 'many', name: 'methods', each: 'method', schema: metricAnswer },
      handle: async (call) => list(call, (await getMetric(call)).id),
    }),
    managementRoute({
      ...common,
      method: 'POST',
      path: ofMethods,
      summary: `Create a method${whose}`,
      input: z.object({ ...words, friendly_name: requiredText(nameMax) }),
      answers: one('method', 201),
      async handle(call) {
        if ((await getMetric(call)).systemName !== 'hits') throw invalid({ base: ['Methods stand below the metric hits only.'] })
        return create(call, 'method')
      },
    }),
    ...singleRoutes('method', `${ofMethods}/:id`, getMethod),
  ]
}

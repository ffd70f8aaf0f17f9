import { z } from 'zod'
import { createBackendRule, deleteBackendRule, editBackendRule } from '@/lib/backends/backend-mapping-rules'
import { createBackendMetric, deleteBackendMetric, editBackendMetric } from '@/lib/backends/backend-metrics'
import { createBackend } from '@/lib/backends/create-backend'
import { deleteBackend } from '@/lib/backends/delete-backend'
import { editBackend } from '@/lib/backends/edit-backend'
import type { Backend, BackendMappingRule, BackendMetric } from '@/lib/db/generated/client'
import { invalid, notFound } from '@/lib/errors'
import { answer, linksOf, requiredText, text } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { mappingRuleAnswer, mappingRuleJson, metricAnswer, metricJson } from '@/lib/management/product-json'
import { ruleEditFields, ruleFields } from '@/lib/management/routes/mapping-rules'
import { withPort } from '@/lib/self-managed/apicast-config'
import type { Ctx } from '@/lib/tenants/context'

const errorNames = { privateBaseUrl: 'private_endpoint', name: 'name', verb: 'http_method', metricId: 'metric_id', 'servers.0.url': 'private_endpoint' }
const common = { scope: 'account_management', may: 'gateway', formats: ['json'], tag: 'Backends', errorNames } as const
const ofMetrics = { ...common, errorNames: { ...errorNames, name: 'friendly_name' } }
const base = '/admin/api/backend_apis'
const one = '/admin/api/backend_apis/:backend_api_id'
const empty = z.object({})
const words = { friendly_name: text(200).optional(), name: text(200).optional(), system_name: text().optional(), unit: text(40).optional(), description: text(2000).optional() }

const backendAnswer = z.object({
  id: answer.id,
  name: z.string(),
  system_name: z.string(),
  description: z.string(),
  private_endpoint: z.string(),
  account_id: answer.id,
  created_at: answer.time,
  updated_at: answer.time,
  links: answer.links,
})
const answers = (status: 200 | 201) => ({ kind: 'one', name: 'backend_api', schema: backendAnswer, status }) as const
const metricOf = (name: 'metric' | 'method', status: 200 | 201) => ({ kind: 'one', name, schema: metricAnswer, status }) as const
const ruleOf = (status: 200 | 201) => ({ kind: 'one', name: 'mapping_rule', schema: mappingRuleAnswer, status }) as const

/** Backends with their metrics, methods and mapping rules (reference portal 8.4). */
export const backendApiRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: base,
    summary: 'List the backends',
    input: empty,
    paged: true,
    answers: { kind: 'many', name: 'backend_apis', each: 'backend_api', schema: backendAnswer },
    async handle({ ctx, page, origin }) {
      const rows = await ctx.db.backend.findMany({ orderBy: { id: 'asc' }, skip: page.skip, take: page.take })
      return { items: rows.map((row) => backendJson(row, origin)), total: await ctx.db.backend.count() }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: base,
    summary: 'Create a backend',
    input: z.object({ name: requiredText(), system_name: text(40).optional(), description: text(2000).optional(), private_endpoint: requiredText(2000) }),
    answers: answers(201),
    async handle({ ctx, input, origin }) {
      const { id } = await createBackend(ctx, { name: input.name, systemName: input.system_name, description: input.description, privateBaseUrl: input.private_endpoint })
      return backendJson(await getBackendRow(ctx, id), origin)
    },
  }),
  managementRoute({ ...common, method: 'GET', path: one, summary: 'Read a backend', input: empty, answers: answers(200), handle: async ({ ctx, ids, origin }) => backendJson(await getBackendRow(ctx, ids.backend_api_id!), origin) }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: one,
    summary: 'Change a backend',
    input: z.object({ name: requiredText().optional(), description: text(2000).optional(), private_endpoint: requiredText(2000).optional() }),
    answers: answers(200),
    async handle({ ctx, ids, input, origin }) {
      const backend = await getBackendRow(ctx, ids.backend_api_id!)
      const unchanged = input.private_endpoint === withPort(backend.privateBaseUrl)
      await editBackend(ctx, { backendId: backend.id, name: input.name, description: input.description, privateBaseUrl: unchanged ? undefined : input.private_endpoint })
      return backendJson(await getBackendRow(ctx, backend.id), origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: one,
    summary: 'Delete a backend that no product mounts',
    input: empty,
    answers: { kind: 'nothing' },
    handle: ({ ctx, ids }) => deleteBackend(ctx, { backendId: ids.backend_api_id! }),
  }),

  managementRoute({
    ...ofMetrics,
    method: 'GET',
    path: `${one}/metrics`,
    summary: 'List the metrics and methods of a backend',
    input: empty,
    paged: true,
    answers: { kind: 'many', name: 'metrics', each: 'metric', schema: metricAnswer },
    async handle({ ctx, ids, page, origin }) {
      const { id: backendId } = await getBackendRow(ctx, ids.backend_api_id!)
      const rows = await ctx.db.backendMetric.findMany({ where: { backendId }, orderBy: { id: 'asc' }, skip: page.skip, take: page.take })
      return { items: rows.map((row) => tellMetric(row, origin)), total: await ctx.db.backendMetric.count({ where: { backendId } }) }
    },
  }),
  managementRoute({
    ...ofMetrics,
    method: 'POST',
    path: `${one}/metrics`,
    summary: 'Create a metric of a backend',
    input: z.object({ ...words, friendly_name: requiredText(200) }),
    answers: metricOf('metric', 201),
    handle: async ({ ctx, ids, input, origin }) => tellMetric(await createMetric(ctx, ids.backend_api_id!, 'metric', input), origin),
  }),
  managementRoute({ ...ofMetrics, method: 'GET', path: `${one}/metrics/:metric_id`, summary: 'Read a metric of a backend', input: empty, answers: metricOf('metric', 200), handle: async ({ ctx, ids, origin }) => tellMetric(await getMetric(ctx, ids), origin) }),
  managementRoute({
    ...ofMetrics,
    method: 'PUT',
    path: `${one}/metrics/:metric_id`,
    summary: 'Change a metric of a backend',
    input: z.object(words),
    answers: metricOf('metric', 200),
    handle: async ({ ctx, ids, input, origin }) => tellMetric(await editMetric(ctx, await getMetric(ctx, ids), input), origin),
  }),
  managementRoute({
    ...ofMetrics,
    method: 'DELETE',
    path: `${one}/metrics/:metric_id`,
    summary: 'Delete a metric of a backend',
    input: empty,
    answers: { kind: 'nothing' },
    handle: async ({ ctx, ids }) => deleteBackendMetric(ctx, { metricId: (await getMetric(ctx, ids)).id }),
  }),
  managementRoute({
    ...ofMetrics,
    method: 'GET',
    path: `${one}/metrics/:metric_id/methods`,
    summary: 'List the methods of a backend',
    input: empty,
    paged: true,
    answers: { kind: 'many', name: 'methods', each: 'method', schema: metricAnswer },
    async handle({ ctx, ids, page, origin }) {
      const where = { parentId: (await getMetric(ctx, ids)).id }
      const rows = await ctx.db.backendMetric.findMany({ where, orderBy: { id: 'asc' }, skip: page.skip, take: page.take })
      return { items: rows.map((row) => tellMetric(row, origin)), total: await ctx.db.backendMetric.count({ where }) }
    },
  }),
  managementRoute({
    ...ofMetrics,
    method: 'POST',
    path: `${one}/metrics/:metric_id/methods`,
    summary: 'Create a method of a backend',
    input: z.object({ ...words, friendly_name: requiredText(200) }),
    answers: metricOf('method', 201),
    async handle({ ctx, ids, input, origin }) {
      const parent = await getMetric(ctx, ids)
      if (parent.systemName !== 'hits') throw invalid({ base: ['Methods stand below the metric hits only.'] })
      return tellMetric(await createMetric(ctx, parent.backendId, 'method', input), origin)
    },
  }),
  managementRoute({ ...ofMetrics, method: 'GET', path: `${one}/metrics/:metric_id/methods/:id`, summary: 'Read a method of a backend', input: empty, answers: metricOf('method', 200), handle: async ({ ctx, ids, origin }) => tellMetric(await getMethod(ctx, ids), origin) }),
  managementRoute({
    ...ofMetrics,
    method: 'PUT',
    path: `${one}/metrics/:metric_id/methods/:id`,
    summary: 'Change a method of a backend',
    input: z.object(words),
    answers: metricOf('method', 200),
    handle: async ({ ctx, ids, input, origin }) => tellMetric(await editMetric(ctx, await getMethod(ctx, ids), input), origin),
  }),
  managementRoute({
    ...ofMetrics,
    method: 'DELETE',
    path: `${one}/metrics/:metric_id/methods/:id`,
    summary: 'Delete a method of a backend',
    input: empty,
    answers: { kind: 'nothing' },
    handle: async ({ ctx, ids }) => deleteBackendMetric(ctx, { metricId: (await getMethod(ctx, ids)).id }),
  }),

  managementRoute({
    ...common,
    method: 'GET',
    path: `${one}/mapping_rules`,
    summary: 'List the mapping rules of a backend',
    input: empty,
    paged: true,
    answers: { kind: 'many', name: 'mapping_rules', each: 'mapping_rule', schema: mappingRuleAnswer },
    async handle({ ctx, ids, page, origin }) {
      const { id: backendId } = await getBackendRow(ctx, ids.backend_api_id!)
      const rows = await ctx.db.backendMappingRule.findMany({ where: { backendId }, orderBy: [{ position: 'asc' }, { id: 'asc' }], skip: page.skip, take: page.take })
      return { items: rows.map((row) => tellRule(row, origin)), total: await ctx.db.backendMappingRule.count({ where: { backendId } }) }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: `${one}/mapping_rules`,
    summary: 'Create a mapping rule of a backend',
    input: z.object(ruleFields),
    answers: ruleOf(201),
    async handle({ ctx, ids, input: { http_method: verb, metric_id: metricId, ...rest }, origin }) {
      const { id: backendId } = await getBackendRow(ctx, ids.backend_api_id!)
      const { id } = await createBackendRule(ctx, { backendId, verb, metricId, ...rest })
      return tellRule(await getRule(ctx, { backend_api_id: backendId, id }), origin)
    },
  }),
  managementRoute({ ...common, method: 'GET', path: `${one}/mapping_rules/:id`, summary: 'Read a mapping rule of a backend', input: empty, answers: ruleOf(200), handle: async ({ ctx, ids, origin }) => tellRule(await getRule(ctx, ids), origin) }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: `${one}/mapping_rules/:id`,
    summary: 'Change a mapping rule of a backend',
    input: z.object(ruleEditFields),
    answers: ruleOf(200),
    async handle({ ctx, ids, input: { http_method: verb, metric_id: metricId, ...rest }, origin }) {
      const rule = await getRule(ctx, ids)
      await editBackendRule(ctx, { ruleId: rule.id, verb, metricId, ...rest })
      return tellRule(await getRule(ctx, ids), origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: `${one}/mapping_rules/:id`,
    summary: 'Delete a mapping rule of a backend',
    input: empty,
    answers: { kind: 'nothing' },
    handle: async ({ ctx, ids }) => deleteBackendRule(ctx, { ruleId: (await getRule(ctx, ids)).id }),
  }),
]

/** Throws `not_found`. */
export async function getBackendRow(ctx: Ctx, backendId: bigint): Promise<Backend> {
  const backend = await ctx.db.backend.findUnique({ where: { id: backendId } })
  if (!backend) throw notFound()
  return backend
}

function backendJson(backend: Backend, origin: string) {
  const self = pathOf(backend.id)
  return {
    id: backend.id,
    name: backend.name,
    system_name: backend.systemName,
    description: backend.description,
    private_endpoint: withPort(backend.privateBaseUrl),
    account_id: backend.tenantId,
    created_at: backend.createdAt,
    updated_at: backend.updatedAt,
    links: linksOf(origin, { self, metrics: `${self}/metrics`, mapping_rules: `${self}/mapping_rules` }),
  }
}

type Words = { friendly_name?: string; name?: string; system_name?: string; unit?: string; description?: string }

async function createMetric(ctx: Ctx, backendId: bigint, kind: 'metric' | 'method', { friendly_name: name = '', name: older, system_name: systemName = older, unit, description }: Words): Promise<BackendMetric> {
  const { id } = await createBackendMetric(ctx, { backendId, kind, name, systemName, unit, description })
  return ctx.db.backendMetric.findUniqueOrThrow({ where: { id } })
}

async function editMetric(ctx: Ctx, metric: BackendMetric, { friendly_name: name, unit, description }: Words): Promise<BackendMetric> {
  await editBackendMetric(ctx, { metricId: metric.id, name: name || undefined, unit, description })
  return ctx.db.backendMetric.findUniqueOrThrow({ where: { id: metric.id } })
}

async function getMetric(ctx: Ctx, ids: Record<string, bigint>): Promise<BackendMetric> {
  const metric = await ctx.db.backendMetric.findFirst({ where: { id: ids.metric_id!, backendId: ids.backend_api_id! } })
  if (!metric) throw notFound()
  return metric
}

async function getMethod(ctx: Ctx, ids: Record<string, bigint>): Promise<BackendMetric> {
  const method = await ctx.db.backendMetric.findFirst({ where: { id: ids.id!, backendId: ids.backend_api_id!, parentId: ids.metric_id! } })
  if (!method) throw notFound()
  return method
}

async function getRule(ctx: Ctx, ids: Record<string, bigint>): Promise<BackendMappingRule> {
  const rule = await ctx.db.backendMappingRule.findFirst({ where: { id: ids.id!, backendId: ids.backend_api_id! } })
  if (!rule) throw notFound()
  return rule
}

const pathOf = (backendId: bigint) => `${base}/${backendId}`

const tellMetric = (metric: BackendMetric, origin: string) => metricJson(metric, pathOf(metric.backendId), origin)

const tellRule = (rule: BackendMappingRule, origin: string) => mappingRuleJson({ ...rule, metricId: rule.backendMetricId }, rule.position, pathOf(rule.backendId), origin)

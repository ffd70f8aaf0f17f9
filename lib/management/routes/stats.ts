import { z } from 'zod'
import { changeOf, readTop, readUsage, type Counted } from '@/lib/analytics/read-stats'
import { statsWindow, zonedText, type StatsWindow } from '@/lib/analytics/stats-window'
import { AppError, notFound } from '@/lib/errors'
import { text } from '@/lib/management/inputs'
import { managementRoute, type ManagementCall, type ManagementRoute } from '@/lib/management/management-route'
import { getProductRow, ownMetrics } from '@/lib/management/product-json'
import { escapeXml } from '@/lib/management/render-xml'
import { getBackendRow } from '@/lib/management/routes/backend-apis'
import type { UsageFilter } from '@/lib/metering/usage-within'
import type { Ctx } from '@/lib/tenants/context'

const common = { scope: 'stats', may: 'analytics', formats: ['json', 'xml', 'csv'], tag: 'Analytics' } as const

const range = { period: text(20).optional(), since: text(40).optional(), until: text(40).optional(), granularity: text(20).optional(), timezone: text(60).optional(), skip_change: text(5).optional() }
const usageInput = z.object({ ...range, metric_name: text().optional() })
const codeInput = z.object({ ...range, response_code: text(10).optional() })
type RangeInput = z.output<z.ZodObject<typeof range>>

const metricAnswer = z.object({ id: z.number().int(), name: z.string(), system_name: z.string(), unit: z.string() })
const periodAnswer = z.object({ name: z.string().nullable(), since: z.string(), until: z.string(), timezone: z.string(), granularity: z.union([z.string(), z.number()]) })
const usageAnswer = z.looseObject({ metric: metricAnswer.optional(), response_code: z.object({ code: z.string() }).optional(), period: periodAnswer, total: z.number(), values: z.array(z.number()), previous_total: z.number().optional(), change: z.number().optional() })
const usage = { kind: 'bare', schema: usageAnswer } as const
const summary = { kind: 'bare', schema: z.object({ metrics: z.array(metricAnswer), methods: z.array(metricAnswer) }), xml: 'summary' } as const

/** What was used, by whom and when (reference gateway 6.3). Production only; staging is never part of it. */
export const statsRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: '/stats/services/:service_id/usage',
    summary: 'Read the usage of a product over time',
    input: usageInput,
    answers: usage,
    async handle(call) {
      const product = await getProductRow(call.ctx, call.ids.service_id!)
      const metric = await findMetric(call.ctx, product.id, call.input.metric_name)
      return answerUsage(call, { metricJson: metric, filter: { productId: product.id, metricIds: [metric.id] } }, product.createdAt)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/stats/applications/:application_id/usage',
    summary: 'Read the usage of an application over time',
    input: usageInput,
    answers: usage,
    async handle(call) {
      const application = await getApplication(call.ctx, call.ids.application_id!)
      const metric = await findMetric(call.ctx, application.productId, call.input.metric_name)
      return answerUsage(call, { metricJson: metric, filter: { productId: application.productId, applicationId: application.id, metricIds: [metric.id] }, application: applicationJson(application, call.origin) }, application.createdAt)
    },
  }),
  managementRoute({
    ...common,
    formats: ['json', 'csv'],
    method: 'GET',
    path: '/stats/backend_apis/:backend_api_id/usage',
    summary: 'Read the usage of a backend over time, over all products that mount it',
    input: usageInput,
    answers: usage,
    async handle(call) {
      const backend = await getBackendRow(call.ctx, call.ids.backend_api_id!)
      const name = metricNameOf(call.input.metric_name)
      // `hits.7`, as products and gateways call it, is the same metric.
      const metric = await call.ctx.db.backendMetric.findFirst({ where: { backendId: backend.id, systemName: name.replace(new RegExp(`\\.${backend.id}$`), '') } })
      if (!metric) throw unknownMetric(name)
      const { metricIds, productIds } = await metricsOfBackend(call.ctx, `${metric.systemName}.${backend.id}`)
      return answerUsage(call, { metricJson: metric, filter: { productIds, metricIds } }, backend.createdAt)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/stats/services/:service_id/usage_response_code',
    summary: 'Read how many calls of a product were answered 2XX, 3XX, 4XX or 5XX over time',
    input: codeInput,
    answers: usage,
    async handle(call) {
      const product = await getProductRow(call.ctx, call.ids.service_id!)
      return answerUsage(call, { code: codeOf(call.input.response_code), filter: { productId: product.id } }, product.createdAt)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/stats/applications/:application_id/usage_response_code',
    summary: 'Read how many calls of an application were answered 2XX, 3XX, 4XX or 5XX over time',
    input: codeInput,
    answers: usage,
    async handle(call) {
      const application = await getApplication(call.ctx, call.ids.application_id!)
      return answerUsage(call, { code: codeOf(call.input.response_code), filter: { productId: application.productId, applicationId: application.id }, application: applicationJson(application, call.origin) }, application.createdAt)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/stats/services/:service_id/top_applications',
    summary: 'List the ten applications that used a metric most',
    input: z.object({ period: text(20).optional(), since: text(40).optional(), metric_name: text().optional(), timezone: text(60).optional() }),
    answers: {
      kind: 'bare',
      schema: z.object({ applications: z.array(z.looseObject({ id: z.number().int(), name: z.string(), value: z.number() })), metric: metricAnswer, period: z.object({ name: z.string(), since: z.string(), until: z.string() }) }),
      xml: 'top_applications',
      csv: (result) => csvOf(['application_id', 'application', 'account', 'plan', 'value'], (result as Top).applications.map((each) => [each.id, each.name, each.account?.name ?? '', each.plan?.name ?? '', each.value])),
    },
    async handle({ ctx, ids, input }) {
      const product = await getProductRow(ctx, ids.service_id!)
      const metric = await findMetric(ctx, product.id, input.metric_name)
      if (!input.period || !input.since) throw new AppError('bad_request', { publicMessage: 'Say period and since.' })
      const window = statsWindow({ ...input, granularity: granularityOfTop(input.period) }, { now: ctx.now, timezone: ctx.tenant.timezone, beginsAt: product.createdAt })
      return { applications: await readTop(ctx, product.id, metric.id, window), metric: tellMetric(metric), period: { name: window.name!, since: window.since, until: window.until } }
    },
  }),
  managementRoute({
    ...common,
    formats: ['json', 'xml'],
    method: 'GET',
    path: '/stats/services/:service_id/summary',
    summary: 'List the metrics and methods whose usage can be read',
    input: z.object({}),
    answers: summary,
    handle: async ({ ctx, ids }) => summaryOf(ctx, (await getProductRow(ctx, ids.service_id!)).id),
  }),
  managementRoute({
    ...common,
    formats: ['json', 'xml'],
    method: 'GET',
    path: '/stats/applications/:application_id/summary',
    summary: 'List the metrics and methods whose usage by an application can be read',
    input: z.object({}),
    answers: summary,
    handle: async ({ ctx, ids }) => summaryOf(ctx, (await getApplication(ctx, ids.application_id!)).productId),
  }),
]

type MetricRow = { id: bigint; name: string; systemName: string; unit: string }
type Top = { applications: Awaited<ReturnType<typeof readTop>> }
type Asked = { metricJson?: MetricRow; code?: string; filter: Omit<UsageFilter, 'environment'>; application?: Record<string, unknown> }
type Usage = ReturnType<typeof usageJson>

async function answerUsage({ ctx, input, format }: Pick<ManagementCall<RangeInput>, 'ctx' | 'input' | 'format'>, asked: Asked, beginsAt: Date): Promise<Usage | Response> {
  const window = statsWindow(input, { now: ctx.now, timezone: ctx.tenant.timezone, beginsAt })
  const skipChange = !['false', '0'].includes(input.skip_change ?? 'true')
  const counted = await readUsage(ctx, asked.filter, window, { outcome: asked.code?.toLowerCase() ?? null, withChange: !skipChange })
  const found = usageJson(asked, window, counted)
  if (format === 'json') return found
  const starts = window.slots.map((slot) => zonedText(slot.from.getTime(), window.timezone))
  const [type, body] = format === 'xml' ? ['application/xml', usageXml(found)] : ['text/csv', usageCsv(found, starts)]
  return new Response(body, { headers: { 'content-type': `${type}; charset=utf-8` } })
}

function usageJson({ metricJson, code, application }: Asked, window: StatsWindow, { values, total, previousTotal }: Counted) {
  return {
    ...(code !== undefined && { response_code: { code } }),
    ...(metricJson && { metric: tellMetric(metricJson) }),
    period: { name: window.name, since: window.since, until: window.until, timezone: window.timezone, granularity: window.granularity },
    total,
    values,
    ...(previousTotal !== null && { previous_total: previousTotal, change: changeOf(total, previousTotal) }),
    ...(application && { application }),
  }
}

/** `<usage>` as 3scale writes it: the values stand in one element, with commas between. */
function usageXml({ metric, response_code: code, period, total, values, previous_total: previous, change }: Usage): string {
  const element = (name: string, value: unknown) => `<${name}>${escapeXml(String(value ?? ''))}</${name}>`
  const about = metric ? `<metric>${element('id', metric.id)}${element('name', metric.name)}${element('system_name', metric.system_name)}${element('unit', metric.unit)}</metric>` : `<response_code>${element('code', code?.code)}</response_code>`
  const when = `<period>${element('name', period.name)}${element('since', period.since)}${element('until', period.until)}${element('timezone', period.timezone)}${element('granularity', period.granularity)}</period>`
  const compared = previous === undefined ? '' : element('previous_total', previous) + element('change', change)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<usage>${about}${when}<data>${element('total', total)}${compared}<values length="${values.length}">${values.join(',')}</values></data></usage>`
}

function usageCsv({ values, metric, response_code: code }: Usage, starts: string[]): string {
  return csvOf(['since', metric?.system_name ?? code?.code ?? 'value'], values.map((value, index) => [starts[index]!, value]))
}

/** RFC 4180; a text that a spreadsheet would run as a formula is kept a text. */
function csvOf(head: string[], rows: (string | number)[][]): string {
  const cell = (value: string | number) => {
    const plain = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
    return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
  }
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

/** "Normalised to the beginning of the period": slots as long as the period's own steps. */
function granularityOfTop(period: string): string {
  return period === 'year' ? 'month' : period === 'day' || period === 'week' || period === 'month' ? 'day' : 'eternity'
}

function metricNameOf(name: string | undefined): string {
  if (!name) throw new AppError('bad_request', { publicMessage: 'Say metric_name: the system name of a metric or method.' })
  return name
}

const unknownMetric = (name: string) => new AppError('bad_request', { publicMessage: `There is no metric "${name.slice(0, 100)}".` })

/** Retired ones too: their history is what is asked for. */
async function findMetric(ctx: Ctx, productId: bigint, given: string | undefined): Promise<MetricRow> {
  const name = metricNameOf(given)
  const metric = await ctx.db.metric.findFirst({ where: { productId, systemName: name } })
  if (!metric) throw unknownMetric(name)
  return metric
}

async function metricsOfBackend(ctx: Ctx, systemName: string): Promise<{ metricIds: bigint[]; productIds: bigint[] }> {
  const rows = await ctx.db.metric.findMany({ where: { systemName }, select: { id: true, productId: true } })
  return { metricIds: rows.map(({ id }) => id), productIds: [...new Set(rows.map(({ productId }) => productId))] }
}

function codeOf(code: string | undefined): string {
  const found = ['2XX', '3XX', '4XX', '5XX'].find((each) => each === code?.toUpperCase())
  if (!found) throw new AppError('bad_request', { publicMessage: 'Say response_code: 2XX, 3XX, 4XX or 5XX. Calls are counted by class, not by single codes.' })
  return found
}

async function getApplication(ctx: Ctx, applicationId: bigint) {
  const application = await ctx.db.application.findUnique({ where: { id: applicationId }, include: { plan: { select: { id: true, name: true } }, account: { select: { id: true, orgName: true } } } })
  if (!application) throw notFound()
  return application
}

function applicationJson({ id, name, state, description, plan, account, productId }: Awaited<ReturnType<typeof getApplication>>, origin: string): Record<string, unknown> {
  return {
    id,
    name,
    state,
    description,
    link: `${origin}/applications/${id}`,
    plan: plan && { id: plan.id, name: plan.name },
    account: account && { id: account.id, name: account.orgName, link: `${origin}/accounts/${account.id}` },
    service: { id: productId },
  }
}

async function summaryOf(ctx: Ctx, productId: bigint) {
  const metrics = await ctx.db.metric.findMany({ where: ownMetrics(productId), orderBy: { id: 'asc' } })
  return { metrics: metrics.filter(({ parentId }) => parentId === null).map(tellMetric), methods: metrics.filter(({ parentId }) => parentId !== null).map(tellMetric) }
}

const tellMetric = ({ id, name, systemName, unit }: MetricRow) => ({ id: Number(id), name, system_name: systemName, unit })

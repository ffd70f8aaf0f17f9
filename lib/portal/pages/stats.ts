import { readAccountUsage, readOwnMetricUsage, listCountedApplications, type AccountUsage } from '@/lib/analytics/account-usage'
import { describeTrend, shareOf, trendOf } from '@/lib/analytics/compare'
import { outcomeWordsForPartner } from '@/lib/analytics/outcome-words'
import { periodNames, spanOf, type PeriodName, type Span } from '@/lib/analytics/period'
import { summariseOutcomes } from '@/lib/analytics/product-analytics'
import { statsRangeOf } from '@/lib/analytics/stats-range'
import { isAppError, notFound } from '@/lib/errors'
import { drop, typedText, type Drop } from '@/lib/liquid/values'
import { kindOfOutcome } from '@/lib/metering/outcome-kind'
import { builtInAssetUrl } from '@/lib/portal/built-in'
import { goTo, idIn } from '@/lib/portal/pages/outcomes'
import type { PortalAnswer, PortalRequest, PortalRoute, Visit } from '@/lib/portal/portal-route'

/** What a partner's own applications did: a page whose sums stand without a script, and the data for its drawings. */
export const statsRoutes: PortalRoute[] = [
  { method: 'GET', path: '/buyer/stats', who: 'developer', handle: showStats },
  { method: 'GET', path: '/buyer/stats/data', who: 'developer', handle: sendData },
  { method: 'GET', path: '/buyer/stats/data/usage/:metric_id', who: 'developer', handle: sendMetric },
  // Addresses of old templates; the one page shows both.
  { method: 'GET', path: '/buyer/stats/:id/methods', who: 'developer', handle: toApplication },
  { method: 'GET', path: '/buyer/stats/:id/metrics', who: 'developer', handle: toApplication },
]

const beforeWords: Record<PeriodName, string> = {
  today: 'yesterday by this time',
  '24h': 'in the 24 hours before',
  '7d': 'in the 7 days before',
  '30d': 'in the 30 days before',
  month: 'last month by this day',
  '12m': 'in the 12 months before',
  own: 'in as many days before',
}

async function showStats(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const { ctx } = visit
  if (!(await listCountedApplications(ctx)).some(({ state }) => state === 'live')) return goTo('/admin/applications', 'Statistics begin with your first live application.', 'info')
  const { span, applicationId } = choiceOf(visit, request)
  const found = await readAccountUsage(ctx, span, { applicationId })
  const { chosen, calls, metrics, outcomes } = found
  const ended = summariseOutcomes(outcomes)
  const before = beforeWords[span.period]
  const hits = calls.now
  const query = new URLSearchParams({ ...(chosen && { application_id: String(chosen.id) }), period: span.period, by: span.granularity })
  return {
    kind: 'page',
    page: 'stats/index',
    title: 'Statistics',
    assigns: {
      applications: found.applications.map(({ id, name, productName }) => drop('application', id, { id, name: typedText(name), path: `/admin/applications/${id}`, url: `/admin/applications/${id}`, service_name: productName }, name)),
      methods: metrics.filter(({ isMethod, now, before: earlier }) => isMethod && now + earlier > 0).map((metric) => metricDrop(metric, hits)),
      metrics: metrics.filter(({ isMethod }) => !isMethod).map((metric) => metricDrop(metric, hits)),
      outcomes: outcomes.filter(({ now }) => now > 0).map(({ outcome, now }) => ({ code: outcome, name: outcomeWordsForPartner(outcome), kind: kindOfOutcome(outcome), calls: now, share: shareOf(now, ended.calls.now) })),
      totals: {
        calls: hits,
        calls_trend: describeTrend(calls, before),
        refused: ended.refused.now,
        refused_trend: describeTrend(ended.refused, before),
        failed: ended.failed.now,
        failed_trend: describeTrend(ended.failed, before),
        average_ms: ended.averageMs.now === null ? null : Math.round(ended.averageMs.now),
      },
      selected_application_id: chosen?.id ?? null,
      selected_period: span.period,
      stats_timezone: span.timezone.replace(/^Etc\//, '').replaceAll('_', ' '),
      stats_data_url: `/buyer/stats/data?${query}`,
      stats_script_url: builtInAssetUrl('/javascripts/stats.js'),
      stats_stylesheet_url: builtInAssetUrl('/css/stats.css'),
    },
  }
}

function metricDrop({ metricId, name, systemName, unit, verb, now, before }: AccountUsage['metrics'][number], hits: number): Drop {
  return drop('metric', metricId, { id: metricId, name, system_name: systemName, unit, verb, total: now, previous_total: before, share: shareOf(now, hits), trend: trendOf({ now, before }).text }, name)
}

async function sendData(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const { span, applicationId } = choiceOf(visit, request)
  const found = await readAccountUsage(visit.ctx, span, { applicationId })
  const ended = summariseOutcomes(found.outcomes)
  const lines = (list: AccountUsage['methodLines']) => list.map(({ id, name, values, total }) => ({ id, name, values, total }))
  return {
    kind: 'json',
    body: {
      period: { name: span.period, since: span.from.toISOString(), until: span.to.toISOString(), timezone: span.timezone, granularity: span.granularity, granularities: span.granularities },
      application: found.chosen && { id: found.chosen.id, name: found.chosen.name },
      total: found.calls.now,
      previous_total: found.calls.before,
      slots: span.slots.map(({ from }) => from.toISOString()),
      methods: lines(found.methodLines),
      applications: lines(found.applicationLines),
      ended: found.ended,
      outcomes: found.outcomes.filter(({ now }) => now > 0).map(({ outcome, now, averageMs }) => ({ code: outcome, name: outcomeWordsForPartner(outcome), kind: kindOfOutcome(outcome), calls: now, average_ms: averageMs === null ? null : Math.round(averageMs) })),
      average_ms: ended.averageMs.now === null ? null : Math.round(ended.averageMs.now),
      /** Monday first, 24 hours each. */
      heat_map: found.heatMap,
    },
  }
}

async function sendMetric(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const { ctx } = visit
  try {
    const { slots, before, name, granularity, timezone } = statsRangeOf(request.query, ctx.now, ctx.tenant.timezone)
    const { metric, usage, values } = await readOwnMetricUsage(ctx, { metricId: idIn(request, 'metric_id'), applicationId: applicationIn(request), slots, before })
    return {
      kind: 'json',
      body: {
        metric: { id: metric.id, name: metric.name, system_name: metric.systemName, unit: metric.unit },
        period: { name, since: slots[0]!.from.toISOString(), until: slots.at(-1)!.to.toISOString(), timezone, granularity },
        total: usage.now,
        values,
        previous_total: usage.before,
        change: usage.before === 0 ? null : Math.round(((usage.now - usage.before) / usage.before) * 1000) / 10,
      },
    }
  } catch (error) {
    if (!isAppError(error) || error.code !== 'bad_request') throw error
    return { kind: 'json', status: 400, body: { error: error.publicMessage } }
  }
}

async function toApplication(_visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  return { kind: 'redirect', to: `/buyer/stats?application_id=${idIn(request)}` }
}

function choiceOf({ ctx }: Visit, request: PortalRequest): { span: Span; applicationId: bigint | undefined } {
  const { query } = request
  const period = periodNames.find((name) => name === query.get('period')) ?? '30d'
  const by = (['hour', 'day', 'month'] as const).find((name) => name === query.get('by'))
  const span = spanOf({ period, by, first: query.get('first') ?? undefined, last: query.get('last') ?? undefined }, ctx.now, ctx.tenant.timezone)
  return { span, applicationId: applicationIn(request) }
}

/** None given: all of them. What is no id belongs to nobody. */
function applicationIn({ query }: PortalRequest): bigint | undefined {
  const text = query.get('application_id')
  if (!text) return undefined
  if (!/^[1-9]\d{0,15}$/.test(text) || !Number.isSafeInteger(Number(text))) throw notFound()
  return BigInt(text)
}

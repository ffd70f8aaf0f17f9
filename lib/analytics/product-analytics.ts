import { applicationLinesOf, type Line, LINES_MOST, methodLinesOf, type MetricUsage } from '@/lib/analytics/lines'
import type { Span } from '@/lib/analytics/period'
import { notFound } from '@/lib/errors'
import { kindOfOutcome } from '@/lib/metering/outcome-kind'
import type { Slot } from '@/lib/metering/usage-slots'
import {
  type AccountTotal,
  type ApplicationTotal,
  callsByKind,
  type Change,
  type HeatMap,
  listAccountTotals,
  listApplicationTotals,
  listMetricTotals,
  listOutcomeTotals,
  type OutcomeTotal,
  type Ranking,
  readHeatMap,
  usageByApplication,
  usageByMetric,
} from '@/lib/metering/usage-totals'
import type { Environment } from '@/lib/products/gateway-config'
import type { Ctx } from '@/lib/tenants/context'

/** Rows of a ranking on screen. */
export const ROWS_MOST = 100

export type AnalyticsFilter = { productId: bigint; environment: Environment; applicationId?: bigint; accountId?: bigint; metricId?: bigint }

export type ProductAnalytics = {
  /** What is counted: Hits unless one metric or method was asked for. */
  counted: { metricId: number; name: string; unit: string; isHits: boolean; isMethod: boolean }
  usage: Change
  /** Every metric and method, those without usage too. */
  metrics: MetricUsage[]
  methodLines: Line[]
  applications: Ranking<ApplicationTotal>
  applicationLines: Line[]
  accounts: Ranking<AccountTotal>
  heatMap: HeatMap
  outcomes: OutcomeTotal[]
  ended: { answered: number[]; refused: number[]; failed: number[] }
}

/**
 * Everything the analytics of a product show, in eight statements however many methods and applications there are. All
 * of them read the same quarter hours, so that every list and line adds up to `usage`. Throws `not_found`.
 */
export async function readProductAnalytics(ctx: Ctx, filter: AnalyticsFilter, span: Span, { rows = ROWS_MOST }: { rows?: number } = {}): Promise<ProductAnalytics> {
  const metrics = await ctx.db.metric.findMany({ where: { productId: filter.productId }, orderBy: { id: 'asc' }, select: { id: true, name: true, systemName: true, unit: true, verb: true, parentId: true, retiredAt: true } })
  const hits = metrics.find(({ systemName }) => systemName === 'hits')
  const chosen = metrics.find(({ id }) => id === filter.metricId) ?? hits
  if (!hits || !chosen) throw notFound()
  const { metricId: _metric, ...scope } = filter
  const ofChosen = { ...scope, metricIds: [chosen.id] }
  // The index leads by metric: naming all of them finds the right quarter hours at once.
  const ofAll = { ...scope, metricIds: metrics.map(({ id }) => id) }
  const compared = { before: span.before, now: span as Slot }
  const [totals, applications, accounts, outcomes, heatMap, ended, bySlot] = await Promise.all([
    listMetricTotals(ctx, ofAll, compared),
    listApplicationTotals(ctx, ofChosen, compared, rows),
    listAccountTotals(ctx, ofChosen, compared, rows),
    listOutcomeTotals(ctx, scope, compared),
    readHeatMap(ctx, ofChosen, span, span.timezone),
    callsByKind(ctx, scope, span.slots),
    usageByMetric(ctx, ofAll, span.slots),
  ])
  const named = applications.items.filter(({ now }) => now > 0).slice(0, LINES_MOST)
  const byApplication = await usageByApplication(ctx, ofChosen, span.slots, named.map(({ applicationId }) => BigInt(applicationId)))
  const used = new Map(totals.map((total) => [total.metricId, total]))
  const list = metrics
    .map(({ id, name, systemName, verb, parentId, retiredAt }) => ({ metricId: Number(id), name, systemName, verb, isMethod: parentId !== null, retired: retiredAt !== null, now: used.get(Number(id))?.now ?? 0, before: used.get(Number(id))?.before ?? 0 }))
    .filter(({ retired, now, before }) => !retired || now > 0 || before > 0)
    .sort((one, other) => other.now - one.now || other.before - one.before || one.name.localeCompare(other.name, 'en'))
    .map(({ retired: _retired, ...metric }) => metric)
  const total = used.get(Number(chosen.id))
  return {
    counted: { metricId: Number(chosen.id), name: chosen === hits ? 'Calls' : chosen.name, unit: chosen.unit, isHits: chosen === hits, isMethod: chosen.parentId !== null },
    usage: { now: total?.now ?? 0, before: total?.before ?? 0 },
    metrics: list,
    methodLines: methodLinesOf(list, new Map(bySlot.map(({ key, values }) => [key, values])), span.slots.length, chosen === hits ? null : Number(chosen.id)),
    applications,
    applicationLines: applicationLinesOf(named, new Map(byApplication.map(({ key, values }) => [key, values]))),
    accounts,
    heatMap,
    outcomes,
    ended,
  }
}

/** Calls in all, refused, failed, and the mean time to answer, in both stretches. Pure. */
export function summariseOutcomes(outcomes: readonly OutcomeTotal[]): { calls: Change; refused: Change; failed: Change; averageMs: { now: number | null; before: number | null } } {
  const sum = (list: readonly OutcomeTotal[]) => ({ now: list.reduce((all, { now }) => all + now, 0), before: list.reduce((all, { before }) => all + before, 0) })
  const calls = sum(outcomes)
  const ms = outcomes.reduce((all, { now, averageMs }) => all + now * (averageMs ?? 0), 0)
  const msBefore = outcomes.reduce((all, { before, averageMsBefore }) => all + before * (averageMsBefore ?? 0), 0)
  return {
    calls,
    refused: sum(outcomes.filter(({ outcome }) => kindOfOutcome(outcome) === 'refused')),
    failed: sum(outcomes.filter(({ outcome }) => kindOfOutcome(outcome) === 'failed')),
    averageMs: { now: calls.now > 0 ? ms / calls.now : null, before: calls.before > 0 ? msBefore / calls.before : null },
  }
}

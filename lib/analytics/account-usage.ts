import { ownAccountOnly } from '@/lib/accounts/own-account'
import { applicationLinesOf, type Line, LINES_MOST, methodLinesOf, type MetricUsage } from '@/lib/analytics/lines'
import type { Span } from '@/lib/analytics/period'
import { notFound } from '@/lib/errors'
import type { Slot } from '@/lib/metering/usage-slots'
import { callsByKind, type Change, type HeatMap, listApplicationTotals, listMetricTotals, listOutcomeTotals, type OutcomeTotal, readHeatMap, usageByApplication, usageByMetric } from '@/lib/metering/usage-totals'
import type { UsageFilter } from '@/lib/metering/usage-within'
import type { Ctx } from '@/lib/tenants/context'

export type CountedApplication = { id: number; name: string; state: string; productId: number; productName: string }

/** Applications of the developer's own account, by name. */
export async function listCountedApplications(ctx: Ctx): Promise<CountedApplication[]> {
  const rows = await ctx.db.application.findMany({
    where: { kind: 'partner', ...ownAccountOnly(ctx) },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    select: { id: true, name: true, state: true, product: { select: { id: true, name: true } } },
  })
  return rows.map(({ id, name, state, product }) => ({ id: Number(id), name, state, productId: Number(product.id), productName: product.name }))
}

export type AccountUsage = {
  applications: CountedApplication[]
  /** Null: all of them together. */
  chosen: CountedApplication | null
  /** Calls let through. */
  calls: Change
  /** Metrics and methods of their products, those without usage too. `unit` is what one of it is called. */
  metrics: (MetricUsage & { unit: string })[]
  methodLines: Line[]
  /** Where several applications are asked for. */
  applicationLines: Line[]
  heatMap: HeatMap
  outcomes: OutcomeTotal[]
  ended: { answered: number[]; refused: number[]; failed: number[] }
}

/**
 * What a developer's account used in production, of one of its applications or of all, in a number of statements that
 * does not grow with them. Throws `not_found` for an application of anybody else (ISO-5, ISO-10).
 */
export async function readAccountUsage(ctx: Ctx, span: Span, { applicationId }: { applicationId?: bigint } = {}): Promise<AccountUsage> {
  const applications = await listCountedApplications(ctx)
  const chosen = applicationId === undefined ? null : applications.find(({ id }) => id === Number(applicationId))
  if (chosen === undefined) throw notFound()
  const scope = scopeOf(ctx, chosen ? [chosen] : applications, applicationId)
  const metrics = await ctx.db.metric.findMany({ where: { productId: { in: [...(scope.productIds ?? [])] } }, orderBy: { id: 'asc' }, select: { id: true, name: true, systemName: true, unit: true, verb: true, parentId: true, retiredAt: true } })
  const ofHits = { ...scope, metricIds: metrics.filter(({ systemName }) => systemName === 'hits').map(({ id }) => id) }
  const ofAll = { ...scope, metricIds: metrics.map(({ id }) => id) }
  const compared = { before: span.before, now: span as Slot }
  const [totals, byApplication, outcomes, heatMap, ended, bySlot] = await Promise.all([
    listMetricTotals(ctx, ofAll, compared),
    listApplicationTotals(ctx, ofHits, compared, LINES_MOST),
    listOutcomeTotals(ctx, scope, compared),
    readHeatMap(ctx, ofHits, span, span.timezone),
    callsByKind(ctx, scope, span.slots),
    usageByMetric(ctx, ofAll, span.slots),
  ])
  const named = byApplication.items.filter(({ now }) => now > 0)
  const applicationSlots = chosen ? [] : await usageByApplication(ctx, ofHits, span.slots, named.map((each) => BigInt(each.applicationId)))
  const used = new Map(totals.map((total) => [total.metricId, total]))
  const list = metrics
    .map(({ id, name, systemName, verb, unit, parentId, retiredAt }) => ({ metricId: Number(id), name, systemName, verb, unit, isMethod: parentId !== null, retired: retiredAt !== null, now: used.get(Number(id))?.now ?? 0, before: used.get(Number(id))?.before ?? 0 }))
    .filter(({ retired, now, before }) => !retired || now > 0 || before > 0)
    .sort((one, other) => other.now - one.now || other.before - one.before || one.name.localeCompare(other.name, 'en'))
    .map(({ retired: _retired, ...metric }) => metric)
  return {
    applications,
    chosen,
    calls: byApplication.total,
    metrics: list,
    methodLines: methodLinesOf(list, new Map(bySlot.map(({ key, values }) => [key, values])), span.slots.length, null),
    applicationLines: applicationLinesOf(named, new Map(applicationSlots.map(({ key, values }) => [key, values]))),
    heatMap,
    outcomes,
    ended,
  }
}

export type MetricUsageOverTime = { metric: { id: number; name: string; systemName: string; unit: string }; usage: Change; values: number[] }

/** One metric over time, of one of the own applications or of all of its product. Throws `not_found` (ISO-5, ISO-10). */
export async function readOwnMetricUsage(ctx: Ctx, { metricId, applicationId, slots, before }: { metricId: bigint; applicationId?: bigint; slots: Slot[]; before: Slot }): Promise<MetricUsageOverTime> {
  const metric = await ctx.db.metric.findFirst({ where: { id: metricId }, select: { id: true, name: true, systemName: true, unit: true, productId: true } })
  const applications = (await listCountedApplications(ctx)).filter(({ id, productId }) => productId === Number(metric?.productId) && (applicationId === undefined || id === Number(applicationId)))
  if (!metric || applications.length === 0) throw notFound()
  const filter = { ...scopeOf(ctx, applications, applicationId), metricIds: [metric.id] }
  const [[total], [line]] = await Promise.all([
    listMetricTotals(ctx, filter, { before, now: { from: slots[0]!.from, to: slots.at(-1)!.to } }),
    usageByMetric(ctx, filter, slots),
  ])
  const { id, name, systemName, unit } = metric
  return { metric: { id: Number(id), name, systemName, unit }, usage: { now: total?.now ?? 0, before: total?.before ?? 0 }, values: line?.values ?? slots.map(() => 0) }
}

function scopeOf(ctx: Ctx, applications: readonly CountedApplication[], applicationId: bigint | undefined): UsageFilter {
  const productIds = [...new Set(applications.map(({ productId }) => BigInt(productId)))]
  return { environment: 'production', productIds, ...ownAccountOnly(ctx), ...(applicationId !== undefined && { applicationId }) }
}

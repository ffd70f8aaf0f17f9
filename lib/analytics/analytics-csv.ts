import { outcomeWords } from '@/lib/analytics/outcome-words'
import type { Span } from '@/lib/analytics/period'
import { type AnalyticsFilter, readProductAnalytics } from '@/lib/analytics/product-analytics'
import { usageByMetric } from '@/lib/metering/usage-totals'
import type { Ctx } from '@/lib/tenants/context'

export const csvTables = ['series', 'methods', 'applications', 'partners', 'hours', 'outcomes'] as const
export type CsvTable = (typeof csvTables)[number]

export type Csv = { header: string[]; rows: (string | number | Date | null)[][] }

/** A spreadsheet holds every row, within reason. */
const ROWS_MOST = 50_000

/** One of the tables of a product's analytics as rows, the same numbers that the page shows. Throws `not_found`. */
export async function analyticsCsv(ctx: Ctx, table: CsvTable, filter: AnalyticsFilter, span: Span): Promise<Csv> {
  const found = await readProductAnalytics(ctx, filter, span, { rows: ROWS_MOST })
  switch (table) {
    case 'series': {
      const { metricId: _all, ...scope } = filter
      const lines = new Map((await usageByMetric(ctx, { ...scope, metricIds: found.metrics.map(({ metricId }) => BigInt(metricId)) }, span.slots)).map(({ key, values }) => [key, values]))
      const ended = Object.entries(found.ended)
      return {
        header: [`${span.granularity} from`, ...found.metrics.map(({ name }) => name), ...ended.map(([kind]) => `calls ${kind}`)],
        rows: span.slots.map(({ from }, slot) => [from, ...found.metrics.map(({ metricId }) => lines.get(metricId)?.[slot] ?? 0), ...ended.map(([, values]) => values[slot]!)]),
      }
    }
    case 'methods':
      return { header: ['method', 'system name', 'verb', 'used', 'period before'], rows: found.metrics.map(({ name, systemName, verb, now, before }) => [name, systemName, verb, now, before]) }
    case 'applications':
      return {
        header: ['application', 'application id', 'partner', 'plan', 'used', 'period before'],
        rows: found.applications.items.map(({ name, applicationId, accountName, planName, now, before }) => [name ?? 'Deleted application', applicationId, accountName, planName, now, before]),
      }
    case 'partners':
      return {
        header: ['partner', 'account id', 'applications', 'used', 'period before'],
        rows: found.accounts.items.map(({ name, accountId, applications, now, before }) => [name ?? 'Deleted applications', accountId, applications, now, before]),
      }
    case 'hours':
      return { header: ['hour', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'], rows: Array.from({ length: 24 }, (_, hour) => [`${String(hour).padStart(2, '0')}:00`, ...found.heatMap.map((hours) => hours[hour]!)]) }
    case 'outcomes':
      return {
        header: ['outcome', 'code', 'calls', 'period before', 'average ms'],
        rows: found.outcomes.map(({ outcome, now, before, averageMs }) => [outcomeWords(outcome), outcome, now, before, averageMs === null ? null : Math.round(averageMs)]),
      }
  }
}

import { z } from 'zod'
import { periodNames, type PeriodName } from '@/lib/analytics/period'
import { idInput } from '@/lib/tenants/id-input'

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/).optional().catch(undefined)
const id = idInput.optional().catch(undefined)

/** The view as the address says it; what it does not know it ignores. Shared by the page and its exports. */
export const analyticsQuery = z.object({
  period: z.enum(periodNames).catch('30d').default('30d'),
  by: z.enum(['hour', 'day', 'month']).optional().catch(undefined),
  first: day,
  last: day,
  env: z.enum(['production', 'staging']).catch('production').default('production'),
  metric: id,
  application: id,
  account: id,
})
export type AnalyticsQuery = z.output<typeof analyticsQuery>

export type AddressOf = (changes: Partial<Record<keyof AnalyticsQuery | 'table', string | undefined>>, place?: 'export') => string

/** The page's address with some of it changed; the export's besides. What is as usual stays out of it. */
export function addressOf(here: string, query: AnalyticsQuery): AddressOf {
  const own = query.period === 'own'
  const view = {
    period: query.period === '30d' ? undefined : query.period,
    by: query.by,
    first: own ? query.first : undefined,
    last: own ? query.last : undefined,
    env: query.env === 'production' ? undefined : query.env,
    metric: query.metric?.toString(),
    application: query.application?.toString(),
    account: query.account?.toString(),
  }
  return (changes, place) => {
    const words = new URLSearchParams(Object.entries({ ...view, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined)).toString()
    return `${here}${place ? `/${place}` : ''}${words && `?${words}`}`
  }
}

/** How a period is called on its button, in a sentence, and what it is compared with. */
export const periodWords: Record<PeriodName, { label: string; title: string; words: string; before: string }> = {
  today: { label: 'Today', title: 'Today', words: 'today', before: 'yesterday by this time' },
  '24h': { label: '24 h', title: 'The last 24 hours', words: 'in the last 24 hours', before: 'in the 24 hours before' },
  '7d': { label: '7 d', title: 'The last 7 days', words: 'in the last 7 days', before: 'in the 7 days before' },
  '30d': { label: '30 d', title: 'The last 30 days', words: 'in the last 30 days', before: 'in the 30 days before' },
  month: { label: 'Month', title: 'This month', words: 'this month', before: 'last month by this day' },
  '12m': { label: '12 mo', title: 'The last 12 months', words: 'in the last 12 months', before: 'in the 12 months before' },
  own: { label: 'Own', title: 'A range of your own', words: 'in this range', before: 'in as many days before' },
}

export const slotWords = { hour: 'hour', day: 'day', month: 'month' } as const

import { z } from 'zod'
import type { Granularity } from '@/lib/metering/usage-series'
import { idInput } from '@/lib/tenants/id-input'

/** The view as the address says it; what it does not know it ignores. Shared by the page and its export. */
export const usageQuery = z.object({
  by: z.enum(['hour', 'day', 'month']).catch('day').default('day'),
  env: z.enum(['production', 'staging']).catch('production').default('production'),
  metric: idInput.optional().catch(undefined),
  application: idInput.optional().catch(undefined),
})
export type UsageQuery = z.output<typeof usageQuery>

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export const spans: Record<Granularity, { label: string; words: string }> = {
  hour: { label: 'Hour', words: 'the last 24 hours' },
  day: { label: 'Day', words: 'the last 30 days' },
  month: { label: 'Month', words: 'the last 12 months' },
}

/** From the first slot until now: 24 hours, 30 days or 12 months, the present one included. */
export function spanOf(by: Granularity, now: Date): { from: Date; to: Date } {
  if (by === 'hour') return { from: new Date(now.getTime() - 23 * HOUR_MS), to: now }
  if (by === 'day') return { from: new Date(now.getTime() - 29 * DAY_MS), to: now }
  // The middle of the month eleven months ago: safe in every time zone, and the series widens it to the whole month.
  return { from: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 11, 15)), to: now }
}

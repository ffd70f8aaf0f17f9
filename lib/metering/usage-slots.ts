import { Prisma } from '@/lib/db/generated/client'
import { matches, type TimeRange, type UsageFilter } from '@/lib/metering/usage-within'

/** Half-open, both ends whole quarter hours. */
export type Slot = TimeRange

const DAY_MS = 86_400_000

/**
 * Usage as a table of `slot` (from 0), `"applicationId"`, `"metricId"`, value, for a FROM: whole UTC days that lie in one
 * slot out of the day sums, every other day out of the quarter hours, so that slots of any zone and length add up to the
 * same numbers. Slots ascend and do not overlap; what lies between two of them is left out.
 */
export function usageInSlots(filter: UsageFilter, slots: readonly Slot[]): Prisma.Sql {
  const columns = Prisma.sql`u."applicationId", u."metricId", u.value`
  const { whole, cut } = splitDays(slots)
  const conditions = matches(filter)
  const parts: Prisma.Sql[] = []
  if (whole.length > 0) {
    const on = Prisma.sql`u."dayOn"::timestamp AT TIME ZONE 'UTC'`
    const within = whole.map(({ start, end }) => Prisma.sql`(u."dayOn" >= ${dayText(start)}::date AND u."dayOn" < ${dayText(end)}::date)`)
    parts.push(Prisma.sql`SELECT ${slotAt(slots, on)} AS slot, ${columns} FROM usage_days AS u WHERE ${conditions} AND (${Prisma.join(within, ' OR ')})`)
  }
  if (cut.length > 0) parts.push(Prisma.sql`SELECT ${slotAt(slots, Prisma.sql`u."bucketAt"`)} AS slot, ${columns} FROM usage_buckets AS u WHERE ${conditions} AND ${bucketsWithin(cut)}`)
  return Prisma.sql`(${Prisma.join(parts, ' UNION ALL ')})`
}

/** For the quarter-hour tables (aliased `u`): which rows lie in the slots at all, and in which of them. */
export function bucketsInSlots(slots: readonly Slot[]): { slot: Prisma.Sql; within: Prisma.Sql } {
  const ranges: Range[] = []
  for (const { from, to } of slots) {
    const last = ranges.at(-1)
    if (last && last.end === from.getTime()) last.end = to.getTime()
    else ranges.push({ start: from.getTime(), end: to.getTime() })
  }
  return { slot: slotAt(slots, Prisma.sql`u."bucketAt"`), within: bucketsWithin(ranges) }
}

type Range = { start: number; end: number }

/** Pure: stretches of whole UTC days that one slot holds each, and stretches that must be read by the quarter hour. */
export function splitDays(slots: readonly Slot[]): { whole: Range[]; cut: Range[] } {
  const whole: Range[] = []
  const cut: Range[] = []
  const add = (to: Range[], start: number, end: number) => {
    const last = to.at(-1)
    if (last && last.end === start) last.end = end
    else to.push({ start, end })
  }
  for (const { from, to } of slots) {
    const [start, end] = [from.getTime(), to.getTime()]
    const firstDay = Math.ceil(start / DAY_MS) * DAY_MS
    const lastDay = Math.floor(end / DAY_MS) * DAY_MS
    if (firstDay >= lastDay) {
      if (start < end) add(cut, start, end)
      continue
    }
    if (start < firstDay) add(cut, start, firstDay)
    add(whole, firstDay, lastDay)
    if (lastDay < end) add(cut, lastDay, end)
  }
  return { whole, cut }
}

/** By binary search among the starts: a row between two slots is not read at all, so it cannot fall into the earlier one. */
function slotAt(slots: readonly Slot[], at: Prisma.Sql): Prisma.Sql {
  const starts = slots.map(({ from }) => from.toISOString())
  return Prisma.sql`width_bucket(${at}, ${starts}::timestamptz[]) - 1`
}

const bucketsWithin = (ranges: readonly Range[]) =>
  Prisma.sql`(${Prisma.join(
    ranges.map(({ start, end }) => Prisma.sql`(u."bucketAt" >= ${new Date(start).toISOString()}::timestamptz AND u."bucketAt" < ${new Date(end).toISOString()}::timestamptz)`),
    ' OR ',
  )})`

const dayText = (at: number) => new Date(at).toISOString().slice(0, 10)

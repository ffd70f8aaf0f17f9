import { Prisma } from '@/lib/db/generated/client'
import { matches, type TimeRange, type UsageFilter } from '@/lib/metering/usage-within'

/** Half-open, both ends whole quarter hours. */
export type Slot = TimeRange

const DAY_MS = 86_400_000

/**
 * Usage as a table of `slot` (from 0), `"applicationId"`, `"metricId"`, value, for a FROM: whole UTC months and days that
 * lie in one slot out of the month and day sums, every other day out of the quarter hours, so that slots of any zone and
 * length add up to the same numbers. Slots ascend and do not overlap; what lies between two of them is left out.
 */
export function usageInSlots(filter: UsageFilter, slots: readonly Slot[]): Prisma.Sql {
  const columns = Prisma.sql`u."applicationId", u."metricId", u.value`
  const { months, days, cut } = splitSlots(slots)
  const conditions = matches(filter)
  const parts: Prisma.Sql[] = []
  const add = (ranges: readonly Range[], table: Prisma.Sql, on: Prisma.Sql) => {
    if (ranges.length === 0) return
    const within = ranges.map(({ start, end }) => Prisma.sql`(${on} >= ${dayText(start)}::date AND ${on} < ${dayText(end)}::date)`)
    parts.push(Prisma.sql`SELECT ${slotAt(slots, Prisma.sql`${on}::timestamp AT TIME ZONE 'UTC'`)} AS slot, ${columns} FROM ${table} AS u WHERE ${conditions} AND (${Prisma.join(within, ' OR ')})`)
  }
  add(months, Prisma.sql`usage_months`, Prisma.sql`u."monthOn"`)
  add(days, Prisma.sql`usage_days`, Prisma.sql`u."dayOn"`)
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

/** Pure: stretches of whole UTC months and of whole UTC days, each of which one slot holds, and what must be read by the quarter hour. */
export function splitSlots(slots: readonly Slot[]): { months: Range[]; days: Range[]; cut: Range[] } {
  const found = { months: [] as Range[], days: [] as Range[], cut: [] as Range[] }
  const add = (to: Range[], start: number, end: number) => {
    const last = to.at(-1)
    if (start >= end) return
    if (last && last.end === start) last.end = end
    else to.push({ start, end })
  }
  for (const { from, to } of slots) {
    const [start, end] = [from.getTime(), to.getTime()]
    const firstDay = Math.ceil(start / DAY_MS) * DAY_MS
    const lastDay = Math.floor(end / DAY_MS) * DAY_MS
    if (firstDay >= lastDay) {
      add(found.cut, start, end)
      continue
    }
    const firstMonth = monthOf(firstDay) === firstDay ? firstDay : monthOf(firstDay, 1)
    const lastMonth = monthOf(lastDay)
    add(found.cut, start, firstDay)
    if (firstMonth < lastMonth) {
      add(found.days, firstDay, firstMonth)
      add(found.months, firstMonth, lastMonth)
      add(found.days, lastMonth, lastDay)
    } else add(found.days, firstDay, lastDay)
    add(found.cut, lastDay, end)
  }
  return found
}

function monthOf(at: number, later = 0): number {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later, 1)
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

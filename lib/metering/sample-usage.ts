import type pg from 'pg'
import { BUCKET_MS } from '@/lib/metering/usage-sums'
import type { Environment } from '@/lib/products/gateway-config'

export type SampleUsage = {
  tenantId: bigint | number
  productId: bigint | number
  environment?: Environment
  /** The product's metric *Hits*, which every call counts. */
  hitsId: bigint | number
  /** Methods in use, the favourites first. */
  methods: readonly (bigint | number)[]
  applications: readonly { id: bigint | number; callsPerDay: number }[]
  /** Where the history ends; by default the last UTC midnight before `now`, so that no day is half sample and half real. */
  until?: Date
  days?: number
  /** The same seed gives the same history. */
  seed?: number
}

/**
 * Fills a product's history with plausible calls, marked as sample: busy in office hours, quiet at weekends, growing, with
 * a few failures. Sums of all sizes agree. Limit counters stay untouched: a partner's quota is not spent by a show. Does
 * nothing where the product has sample usage already. Answers the number of calls.
 */
export async function fillSampleUsage(pool: pg.Pool, now: Date, sample: SampleUsage): Promise<{ calls: number }> {
  const { tenantId, productId, environment = 'production' } = sample
  const client = await pool.connect()
  let broken = false
  try {
    await client.query('BEGIN')
    // Two starts at once must not fill twice.
    await client.query('SELECT 1 FROM products WHERE "tenantId" = $1 AND id = $2 FOR UPDATE', [tenantId, productId])
    const { rowCount } = await client.query('SELECT 1 FROM usage_days WHERE "tenantId" = $1 AND environment = $2 AND "productId" = $3 AND sample LIMIT 1', [tenantId, environment, productId])
    const history = rowCount ? { calls: 0, usage: [], outcomes: [] } : imagineHistory(now, sample)
    if (history.calls > 0) {
      const owner = [tenantId, environment, productId]
      const usage = columnsOf(history.usage, 4)
      await client.query('SELECT ensure_usage_partitions($1::date, $2)', [new Date(history.usage[0]![2]).toISOString().slice(0, 10), Math.ceil((sample.days ?? 30) / 28) + 1])
      for (const sql of [BUCKETS, DAYS, MONTHS]) await client.query(sql, [...owner, ...usage])
      await client.query(OUTCOMES, [...owner, ...columnsOf(history.outcomes, 5)])
      await client.query(APPLICATIONS, [tenantId, usage[0], usage[2]])
    }
    await client.query('COMMIT')
    return { calls: history.calls }
  } catch (error) {
    // A connection that cannot even roll back is thrown away.
    await client.query('ROLLBACK').catch(() => (broken = true))
    throw error
  } finally {
    client.release(broken)
  }
}

type UsageRow = [applicationId: number, metricId: number, bucketAt: number, value: number]
type OutcomeRow = [applicationId: number, outcome: string, bucketAt: number, calls: number, durationMs: number]

const DAY_MS = 86_400_000

/** Pure: the calls of `days` days before `until`, quarter hour by quarter hour, the oldest first. */
export function imagineHistory(now: Date, sample: SampleUsage): { calls: number; usage: UsageRow[]; outcomes: OutcomeRow[] } {
  const { hitsId, methods, applications, days = 30, seed = 1, until = new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS) } = sample
  const random = seededRandom(seed)
  const end = Math.floor(until.getTime() / BUCKET_MS) * BUCKET_MS
  const start = end - days * DAY_MS
  const usage: UsageRow[] = []
  const outcomes: OutcomeRow[] = []
  let calls = 0
  for (let at = start; at < end; at += BUCKET_MS) {
    const growth = 0.7 + (0.6 * (at - start)) / (end - start)
    for (const [index, { id, callsPerDay }] of applications.entries()) {
      const count = drawCount(random, (callsPerDay * growth * busyness(at)) / 96)
      if (count === 0) continue
      calls += count
      const applicationId = Number(id)
      const byMethod = new Map<number, number>()
      for (let i = 0; i < count && methods.length > 0; i++) {
        // Squaring prefers the front of the list; each application has favourites of its own.
        const place = (Math.floor(random() ** 2 * Math.min(methods.length, 12)) + index * 3) % methods.length
        byMethod.set(Number(methods[place]), (byMethod.get(Number(methods[place])) ?? 0) + 1)
      }
      usage.push([applicationId, Number(hitsId), at, count])
      for (const [metricId, value] of byMethod) usage.push([applicationId, metricId, at, value])
      const ended = { '2xx': 0, '4xx': 0, '5xx': 0 }
      for (let i = 0; i < count; i++) ended[drawOutcome(random())]++
      for (const [outcome, number] of Object.entries(ended)) if (number > 0) outcomes.push([applicationId, outcome, at, number, Math.round(number * (45 + 90 * random()))])
    }
  }
  return { calls, usage, outcomes }
}

/** Mean 1 over a week: up to 3 in office hours of a weekday, little at night, a third of it at weekends. */
function busyness(at: number): number {
  const hour = (at % DAY_MS) / 3_600_000
  const weekday = new Date(at).getUTCDay()
  const ofDay = 0.29 + 2.4 * Math.exp(-(((hour - 14) / 4.2) ** 2))
  return ofDay * (weekday === 0 || weekday === 6 ? 0.4 : 1.2)
}

const drawOutcome = (draw: number) => (draw < 0.97 ? '2xx' : draw < 0.994 ? '4xx' : '5xx')

/** Poisson; by the normal curve where the mean is large. */
function drawCount(random: () => number, mean: number): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())))
  let count = 0
  for (let left = random() - Math.exp(-mean), step = Math.exp(-mean); left > 0 && count < 1_000; left -= step) step *= mean / ++count
  return count
}

/** mulberry32: small, and the same everywhere. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const columnsOf = (rows: readonly (readonly unknown[])[], count: number) => Array.from({ length: count }, (_, column) => rows.map((row) => row[column]))

const USAGE = 'unnest($4::int8[], $5::int8[], $6::int8[], $7::int8[]) AS u (application, metric, at, value)'

const BUCKETS = `
INSERT INTO usage_buckets AS held ("tenantId", environment, "productId", "applicationId", "metricId", "bucketAt", value, sample)
SELECT $1, $2, $3, application, metric, to_timestamp(at / 1000.0), value, true FROM ${USAGE}
ON CONFLICT ("tenantId", environment, "productId", "applicationId", "metricId", "bucketAt") DO UPDATE SET value = held.value + excluded.value, sample = true`

const DAYS = `
INSERT INTO usage_days AS held ("tenantId", environment, "productId", "applicationId", "metricId", "dayOn", value, sample)
SELECT $1, $2, $3, application, metric, (to_timestamp(at / 1000.0) AT TIME ZONE 'UTC')::date, sum(value), true FROM ${USAGE} GROUP BY 4, 5, 6
ON CONFLICT ("tenantId", environment, "productId", "applicationId", "metricId", "dayOn") DO UPDATE SET value = held.value + excluded.value, sample = true`

const MONTHS = `
INSERT INTO usage_months AS held ("tenantId", environment, "productId", "applicationId", "metricId", "monthOn", value)
SELECT $1, $2, $3, application, metric, date_trunc('month', to_timestamp(at / 1000.0) AT TIME ZONE 'UTC')::date, sum(value) FROM ${USAGE} GROUP BY 4, 5, 6
ON CONFLICT ("tenantId", environment, "productId", "applicationId", "metricId", "monthOn") DO UPDATE SET value = held.value + excluded.value`

const OUTCOMES = `
INSERT INTO call_buckets AS held ("tenantId", environment, "productId", "applicationId", outcome, "bucketAt", calls, "durationMsSum")
SELECT $1, $2, $3, application, outcome, to_timestamp(at / 1000.0), calls, duration FROM unnest($4::int8[], $5::text[], $6::int8[], $7::int8[], $8::int8[]) AS o (application, outcome, at, calls, duration)
ON CONFLICT ("tenantId", environment, "productId", "applicationId", outcome, "bucketAt") DO UPDATE SET calls = held.calls + excluded.calls, "durationMsSum" = held."durationMsSum" + excluded."durationMsSum"`

const APPLICATIONS = `
UPDATE applications AS a SET "firstCallAt" = least(a."firstCallAt", n.first), "lastCallAt" = greatest(a."lastCallAt", n.last)
FROM (SELECT id, to_timestamp(min(at) / 1000.0) AS first, to_timestamp(max(at) / 1000.0) AS last FROM unnest($2::int8[], $3::int8[]) AS u (id, at) GROUP BY 1) AS n
WHERE a."tenantId" = $1 AND a.id = n.id`

import { setImmediate as nextTurn } from 'node:timers/promises'
import type pg from 'pg'
import { ArrayColumn } from '@/lib/db/array-column'
import { countersOf, type OutcomeSum, type OutcomeSums, type UsageSums } from '@/lib/metering/usage-sums'
import type { Environment } from '@/lib/products/gateway-config'

/** One closed segment: its id books once, whoever brings it and however often. */
export type Batch = { id: string; sums: UsageSums; outcomes: OutcomeSums | null }

/**
 * Books batches in one transaction (USE-2): an id that is there already was booked before, and its sums are left out. The
 * tables are written in one order and each of them slice by slice in the order of its key, so that two processes never
 * wait for each other in a circle, however much each has to book. Throws what Postgres says; nothing is booked then, or everything, and trying again is safe.
 */
export async function bookSegments(pool: pg.Pool, given: readonly Batch[]): Promise<void> {
  // A segment that nobody has written to yet must not use up its id.
  const batches = given.filter(({ sums, outcomes }) => sums.records > 0 || (outcomes !== null && outcomes.entries > 0))
  if (batches.length === 0) return
  let statements = await statementsFor(batches)
  const client = await pool.connect()
  const query = (text: string, values: unknown[] = [], timeoutMs = 30_000) => {
    const timed: pg.QueryConfig & { query_timeout: number } = { text, values, query_timeout: timeoutMs }
    return client.query(timed)
  }
  let broken = false
  try {
    await query('BEGIN')
    const { rows } = await query('INSERT INTO usage_batches (id) SELECT unnest($1::text[]) ORDER BY 1 ON CONFLICT DO NOTHING RETURNING id', [batches.map(({ id }) => id)])
    const fresh = new Set((rows as { id: string }[]).map(({ id }) => id))
    // Rare: a commit whose answer was lost, a file that two processes found.
    if (fresh.size < batches.length) statements = await statementsFor(batches.filter(({ id }) => fresh.has(id)))
    for (const { sql, columns } of statements) if (columns[0]!.length > 0) await query(sql, columns.map((column) => column.toBuffer()))
    await query('COMMIT')
  } catch (error) {
    // A connection that cannot even roll back is thrown away.
    await query('ROLLBACK', [], 2_000).catch(() => (broken = true))
    throw error
  } finally {
    client.release(broken)
  }
}

type Statement = { sql: string; columns: ArrayColumn[] }

/**
 * In short turns, and of many callers in slices: as one piece it was a tenth of a second's work and more to hand over, and
 * calls go on meanwhile.
 */
async function statementsFor(batches: readonly Batch[]): Promise<Statement[]> {
  const entries = batches.reduce((sum, { sums, outcomes }) => sum + sums.entries + (outcomes?.entries ?? 0), 0)
  const slices = Array.from({ length: entries > SLICED_FROM ? SLICES : 1 }, emptySlice)
  const sliceOf = (number: number) => slices[number % slices.length]!
  let done = 0
  for (const { sums, outcomes: ended } of batches) {
    for (const environment of environments) {
      for (const [applicationId, { tenantId, productId, firstAt, lastAt, metrics, endUsers: byUser, credentialId, credentialUsedAt, credentialUses, credentialAddress }] of sums.applications[environment]) {
        const { calls, usage, endUsers } = sliceOf(applicationId)
        push(calls, tenantId, applicationId, firstAt, lastAt)
        if (credentialId !== null) push(sliceOf(credentialId).keys, tenantId, credentialId, credentialUsedAt, credentialUses, credentialAddress)
        for (let i = 0, all = metrics.triples; i < all.length; i += 3) push(usage, tenantId, environment, productId, applicationId, all[i]!, all[i + 1]!, bounded(all[i + 2]!))
        for (const [endUserId, { triples: all }] of byUser ?? []) {
          for (let i = 0; i < all.length; i += 3) push(endUsers, tenantId, environment, productId, endUserId, applicationId, all[i]!, all[i + 1]!, bounded(all[i + 2]!))
          if (++done % TURN === 0) await nextTurn()
        }
        if (++done % TURN === 0) await nextTurn()
      }
      for (const [subject, own] of sums.subjects[environment]) {
        const slice = sliceOfSubject(subject)
        const { counters } = sliceOf(slice)
        for (const { metricId, period, windowStart, value } of countersOf(own)) push(counters, own.tenantId, environment, own.productId, subject, metricId, period, windowStart, bounded(value), slice)
        if (++done % TURN === 0) await nextTurn()
      }
      for (const first of ended?.byCaller[environment].values() ?? []) {
        const { outcomes } = sliceOf(first.applicationId)
        for (let one: OutcomeSum | null = first; one !== null; one = one.next)
          push(outcomes, one.tenantId, environment, one.productId, one.applicationId, one.outcome, one.at, one.calls, Math.round(one.durationMs))
        if (++done % TURN === 0) await nextTurn()
      }
    }
    for (const [credentialId, { tenantId, usedAt, uses, address }] of sums.credentials) {
      push(sliceOf(credentialId).keys, tenantId, credentialId, usedAt, uses, address)
      if (++done % TURN === 0) await nextTurn()
    }
  }
  return tables.flatMap(({ sql, of }) => slices.map((slice) => ({ sql, columns: slice[of] })))
}

/** What one round of statements takes: everything, or where there is much the callers whose number gives this remainder. */
function emptySlice() {
  return {
    usage: columns('int8', 'text', 'int8', 'int8', 'int8', 'int8', 'int8'),
    endUsers: columns('int8', 'text', 'int8', 'int8', 'int8', 'int8', 'int8', 'int8'),
    counters: columns('int8', 'text', 'int8', 'text', 'int8', 'text', 'int8', 'int8', 'int8'),
    outcomes: columns('int8', 'text', 'int8', 'int8', 'text', 'int8', 'int8', 'int8'),
    calls: columns('int8', 'int8', 'int8', 'int8'),
    keys: columns('int8', 'int8', 'int8', 'int8', 'text'),
  }
}

/** A subject's name has no number to divide: one from its last letters, the same in every process. */
function sliceOfSubject(subject: string): number {
  let hash = 0
  for (let i = Math.max(0, subject.length - 8); i < subject.length; i++) hash = (hash * 31 + subject.charCodeAt(i)) >>> 0
  return hash % SLICES
}

/** Never another number while processes of two versions run: the order of the rows hangs on it. */
const SLICES = 16
const SLICED_FROM = 8_000

/** Callers written down in one turn: about a millisecond. */
const TURN = 200

/** What one segment adds up to may be beyond what a column takes. */
const bounded = (value: number) => Math.max(-MOST, Math.min(value, MOST))

const environments: Environment[] = ['production', 'staging']

const columns = (...types: ('int8' | 'text')[]): ArrayColumn[] => types.map((type) => new ArrayColumn(type))

function push(into: ArrayColumn[], ...values: (number | string)[]): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (typeof value === 'number') into[i]!.pushNumber(value)
    else into[i]!.pushText(value)
  }
}

/**
 * Sums stop at what a number holds: Postgres would refuse a larger one, and with it what all others have in that segment. Two
 * of them still fit its column.
 */
const MOST = Number.MAX_SAFE_INTEGER
const SUM = `least(sum(value), ${MOST})`
const TOTAL = `least(held.value + excluded.value, ${MOST})`

const USAGE = 'unnest($1::int8[], $2::text[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[]) AS u (tenant, environment, product, application, metric, at, value)'

const BUCKETS = `
INSERT INTO usage_buckets AS held ("tenantId", environment, "productId", "applicationId", "metricId", "bucketAt", value)
SELECT tenant, environment, product, application, metric, to_timestamp(at / 1000.0), ${SUM} FROM ${USAGE} GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY mod(application, ${SLICES}), 1, 2, 3, 4, 5, 6
ON CONFLICT ("tenantId", environment, "productId", "applicationId", "metricId", "bucketAt") DO UPDATE SET value = ${TOTAL}`

const DAYS = `
INSERT INTO usage_days AS held ("tenantId", environment, "productId", "applicationId", "metricId", "dayOn", value)
SELECT tenant, environment, product, application, metric, (to_timestamp(at / 1000.0) AT TIME ZONE 'UTC')::date, ${SUM} FROM ${USAGE} GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY mod(application, ${SLICES}), 1, 2, 3, 4, 5, 6
ON CONFLICT ("tenantId", environment, "productId", "applicationId", "metricId", "dayOn") DO UPDATE SET value = ${TOTAL}`

const MONTHS = `
INSERT INTO usage_months AS held ("tenantId", environment, "productId", "applicationId", "metricId", "monthOn", value)
SELECT tenant, environment, product, application, metric, date_trunc('month', to_timestamp(at / 1000.0) AT TIME ZONE 'UTC')::date, ${SUM} FROM ${USAGE} GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY mod(application, ${SLICES}), 1, 2, 3, 4, 5, 6
ON CONFLICT ("tenantId", environment, "productId", "applicationId", "metricId", "monthOn") DO UPDATE SET value = ${TOTAL}`

const END_USERS = `
INSERT INTO end_user_usage_days AS held ("tenantId", environment, "productId", "endUserId", "applicationId", "metricId", "dayOn", value)
SELECT tenant, environment, product, end_user, application, metric, (to_timestamp(at / 1000.0) AT TIME ZONE 'UTC')::date, ${SUM}
FROM unnest($1::int8[], $2::text[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[], $8::int8[]) AS u (tenant, environment, product, end_user, application, metric, at, value)
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY mod(application, ${SLICES}), 1, 2, 3, 4, 5, 6, 7
ON CONFLICT ("tenantId", environment, "productId", "endUserId", "applicationId", "metricId", "dayOn") DO UPDATE SET value = ${TOTAL}`

const COUNTERS = `
INSERT INTO limit_counters AS held ("tenantId", environment, "productId", subject, "metricId", period, "windowAt", value)
SELECT tenant, environment, product, subject, metric, period, to_timestamp(window_start / 1000.0), ${SUM}
FROM unnest($1::int8[], $2::text[], $3::int8[], $4::text[], $5::int8[], $6::text[], $7::int8[], $8::int8[], $9::int8[]) AS c (tenant, environment, product, subject, metric, period, window_start, value, slice)
GROUP BY 1, 2, 3, 4, 5, 6, 7, slice ORDER BY slice, 1, 2, 4, 5, 6, 7
ON CONFLICT ("tenantId", environment, subject, "metricId", period, "windowAt") DO UPDATE SET value = ${TOTAL}`

const OUTCOMES = `
INSERT INTO call_buckets AS held ("tenantId", environment, "productId", "applicationId", outcome, "bucketAt", calls, "durationMsSum")
SELECT tenant, environment, product, application, outcome, to_timestamp(at / 1000.0), sum(calls), sum(duration)
FROM unnest($1::int8[], $2::text[], $3::int8[], $4::int8[], $5::text[], $6::int8[], $7::int8[], $8::int8[]) AS o (tenant, environment, product, application, outcome, at, calls, duration)
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY mod(application, ${SLICES}), 1, 2, 3, 4, 5, 6
ON CONFLICT ("tenantId", environment, "productId", "applicationId", outcome, "bucketAt") DO UPDATE SET calls = held.calls + excluded.calls, "durationMsSum" = held."durationMsSum" + excluded."durationMsSum"`

// Times of last use are worth a write every ten seconds, not every second, and never a wait for somebody who edits the row.
const APPLICATIONS = `
UPDATE applications AS a SET "firstCallAt" = coalesce(a."firstCallAt", n.first), "lastCallAt" = greatest(a."lastCallAt", n.last)
FROM (
  SELECT own.id, to_timestamp(u.first / 1000.0) AS first, to_timestamp(u.last / 1000.0) AS last
  FROM (SELECT tenant, id, min(first) AS first, max(last) AS last FROM unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[]) AS u (tenant, id, first, last) GROUP BY 1, 2) AS u
  JOIN applications own ON own.id = u.id AND own."tenantId" = u.tenant
  WHERE own."lastCallAt" IS NULL OR own."lastCallAt" < to_timestamp(u.last / 1000.0) - interval '10 seconds'
  FOR NO KEY UPDATE OF own SKIP LOCKED
) AS n WHERE a.id = n.id`

// Every use counts, so no row is skipped; rows come in order of id, and whoever edits a key holds it for a moment only.
const CREDENTIALS = `
UPDATE credentials AS c SET "lastUsedAt" = greatest(c."lastUsedAt", n.used), "useCount" = c."useCount" + n.uses,
  "lastAddress" = CASE WHEN c."lastUsedAt" IS NULL OR n.used >= c."lastUsedAt" THEN n.address ELSE c."lastAddress" END
FROM (
  SELECT own.id, to_timestamp(u.used / 1000.0) AS used, u.uses, u.address
  FROM (
    SELECT tenant, id, max(used) AS used, sum(uses) AS uses, (array_agg(address ORDER BY used DESC))[1] AS address
    FROM unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::text[]) AS u (tenant, id, used, uses, address) GROUP BY 1, 2
  ) AS u
  JOIN credentials own ON own.id = u.id AND own."tenantId" = u.tenant
  ORDER BY mod(own.id, ${SLICES}), own.id FOR NO KEY UPDATE OF own
) AS n WHERE c.id = n.id`

const tables: { sql: string; of: keyof ReturnType<typeof emptySlice> }[] = [
  { sql: BUCKETS, of: 'usage' },
  { sql: DAYS, of: 'usage' },
  { sql: MONTHS, of: 'usage' },
  { sql: END_USERS, of: 'endUsers' },
  { sql: COUNTERS, of: 'counters' },
  { sql: OUTCOMES, of: 'outcomes' },
  { sql: APPLICATIONS, of: 'calls' },
  { sql: CREDENTIALS, of: 'keys' },
]

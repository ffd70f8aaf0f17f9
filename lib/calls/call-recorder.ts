import type pg from 'pg'
import type { CallRecord } from '@/lib/calls/call-record'
import { logger } from '@/lib/logger'

/**
 * Where the gateway hands in calls worth keeping. Nobody waits for it and nothing depends on it: rows wait in memory
 * for a second at most, and are dropped, with a count, where Postgres is away or somebody sends more than a fair share.
 */
export type CallRecorder = {
  /**
   * Whether another call of these would be kept. Ask before making the record: that is most of the work. `isSample`: one
   * of many that went well, of which a tenant gets so many a second, whatever the number of its callers.
   */
  admits(of: Whose, isSample?: boolean): boolean
  add(record: CallRecord): void
  /** Writes what waits. Never rejects; what Postgres does not take now waits on. */
  flush(): Promise<void>
  /** Writes what waits, once, and stops. */
  close(): Promise<void>
  stats(): { waiting: number; written: number; dropped: number }
}

type Whose = Pick<CallRecord, 'tenantId' | 'productId' | 'applicationId'>

/** How many rows of one may wait at a time; written rows make room again. An application's own flood costs nobody else. */
const bounds = { application: 100, strangersOfProduct: 100, tenant: 1_000, all: 5_000 }
/** Rows of one statement. Each is text already, so that putting them together holds up no call. */
const ROWS_MAX = 250
const FLUSH_AT = 500
/** Samples of one tenant in a second: nobody reads more, and each costs gateway and database as much as a call. One statement's worth. */
const SAMPLES_A_SECOND = ROWS_MAX
const TENANTS_MAX = 10_000
const EVERY_MS = 1_000
const QUERY_TIMEOUT_MS = 5_000

/**
 * Keeps call records in batches beside the calls, which never wait for it: rows beyond the bounds are dropped and counted.
 * `everyMs` is how long a row waits at most while Postgres answers.
 */
export function createCallRecorder({ pool, everyMs = EVERY_MS, now = () => performance.now() }: { pool: pg.Pool; everyMs?: number; now?: () => number }): CallRecorder {
  type Waiting = { json: string; whose: string; tenant: string }
  let waiting: Waiting[] = []
  const held = new Map<string, number>()
  /** By tenant: samples that may still be taken, and since when more come in. */
  const samples = new Map<number, { left: number; at: number }>()
  let written = 0
  let dropped = 0
  let failing = false
  let flushing: Promise<void> | null = null
  const timer = setInterval(() => void flush(), everyMs)
  timer.unref()

  const whoseOf = ({ productId, applicationId }: Whose) => (applicationId === 0 ? `strangers:${productId}` : `app:${applicationId}`)
  const tenantOf = ({ tenantId }: Whose) => `tenant:${tenantId}`
  const count = (key: string, by: number) => {
    const sum = (held.get(key) ?? 0) + by
    if (sum > 0) held.set(key, sum)
    else held.delete(key)
  }

  function admits(of: Whose, isSample = false): boolean {
    const most = of.applicationId === 0 ? bounds.strangersOfProduct : bounds.application
    if (waiting.length < bounds.all && (held.get(whoseOf(of)) ?? 0) < most && (held.get(tenantOf(of)) ?? 0) < bounds.tenant && (!isSample || takeSample(of.tenantId))) return true
    dropped++
    return false
  }

  /** They come in evenly, so that those taken are spread over the second and over all callers. */
  function takeSample(tenantId: number): boolean {
    const at = now()
    const own = samples.get(tenantId) ?? { left: SAMPLES_A_SECOND, at }
    own.left = Math.min(SAMPLES_A_SECOND, own.left + ((at - own.at) * SAMPLES_A_SECOND) / 1_000)
    own.at = at
    if (samples.size >= TENANTS_MAX) samples.clear()
    samples.set(tenantId, own)
    if (own.left < 1) return false
    own.left--
    return true
  }

  function add(record: CallRecord): void {
    const row = { json: JSON.stringify(record), whose: whoseOf(record), tenant: tenantOf(record) }
    waiting.push(row)
    count(row.whose, 1)
    count(row.tenant, 1)
    if (waiting.length >= FLUSH_AT && !failing) void flush()
  }

  function flush(): Promise<void> {
    flushing ??= writeAll().finally(() => (flushing = null))
    return flushing
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const rows = waiting.slice(0, ROWS_MAX)
      try {
        await pool.query({ name: 'calls insert', text: INSERT, values: [`[${rows.map((row) => row.json).join(',')}]`], query_timeout: QUERY_TIMEOUT_MS } as pg.QueryConfig)
        written += rows.length
        failing = false
      } catch (error) {
        if (!failing) logger.warn({ err: error }, 'recent calls cannot be written now')
        failing = true
        // Postgres is away: the rows wait. It refuses what they hold: they never will be taken.
        if (!/^(22|23)/.test((error as { code?: string }).code ?? '')) return
        dropped += rows.length
      }
      waiting = waiting.slice(rows.length)
      for (const { whose, tenant } of rows) {
        count(whose, -1)
        count(tenant, -1)
      }
    }
  }

  return {
    admits,
    add,
    flush,
    async close() {
      clearInterval(timer)
      await flush()
      // What came in while the last flush ran.
      await flush()
    },
    stats: () => ({ waiting: waiting.length, written, dropped }),
  }
}

// A tenant that was deleted a moment ago takes its calls along, and holds up nobody else's. Ids follow time: lists go by them.
const INSERT = `
INSERT INTO call_records ("tenantId", "productId", "applicationId", environment, "requestId", at, method, target, status, refusal, "durationMs", detail)
SELECT r."tenantId", r."productId", r."applicationId", r.environment, r."requestId", to_timestamp(r.at / 1000.0), r.method, r.target, r.status, r.refusal, r."durationMs", r.detail
  FROM jsonb_to_recordset($1::jsonb) AS r("tenantId" bigint, "productId" bigint, "applicationId" bigint, environment text, "requestId" text, at float8, method text, target text,
                                          status int, refusal text, "durationMs" float8, detail jsonb)
 WHERE EXISTS (SELECT 1 FROM tenants t WHERE t.id = r."tenantId")
 ORDER BY r.at`

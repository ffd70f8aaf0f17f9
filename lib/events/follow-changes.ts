import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { connectDirectly, ownerPool } from '@/lib/db/pools'
import { CHANGES_CHANNEL } from '@/lib/events/record-change'
import type { ChangeTopic } from '@/lib/events/record-change'
import { logger } from '@/lib/logger'

/** `everything`: there was a gap (the database was away), so drop whatever was remembered. */
export type Change = { tenantId: number; topic: ChangeTopic; subjectId: number | null } | { tenantId: null; topic: 'everything'; subjectId: null }

export type ChangeFollower = {
  /** Resolves once everything committed before the call has been handed over; for tests and orderly steps. */
  catchUp(): Promise<void>
  /**
   * Looks now if the last look is older than `maxAgeMs`: a platform that freezes processes between requests stops the
   * poll as well. Where the database does not answer, what is remembered holds.
   */
  freshen(maxAgeMs: number): Promise<void> | null
  close(): Promise<void>
}

type Options = { pollMs?: number; listen?: boolean }

const POLL_MS = 500
const QUERY_TIMEOUT_MS = 3_000
const BACK_OFF_MAX_MS = 30_000

/**
 * Hears of every committed `recordChange` of every process within a second. The promise is a poll every 500 ms; a
 * LISTEN connection of its own speeds it up where it lives (poolers do not pass it on).
 *
 * No late commit is skipped: rows are read from the oldest transaction that was still running at the last look
 * (`pg_snapshot_xmin`), so one that began early and commits late is found; what was handed over already is remembered
 * by id until its transaction lies below that mark. `onChange` must not throw; if it does, that is logged.
 */
export async function followChanges(onChange: (changes: Change[]) => void, { pollMs = POLL_MS, listen = true }: Options = {}): Promise<ChangeFollower> {
  const stop = new AbortController()
  /** Transaction id from which on commits may still be unseen; null: nothing read yet, or a gap. */
  let mark: number | null = null
  let began = false
  let handedOver = new Map<number, number>()
  let poll: Promise<boolean> | null = null
  let again = false
  /** Both clocks: one may stand still while a process is frozen, the other may be set. */
  let lookedAt = { monotonic: -Infinity, wall: -Infinity }

  const readOnce = async (): Promise<boolean> => {
    try {
      const rows = await readSince(mark)
      const xmin = rows[0]!.xmin
      // Ids that run backwards mean another server, e.g. a restored one: what was remembered about the old one says nothing.
      if (mark !== null && xmin < mark) mark = null
      const gap = mark === null
      const fresh = gap ? [] : rows.filter((row) => row.id !== null && !handedOver.has(row.id))
      handedOver = new Map(rows.flatMap((row) => (row.id !== null && row.xid! >= xmin ? [[row.id, row.xid!] as const] : [])))
      mark = xmin
      if (gap && began) report([{ tenantId: null, topic: 'everything', subjectId: null }])
      began = true
      lookedAt = { monotonic: performance.now(), wall: Date.now() }
      if (fresh.length > 0) report(fresh.map((row) => ({ tenantId: row.tenantId!, topic: row.topic!, subjectId: row.subjectId })))
      return true
    } catch (error) {
      if (!stop.signal.aborted) logger.warn({ err: error }, 'changes cannot be read; trying again')
      mark = null
      return false
    }
  }

  const report = (changes: Change[]) => {
    try {
      onChange(changes)
    } catch (error) {
      logger.error({ err: error }, 'a follower of changes failed')
    }
  }

  /** One look at a time; a notification that comes during one asks for another. */
  const look = (): Promise<boolean> => {
    if (poll) {
      again = true
      return poll
    }
    poll = (async () => {
      let ok: boolean
      do {
        again = false
        ok = await readOnce()
      } while (again && ok && !stop.signal.aborted)
      poll = null
      return ok
    })()
    return poll
  }

  // The mark is set before we return: whatever commits from now on is heard of.
  if (!(await look())) began = true

  const polling = (async () => {
    for (let failures = 0; !stop.signal.aborted; ) {
      const pause = failures === 0 ? pollMs : Math.min(pollMs * 2 ** (failures - 1), 5_000)
      if (!(await pauseFor(pause, stop.signal))) break
      failures = (await look()) ? 0 : failures + 1
    }
  })()
  const listening = listen ? keepListening(() => void look(), stop.signal) : Promise.resolve()

  return {
    async catchUp() {
      await poll
      if (!(await look())) throw new Error('changes cannot be read')
    },
    freshen(maxAgeMs) {
      const age = Math.max(performance.now() - lookedAt.monotonic, Date.now() - lookedAt.wall)
      return age <= maxAgeMs ? null : look().then(() => {})
    },
    async close() {
      stop.abort()
      await Promise.all([polling, listening, poll])
    },
  }
}

type ChangeRow = { xmin: number; id: number | null; xid: number | null; tenantId: number | null; topic: ChangeTopic | null; subjectId: number | null }

/** One statement, so that the rows and the mark come from the same snapshot. Without a mark: the mark alone. */
async function readSince(mark: number | null): Promise<ChangeRow[]> {
  const client = await ownerPool().connect()
  let broken: unknown = true
  try {
    const { rows } = await client.query<ChangeRow>({
      text: `SELECT now.xmin, c.id, c.xid, c."tenantId", c.topic, c."subjectId"
        FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::int8 AS xmin) AS now
        LEFT JOIN change_log c ON c.xid >= least($1::int8, now.xmin) ORDER BY c.xid, c.id`,
      values: [mark],
      query_timeout: QUERY_TIMEOUT_MS,
    } as pg.QueryConfig)
    broken = undefined
    return rows
  } finally {
    // A connection that timed out may be half dead: not back into the pool.
    client.release(broken !== undefined)
  }
}

/** Holds a LISTEN connection as long as it goes and comes back with growing pauses; every return means one look. */
async function keepListening(onNews: () => void, signal: AbortSignal) {
  for (let failures = 0; !signal.aborted; ) {
    let client: pg.Client | null = null
    const over = Promise.withResolvers<void>()
    const end = () => over.resolve()
    signal.addEventListener('abort', end)
    try {
      client = await connectDirectly('gatehouse listen')
      client.once('end', end)
      client.once('error', end)
      client.on('notification', onNews)
      await client.query(`LISTEN ${CHANGES_CHANNEL}`)
      failures = 0
      onNews()
      await over.promise
    } catch (error) {
      logger.debug({ err: error }, 'no notifications of changes; the poll goes on')
    } finally {
      signal.removeEventListener('abort', end)
      await client?.end().catch(() => {})
    }
    failures++
    await pauseFor(Math.min(250 * 2 ** failures, BACK_OFF_MAX_MS), signal)
  }
}

/** False when it was cut short. */
async function pauseFor(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal })
    return true
  } catch {
    return false
  }
}

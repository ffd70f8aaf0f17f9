import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { connectDirectly } from '@/lib/db/pools'
import { AppError } from '@/lib/errors'
import { logger } from '@/lib/logger'

export type SingleProcessClaim = { release(): Promise<void> }

/**
 * Makes this process the only one of the installation that counts in memory, by an advisory lock of Postgres held on a
 * connection of its own. Waits a little for a predecessor that is just ending. Throws `AppError('conflict')` with the
 * sentence for the person who started us where another process holds it. `onLost` is called when the connection broke
 * and another process took the lock meanwhile: counting must stop then.
 */
export async function claimSingleProcess({ onLost, waitMs = 5_000, retryMs = 250 }: { onLost: () => void; waitMs?: number; retryMs?: number }): Promise<SingleProcessClaim> {
  let released = false
  let client = await lockWithin(waitMs)
  if (!client) throw new AppError('conflict', { publicMessage: SECOND_PROCESS })
  watch(client)

  /** Not at once: a predecessor may just be ending, or a process starting that looks and finds the lock taken. */
  async function lockWithin(ms: number): Promise<pg.Client | null> {
    const deadline = performance.now() + ms
    for (;;) {
      const held = await lock()
      if (held || performance.now() >= deadline) return held
      await sleep(retryMs)
    }
  }

  function watch(held: pg.Client): void {
    // A connection that died without a word would leave two of us counting: ask it every now and then.
    const probe: pg.QueryConfig & { query_timeout: number } = { text: 'SELECT 1', query_timeout: PROBE_MS }
    const timer = setInterval(() => held.query(probe).catch(() => held.end().catch(() => {})), PROBE_MS)
    timer.unref()
    held.once('end', () => {
      clearInterval(timer)
      if (!released) void reclaim()
    })
  }

  /** The connection broke: Postgres restarted, or the network did. While it is away nobody else can have the lock either. */
  async function reclaim(): Promise<void> {
    client = null
    logger.warn('the lock of the counting process was lost with its connection; taking it again')
    while (!released) {
      try {
        client = await lockWithin(waitMs)
        if (released) return void (await client?.end())
        return client ? watch(client) : onLost()
      } catch {
        // Postgres is still away: logged above, tried again until it is back or we are released.
        await sleep(1_000, undefined, { ref: false })
      }
    }
  }

  return {
    async release() {
      released = true
      await client?.end()
    },
  }
}

export const SECOND_PROCESS = 'Another process of this installation already counts calls in memory, and two would each allow the full limits. Set REDIS_URL to run several, or stop the other one.'

const PROBE_MS = 5_000

/** Any number will do; ours lie together. */
const LOCK = 7402121

async function lock(): Promise<pg.Client | null> {
  const client = await connectDirectly('gatehouse counters')
  try {
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [LOCK])
    if (rows[0]!.held) return client
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  await client.end()
  return null
}

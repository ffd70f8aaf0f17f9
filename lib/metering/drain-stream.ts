import type pg from 'pg'
import { logger } from '@/lib/logger'
import { bookSegments, type Batch } from '@/lib/metering/book-segments'
import { BATCHES_KEPT_MS, isRefusal } from '@/lib/metering/booker'
import type { CallOutcome } from '@/lib/metering/journal'
import { parseSegment } from '@/lib/metering/segment-format'
import type { StreamClient, StreamEntry } from '@/lib/metering/stream-client'
import { addOutcome, addRecord, emptyOutcomes, emptySums } from '@/lib/metering/usage-sums'

const ENTRIES_AT_ONCE = 500
const ENTRIES_AT_LEAST = 5
const DAY_MS = 86_400_000

/**
 * Carries the journal's stream into Postgres, oldest first, until it is empty or `until` (milliseconds since 1970) has
 * come. An entry goes after its batch was booked and its id is remembered, so several processes may drain at once and
 * one may die at any point: nothing is lost, nothing booked twice (USE-2). Answers how many entries were booked.
 */
export async function drainStream({ stream, pool, now, until = Infinity }: { stream: StreamClient; pool: pg.Pool; now: number; until?: number }): Promise<number> {
  let booked = 0
  let count = ENTRIES_AT_ONCE
  do {
    let entries: StreamEntry[]
    try {
      entries = await stream.oldest(count)
    } catch (error) {
      // A busy moment's entries are large: so many of them may be more than comes in time.
      if (count <= ENTRIES_AT_LEAST) throw error
      count = Math.max(ENTRIES_AT_LEAST, Math.floor(count / 10))
      continue
    }
    if (entries.length === 0) return booked
    const readable: { entry: StreamEntry; batch: Batch }[] = []
    for (const entry of entries) {
      const batch = readEntry(entry, now)
      if (batch) readable.push({ entry, batch })
      else await putAside(stream, entry, 'it cannot be read, or is too old to tell whether it was booked')
    }
    try {
      await bookSegments(pool, readable.map(({ batch }) => batch))
      await stream.remove(readable.map(({ entry }) => entry.id))
    } catch (error) {
      if (!isRefusal(error)) throw error
      await bookOneByOne(stream, pool, readable)
    }
    booked += readable.length
  } while (Date.now() < until)
  return booked
}

/** Postgres refuses the content of one of them: that one is kept aside for a person, and must not hold up the rest. */
async function bookOneByOne(stream: StreamClient, pool: pg.Pool, batches: readonly { entry: StreamEntry; batch: Batch }[]): Promise<void> {
  for (const { entry, batch } of batches) {
    try {
      await bookSegments(pool, [batch])
      await stream.remove([entry.id])
    } catch (error) {
      if (!isRefusal(error)) throw error
      await putAside(stream, entry, (error as Error).message)
    }
  }
}

async function putAside(stream: StreamClient, entry: StreamEntry, reason: string): Promise<void> {
  logger.error({ entry: entry.id, reason }, 'an entry of the usage journal is kept aside')
  await stream.setAside(entry, reason)
}

/** Null: damaged, or older than what is remembered of booked batches. */
function readEntry({ id, fields: { batch, records = '', outcomes = '[]' } }: StreamEntry, now: number): Batch | null {
  if (!batch || Number(id.split('-')[0]) < now - BATCHES_KEPT_MS + DAY_MS) return null
  const parsed = parseSegment(Buffer.from(records))
  if (parsed.damaged > 0) return null
  const sums = emptySums()
  for (const record of parsed.records) addRecord(sums, record)
  const ended = emptyOutcomes()
  try {
    for (const { calls, ...outcome } of JSON.parse(outcomes) as (CallOutcome & { calls: number })[]) addOutcome(ended, outcome, calls, Infinity)
  } catch {
    // Outcomes are no usage: the records count all the same.
  }
  return { id: batch, sums, outcomes: ended }
}

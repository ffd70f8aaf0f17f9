import { systemClock } from '@/lib/clock'
import { ownerPool } from '@/lib/db/system-db'
import { env } from '@/lib/env'
import { connectStream } from '@/lib/metering/connect-stream'
import { drainStream } from '@/lib/metering/drain-stream'
import type { StreamClient } from '@/lib/metering/stream-client'
import { perProcess } from '@/lib/per-process'

const holder = () => perProcess('journal drain', (): { stream: StreamClient | null } => ({ stream: null }))

/** Books what waits in the stream of `JOURNAL=redis`; with a journal on disk its own process does that. Answers how many entries. */
export async function drainJournal(): Promise<number> {
  if (env().JOURNAL !== 'redis') return 0
  const held = holder()
  held.stream ??= connectStream('journal drain')
  const now = systemClock.now()
  return drainStream({ stream: held.stream, pool: ownerPool(), now, until: now + 5_000 })
}

/** Ends the connection, if there is one. */
export async function closeJournalDrain(): Promise<void> {
  const held = holder()
  await held.stream?.close()
  held.stream = null
}

import type pg from 'pg'
import { logger } from '@/lib/logger'
import { bookSegments } from '@/lib/metering/book-segments'
import { parseSegment } from '@/lib/metering/segment-format'
import { addRecord, emptySums } from '@/lib/metering/usage-sums'

/**
 * Batches whose writing was not confirmed: their calls were refused, so they are no usage, but they may stand in the
 * stream all the same. Their ids are written down as booked before anybody books them; of what was booked already the
 * same with its sign turned is booked as well. Every step may be taken twice.
 */
export function createDoubtfulEntries(pool: pg.Pool, { bytesMax = 16 * 1024 * 1024 }: { bytesMax?: number } = {}) {
  const held = new Map<string, string>()
  let bytes = 0
  let settling: Promise<void> | null = null

  async function settleSome(): Promise<void> {
    while (held.size > 0) {
      const ids = [...held.keys()].slice(0, 500)
      const ask = <Row extends pg.QueryResultRow>(text: string) => pool.query<Row>({ text, values: [ids], query_timeout: 10_000 } as pg.QueryConfig)
      await ask(VOID)
      const { rows } = await ask<{ id: string }>(BOOKED)
      if (rows.length > 0) await bookSegments(pool, rows.map(({ id }) => ({ id: `${id}-`, sums: turned(held.get(id)!), outcomes: null })))
      for (const id of ids) {
        bytes -= held.get(id)!.length
        held.delete(id)
      }
    }
  }

  return {
    note(batch: string, records: string): void {
      if (records === '') return
      if (bytes + records.length > bytesMax) return logger.error({ batch }, 'refused calls may stay in the usage journal: too many writes were not confirmed')
      bytes += records.length
      held.set(batch, records)
    },
    /** Rejects where Postgres does not answer; the next call goes on from there. */
    settle(): Promise<void> {
      if (held.size === 0) return Promise.resolve()
      return (settling ??= settleSome().finally(() => (settling = null)))
    },
  }
}

/** A batch that is voided has a second id beside it: by that it is told from one that was booked. */
const VOID = `
WITH voided AS (INSERT INTO usage_batches (id) SELECT unnest($1::text[]) ORDER BY 1 ON CONFLICT DO NOTHING RETURNING id)
INSERT INTO usage_batches (id) SELECT id || '!' FROM voided ON CONFLICT DO NOTHING`
const BOOKED = `SELECT id FROM unnest($1::text[]) AS asked (id) WHERE NOT EXISTS (SELECT 1 FROM usage_batches b WHERE b.id = asked.id || '!')`

function turned(records: string) {
  const sums = emptySums()
  for (const record of parseSegment(Buffer.from(records)).records)
    addRecord(sums, {
      ...record,
      usage: record.usage.map(([metricId, value]): [number, number] => [metricId, -value]),
      counted: record.counted.map((counted) => ({ ...counted, value: -counted.value })),
    })
  return sums
}

// A process of its own that appends without end until it is killed (open-journal.test.ts): one byte in a file for each acknowledged record.
import { openSync, writeSync } from 'node:fs'
import pg from 'pg'
import { systemClock } from '@/lib/clock'
import { newRequestId } from '@/lib/ids'
import { openJournal } from '@/lib/metering/open-journal'
import { windowOf } from '@/lib/metering/periods'

const [dir, url, inFlight, sync, acknowledged] = process.argv.slice(2)
const file = openSync(acknowledged!, 'a')
const pool = new pg.Pool({ connectionString: url })
pool.on('error', () => {})
const journal = await openJournal({ dir: dir!, pool, clock: systemClock, sync: sync as 'background' | 'always', rotateMs: 15 })

async function appendForEver(): Promise<never> {
  for (;;) {
    const at = systemClock.now()
    const counted = [{ subject: 'app:1', metricId: 1, period: 'eternity' as const, windowStart: windowOf('eternity', at).start, value: 1 }]
    await journal.append({ id: newRequestId(), at, tenantId: 1, productId: 1, environment: 'production', applicationId: 1, endUserId: null, credentialId: null, address: '192.0.2.1', usage: [[1, 1]], counted })
    writeSync(file, '.')
  }
}
process.stdout.write('ready\n')
await Promise.all(Array.from({ length: Number(inFlight) }, appendForEver))

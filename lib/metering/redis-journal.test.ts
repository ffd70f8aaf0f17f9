import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startRedisRest } from '@/e2e/fakes/redis-rest'
import { systemClock } from '@/lib/clock'
import { ownerPool } from '@/lib/db/pools'
import { testDatabase } from '@/lib/db/test-database'
import { drainStream } from '@/lib/metering/drain-stream'
import type { UsageRecord } from '@/lib/metering/journal'
import { openRedisJournal } from '@/lib/metering/redis-journal'
import { createRedisWaits } from '@/lib/metering/redis-waits'
import { startRedis } from '@/lib/metering/redis-server.fixture'
import { restStream, tcpStream, type StreamClient } from '@/lib/metering/stream-client'

// A generous time-out: the machine may be busy.
const waits = createRedisWaits(10_000)

type Server = Awaited<ReturnType<typeof startRedis>>

let redis: Server
let rest: Awaited<ReturnType<typeof startRedisRest>>
testDatabase()
beforeAll(async () => {
  redis = await startRedis()
  rest = await startRedisRest(redis.socket)
})
afterAll(async () => {
  await rest?.close()
  await redis?.stop()
})

describe.each([
  ['over TCP', () => tcpStream(new Redis({ path: redis.socket }))],
  ['over REST', () => restStream(rest.url, rest.token, 20_000)],
])('the journal in a Redis stream, %s', (_name, connect: () => StreamClient) => {
  beforeEach(async () => {
    await redis.admin.flushall()
    await ownerPool().query('TRUNCATE usage_buckets, usage_days, usage_months, usage_batches, call_buckets, limit_counters')
  })

  const open = (options: { entriesMax?: number; watchMs?: number } = {}) => openRedisJournal({ stream: connect(), pool: ownerPool(), clock: systemClock, waits, ...options })
  const recordOf = (over: Partial<UsageRecord> = {}): UsageRecord => ({
    id: 'r', at: systemClock.now(), tenantId: 1, productId: 2, environment: 'production', applicationId: 3, endUserId: null, credentialId: null, address: '192.0.2.1', usage: [[4, 1]], counted: [], ...over,
  })
  const booked = async () => Number((await ownerPool().query<{ sum: number }>('SELECT coalesce(sum(value), 0)::int AS sum FROM usage_buckets')).rows[0]!.sum)
  const drain = async () => {
    const stream = connect()
    try {
      return await drainStream({ stream, pool: ownerPool(), now: systemClock.now() })
    } finally {
      await stream.close()
    }
  }

  it('USE-1 an appended record stands in Redis before the promise resolves, all of a turn in one entry', async () => {
    const journal = open()
    await Promise.all([journal.append(recordOf()), journal.append(recordOf({ usage: [[4, 2]] }))])
    expect(await redis.admin.xlen('{gatehouse-journal}:usage')).toBe(1)
    expect(await booked()).toBe(0)
    expect(await drain()).toBe(1)
    expect(await booked()).toBe(3)
    expect(await redis.admin.xlen('{gatehouse-journal}:usage')).toBe(0)
    await journal.close()
  })

  it('USE-2 what was booked and not yet removed is not booked again', async () => {
    const journal = open()
    await journal.append(recordOf())
    const stream = connect()
    // The drainer dies between the commit and the removal.
    await drainStream({ stream: { ...stream, remove: async () => Promise.reject(new Error('killed')) }, pool: ownerPool(), now: systemClock.now() }).catch(() => {})
    await Promise.all([drain(), drain()])
    expect(await booked()).toBe(1)
    await stream.close()
    await journal.close()
  })

  it('how calls ended travels with the records, refusals alone within a moment', async () => {
    const journal = open({ watchMs: 20 })
    const outcome = { at: systemClock.now(), tenantId: 1, productId: 2, environment: 'staging' as const, applicationId: 3, outcome: 'key_unknown', durationMs: 1 }
    journal.observe(outcome)
    journal.observe(outcome)
    await expect.poll(() => redis.admin.xlen('{gatehouse-journal}:usage')).toBe(1)
    await drain()
    expect((await ownerPool().query('SELECT outcome, calls::int FROM call_buckets')).rows).toEqual([{ outcome: 'key_unknown', calls: 2 }])
    await journal.close()
  })

  it('an entry that cannot be read is kept aside and holds up nobody', async () => {
    const journal = open()
    await redis.admin.xadd('{gatehouse-journal}:usage', '*', 'batch', 'rX', 'records', '00000000 [1]\n', 'outcomes', '[]')
    await journal.append(recordOf())
    await drain()
    expect(await booked()).toBe(1)
    expect(await redis.admin.xlen('{gatehouse-journal}:refused')).toBe(1)
    await journal.close()
  })

  it('USE-2 a write that was not confirmed is no usage, whether it arrived or not, was booked meanwhile or not', async () => {
    const stream = connect()
    let fate: 'arrives' | 'arrives late' | 'lost' | 'fine' = 'fine'
    const late: (() => Promise<void>)[] = []
    const doubtful: StreamClient = {
      ...stream,
      async add(fields) {
        if (fate === 'arrives late') late.push(() => stream.add(fields))
        else if (fate !== 'lost') await stream.add(fields)
        if (fate !== 'fine') throw new Error('Command timed out')
      },
    }
    const journal = openRedisJournal({ stream: doubtful, pool: ownerPool(), clock: systemClock, waits, watchMs: 60_000 })
    const append = async (how: typeof fate, usage: [number, number][]) => {
      fate = how
      await journal.append(recordOf({ usage })).catch(() => {})
      fate = 'fine'
    }
    await append('fine', [[4, 1]])
    await append('arrives', [[4, 10]])
    // Booked before anybody could say that it must not be.
    await drain()
    expect(await booked()).toBe(11)
    await append('arrives', [[4, 100]])
    await append('lost', [[4, 1_000]])
    await append('arrives late', [[4, 10_000]])
    await journal.flush()
    for (const arrive of late) await arrive()
    await append('fine', [[4, 2]])
    await journal.flush()
    await drain()
    expect(await booked()).toBe(3)
    expect(await redis.admin.xlen('{gatehouse-journal}:usage')).toBe(0)
    await journal.close()
  })

  it('entries that are too many to come in time are asked for in smaller helpings', async () => {
    const journal = open()
    for (let i = 0; i < 12; i++) await journal.append(recordOf())
    const stream = connect()
    const asked: number[] = []
    const oldest: StreamClient['oldest'] = (count) => {
      asked.push(count)
      return count > 5 ? Promise.reject(new Error('Command timed out')) : stream.oldest(count)
    }
    expect(await drainStream({ stream: { ...stream, oldest }, pool: ownerPool(), now: systemClock.now() })).toBe(12)
    expect(asked.slice(0, 4)).toEqual([500, 50, 5, 5])
    await stream.close()
    await journal.close()
  })

  it('REL-1 refuses calls once more entries wait than may', async () => {
    const journal = open({ entriesMax: 2 })
    for (let i = 0; i < 3; i++) await journal.append(recordOf())
    await expect(journal.append(recordOf())).rejects.toMatchObject({ code: 'unavailable' })
    await journal.flush()
    await journal.append(recordOf())
    await journal.close()
  })
})

it('USE-1 a record that Redis did not take is refused, and the journal says so until one is taken', async () => {
  const own = await startRedis()
  const client = new Redis({ path: own.socket, commandTimeout: 200, enableOfflineQueue: false, maxRetriesPerRequest: 0, retryStrategy: () => null })
  client.on('error', () => {}) // said by the journal
  const journal = openRedisJournal({ stream: tcpStream(client), pool: ownerPool(), clock: systemClock })
  await own.stop()
  await expect(journal.append({ id: 'r', at: 1, tenantId: 1, productId: 2, environment: 'production', applicationId: 3, endUserId: null, credentialId: null, address: 'x', usage: [], counted: [] })).rejects.toMatchObject({ code: 'unavailable' })
  expect(journal.stats().writable).toBe(false)
  await journal.close()
})

it('USE-1 a Redis that hangs is waited for by the first calls only; what was never sent is not doubted, and the journal goes on by itself', async () => {
  let now = 1_000_000
  const sent: Record<string, string>[] = []
  let hangs = true
  const add: StreamClient['add'] = (fields) => (sent.push(fields), hangs ? new Promise(() => {}) : Promise.resolve())
  const stream: StreamClient = { add, oldest: async () => [], remove: async () => {}, length: async () => 0, setAside: async () => {}, ping: async () => {}, close: async () => {} }
  const journal = openRedisJournal({ stream, pool: ownerPool(), clock: { now: () => now }, waits: createRedisWaits(40), watchMs: 60_000 })
  const append = () => journal.append({ id: 'r', at: 1, tenantId: 1, productId: 2, environment: 'production', applicationId: 3, endUserId: null, credentialId: null, address: 'x', usage: [[4, 1]], counted: [] })
  for (let i = 0; i < 8; i++) await expect(append()).rejects.toMatchObject({ code: 'unavailable' })
  expect(sent).toHaveLength(5)
  hangs = false
  now += 1_000
  await append()
  expect(sent).toHaveLength(6)
  await journal.flush()
  const { rows } = await ownerPool().query<{ id: string }>('SELECT id FROM usage_batches WHERE id = ANY ($1)', [sent.map(({ batch }) => batch)])
  // The five of which nobody knows are voided, the sixth is not.
  expect(rows).toHaveLength(5)
  await journal.close()
})

import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startRedisRest } from '@/e2e/fakes/redis-rest'
import type { BurstResult, BurstStore, BurstSubject } from '@/lib/metering/burst-store'
import { describeBurstStore } from '@/lib/metering/burst-store.contract'
import { restScripts, type ScriptRunner, tcpScripts } from '@/lib/metering/counter-scripts'
import { createMemoryBurstStore } from '@/lib/metering/memory-burst-store'
import { createRedisBurstStore } from '@/lib/metering/redis-burst-store'
import { createRedisLine } from '@/lib/metering/redis-line'
import { createRedisWaits } from '@/lib/metering/redis-waits'
import { startRedis } from '@/lib/metering/redis-server.fixture'

let redis: Awaited<ReturnType<typeof startRedis>>
let rest: Awaited<ReturnType<typeof startRedisRest>>
const clients: Redis[] = []

beforeAll(async () => {
  redis = await startRedis()
  rest = await startRedisRest(redis.socket)
})
afterAll(async () => {
  for (const client of clients) client.disconnect()
  await rest.close()
  await redis.stop()
})

const connect = async () => {
  const client = new Redis({ path: redis.socket, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 })
  clients.push(client)
  await client.ping()
  return client
}
// A generous time-out: these suites are about exactness, and the machine may be busy.
const timeoutMs = 10_000
const lineOf = (scripts: ScriptRunner, waitMs = timeoutMs) => createRedisLine({ scripts, waits: createRedisWaits(waitMs) })

describeBurstStore('memory', async () => createMemoryBurstStore())
describeBurstStore('Redis', async () => createRedisBurstStore({ line: lineOf(tcpScripts(await connect())) }))
describeBurstStore('Redis over REST', async () => createRedisBurstStore({ line: lineOf(restScripts(rest.url, rest.token, timeoutMs)) }))

const of = (bursts: Partial<BurstSubject['bursts']>): BurstSubject => ({ productId: 1, environment: 'production', subject: 'app:1', bursts: { bucket: null, window: null, concurrency: null, ...bursts } })

describe('bursts against a naive count', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 1_500 }), { minLength: 1, maxLength: 120 })

  it('no stretch of the window holds more calls than it may, and none is refused without need', () =>
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 3 }), (steps, calls, seconds) => {
        const store = createMemoryBurstStore()
        const app = of({ window: { calls, seconds } })
        const admitted: number[] = []
        let at = 1_000_000
        steps.forEach((gap, i) => {
          at += gap
          const inside = admitted.filter((time) => time > at - seconds * 1_000).length
          const result = store.take({ subjects: [app], id: String(i), at, lastsMsMax: 1_000 })
          expect((result as { admitted: boolean }).admitted).toBe(inside < calls)
          if (inside < calls) admitted.push(at)
        })
      }),
    ))

  it('a bucket holds what a bucket that drips holds', () =>
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 6 }), fc.constantFrom(1, 2, 4, 5, 10), (steps, size, perSecond) => {
        const store = createMemoryBurstStore()
        const app = of({ bucket: { perSecond, size } })
        // In thousandths of a token: every gap is a whole number of them.
        let tokens = size * 1_000
        let at = 1_000_000
        steps.forEach((gap, i) => {
          at += gap
          tokens = Math.min(size * 1_000, tokens + gap * perSecond)
          const result = store.take({ subjects: [app], id: String(i), at, lastsMsMax: 1_000 })
          expect((result as { admitted: boolean }).admitted).toBe(tokens >= 1_000)
          if (tokens >= 1_000) tokens -= 1_000
        })
      }),
    ))

  it('calls under way never pass their number', () =>
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 100 }), fc.integer({ min: 1, max: 5 }), (moves, concurrency) => {
        const store = createMemoryBurstStore()
        const app = of({ concurrency })
        const under: { id: string; parts: never[] }[] = []
        moves.forEach((begins, i) => {
          if (!begins) {
            const pass = under.shift()
            if (pass) store.release(pass)
            return
          }
          const result = store.take({ subjects: [app], id: String(i), at: 1_000, lastsMsMax: 1_000 })
          if (result instanceof Promise) throw new Error('memory answers at once')
          expect(result.admitted).toBe(under.length < concurrency)
          if (result.admitted) under.push(result.pass as (typeof under)[number])
        })
      }),
    ))
})

it('a place held by a process that died comes free again', async () => {
  const store = createRedisBurstStore({ line: lineOf(tcpScripts(await connect())) })
  const app: BurstSubject = { ...of({ concurrency: 1 }), subject: 'app:lease' }
  const take = (id: string) => store.take({ subjects: [app], id, at: 0, lastsMsMax: 300 })
  expect((await take('first')).admitted).toBe(true)
  expect((await take('second')).admitted).toBe(false)
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect((await take('third')).admitted).toBe(true)
})

it('a call whose answer came too late holds no place among those under way', async () => {
  const scripts = tcpScripts(await connect())
  let late = true
  const run: typeof scripts.run = async (script, keys, args) => {
    const answer = await scripts.run(script, keys, args)
    if (late) await new Promise((resolve) => setTimeout(resolve, 600))
    return answer
  }
  const store = createRedisBurstStore({ line: lineOf({ ...scripts, run }, 50) })
  const app: BurstSubject = { ...of({ concurrency: 1 }), subject: 'app:late' }
  const take = (id: string) => store.take({ subjects: [app], id, at: 0, lastsMsMax: 60_000 })
  await expect(take('first')).rejects.toMatchObject({ code: 'unavailable' })
  late = false
  await vi.waitFor(async () => expect((await take('second')).admitted).toBe(true))
})

describe('room for bursts in memory', () => {
  const at = 1_000_000
  const take = (store: BurstStore, productId: number, subject: string, bursts: Partial<BurstSubject['bursts']> = { window: { calls: 5, seconds: 86_400 } }) =>
    store.take({ subjects: [{ ...of(bursts), productId, subject }], id: subject, at, lastsMsMax: 1_000 }) as BurstResult

  it('keys that callers invent fill neither the plans’ room nor that of another product', () => {
    const store = createMemoryBurstStore({ partsMax: 100, partsPerProductMax: 40 })
    for (let i = 0; i < 30; i++) take(store, 1, `app:${i}`)
    for (let i = 0; i < 500; i++) expect(take(store, 1, `edge:0:w5/86400:${i}`).admitted).toBe(true)
    // No plan's count was lost by that.
    for (let i = 0; i < 30; i++) expect(take(store, 1, `app:${i}`).states[0]!.left).toBe(3)
    for (let i = 0; i < 10; i++) expect(take(store, 2, `app:${i}`).admitted).toBe(true)
    expect(take(store, 2, 'app:0').states[0]!.left).toBe(3)
  })

  it('where all of a product’s room is taken by plans, only that product waits; beyond the whole the largest makes room', () => {
    const store = createMemoryBurstStore({ partsMax: 60, partsPerProductMax: 40 })
    for (let i = 0; i < 40; i++) take(store, 1, `app:${i}`)
    expect(() => take(store, 1, 'app:40')).toThrow(expect.objectContaining({ code: 'unavailable' }))
    for (let i = 0; i < 35; i++) expect(take(store, 2, `app:${i}`).admitted).toBe(true)
  })

  it('a call under way is never forgotten', () => {
    const store = createMemoryBurstStore({ partsMax: 3, partsPerProductMax: 2 })
    take(store, 1, 'edge:a', { concurrency: 1 })
    for (let i = 0; i < 10; i++) take(store, 1, `edge:${i}`)
    expect(take(store, 1, 'edge:a', { concurrency: 1 }).admitted).toBe(false)
  })
})

import { spawn } from 'node:child_process'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CounterSubject } from '@/lib/metering/counter-store'
import { restScripts, type ScriptRunner, tcpScripts } from '@/lib/metering/counter-scripts'
import { describeCounterStore } from '@/lib/metering/counter-store.contract'
import { createRedisLine } from '@/lib/metering/redis-line'
import { createRedisWaits } from '@/lib/metering/redis-waits'
import { createRedisCounterStore } from '@/lib/metering/redis-counter-store'
import { startRedis } from '@/lib/metering/redis-server.fixture'
import { startRedisRest } from '@/e2e/fakes/redis-rest'

let redis: Awaited<ReturnType<typeof startRedis>>
let rest: Awaited<ReturnType<typeof startRedisRest>>

beforeAll(async () => {
  redis = await startRedis()
  rest = await startRedisRest(redis.socket)
})
afterAll(async () => {
  await rest.close()
  await redis.stop()
})

const connect = async () => {
  const client = new Redis({ path: redis.socket, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, retryStrategy: () => 50 })
  // A server that goes away is part of these tests.
  client.on('error', () => {})
  await client.ping()
  return client
}
// A generous time-out: these suites are about exactness, and the machine may be busy.
const timeoutMs = 10_000
const lineOf = (scripts: ScriptRunner, options: { waitMs?: number; now?: () => number } = {}) =>
  createRedisLine({ scripts, waits: createRedisWaits(options.waitMs ?? timeoutMs), clock: { now: options.now ?? (() => Date.now()) } })

describeCounterStore('Redis', async (load) => createRedisCounterStore({ line: lineOf(tcpScripts(await connect())), load }))
describeCounterStore('Redis over REST', async (load) => createRedisCounterStore({ line: lineOf(restScripts(rest.url, rest.token, timeoutMs)), load }))

const appOf = (id: number | string, value = 15): CounterSubject => ({ tenantId: 1, productId: 7, environment: 'production', subject: `app:${id}`, limits: [{ metricId: 1, period: 'year', value }] })
const oneHit = new Map([[1, 1]])

describe('Redis counters beyond one process', () => {
  it('USE-4 400 parallel calls of two processes against a limit of 15 let exactly 15 through', async () => {
    const start = () => {
      const child = spawn(process.execPath, ['--import', './scripts/alias.mjs', 'lib/metering/consume-in-process.fixture.ts', redis.socket, 'app:two-processes', '15', '200'], { stdio: ['pipe', 'pipe', 'inherit'] })
      const lines: string[] = []
      child.stdout.on('data', (chunk: Buffer) => lines.push(...chunk.toString().split('\n').filter(Boolean)))
      const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      const ready = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()))
      return { child, lines, exited, ready: Promise.race([ready, exited]) }
    }
    const children = [start(), start()]
    await Promise.all(children.map(({ ready }) => ready))
    for (const { child } of children) child.stdin.write('go\n')
    await Promise.all(children.map(({ exited }) => exited))
    const admitted = children.map(({ lines }) => Number(lines[1]))
    expect(admitted[0]! + admitted[1]!).toBe(15)
  })

  it('keeps the keys of a product in one cluster slot and lets them expire', async () => {
    const store = createRedisCounterStore({ line: lineOf(tcpScripts(await connect())), load: async () => [] })
    await store.consume({ subjects: [appOf(900)], usage: oneHit, at: 0 })
    const key = 'gatehouse:counters:{p7:production}:app:900'
    expect(await redis.admin.hget(key, '1:year')).toMatch(/^\d+:1$/)
    expect(await redis.admin.ttl(key)).toBeGreaterThan(86_400)
    await store.close()
  })

  it('a process that was busy itself takes the answer that came meanwhile, and does not call it an outage', async () => {
    const store = createRedisCounterStore({ line: lineOf(tcpScripts(await connect()), { waitMs: 200 }), load: async () => [] })
    await store.consume({ subjects: [appOf(906)], usage: oneHit, at: 0 })
    const asked = store.consume({ subjects: [appOf(906)], usage: oneHit, at: 0 })
    // Sent in this turn of the loop; from here on nothing is read for longer than the time-out.
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400))
    expect((await asked).admitted).toBe(true)
    await store.close()
  })

  it('goes on from what is stored when Redis has forgotten a subject', async () => {
    const year = Date.UTC(new Date().getUTCFullYear(), 0, 1)
    const store = createRedisCounterStore({ line: lineOf(tcpScripts(await connect())), load: async () => [{ metricId: 1, period: 'year', windowStart: year, value: 14 }] })
    expect((await store.consume({ subjects: [appOf(901)], usage: oneHit, at: 0 })).admitted).toBe(true)
    await redis.admin.flushall()
    expect((await store.consume({ subjects: [appOf(901)], usage: oneHit, at: 0 })).admitted).toBe(true)
    expect((await store.consume({ subjects: [appOf(901)], usage: oneHit, at: 0 })).admitted).toBe(false)
    await store.close()
  })

  it('asks again with the time of Redis when the own clock is in another window', async () => {
    const wrong = { now: () => Date.now() - 400 * 86_400_000 }
    const store = createRedisCounterStore({ line: lineOf(tcpScripts(await connect())), load: async () => [], clock: wrong })
    const result = await store.consume({ subjects: [appOf(902)], usage: oneHit, at: 0 })
    expect(result).toMatchObject({ admitted: true, states: [{ current: 1, windowStart: Date.UTC(new Date().getUTCFullYear(), 0, 1) }] })
    await store.close()
  })
})

describe('Redis counters when Redis fails', () => {
  it('a command whose outcome is unknown is given up, never sent again', async () => {
    let sent = 0
    const real = tcpScripts(await connect())
    const lossy: ScriptRunner = {
      ...real,
      run: async (...call) => {
        const answer = await real.run(...call)
        if (++sent === 3) throw new Error('the connection broke before the answer came')
        return answer
      },
    }
    const store = createRedisCounterStore({ line: lineOf(lossy), load: async () => [] })
    await expect(store.consume({ subjects: [appOf(903, 2)], usage: oneHit, at: 0 })).rejects.toMatchObject({ code: 'unavailable' })
    expect(sent).toBe(3)
    // It had been counted: one more fits, not two.
    expect((await store.consume({ subjects: [appOf(903, 2)], usage: oneHit, at: 0 })).admitted).toBe(true)
    expect((await store.consume({ subjects: [appOf(903, 2)], usage: oneHit, at: 0 })).admitted).toBe(false)
    await store.close()
  })

  it('five failures open the breaker, and one good answer after a second closes it', async () => {
    let now = 1_000_000
    let asked = 0
    let away = true
    const real = tcpScripts(await connect())
    const scripts: ScriptRunner = { ...real, run: (...call) => (asked++, away ? Promise.reject(new Error('away')) : real.run(...call)) }
    const store = createRedisCounterStore({ line: lineOf(scripts, { now: () => now }), load: async () => [], clock: { now: () => now } })
    const call = async () => store.consume({ subjects: [appOf(904)], usage: oneHit, at: 0 })
    for (let i = 0; i < 8; i++) await expect(call()).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 })
    expect(asked).toBe(5)
    now += 1_000
    await expect(call()).rejects.toMatchObject({ code: 'unavailable' })
    expect(asked).toBe(6)
    away = false
    now += 1_000
    expect((await call()).admitted).toBe(true)
    expect((await call()).admitted).toBe(true)
    await store.close()
  })

  it('whoever comes while one call tries again waits for what it finds', async () => {
    let now = 1_000_000
    let away = true
    const real = tcpScripts(await connect())
    const scripts: ScriptRunner = { ...real, run: (...call) => (away ? Promise.reject(new Error('away')) : real.run(...call)) }
    const store = createRedisCounterStore({ line: lineOf(scripts, { now: () => now }), load: async () => [], clock: { now: () => now } })
    const burst = () => Promise.allSettled(Array.from({ length: 40 }, () => store.consume({ subjects: [appOf(907)], usage: oneHit, at: 0 })))
    expect((await burst()).every(({ status }) => status === 'rejected')).toBe(true)
    now += 1_000
    expect((await burst()).every(({ status }) => status === 'rejected')).toBe(true)
    now += 1_000
    away = false
    const answers = await burst()
    expect(answers.filter((answer) => answer.status === 'fulfilled' && answer.value.admitted)).toHaveLength(15)
    expect(answers.filter(({ status }) => status === 'rejected')).toEqual([])
    await store.close()
  })

  it('USE-5 a Redis that hangs is given up after the time-out', async () => {
    const never: ScriptRunner = { run: () => new Promise(() => {}), ping: async () => {}, close: async () => {} }
    const store = createRedisCounterStore({ line: lineOf(never, { waitMs: 20 }), load: async () => [] })
    await expect(store.consume({ subjects: [appOf(905)], usage: oneHit, at: 0 })).rejects.toMatchObject({ code: 'unavailable' })
  })
})

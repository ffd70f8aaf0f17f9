import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Redis } from 'ioredis'
import { startRedisRest } from '@/e2e/fakes/redis-rest'
import { windows } from '@/lib/throttle/buckets'
import { withFallback } from '@/lib/throttle/fall-back'
import { createMemoryThrottle } from '@/lib/throttle/memory-throttle'
import { restScriptRedis, tcpScriptRedis } from '@/lib/throttle/redis-clients'
import { createRedisThrottle } from '@/lib/throttle/redis-throttle'
import { startRedisServer } from '@/lib/throttle/start-redis.fixture'
import { assertAllowed, type Throttle } from '@/lib/throttle/throttle'

let server: Awaited<ReturnType<typeof startRedisServer>>
let rest: Awaited<ReturnType<typeof startRedisRest>>

beforeAll(async () => {
  server = await startRedisServer()
  rest = await startRedisRest(server.url)
})

afterAll(async () => {
  await rest.close()
  await server.stop()
})

// A busy machine must not look like a dead Redis where that is not what is tested.
const PATIENCE_MS = 10_000
const soon = { timeout: 20_000, interval: 100 }

const ways: Record<string, () => Promise<Throttle>> = {
  memory: async () => createMemoryThrottle(),
  'redis over TCP': async () => createRedisThrottle(await connected(server.url, PATIENCE_MS), { timeoutMs: PATIENCE_MS }),
  'redis over REST': async () => createRedisThrottle(restScriptRedis(rest.url, rest.token, PATIENCE_MS), { timeoutMs: PATIENCE_MS }),
}

describe.each(Object.entries(ways))('on %s', (way, open) => {
  let throttle: Throttle
  let key: string

  beforeEach(async () => {
    // Only the date stands still: the limiters of Upstash ask it, timers go on.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 23, 12) })
    throttle = await open()
    key = `1:${way}:${crypto.randomUUID()}`
  })
  afterEach(async () => {
    await throttle.close()
    vi.useRealTimers()
  })

  const wait = (ms: number) => vi.setSystemTime(Date.now() + ms)

  it('lets as many through as a window holds, and says when to come again', async () => {
    const { limit, windowSeconds } = windows.reset_password
    for (let i = 0; i < limit; i++) expect(await throttle.take('reset_password', key)).toEqual({ allowed: true })
    expect(await throttle.take('reset_password', key)).toEqual({ allowed: false, retryAfterSeconds: windowSeconds })
    expect(await throttle.take('reset_password', `${key}2`)).toEqual({ allowed: true })
    expect(await throttle.take('confirm_email', key)).toEqual({ allowed: true })
  })

  it('a window slides: of the last one that part counts which is still in sight', async () => {
    const { limit, windowSeconds } = windows.reset_password
    for (let i = 0; i < limit; i++) await throttle.take('reset_password', key)
    wait(windowSeconds * 1450) // 5.5 of ten are still in sight
    let allowed = 0
    while ((await throttle.take('reset_password', key)).allowed) allowed++
    expect(allowed).toBe(limit / 2)
    wait(windowSeconds * 2000)
    expect(await throttle.take('reset_password', key)).toEqual({ allowed: true })
  })

  it('of many at once exactly as many get through as the window holds', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => throttle.take('reset_password', key)))
    expect(answers.filter((answer) => answer.allowed)).toHaveLength(windows.reset_password.limit)
  })

  it('ISO-6 one tenant’s visitors do not slow down another’s', async () => {
    for (let i = 0; i <= windows.reset_password.limit; i++) await throttle.take('reset_password', `1:${key}`)
    expect(await throttle.take('reset_password', `1:${key}`)).toMatchObject({ allowed: false })
    expect(await throttle.take('reset_password', `2:${key}`)).toEqual({ allowed: true })
  })
})

describe('while Redis is away', () => {
  it('USE-5 a redis that hangs, is gone or refuses is unavailable, never a yes', async () => {
    const own = await startRedisServer()
    const front = await startRedisRest(own.url)
    const throttles = [createRedisThrottle(await connected(own.url)), createRedisThrottle(restScriptRedis(front.url, front.token))]
    try {
      // Production's patience: on a busy machine some answers come too late.
      for (const throttle of throttles) await vi.waitFor(() => throttle.take('sign_up', 'a'), soon)
      process.kill(own.pid, 'SIGSTOP')
      for (const throttle of throttles) {
        await expect(throttle.take('sign_up', 'a')).rejects.toMatchObject({ code: 'unavailable' })
      }
      process.kill(own.pid, 'SIGCONT')
    } finally {
      await own.stop()
    }
    for (const throttle of throttles) {
      await expect(throttle.take('sign_up', 'a')).rejects.toMatchObject({ code: 'unavailable' })
      await throttle.close()
    }
    await front.close()
    await expect(createRedisThrottle(restScriptRedis(rest.url, 'wrong')).take('sign_up', 'a')).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('USE-5 goes on in memory with the same numbers, and on Redis once it is back', async () => {
    const own = await startRedisServer()
    const throttle = withFallback(createRedisThrottle(await connected(own.url)), createMemoryThrottle())
    const { limit } = windows.reset_password
    try {
      await vi.waitFor(async () => {
        await throttle.take('reset_password', 'a')
        expect(await keysOf(own.url)).not.toEqual([])
      }, soon)
      process.kill(own.pid, 'SIGSTOP')
      const answers = []
      for (let i = 0; i < limit + 3; i++) answers.push(await throttle.take('reset_password', 'b'))
      expect(answers.map(({ allowed }) => allowed)).toEqual([...Array.from({ length: limit }, () => true), false, false, false])
      process.kill(own.pid, 'SIGCONT')
      // What was sent to it while it hung is done now; nobody has asked about the next caller yet.
      const before = await keysOf(own.url)
      await vi.waitFor(async () => {
        await throttle.take('reset_password', 'c')
        expect((await keysOf(own.url)).length).toBeGreaterThan(before.length)
      }, soon)
    } finally {
      await throttle.close()
      await own.stop()
    }
  })
})

it('keeps neither logins nor addresses in the clear', async () => {
  const throttle = createRedisThrottle(await connected(server.url, PATIENCE_MS), { timeoutMs: PATIENCE_MS })
  await throttle.take('reset_password', '1:ann@example.com')
  await throttle.take('sign_up', '203.0.113.9')
  await throttle.close()
  expect((await keysOf(server.url)).join(' ')).not.toMatch(/ann|203\.0/)
})

it('says too_many_requests with the seconds to wait', () => {
  expect(() => assertAllowed({ allowed: true }, { allowed: true })).not.toThrow()
  expect(() => assertAllowed({ allowed: true }, { allowed: false, retryAfterSeconds: 7 })).toThrow(expect.objectContaining({ code: 'too_many_requests', retryAfterSeconds: 7 }))
})

/** A client does not queue while it connects; tests wait for it. */
async function connected(url: string, timeoutMs?: number) {
  const redis = tcpScriptRedis(url, timeoutMs)
  await vi.waitFor(() => redis.eval('return 1', [], []), { timeout: 20_000, interval: 20 })
  return redis
}

async function keysOf(url: string): Promise<string[]> {
  const redis = new Redis(url)
  try {
    return await redis.keys('*')
  } finally {
    redis.disconnect()
  }
}

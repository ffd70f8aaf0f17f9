import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { systemClock } from '@/lib/clock'
import { createMemoryCounterStore } from '@/lib/metering/memory-counter-store'
import { startRedis } from '@/lib/metering/redis-server.fixture'

const ROUNDS = 20
const LIMIT = 15
const CALLS = 400
const PROCESSES = 4
const HOUR_MS = 3_600_000

/** A round that spans the turn of an hour would rightly let twice as many through: it begins after it. */
async function clearOfTheHour(): Promise<void> {
  const left = HOUR_MS - (Date.now() % HOUR_MS)
  if (left < 3_000) await new Promise((resolve) => setTimeout(resolve, left + 50))
}

it('USE-4 400 parallel calls at limit 15 let exactly 15 through, 20 rounds in one process', async () => {
  const store = createMemoryCounterStore({ clock: systemClock, load: async () => [] })
  for (let round = 0; round < ROUNDS; round++) {
    await clearOfTheHour()
    const subjects = [{ tenantId: 1, productId: 1, environment: 'production' as const, subject: `app:${round}`, limits: [{ metricId: 1, period: 'hour' as const, value: LIMIT }] }]
    const results = await Promise.all(Array.from({ length: CALLS }, async () => store.consume({ subjects, usage: new Map([[1, 1]]), at: Date.now() })))
    expect(results.filter(({ admitted }) => admitted)).toHaveLength(LIMIT)
  }
})

it('USE-4 400 parallel calls at limit 15 let exactly 15 through and answer every other with a refusal, 20 rounds over four processes on Redis', { timeout: 120_000 }, async () => {
  const redis = await startRedis()
  const children = Array.from({ length: PROCESSES }, () => {
    const child = spawn(process.execPath, ['--import', './scripts/alias.mjs', 'lib/metering/counter-rounds.fixture.ts', redis.socket, String(LIMIT), String(CALLS / PROCESSES)], { stdio: ['pipe', 'pipe', 'inherit'] })
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
  })
  const next = async () => (await Promise.all(children.map(({ lines }) => lines.next()))).map(({ value }) => value as string)
  try {
    expect(await next()).toEqual(children.map(() => 'ready'))
    for (let round = 0; round < ROUNDS; round++) {
      await clearOfTheHour()
      for (const { child } of children) child.stdin.write(`app:round-${round}\n`)
      const sums = (await next()).map((line) => line.split(' ').map(Number)).reduce((sum, counts) => sum.map((value, i) => value + counts[i]!), [0, 0, 0])
      expect(sums, `round ${round}: admitted, refused, failed`).toEqual([LIMIT, CALLS - LIMIT, 0])
    }
  } finally {
    const ends = children.map(({ child }) => new Promise((resolve) => child.once('exit', resolve)))
    for (const { child } of children) child.stdin.end()
    await Promise.all(ends)
    await redis.stop()
  }
})

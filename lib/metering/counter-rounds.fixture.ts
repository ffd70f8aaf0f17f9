// A process of its own for counter-exactness.test.ts: for each line `<subject>` on stdin it takes COUNT hits at once with
// patience for a day, so that the proof does not hang on how busy the machine is, and prints `<admitted> <refused> <failed>`.
import { createInterface } from 'node:readline'
import { Redis } from 'ioredis'
import { systemClock } from '@/lib/clock'
import { createFallbackCounterStore } from '@/lib/metering/fallback-counter-store'
import { tcpScripts } from '@/lib/metering/counter-scripts'
import { createRedisCounterStore } from '@/lib/metering/redis-counter-store'
import { createRedisLine } from '@/lib/metering/redis-line'
import { createRedisWaits } from '@/lib/metering/redis-waits'

const [socket, limit, count] = process.argv.slice(2)
const redis = new Redis({ path: socket!, enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 })
await new Promise((resolve) => redis.once('ready', resolve))
const load = async () => []
const store = createFallbackCounterStore({ main: createRedisCounterStore({ line: createRedisLine({ scripts: tcpScripts(redis), waits: createRedisWaits(86_400_000) }), load }), load, clock: systemClock, processes: () => 4 })
process.stdout.write('ready\n')
for await (const subject of createInterface({ input: process.stdin })) {
  const subjects = [{ tenantId: 1, productId: 1, environment: 'production' as const, subject, limits: [{ metricId: 1, period: 'hour' as const, value: Number(limit) }] }]
  const results = await Promise.allSettled(Array.from({ length: Number(count) }, () => store.consume({ subjects, usage: new Map([[1, 1]]), at: Date.now() })))
  const admitted = results.filter((result) => result.status === 'fulfilled' && result.value.admitted).length
  const failed = results.filter((result) => result.status === 'rejected').length
  process.stdout.write(`${admitted} ${results.length - admitted - failed} ${failed}\n`)
}
await store.close()

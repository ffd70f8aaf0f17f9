// A process of its own that takes one hit COUNT times at once, from redis-counter-store.test.ts, and prints how many were admitted.
import { Redis } from 'ioredis'
import { tcpScripts } from '@/lib/metering/counter-scripts'
import { createRedisCounterStore } from '@/lib/metering/redis-counter-store'
import { createRedisLine } from '@/lib/metering/redis-line'
import { createRedisWaits } from '@/lib/metering/redis-waits'

const [socket, subject, limit, count] = process.argv.slice(2)
const redis = new Redis({ path: socket!, autoResendUnfulfilledCommands: false })
await redis.ping()
const store = createRedisCounterStore({ line: createRedisLine({ scripts: tcpScripts(redis), waits: createRedisWaits(10_000) }), load: async () => [] })
const subjects = [{ tenantId: 1, productId: 1, environment: 'production' as const, subject: subject!, limits: [{ metricId: 1, period: 'year' as const, value: Number(limit) }] }]
process.stdout.write('ready\n')
await new Promise((resolve) => process.stdin.once('data', resolve))
const results = await Promise.all(Array.from({ length: Number(count) }, () => store.consume({ subjects, usage: new Map([[1, 1]]), at: Date.now() })))
process.stdout.write(`${results.filter((result) => result.admitted).length}\n`)
await store.close()
process.stdin.destroy()

// Redis as Upstash offers it, in a process of its own. Usage: redis-rest.ts <url of a Redis>; prints its port.
import { startRedisRest } from '@/e2e/fakes/redis-rest'

const { url } = await startRedisRest(process.argv[2]!)
process.stdout.write(`${new URL(url).port}\n`)
process.on('SIGTERM', () => process.exit(0))

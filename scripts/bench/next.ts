// The gateway where only Next runs: plain `next start`, counters and journal in a Redis over REST, beside `server.ts` on the
// same calls. Usage: next.ts [seconds per measurement] [rounds] [--json=<file>]
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OTHER_CORE, startGateway, startNext, startRedisOverRest } from './contenders.ts'
import { measure, warm } from './load.ts'
import { pinSelf, startNginx } from './processes.ts'
import type { Contender } from './processes.ts'
import { cpu, judge, median, perSecond, ratioOf, say, sayRatios, sayTable, writeJson } from './report.ts'
import type { Measurement } from './load.ts'
import type { Results } from './report.ts'

const args = process.argv.slice(2)
const [seconds = 3, rounds = 5] = args.filter((arg) => /^\d+$/.test(arg)).map(Number)
const dir = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
chmodSync(dir, 0o755)
const BODY = JSON.stringify({ items: Array.from({ length: 8 }, (_, id) => ({ id, text: 'x'.repeat(96) })) })

const running: { stop(): Promise<void> }[] = []
try {
  await run()
} finally {
  for (const each of running.reverse()) await each.stop()
  rmSync(dir, { recursive: true, force: true })
}
process.exit(0)

async function run(): Promise<void> {
  pinSelf(OTHER_CORE)
  const upstream = await startNginx('upstream', dir, { core: OTHER_CORE, body: BODY })
  if (!upstream) return say('This needs nginx as its upstream: apt-get install nginx-light')
  running.push(upstream)
  const data = join(dir, 'data')
  Object.assign(process.env, { DATA_DIR: data, NODE_ENV: 'production', LOG_LEVEL: 'error', EGRESS_ALLOW: '127.0.0.0/8:*' })
  const { buildWorld } = await import('./world.ts')
  const { one } = await buildWorld(`http://127.0.0.1:${upstream.port}`, { applications: 0, products: 0, rules: [], ways: false })
  const redis = await startRedisOverRest()
  if (!redis) return say('This needs a Redis: apt-get install redis-server')
  running.push(redis)
  // Each counts for itself, on a database of its own.
  const ownData = (name: string) => {
    execFileSync('cp', ['-a', data, join(dir, name)])
    return join(dir, name)
  }
  const contenders: Contender[] = []
  for (const begin of [
    () => startGateway(ownData('data-server'), {}, 'server.ts'),
    () => startGateway(ownData('data-rest'), { ...redis.env, JOURNAL: 'redis' }, 'server.ts, Redis over REST'),
    () => startNext(ownData('data-next'), {}, 'next start'),
    () => startNext(ownData('data-next-rest'), { ...redis.env, JOURNAL: 'redis' }, 'next start, Redis over REST'),
  ]) {
    const contender = await begin()
    if (typeof contender === 'string') return say(contender)
    running.push(contender)
    contenders.push(contender)
  }
  const results: Results = new Map(contenders.map(({ name }) => [name, []]))
  const alone: Results = new Map(contenders.map(({ name }) => [name, []]))
  say('Warming …')
  for (const contender of contenders) await warm(contender, one, dir)
  for (let round = 1; round <= rounds; round++) {
    for (const contender of contenders) {
      results.get(contender.name)!.push(await measure(contender, one, { seconds, dir }))
      alone.get(contender.name)!.push(await measure(contender, one, { seconds: 1, dir, connections: 1 }))
    }
    say(`Round ${round} of ${rounds} done.`)
  }
  sayTable(results)
  say()
  say('one call after another:')
  sayTable(alone)
  const names = contenders.slice(1).map(({ name }) => name)
  const longer = (name: string, of: (m: Measurement) => number) => median(alone.get(name)!.map((m, i) => of(m) - of(alone.get('server.ts')![i]!)))
  const ratios = names.flatMap((name) => [
    judge(`${name} : server.ts, calls/s`, ratioOf(results, name, 'server.ts', perSecond), ''),
    judge(`${name} : server.ts, CPU per call`, ratioOf(results, name, 'server.ts', cpu), ''),
    judge(`${name}, one call after another, p50 longer by ms`, longer(name, (m) => m.p50Ms), ''),
  ])
  sayRatios(ratios)
  writeJson(args, { bench: 'next', seconds, rounds, results: Object.fromEntries(results), alone: Object.fromEntries(alone), ratios })
}

// The gateway where only Next runs: plain `next start`, counters and journal in a Redis over REST, beside `server.ts` on the
// same calls. Usage: next.ts [seconds per measurement] [rounds] [--json=<file>]
import { originOf, startGateway, startNext, startRedisOverRest, startUpstream } from './contenders.ts'
import { measure, measureInTurns } from './load.ts'
import type { Measurement } from './load.ts'
import type { Contender } from './processes.ts'
import { cpu, judge, median, perSecond, ratioOf, say, sayRatios, sayTable, writeJson } from './report.ts'
import type { Results } from './report.ts'
import { runBench } from './run-bench.ts'
import type { Bench } from './run-bench.ts'

await runBench({ seconds: 3, rounds: 5 }, run)

async function run(bench: Bench): Promise<void> {
  const { dir, args, seconds, rounds, keep, copyData } = bench
  const upstream = await keep(startUpstream(dir))
  if (!upstream) return say('This needs nginx as its upstream: apt-get install nginx-light')
  const { one } = await bench.fill(originOf(upstream), { applications: 0, products: 0, rules: [], ways: false })
  const redis = await keep(startRedisOverRest())
  if (!redis) return say('This needs a Redis: apt-get install redis-server')
  // Each counts for itself, on a database of its own.
  const contenders: Contender[] = []
  for (const begin of [
    () => startGateway(copyData('data-server'), {}, 'server.ts'),
    () => startGateway(copyData('data-rest'), { ...redis.env, JOURNAL: 'redis' }, 'server.ts, Redis over REST'),
    () => startNext(copyData('data-next'), {}, 'next start'),
    () => startNext(copyData('data-next-rest'), { ...redis.env, JOURNAL: 'redis' }, 'next start, Redis over REST'),
  ]) {
    const contender = await begin()
    if (typeof contender === 'string') return say(contender)
    contenders.push(await keep(Promise.resolve(contender)))
  }
  const alone: Results = new Map(contenders.map(({ name }) => [name, []]))
  const results = await measureInTurns(
    contenders.map((contender) => ({ name: contender.name, contender, calls: one })),
    { ...bench, besides: async ({ name, contender, calls }) => void alone.get(name)!.push(await measure(contender, calls, { seconds: 1, dir, connections: 1 })) },
  )
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

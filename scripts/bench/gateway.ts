// Our gateway beside a bare Node + undici proxy, nginx, its own Web mount and express-gateway, in interleaved rounds of
// one run on this machine. Only the ratios mean anything elsewhere.
// Usage: gateway.ts [seconds per measurement] [rounds] [--json=<file>] [--quick: without express-gateway and the Web mounts, 10,000 applications]
import { setTimeout as sleep } from 'node:timers/promises'
import { originOf, startBareProxy, startExpressGateway, startGateway, startNext, startNodeUpstream, startUpstream, startWebMount } from './contenders.ts'
import { measureInTurns } from './load.ts'
import type { Turn } from './load.ts'
import { callAtPace } from './open-loop.ts'
import type { Latencies } from './open-loop.ts'
import { CONTENDER_CORE, startNginx } from './processes.ts'
import type { Contender } from './processes.ts'
import { cpu, judge, median, perSecond, ratioOf, say, sayRatios, sayTable, writeJson } from './report.ts'
import type { Ratio } from './report.ts'
import { runBench } from './run-bench.ts'
import type { Bench } from './run-bench.ts'
import type { BenchCall } from './world.ts'

await runBench({ seconds: 3, rounds: 5 }, run)

async function run(bench: Bench): Promise<void> {
  const { dir, data, args, seconds, rounds, keep } = bench
  const quick = args.includes('--quick')
  const applications = quick ? 10_000 : 100_000
  const upstream = (await keep(startUpstream(dir))) ?? (await keep(startNodeUpstream()))
  say(`Filling a database: two products with 83 rules each, ${(applications + 1).toLocaleString('en')} applications …`)
  const { one, sets } = await bench.fill(originOf(upstream), { applications, products: 0, rules: [], ways: false })
  // Each mount counts for itself, on a database of its own.
  const ofMounts = quick ? null : { web: bench.copyData('data-web'), next: bench.copyData('data-next') }

  const gateway = await keep(startGateway(data))
  const bare = await keep(startBareProxy(upstream))
  const nginx = await keepOrSay(bench, 'nginx', async () => (await startNginx('nginx', dir, { core: CONTENDER_CORE, upstream: upstream.port })) ?? 'not installed')
  const web = ofMounts && (await keepOrSay(bench, 'Web mount, without Next', () => startWebMount(ofMounts.web)))
  const next = ofMounts && (await keepOrSay(bench, 'Web mount, next start', () => startNext(ofMounts.next)))
  const express = quick ? null : await keepOrSay(bench, 'express-gateway', () => startExpressGateway(dir, upstream.port))

  const many = applications.toLocaleString('en')
  const large = `gateway, ${many} applications`
  const turns: Turn[] = [
    ...[gateway, bare, nginx, web, next, express].filter((each) => each !== null).map((contender) => ({ name: contender.name, contender, calls: one })),
    { name: large, contender: gateway, calls: sets.applications! },
  ]
  const results = await measureInTurns(turns, bench)
  sayTable(results)

  const ratios: Ratio[] = [
    judge('gateway : bare proxy, calls/s', ratioOf(results, 'gateway', 'bare proxy', perSecond), '>=0.8'),
    judge('gateway : bare proxy, CPU per call', ratioOf(results, 'gateway', 'bare proxy', cpu), '<=1.25'),
    ...(nginx ? [judge('gateway : nginx, CPU per call', ratioOf(results, 'gateway', 'nginx', cpu), '<=2.6')] : []),
    ...(express ? [judge('gateway : express-gateway, calls/s', ratioOf(results, 'gateway', express.name, perSecond), '>=15')] : []),
    judge(`${many} applications : one, calls/s`, ratioOf(results, large, 'gateway', perSecond), '>=0.95'),
    judge(`${many} applications : one, CPU per call`, ratioOf(results, large, 'gateway', cpu), ''),
    ...[web, next].flatMap((mount) => (mount ? [judge(`${mount.name} : gateway, CPU per call`, ratioOf(results, mount.name, 'gateway', cpu), '')] : [])),
  ]
  const pace = Math.floor(median(results.get('bare proxy')!.map(perSecond)) / 2)
  // What many applications used is booked after their turn, by the database beside the caller.
  await sleep(quick ? 15_000 : 40_000)
  const latencies = await measureLatencies(Math.min(rounds, 5), pace, one, { upstream, gateway, 'bare proxy': bare, ...(nginx && { nginx }) })
  const added = (of: (each: Latencies) => number) => median(latencies.gateway!.map((each, i) => of(each) - of(latencies.upstream![i]!)))
  ratios.push(judge(`added at half load (${pace} calls/s), p50 in ms`, added((each) => each.p50Ms), '<=0.3'), judge(`added at half load (${pace} calls/s), p99 in ms`, added((each) => each.p99Ms), '<=1'))
  sayRatios(ratios)
  writeJson(args, { bench: 'gateway', seconds, rounds, results: Object.fromEntries(results), pace, latencies, ratios })
}

/** At half of what the bare proxy can do, and the upstream itself at the same pace: what lies between them is added. */
async function measureLatencies(rounds: number, pace: number, calls: BenchCall[], contenders: Record<string, Contender>): Promise<Record<string, Latencies[]>> {
  const found: Record<string, Latencies[]> = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) for (const [name, contender] of Object.entries(contenders)) found[name]!.push(await callAtPace(contender, calls, { perSecond: pace, seconds: 3 }))
  say()
  say(`at half load, ${pace} calls/s                       p50        p99   failed   caller stood`)
  for (const [name, all] of Object.entries(found)) say(`${name.padEnd(40)} ${median(all.map((each) => each.p50Ms)).toFixed(3).padStart(7)} ms ${median(all.map((each) => each.p99Ms)).toFixed(3).padStart(7)} ms ${String(all.reduce((sum, each) => sum + each.failed, 0)).padStart(7)} ${median(all.map((each) => each.stoodMs)).toFixed(0).padStart(9)} ms`)
  return found
}

/** The comparison goes on without whoever cannot be started here. */
async function keepOrSay({ keep }: Bench, name: string, begin: () => Promise<Contender | string>): Promise<Contender | null> {
  say(`Starting ${name} …`)
  const begun = await begin().catch((error: unknown) => (error as Error).message)
  if (typeof begun !== 'string') return keep(Promise.resolve(begun))
  say(`${name} is left out: ${begun}`)
  return null
}

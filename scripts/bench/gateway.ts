// Our gateway beside a bare Node + undici proxy, nginx, its own Web mount and express-gateway, in interleaved rounds of
// one run on this machine. Only the ratios mean anything elsewhere.
// Usage: gateway.ts [seconds per measurement] [rounds] [--json=<file>] [--quick: without express-gateway and the Web mounts, 10,000 applications]
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CONTENDER_CORE, OTHER_CORE, startExpressGateway, startGateway, startNext, startWebMount } from './contenders.ts'
import { measure, warm } from './load.ts'
import { callAtPace } from './open-loop.ts'
import type { Latencies } from './open-loop.ts'
import { pinSelf, startNginx, startNode } from './processes.ts'
import type { Contender } from './processes.ts'
import { cpu, judge, median, perSecond, ratioOf, say, sayRatios, sayTable, writeJson } from './report.ts'
import type { Ratio, Results } from './report.ts'
import type { BenchCall } from './world.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const args = process.argv.slice(2)
const [seconds = 3, rounds = 5] = args.filter((arg) => /^\d+$/.test(arg)).map(Number)
const quick = args.includes('--quick')
const APPLICATIONS = quick ? 10_000 : 100_000
const dir = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
// The embedded database may run as another user, who must be able to pass through.
chmodSync(dir, 0o755)
// As large as a small API answer: what the proxies do to it is the same, so a larger one would only hide the difference.
const BODY = JSON.stringify({ items: Array.from({ length: 8 }, (_, id) => ({ id, text: 'x'.repeat(96) })) })

const running: Contender[] = []
try {
  await run()
} finally {
  for (const contender of running.reverse()) await contender.stop()
  rmSync(dir, { recursive: true, force: true })
}

async function run(): Promise<void> {
  pinSelf(OTHER_CORE)
  const upstream = (await startNginx('upstream', dir, { core: OTHER_CORE, body: BODY })) ?? (await startNode('upstream', [join(root, 'scripts/bench/fixed-upstream.mjs'), BODY], { core: OTHER_CORE }))
  running.push(upstream)
  const data = join(dir, 'data')
  Object.assign(process.env, { DATA_DIR: data, NODE_ENV: 'production', LOG_LEVEL: 'error', EGRESS_ALLOW: `127.0.0.0/8:${upstream.port}` })
  say(`Filling a database: two products with 83 rules each, ${(APPLICATIONS + 1).toLocaleString('en')} applications …`)
  const { buildWorld } = await import('./world.ts')
  const { one, sets } = await buildWorld(`http://127.0.0.1:${upstream.port}`, { applications: APPLICATIONS, products: 0, rules: [], ways: false })
  // Each mount counts for itself, on a database of its own.
  for (const copy of quick ? [] : ['data-web', 'data-next']) execFileSync('cp', ['-a', data, join(dir, copy)])

  const gateway = await start(() => startGateway(data))
  const bare = await start(() => startNode('bare proxy', [join(root, 'scripts/bench/bare-proxy.mjs'), `http://127.0.0.1:${upstream.port}`], { core: CONTENDER_CORE }))
  const nginx = await startOrSay('nginx', async () => (await startNginx('nginx', dir, { core: CONTENDER_CORE, upstream: upstream.port })) ?? 'not installed')
  const web = quick ? null : await startOrSay('Web mount, without Next', () => startWebMount(join(dir, 'data-web')))
  const next = quick ? null : await startOrSay('Web mount, next start', () => startNext(join(dir, 'data-next')))
  const express = quick ? null : await startOrSay('express-gateway', () => startExpressGateway(dir, upstream.port))

  const many = APPLICATIONS.toLocaleString('en')
  const large = `gateway, ${many} applications`
  const turns: { name: string; contender: Contender; calls: BenchCall[] }[] = [
    ...[gateway, bare, nginx, web, next, express].filter((each) => each !== null && each !== undefined).map((contender) => ({ name: contender.name, contender, calls: one })),
    { name: large, contender: gateway!, calls: sets.applications! },
  ]
  const results: Results = new Map(turns.map(({ name }) => [name, []]))
  say('Warming …')
  for (const { contender, calls } of turns) await warm(contender, calls, dir)
  for (let round = 1; round <= rounds; round++) {
    for (const { name, contender, calls } of turns) results.get(name)!.push(await measure(contender, calls, { seconds, dir }))
    say(`Round ${round} of ${rounds} done.`)
  }
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
  const latencies = await measureLatencies(pace, one, { upstream, gateway: gateway!, 'bare proxy': bare!, ...(nginx && { nginx }) })
  const added = (of: (each: Latencies) => number) => median(latencies.gateway!.map((each, i) => of(each) - of(latencies.upstream![i]!)))
  ratios.push(judge(`added at half load (${pace} calls/s), p50 in ms`, added((each) => each.p50Ms), '<=0.3'), judge(`added at half load (${pace} calls/s), p99 in ms`, added((each) => each.p99Ms), '<=1'))
  sayRatios(ratios)
  writeJson(args, { bench: 'gateway', seconds, rounds, results: Object.fromEntries(results), pace, latencies, ratios })
}

/** At half of what the bare proxy can do, and the upstream itself at the same pace: what lies between them is added. */
async function measureLatencies(pace: number, calls: BenchCall[], contenders: Record<string, Contender>): Promise<Record<string, Latencies[]>> {
  const found: Record<string, Latencies[]> = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]))
  for (let round = 0; round < Math.min(rounds, 5); round++) for (const [name, contender] of Object.entries(contenders)) found[name]!.push(await callAtPace(contender, calls, { perSecond: pace, seconds: 3 }))
  say()
  say(`at half load, ${pace} calls/s                       p50        p99   failed   caller stood`)
  for (const [name, all] of Object.entries(found)) say(`${name.padEnd(40)} ${median(all.map((each) => each.p50Ms)).toFixed(3).padStart(7)} ms ${median(all.map((each) => each.p99Ms)).toFixed(3).padStart(7)} ms ${String(all.reduce((sum, each) => sum + each.failed, 0)).padStart(7)} ${median(all.map((each) => each.stoodMs)).toFixed(0).padStart(9)} ms`)
  return found
}

async function start(begin: () => Promise<Contender>): Promise<Contender> {
  const contender = await begin()
  running.push(contender)
  return contender
}

/** The comparison goes on without whoever cannot be started here. */
async function startOrSay(name: string, begin: () => Promise<Contender | string>): Promise<Contender | null> {
  say(`Starting ${name} …`)
  const begun = await begin().catch((error: unknown) => (error as Error).message)
  if (typeof begun !== 'string') return start(async () => begun)
  say(`${name} is left out: ${begun}`)
  return null
}

// Our gateway beside a bare Node + undici proxy and nginx, in one interleaved run on this machine. Only the ratios
// mean anything elsewhere. Usage: gateway.ts [seconds per measurement] [rounds] [--only-ratio]
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measure } from './load.ts'
import type { Measurement } from './load.ts'
import { pinSelf, startNginx, startNode } from './processes.ts'
import type { Contender } from './processes.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const [seconds = 5, rounds = 5] = process.argv.slice(2).filter((arg) => /^\d+$/.test(arg)).map(Number)
const dir = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
// The embedded database may run as another user, who must be able to pass through.
chmodSync(dir, 0o755)
// Contenders get core 0; load, upstream and database share the next one.
const CONTENDER_CORE = 0
const OTHER_CORE = 1
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
  Object.assign(process.env, { DATA_DIR: join(dir, 'data'), NODE_ENV: 'production', LOG_LEVEL: 'error', ROLES: 'gateway', PORT: '0', EGRESS_ALLOW: `127.0.0.0/8:${upstream.port}` })
  say('Filling a database: 101 products with 83 rules each, 10,001 applications …')
  const { buildWorld } = await import('./world.ts')
  const { one, many } = await buildWorld(`http://127.0.0.1:${upstream.port}`)

  const gateway = await startNode('gateway', ['--import', join(root, 'scripts/alias.mjs'), ...(process.env.BENCH_NODE_OPTIONS ?? '').split(' ').filter(Boolean), join(root, 'server.ts')], { core: CONTENDER_CORE })
  running.push(gateway)
  const bare = await startNode('bare proxy', [join(root, 'scripts/bench/bare-proxy.mjs'), `http://127.0.0.1:${upstream.port}`], { core: CONTENDER_CORE })
  running.push(bare)
  const nginx = await startNginx('nginx', dir, { core: CONTENDER_CORE, upstream: upstream.port })
  if (nginx) running.push(nginx)
  else say('nginx is not installed here; the comparison goes without it.')

  const contenders = [gateway, bare, ...(nginx ? [nginx] : [])]
  const results = new Map<string, Measurement[]>([...contenders.map((each) => each.name), 'gateway, 10,000 applications'].map((name) => [name, []]))
  for (const contender of contenders) await measure(contender, one, { seconds: 2, dir })
  for (let i = 0; i < 2; i++) await measure(gateway, many, { seconds: 4, dir })
  for (let round = 1; round <= rounds; round++) {
    for (const contender of contenders) results.get(contender.name)!.push(await measure(contender, one, { seconds, dir }))
    results.get('gateway, 10,000 applications')!.push(await measure(gateway, many, { seconds, dir }))
    say(`Round ${round} of ${rounds} done.`)
  }
  report(results)
}

function report(results: Map<string, Measurement[]>): void {
  const middle = (name: string, of: (one: Measurement) => number) => median(results.get(name)!.map(of))
  say('')
  say('contender                        calls/s   CPU/call      p50      p99   failed')
  for (const [name, all] of results) {
    const failed = all.reduce((sum, one) => sum + one.failed, 0)
    say(`${name.padEnd(30)} ${middle(name, (m) => m.perSecond).toFixed(0).padStart(9)} ${middle(name, (m) => m.cpuMicrosPerCall).toFixed(1).padStart(7)} µs ${middle(name, (m) => m.p50Ms).toFixed(2).padStart(6)} ms ${middle(name, (m) => m.p99Ms).toFixed(2).padStart(6)} ms ${String(failed).padStart(6)}`)
  }
  // Within each round, so that what else the machine does hits both sides alike.
  const ratio = (one: string, other: string, of: (m: Measurement) => number) => median(results.get(one)!.map((m, i) => of(m) / of(results.get(other)![i]!))).toFixed(2)
  say('')
  say(`gateway : bare proxy, calls/s             ${ratio('gateway', 'bare proxy', (m) => m.perSecond)}   (aim: at least 0.60)`)
  say(`gateway : bare proxy, CPU per call        ${ratio('gateway', 'bare proxy', (m) => m.cpuMicrosPerCall)}`)
  if (results.has('nginx')) say(`gateway : nginx, CPU per call             ${ratio('gateway', 'nginx', (m) => m.cpuMicrosPerCall)}`)
  say(`10,000 applications : one, calls/s        ${ratio('gateway, 10,000 applications', 'gateway', (m) => m.perSecond)}`)
  say(`10,000 applications : one, CPU per call   ${ratio('gateway, 10,000 applications', 'gateway', (m) => m.cpuMicrosPerCall)}`)
}

function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

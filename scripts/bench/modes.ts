// One gateway, called in every way it can be: each mode in turns with the plain call (key in a header, 83 rules, two
// limits), so that only the ratio of a mode to it is read off. Usage: modes.ts [seconds] [rounds] [--small, or --quick] [--json=<file>]
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { originOf, startBareProxy, startGateway, startRedis, startSlowUpstream, startUpstream, takeToken } from './contenders.ts'
import { measure, measureInTurns, warm } from './load.ts'
import type { Turn } from './load.ts'
import { callAtPace } from './open-loop.ts'
import type { Latencies } from './open-loop.ts'
import { rssMb } from './processes.ts'
import type { Contender } from './processes.ts'
import { cpu, judge, median, perSecond, ratioOf, say, sayRatios, sayTable, writeJson } from './report.ts'
import type { Ratio, Results } from './report.ts'
import { runBench } from './run-bench.ts'
import type { Bench } from './run-bench.ts'
import type { BenchCall, World } from './world.ts'

const small = ['--small', '--quick'].some((flag) => process.argv.includes(flag))
const APPLICATIONS = small ? 10_000 : 100_000
const PRODUCTS = small ? 100 : 1_000

await runBench({ seconds: 2, rounds: 3 }, run)

async function run(bench: Bench): Promise<void> {
  const { dir, data, args, seconds, rounds, keep } = bench
  writeFileSync(join(dir, 'big'), Buffer.alloc(10_000_000, 'x'), { mode: 0o644 })
  const upstream = await keep(startUpstream(dir))
  if (!upstream) return say('The modes need nginx as their upstream: apt-get install nginx-light')
  const slow = await keep(startSlowUpstream())
  say(`Filling a database: ${PRODUCTS.toLocaleString('en')} products, ${APPLICATIONS.toLocaleString('en')} applications …`)
  const world = await bench.fill(originOf(upstream), { applications: APPLICATIONS, products: PRODUCTS, rules: [10, 1_000], ways: true, slow: originOf(slow) })
  const redis = await keep(startRedis())
  const counted = redis && { url: redis.url, data: bench.copyData('data-redis') }
  const gateway = await keep(startGateway(data))
  const bare = await keep(startBareProxy(upstream))
  const counting = counted && (await keep(startGateway(counted.data, { REDIS_URL: counted.url }, 'gateway with Redis')))

  const memory = await measureMemory(bench, gateway, world)
  const token = await takeToken(gateway, world.sets['OAuth token']!)
  if (typeof token === 'string') say(`OAuth is left out: ${token}`)
  const { results, ratios } = await measureModes(bench, world, gateway, counting, typeof token === 'string' ? null : token)
  const bodies = await measureBodies(bench, world, gateway, bare)
  const calm = await measureCalm(bench, world, gateway)
  sayRatios([...ratios, ...bodies.ratios, ...calm.ratios])
  writeJson(args, { bench: 'modes', seconds, rounds, applications: APPLICATIONS, products: PRODUCTS, results: Object.fromEntries(results), bodies: Object.fromEntries(bodies.results), calm: calm.latencies, memory, ratios: [...ratios, ...bodies.ratios, ...calm.ratios] })
}

async function measureModes(bench: Bench, world: World, gateway: Contender, counting: Contender | null, token: BenchCall[] | null): Promise<{ results: Results; ratios: Ratio[] }> {
  const { one, sets } = world
  const turns: (Turn & { aim: string })[] = [
    { name: 'the plain call', contender: gateway, calls: one, aim: '' },
    ...['user_key in the query', 'user_key as Basic', 'app_id and app_key'].map((name) => ({ name, contender: gateway, calls: sets[name]!, aim: '' })),
    ...(token ? [{ name: 'OAuth token', contender: gateway, calls: token, aim: '' }] : []),
    ...(counting ? [{ name: 'with Redis', contender: counting, calls: one, aim: '' }] : []),
    { name: '10 rules', contender: gateway, calls: sets['10 rules']!, aim: '>=0.95' },
    { name: '1000 rules', contender: gateway, calls: sets['1000 rules']!, aim: '>=0.95' },
    { name: `${PRODUCTS} products`, contender: gateway, calls: sets.products!, aim: '>=0.95' },
    { name: `${APPLICATIONS} applications`, contender: gateway, calls: sets.applications!, aim: '>=0.95' },
  ]
  const results = await measureInTurns(turns, bench)
  sayTable(results)
  const ratios = turns.slice(1).flatMap(({ name, aim }) => [
    judge(`${name} : the plain call, calls/s`, ratioOf(results, name, 'the plain call', perSecond), aim),
    judge(`${name} : the plain call, CPU per call`, ratioOf(results, name, 'the plain call', cpu), ''),
  ])
  return { results, ratios }
}

/** Ten megabytes each way over eight connections. */
async function measureBodies({ seconds, rounds, dir }: Bench, { sets }: World, gateway: Contender, bare: Contender): Promise<{ results: Results; ratios: Ratio[] }> {
  const results: Results = new Map()
  for (const way of ['10 MB up', '10 MB down'])
    for (let round = 0; round < rounds; round++)
      for (const contender of [gateway, bare]) {
        const name = `${way}, ${contender.name}`
        results.set(name, [...(results.get(name) ?? []), await measure(contender, sets[way]!, { seconds, dir, connections: 8 })])
      }
  sayTable(results)
  return { results, ratios: ['10 MB up', '10 MB down'].map((way) => judge(`${way}: gateway : bare proxy, calls/s`, ratioOf(results, `${way}, gateway`, `${way}, bare proxy`, perSecond), '')) }
}

/** The 99th of a hundred at an easy pace: alone, beside an upstream that takes half a second, and while settings change five times a second. */
async function measureCalm(bench: Bench, world: World, gateway: Contender): Promise<{ latencies: Record<string, Latencies[]>; ratios: Ratio[] }> {
  const { seconds, rounds } = bench
  const perSecondAsked = 3_000
  const pace = { perSecond: perSecondAsked, seconds: Math.max(3, seconds) }
  const latencies: Record<string, Latencies[]> = { alone: [], 'a slow upstream beside it': [], 'settings change': [] }
  const changes = await openChanges(bench, world)
  for (let round = 0; round < rounds; round++) {
    latencies.alone!.push(await callAtPace(gateway, world.one, pace))
    const beside = callAtPace(gateway, world.sets.slow!, { perSecond: 100, seconds: pace.seconds + 1, connections: 80 })
    latencies['a slow upstream beside it']!.push(await callAtPace(gateway, world.one, pace))
    await beside
    const stop = changes.begin()
    latencies['settings change']!.push(await callAtPace(gateway, world.one, pace))
    await stop()
  }
  say()
  say(`at ${perSecondAsked} calls/s                                 p50        p99   failed`)
  const middle = (name: string, of: (each: Latencies) => number) => median(latencies[name]!.map(of))
  for (const name of Object.keys(latencies)) say(`${name.padEnd(38)} ${middle(name, (each) => each.p50Ms).toFixed(3).padStart(7)} ms ${middle(name, (each) => each.p99Ms).toFixed(3).padStart(7)} ms ${String(latencies[name]!.reduce((sum, each) => sum + each.failed, 0)).padStart(7)}`)
  const moved = (name: string) => median(latencies[name]!.map((each, i) => each.p99Ms - latencies.alone![i]!.p99Ms))
  return { latencies, ratios: [judge('p99 with a slow upstream beside it, more by ms', moved('a slow upstream beside it'), '<=0.5'), judge('p99 while settings change, more by ms', moved('settings change'), '<=0.5')] }
}

/** Five changes a second, as people make them: a promotion, then a key, in turn. */
async function openChanges(bench: Bench, { product: { id, applicationId } }: World) {
  const { ownerPool } = await import('@/lib/db/pools')
  const { promoteConfig } = await import('@/lib/products/promote-config')
  const { addAppKey, revokeCredential } = await import('@/lib/applications/change-credentials')
  const { benchCtx } = await import('./world.ts')
  await bench.openDatabase()
  const { rows } = await ownerPool().query<{ tenantId: number }>('SELECT "tenantId" FROM products WHERE id = $1', [id])
  const ctx = benchCtx(BigInt(rows[0]!.tenantId))
  const change = async (turn: number) => {
    if (turn % 2 === 1) return rotateKey()
    // Nothing to promote is no promotion.
    await ctx.db.product.update({ where: { id: BigInt(id) }, data: { firstByteTimeoutMs: 20_000 + (turn % 100) } })
    await promoteConfig(ctx, { productId: BigInt(id) })
  }
  let lastKey: bigint | null = null
  const rotateKey = async () => {
    const { credentialId } = await addAppKey(ctx, { applicationId: BigInt(applicationId) })
    if (lastKey !== null) await revokeCredential(ctx, { credentialId: lastKey })
    lastKey = BigInt(credentialId)
  }
  return {
    begin(): () => Promise<void> {
      let on = true
      const changing = (async () => {
        for (let turn = 0; on; turn++) {
          await change(turn)
          await sleep(200)
        }
      })()
      return async () => {
        on = false
        await changing
      }
    },
  }
}

/** What a product and an application weigh once they have been called, and that more of them than the caches hold weigh no more. */
async function measureMemory({ dir }: Bench, gateway: Contender, { one, sets }: World): Promise<Record<string, number>> {
  const settle = async () => {
    await sleep(1_500)
    return rssMb(gateway.pids)
  }
  await measure(gateway, one, { seconds: 3, dir })
  const start = await settle()
  await warm(gateway, sets.products!, dir)
  const products = await settle()
  await warm(gateway, sets.applications!, dir)
  const applications = await settle()
  await warm(gateway, sets.applications!, dir)
  const again = await settle()
  say()
  say(`memory of the process: ${start.toFixed(0)} MB warm, ${products.toFixed(0)} MB after ${PRODUCTS} products, ${applications.toFixed(0)} MB after ${APPLICATIONS} applications besides, ${again.toFixed(0)} MB after calling those once more`)
  say('At most 2,000 hosts, 20,000 plans and 150,000 credentials are remembered, whatever their number.')
  return { start, products, applications, again }
}

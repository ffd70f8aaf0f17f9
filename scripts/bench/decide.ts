// What the decision alone costs: route, match, identify, authorise, consume two limits, journal. No sockets, no
// database: everything is remembered already, as it is for every call but the first of a caller; the journal writes to
// a real file and adds up, and what it would book is thrown away. Usage: decide.ts [seconds per measurement]
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { systemClock } from '@/lib/clock'
import { newKey, newRequestId } from '@/lib/ids'
import { appKeyHash, userKeyHash } from '@/lib/applications/credential-hash'
import type { GatewayConfig } from '@/lib/products/gateway-config'
import { completeConfig, defaultErrorAnswers } from '@/lib/products/gateway-config'
import { sealSecretToken } from '@/lib/products/secrets-of-product'
import type { Call } from '@/lib/gateway/call'
import { decide } from '@/lib/gateway/decide'
import type { GatewayParts } from '@/lib/gateway/decide'
import { createLiveDirectory } from '@/lib/gateway/live-directory'
import type { LiveData } from '@/lib/gateway/load-live'
import { createLanes } from '@/lib/gateway/upstream-lanes'
import { createMemoryCounterStore } from '@/lib/metering/memory-counter-store'
import { openJournal } from '@/lib/metering/open-journal'
import { operationsOf } from './operations.ts'

const AIM_MICROS = 5
const CALLS_PER_TURN = 32

type Case = { name: string; rules: number; products: number; applications: number; credentials: 'user_key header' | 'user_key query' | 'user_key basic' | 'app_id + app_key' }

const usual: Omit<Case, 'name'> = { rules: 83, products: 1, applications: 1, credentials: 'user_key header' }
const cases: Case[] = [
  { name: '83 rules, one application', ...usual },
  { name: '10 rules', ...usual, rules: 10 },
  { name: '1,000 rules', ...usual, rules: 1_000 },
  { name: '1,000 products', ...usual, products: 1_000, applications: 1_000 },
  { name: '10,000 applications', ...usual, applications: 10_000 },
  { name: '100,000 applications', ...usual, applications: 100_000 },
  { name: 'user_key in the query', ...usual, credentials: 'user_key query' },
  { name: 'user_key as Basic', ...usual, credentials: 'user_key basic' },
  { name: 'app_id and app_key', ...usual, credentials: 'app_id + app_key' },
]

const seconds = Number(process.argv.slice(2).find((arg) => /^\d+(\.\d+)?$/.test(arg)) ?? 0.5)
const only = process.argv.slice(2).find((arg) => arg.startsWith('--only='))?.slice(7)
if (only === undefined) runEach()
else await runOne(cases.find(({ name }) => name === only)!)
// What is open keeps a timer; nothing more is to come.
process.exit(0)

/** Each case in a process of its own: what one has taught the compiler another would pay for. */
function runEach(): void {
  process.stdout.write('\nThe decision alone                 CPU per call   aim\n')
  for (const { name } of cases) {
    const { stdout, status } = spawnSync(process.execPath, [...process.execArgv, process.argv[1]!, String(seconds), `--only=${name}`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, LOG_LEVEL: 'error' } })
    if (status !== 0) throw new Error(`${name} ended with ${status}`)
    process.stdout.write(stdout)
  }
}

async function runOne(one: Case): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-bench-decide-'))
  Object.assign(process.env, { DATA_DIR: dir, NODE_ENV: 'production' })
  try {
    const { parts, calls } = await buildWorld(one, dir)
    await spend(parts, calls, 0.5)
    const costs: number[] = []
    for (let round = 0; round < 5; round++) costs.push(await spend(parts, calls, seconds))
    const micros = costs.toSorted((a, b) => a - b)[2]!
    process.stdout.write(`${one.name.padEnd(34)} ${micros.toFixed(2).padStart(9)} µs   ${AIM_MICROS} µs${micros > AIM_MICROS ? '  NOT REACHED' : ''}\n`)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Microseconds of CPU a call, all threads counted: collector and syncs of the journal are part of the price. */
async function spend(parts: GatewayParts, calls: ((at: number) => Call)[], forSeconds: number): Promise<number> {
  const end = performance.now() + forSeconds * 1_000
  const before = process.cpuUsage()
  let made = 0
  while (performance.now() < end) {
    const at = Date.now()
    const turn: unknown[] = []
    for (let i = 0; i < CALLS_PER_TURN; i++) turn.push(decide(parts, calls[made++ % calls.length]!(at)))
    for (const decision of turn) {
      const { forward, refusal } = (await decision) as Awaited<ReturnType<typeof decide>>
      if (refusal) throw new Error(`a call of the bench was refused: ${refusal.code}`)
      forward!.lane.leave()
    }
    // As a server does: between two reads of its sockets everything due is done.
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / made
}

async function buildWorld({ rules, products, applications, credentials }: Case, dir: string): Promise<{ parts: GatewayParts; calls: ((at: number) => Call)[] }> {
  const configs = Array.from({ length: products }, (_, i) => configOf(i + 1, rules, credentials))
  const keys = Array.from({ length: applications }, () => newKey('uk'))
  const applicationOf = (index: number) => ({ id: index + 1, tenantId: 1, state: 'live', kind: 'standard', planId: (index % products) + 1, accountState: 'approved', referrerFilters: [] })
  const byHash = new Map<string, () => unknown>()
  keys.forEach((key, i) => {
    const productId = (i % products) + 1
    byHash.set(userKeyHash(productId, key), () => ({ application: applicationOf(i), credentialId: i + 1, hash: userKeyHash(productId, key), expiresAt: null }))
  })
  const data = {
    host: async (name: string) => ({ tenantId: 1, productId: Number(/^api(\d+)/.exec(name)![1]), environment: 'production' }),
    product: async (productId: number) => ({ tenantId: 1, productId, config: configs[productId - 1], active: true, endUsers: null, portalHost: null, debugHashes: [] }),
    userKey: async (_: number, hash: string) => byHash.get(hash)?.() ?? null,
    application: async (productId: number) => ({ application: applicationOf(0), keys: [{ id: 1, hash: appKeyHash(productId, 1, keys[0]!), expiresAt: null }] }),
    plan: async (id: number) => ({
      id, tenantId: 1, newMethods: 'enabled', endUserRequired: false, explicit: new Map(), bursts: null,
      limits: [{ metricId: id * 10_000, period: 'minute', value: 1e9 }, { metricId: id * 10_000 + rules, period: 'month', value: 1e9 }],
    }),
  } as unknown as LiveData
  const directory = createLiveDirectory(data, systemClock)
  const journal = await openJournal({ dir: join(dir, newRequestId()), pool: nowhere(), clock: systemClock, sync: 'background', soleProcess: true })
  const parts = { clock: systemClock, directory, counters: createMemoryCounterStore({ clock: systemClock, load: async () => [] }), journal, lanes: createLanes() } as unknown as GatewayParts
  const calls = keys.map((key, i) => callOf(`api${(i % products) + 1}-bench.gw.localhost`, key, credentials))
  // Everybody once, a few at a time: what a database would be asked is remembered from here on.
  for (let i = 0; i < calls.length; i += 500)
    for (const decision of calls.slice(i, i + 500).map((call) => decide(parts, call(Date.now())))) (await decision).forward?.lane.leave()
  return { parts, calls }
}

function configOf(productId: number, rules: number, credentials: Case['credentials']): GatewayConfig {
  const hits = productId * 10_000
  const operations = operationsOf(rules)
  return completeConfig({
    productId,
    productName: 'Twitter REST API',
    systemName: 'twitter',
    authentication: {
      mode: credentials === 'app_id + app_key' ? 'app_id_app_key' : 'user_key',
      location: credentials === 'user_key basic' ? 'basic' : credentials === 'user_key query' ? 'query' : 'headers',
      userKeyName: 'user_key', appIdName: 'app_id', appKeyName: 'app_key',
    },
    endUserHeader: 'X-End-User',
    upstream: {
      privateBaseUrl: 'http://127.0.0.1:9', hostHeader: null, secretTokenCipher: sealSecretToken(1n, BigInt(productId), 'secret'),
      bodyBytesMax: 1e8, connectTimeoutMs: 5_000, firstByteTimeoutMs: 30_000, idleTimeoutMs: 30_000, totalTimeoutMs: 60_000, concurrencyMax: 100,
    },
    rateLimitHeaders: true,
    metrics: [
      { id: hits, systemName: 'hits', name: 'Hits', parentId: null, verb: null },
      ...operations.map(({ verb, path }, i) => ({ id: hits + i + 1, systemName: `method_${i}`, name: `${verb} ${path}`, parentId: hits, verb })),
    ],
    mappingRules: operations.map(({ verb, path }, i) => ({ id: i + 1, verb, pattern: `/1.1${path}$`, metricId: hits + i + 1, delta: 1, last: true })),
    errorAnswers: defaultErrorAnswers,
  })
}

function callOf(host: string, key: string, credentials: Case['credentials']): (at: number) => Call {
  const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`
  const own: [string, string][] =
    credentials === 'user_key header' ? [['user_key', key]] : credentials === 'user_key basic' ? [['authorization', authorization]] : credentials === 'app_id + app_key' ? [['app_id', 'bench'], ['app_key', key]] : []
  const pairs: [string, string][] = [['host', host], ...own, ['accept', 'application/json'], ['user-agent', 'bench']]
  const headers = Object.fromEntries(pairs)
  const rawHeaders = pairs.flat()
  const target = `/1.1/statuses/home_timeline.json?count=20&trim_user=true${credentials === 'user_key query' ? `&user_key=${key}` : ''}`
  return (at) => ({ method: 'GET', target, host, hostHeader: host, scheme: 'http', clientAddress: '127.0.0.1', requestId: newRequestId(), headers, rawHeaders, body: null, traced: false, at }) as Call
}

/** A database that takes everything and keeps nothing. */
function nowhere(): pg.Pool {
  const query = async (text: string | { text: string }) => ({ rows: (typeof text === 'string' ? text : text.text).includes('journal_leases') ? [{ held: true, may: false }] : [], rowCount: 1 })
  return { query, connect: async () => ({ query, release: () => {} }) } as unknown as pg.Pool
}

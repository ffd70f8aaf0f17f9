import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import pg from 'pg'
import { startEmbeddedPostgres } from '@/lib/db/embedded-postgres'
import type { Furnished, Wanted } from '@/e2e/harness/furnish'
import { root, type Gatehouse, type Upstream } from '@/e2e/harness/gatehouse-server'

/** A tenant on a running Gatehouse, its product and applications (e2e/harness/furnish.ts). */
export function furnish(gatehouse: Gatehouse, wanted: Omit<Wanted, 'upstream'>): Furnished {
  const node = join(root, 'node_modules', 'node', 'bin', 'node')
  const input = JSON.stringify({ ...wanted, upstream: gatehouse.upstream })
  const done = spawnSync(node, ['--import', `${root}/scripts/alias.mjs`, `${root}/e2e/harness/furnish.ts`], { cwd: root, env: { ...gatehouse.env, NODE_ENV: 'test' }, encoding: 'utf8', input })
  if (done.status !== 0) throw new Error(`Furnishing failed: ${done.stderr}`)
  return JSON.parse(done.stdout) as Furnished
}

/** Answers by status, and calls that got none. */
export type Outcome = { answers: Record<number, number>; broken: number }

export type Caller = { ports: number[]; host: string; userKey: string; path?: string }

/** Exactly `count` calls, all sent at once, spread over the ports. */
export async function callAtOnce({ ports, host, userKey, path = '/1.1/help/tos.json' }: Caller, count: number): Promise<Outcome> {
  const outcome: Outcome = { answers: {}, broken: 0 }
  const pools = ports.map((port) => new Pool(`http://127.0.0.1:${port}`, { connections: count }))
  await Promise.all(Array.from({ length: count }, (_, index) => callOnce(pools[index % pools.length]!, host, `${path}?user_key=${userKey}`, outcome)))
  await Promise.all(pools.map((pool) => pool.close()))
  return outcome
}

/** Calls without a pause over so many connections until `stop` is called; a broken call ends its connection's part. */
export function keepCalling({ ports, host, userKey, path = '/1.1/help/tos.json' }: Caller, connections: number): { outcome: Outcome; stop(): Promise<Outcome> } {
  const outcome: Outcome = { answers: {}, broken: 0 }
  const pool = new Pool(`http://127.0.0.1:${ports[0]}`, { connections })
  let stopped = false
  const caller = async () => {
    while (!stopped && (await callOnce(pool, host, `${path}?user_key=${userKey}`, outcome)));
  }
  const callers = Array.from({ length: connections }, caller)
  return {
    outcome,
    async stop() {
      stopped = true
      await Promise.all(callers)
      await pool.destroy()
      return outcome
    },
  }
}

async function callOnce(pool: Pool, host: string, path: string, outcome: Outcome): Promise<boolean> {
  try {
    const { statusCode, body } = await pool.request({ method: 'GET', path, headers: { host } })
    await body.dump()
    outcome.answers[statusCode] = (outcome.answers[statusCode] ?? 0) + 1
    return true
  } catch {
    // The server was killed under this call; whether it was counted is what the test asks.
    outcome.broken++
    return false
  }
}

/** Until the product answers: what was just promoted is in force within a second. Gives the number of calls that went through. */
export async function waitUntilServed(caller: Caller): Promise<number> {
  let calls = 0
  for (const port of caller.ports) {
    for (let tries = 0; ; tries++) {
      const { answers } = await callAtOnce({ ...caller, ports: [port] }, 1)
      if (answers[200]) break
      if (tries > 600) throw new Error(`The gateway does not serve ${caller.host}: ${JSON.stringify(answers)}`)
      await sleep(100)
    }
    calls++
  }
  return calls
}

/** How many calls the upstream has let in, once no more arrive. */
export async function seenBy(upstream: Upstream): Promise<number> {
  const read = async () => ((await (await fetch(`${upstream.url}/__hits`)).json()) as { total: number }).total
  for (let before = await read(); ; ) {
    await sleep(300)
    const now = await read()
    if (now === before) return now
    before = now
  }
}

/** Asks the embedded database of a Gatehouse, whether its server runs or not. */
export async function askDatabase<Row extends pg.QueryResultRow>(dataDir: string, sql: string, values: unknown[]): Promise<Row[]> {
  const server = await startEmbeddedPostgres(dataDir)
  const client = new pg.Client({ connectionString: server.superuserUrl('gatehouse') })
  try {
    await client.connect()
    return (await client.query<Row>(sql, values)).rows
  } finally {
    await client.end()
    await server.stop()
  }
}

/** Calls booked for an application in production, by each of the tables that say so. They must agree. */
export async function bookedFor(dataDir: string, { hitsId }: Furnished, applicationId: number): Promise<{ buckets: number; days: number; months: number; outcomes: number; counters: number }> {
  const sum = (table: string) => `(SELECT coalesce(sum(value), 0)::int FROM ${table} WHERE "applicationId" = $1 AND "metricId" = $2 AND environment = 'production')`
  const [row] = await askDatabase<{ buckets: number; days: number; months: number; outcomes: number; counters: number }>(
    dataDir,
    `SELECT ${sum('usage_buckets')} AS buckets, ${sum('usage_days')} AS days, ${sum('usage_months')} AS months,
       (SELECT coalesce(sum(calls), 0)::int FROM call_buckets WHERE "applicationId" = $1 AND environment = 'production' AND outcome = '2xx') AS outcomes,
       (SELECT coalesce(max(value), 0)::int FROM limit_counters WHERE subject = 'app:' || $1 AND "metricId" = $2 AND period = 'eternity' AND environment = 'production') AS counters`,
    [applicationId, hitsId],
  )
  return row!
}

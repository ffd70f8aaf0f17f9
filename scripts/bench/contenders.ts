import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@/lib/free-port'
import { serverOptions } from '@/scripts/server-options.mjs'
import { CONTENDER_CORE, end, find, onCore, OTHER_CORE, ours, startNginx, startNode, waitForPort } from './processes.ts'
import type { Contender } from './processes.ts'
import type { BenchCall } from './world.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const alias = ['--import', join(root, 'scripts/alias.mjs')]

// As large as a small API answer: what the proxies do to it is the same, so a larger one would only hide the difference.
const BODY = JSON.stringify({ items: Array.from({ length: 8 }, (_, id) => ({ id, text: 'x'.repeat(96) })) })

/** What stands behind every contender: nginx with a fixed answer; `/big` is the file of that name in `dir`. */
export const startUpstream = (dir: string): Promise<Contender | null> => startNginx('upstream', dir, { core: OTHER_CORE, body: BODY })

/** The same answer where nginx is not installed. */
export const startNodeUpstream = (): Promise<Contender> => startNode('upstream', [join(root, 'scripts/bench/fixed-upstream.mjs'), BODY], { core: OTHER_CORE })

export const startSlowUpstream = (): Promise<Contender> => startNode('slow upstream', [join(root, 'scripts/bench/slow-upstream.mjs')], { core: OTHER_CORE })

export const startBareProxy = (upstream: Contender): Promise<Contender> => startNode('bare proxy', [join(root, 'scripts/bench/bare-proxy.mjs'), originOf(upstream)], { core: CONTENDER_CORE })

export const originOf = ({ port }: Contender): string => `http://127.0.0.1:${port}`

/** Ours as it runs in production, on the database in `dataDir`. */
export async function startGateway(dataDir: string, env: Record<string, string> = {}, name = 'gateway'): Promise<Contender> {
  const options = (process.env.BENCH_NODE_OPTIONS ?? '').split(' ').filter(Boolean)
  const database = await holdDatabase(dataDir)
  const gateway = await startNode(name, [...alias, ...serverOptions, ...options, join(root, 'server.ts')], { core: CONTENDER_CORE, env: { DATA_DIR: dataDir, ROLES: 'gateway', PORT: '0', ...env } })
  return { ...gateway, stop: () => gateway.stop().finally(database.stop) }
}

/** The embedded database of `dataDir`, on the core of the others: a process that starts it itself would have it on its own. */
async function holdDatabase(dataDir: string): Promise<{ url: string; stop(): Promise<void> }> {
  const holder = ours(spawn(...onCore(OTHER_CORE, process.execPath, [...alias, join(root, 'scripts/bench/hold-database.ts')]), { env: { ...process.env, DATA_DIR: dataDir }, stdio: ['ignore', 'pipe', 'inherit'] }))
  const url = await new Promise<string>((resolve, reject) => {
    holder.once('exit', (code) => reject(new Error(`the database in ${dataDir} ended with ${code}`)))
    holder.stdout.on('data', (text: Buffer) => /^URL (\S+)/m.test(text.toString()) && resolve(/^URL (\S+)/m.exec(text.toString())![1]!))
  })
  return { url, stop: () => end(holder) }
}

export function startWebMount(dataDir: string): Promise<Contender> {
  return startNode('Web mount, without Next', [...alias, join(root, 'scripts/bench/web-mount.ts')], { core: CONTENDER_CORE, env: { DATA_DIR: dataDir } })
}

/** The same route handler behind plain `next start`, its database held open by a process beside it. A text: why it does not run. */
export async function startNext(dataDir: string, env: Record<string, string> = {}, name = 'Web mount, next start'): Promise<Contender | string> {
  if (!existsSync(join(root, '.next/BUILD_ID'))) return 'no build: run npm run build first'
  const database = await holdDatabase(dataDir)
  const port = await freePort()
  const options = {
    cwd: root,
    env: { ...process.env, DATA_DIR: dataDir, DATABASE_URL: database.url, ROLES: 'web,gateway', NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', ...env } as NodeJS.ProcessEnv,
    // It says something for every caller who leaves, as all do at the end of a measurement.
    stdio: 'ignore' as const,
  }
  const child = ours(spawn(...onCore(CONTENDER_CORE, process.execPath, [join(root, 'node_modules/next/dist/bin/next'), 'start', '--port', String(port), '--hostname', '127.0.0.1']), options))
  await waitForPort(port, 30_000)
  return { name, port, pids: [child.pid!, ...childrenOf(child.pid!)], stop: () => end(child).finally(database.stop) }
}

const EXPRESS_GATEWAY = 'express-gateway@1.16.11'

/** The well-known gateway of the same kind, with key and rate limit: from npm into `dir`, which goes with the bench. A text: why it does not run. */
export async function startExpressGateway(dir: string, upstream: number): Promise<Contender | string> {
  const folder = join(dir, 'express-gateway')
  mkdirSync(join(folder, 'config'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const installed = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', EXPRESS_GATEWAY], { cwd: folder, encoding: 'utf8', timeout: 240_000 })
  if (installed.status !== 0) return `npm could not install it: ${(installed.stderr ?? '').trim().split('\n').at(-1) ?? installed.error?.message}`
  const [port, admin] = [await freePort(), await freePort()]
  cpSync(join(folder, 'node_modules/express-gateway/lib/config/models'), join(folder, 'config/models'), { recursive: true })
  // JSON is YAML. Its Redis is emulated in memory, as its own template has it.
  writeFileSync(join(folder, 'config/system.config.yml'), JSON.stringify({ db: { redis: { emulate: true, namespace: 'EG' } }, crypto: { cipherKey: 'bench', algorithm: 'aes256', saltRounds: 10 }, session: { secret: 'bench', resave: false, saveUninitialized: false } }))
  writeFileSync(
    join(folder, 'config/gateway.config.yml'),
    JSON.stringify({
      http: { port, hostname: '127.0.0.1' },
      admin: { port: admin, host: '127.0.0.1' },
      apiEndpoints: { api: { host: '*', paths: '/*' } },
      serviceEndpoints: { upstream: { url: `http://127.0.0.1:${upstream}` } },
      policies: ['key-auth', 'rate-limit', 'proxy'],
      pipelines: {
        default: {
          apiEndpoints: ['api'],
          policies: [
            { 'key-auth': [] },
            { 'rate-limit': [{ action: { max: 1_000_000_000, windowMs: 60_000, delayAfter: 0, delayMs: 0, rateLimitBy: '${req.user.id}' } }] },
            { proxy: [{ action: { serviceEndpoint: 'upstream', changeOrigin: true } }] },
          ],
        },
      },
    }),
  )
  writeFileSync(join(folder, 'start.cjs'), `require('express-gateway')().load(__dirname + '/config').run()`)
  const older = ['/usr/bin/node', '/usr/local/bin/node'].filter((node) => existsSync(node))
  for (const node of [process.execPath, ...older]) {
    const child = ours(spawn(...onCore(CONTENDER_CORE, node, ['start.cjs']), { cwd: folder, env: { ...process.env, LOG_LEVEL: 'error', NODE_ENV: 'production' }, stdio: 'ignore' }))
    try {
      await waitForPort(port, 20_000)
      await sleep(300)
      const { keyId, keySecret } = await makeKey(admin)
      const version = execFileSync(node, ['-v'], { encoding: 'utf8' }).trim()
      return { name: version === process.version ? 'express-gateway' : `express-gateway (Node ${version})`, port, pids: [child.pid!], headers: { authorization: `apiKey ${keyId}:${keySecret}` }, stop: () => end(child) }
    } catch {
      // Too old for this Node: the machine's own may be older.
      await end(child)
    }
  }
  return 'it does not start on any Node of this machine'
}

async function makeKey(admin: number): Promise<{ keyId: string; keySecret: string }> {
  const post = async (path: string, body: object) => (await fetch(`http://127.0.0.1:${admin}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).json()
  await post('/users', { username: 'bench', firstname: 'Bench', lastname: 'Bench' })
  return (await post('/credentials', { consumerId: 'bench', type: 'key-auth', credential: {} })) as { keyId: string; keySecret: string }
}

/** Exchanges the client's id and secret of the set for a token of our own server, which this gateway then knows. */
export async function takeToken(gateway: Contender, [call]: BenchCall[]): Promise<BenchCall[] | string> {
  const { request } = await import('undici')
  const answer = await request(`http://127.0.0.1:${gateway.port}/oauth/token`, {
    method: 'POST',
    headers: { host: call!.host, authorization: call!.headers.authorization!, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 200) return `no token: ${answer.statusCode} ${text.slice(0, 120)}`
  return [{ ...call!, headers: { authorization: `Bearer ${(JSON.parse(text) as { access_token: string }).access_token}` } }]
}

/** A real Redis on a free port, keeping nothing. */
export async function startRedis(): Promise<{ url: string; stop(): Promise<void> } | null> {
  const redis = find('redis-server')
  if (!redis) return null
  const port = await freePort()
  const child = ours(spawn(...onCore(OTHER_CORE, redis, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']), { stdio: 'ignore' }))
  await waitForPort(port)
  return { url: `redis://127.0.0.1:${port}`, stop: () => end(child) }
}

/** What stands for Upstash: its REST interface in small over a real Redis (`redis-rest.ts`), on the core of the others. */
export async function startRedisOverRest(): Promise<{ env: Record<string, string>; stop(): Promise<void> } | null> {
  const redis = await startRedis()
  if (!redis) return null
  const rest = await startNode('Redis over REST', [...alias, join(root, 'scripts/bench/redis-rest.ts'), redis.url], { core: OTHER_CORE })
  return { env: { UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${rest.port}`, UPSTASH_REDIS_REST_TOKEN: 'local-token' }, stop: () => rest.stop().finally(redis.stop) }
}

function childrenOf(pid: number): number[] {
  return execFileSync('sh', ['-c', `cat /proc/${pid}/task/*/children`], { encoding: 'utf8' }).trim().split(/\s+/).filter(Boolean).map(Number)
}

import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startEmbeddedPostgres } from '@/lib/db/embedded-postgres'
import type { EmbeddedPostgres } from '@/lib/db/embedded-postgres'

// Real servers on whatever machine: slow is not wrong.
vi.setConfig({ testTimeout: 180_000 })

const root = fileURLToPath(new URL('../..', import.meta.url))
let dir: string
let children: ChildProcess[] = []

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gatehouse-launcher-'))
  chmodSync(dir, 0o755)
})

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  children = []
  const pid = serverPid()
  if (pid && isAlive(pid)) {
    process.kill(pid, 'SIGQUIT')
    await until(() => !isAlive(pid))
  }
  rmSync(dir, { recursive: true, force: true, maxRetries: 10 })
})

it('starts once, is found again, keeps data over a stop, and the last one out stops it', async () => {
  const first = await startEmbeddedPostgres(dir)
  const second = await startEmbeddedPostgres(dir)
  expect(second.port).toBe(first.port)
  await query(first, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)')
  const pid = serverPid()!

  await first.stop()
  expect(isAlive(pid), 'somebody still uses it').toBe(true)
  expect(await query(second, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
  await second.stop()
  await until(() => !isAlive(pid))

  const third = await startEmbeddedPostgres(dir)
  expect(await query(third, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
  await third.stop()
})

it('listens on the loopback address only, asks for a password, and keeps it to its user', async () => {
  const server = await startEmbeddedPostgres(dir)
  expect(await query(server, `SELECT current_setting('listen_addresses') AS listen, current_setting('unix_socket_directories') AS sockets`)).toEqual([{ listen: '127.0.0.1', sockets: '' }])
  expect(await query(server, `SELECT datlocprovider, pg_encoding_to_char(encoding) AS encoding FROM pg_database WHERE datname = 'postgres'`)).toEqual([{ datlocprovider: 'b', encoding: 'UTF8' }])
  const stranger = new pg.Client({ host: '127.0.0.1', port: server.port, user: 'postgres', password: 'guess', database: 'postgres' })
  await expect(stranger.connect()).rejects.toThrow(/password authentication failed/)
  expect(statSync(join(dir, 'postgres')).mode & 0o777).toBe(0o700)
  expect(statSync(join(dir, 'postgres', 'password')).mode & 0o777).toBe(0o600)
  await server.stop()
})

it('REL-2 the app killed with -9: the server lives on, is found again, and nothing committed is lost', async () => {
  const app = await runApp(dir)
  const pid = serverPid()!
  app.child.kill('SIGKILL')
  await once(app.child, 'exit')
  expect(isAlive(pid)).toBe(true)
  const server = await startEmbeddedPostgres(dir)
  expect(server.port).toBe(app.port)
  expect(await query(server, 'SELECT n FROM kept')).toEqual([{ n: 42 }])
  await server.stop()
})

it('the server killed with -9 as well: an immediate start recovers what was committed', async () => {
  const app = await runApp(dir)
  app.child.kill('SIGKILL')
  process.kill(serverPid()!, 'SIGKILL')
  const server = await startEmbeddedPostgres(dir)
  expect(await query(server, 'SELECT n FROM kept')).toEqual([{ n: 42 }])
  await server.stop()
})

it('killed in the middle of its first start, it starts anew', async () => {
  const app = launchApp(dir)
  await until(() => existsSync(join(dir, 'postgres')) && readdirSync(join(dir, 'postgres')).some((name) => name.startsWith('data')))
  app.kill('SIGKILL')
  await once(app, 'exit')
  const server = await startEmbeddedPostgres(dir)
  expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  await server.stop()
  // The killed app's initdb may have gone on for a while; what it left is swept by one of the next starts.
  const leftovers = async () => {
    await (await startEmbeddedPostgres(dir)).stop()
    return readdirSync(join(dir, 'postgres')).filter((name) => name.startsWith('data.'))
  }
  await expect.poll(leftovers, { timeout: 90_000 }).toEqual([])
})

it('two processes that race end on one server, on a fresh folder and on a stopped one', async () => {
  for (const folder of ['fresh', 'stopped']) {
    const [one, other] = await Promise.all([runApp(dir), runApp(dir)])
    expect(one!.port, folder).toBe(other!.port)
    const pid = serverPid()!
    for (const app of [one!, other!]) {
      app.child.kill('SIGTERM')
      await once(app.child, 'exit')
    }
    await until(() => !isAlive(pid))
  }
})

it('a server killed under a running app is reported, so that it can be started again on the same port', async () => {
  const lost = Promise.withResolvers<void>()
  const server = await startEmbeddedPostgres(dir, { onLost: lost.resolve })
  await query(server, 'CREATE TABLE kept (n int)')
  process.kill(serverPid()!, 'SIGKILL')
  await lost.promise
  const again = await startEmbeddedPostgres(dir, { port: server.port })
  expect(again.port).toBe(server.port)
  expect(await query(again, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 0 }])
  await again.stop()
})

it('a folder that cannot be written and a lost password file get one clear sentence', async () => {
  const file = join(dir, 'file')
  writeFileSync(file, '')
  await expect(startEmbeddedPostgres(join(file, 'data'))).rejects.toThrow(/DATA_DIR: ".*" cannot be written/)
  await (await startEmbeddedPostgres(dir)).stop()
  writeFileSync(join(dir, 'postgres', 'password'), '')
  await expect(startEmbeddedPostgres(dir)).rejects.toThrow(/password is missing/)
  rmSync(join(dir, 'postgres', 'password'))
  await expect(startEmbeddedPostgres(dir)).rejects.toThrow(/password is missing/)
})

// PostgreSQL refuses to run as root, so these are two ways of their own.
describe.runIf(process.getuid?.() === 0)('as root', () => {
  // Many containers forbid them; the server is then nobody's again, with the right to pass closed folders.
  const hasNamespaces = spawnSync('unshare', ['--user', 'true']).status === 0

  it('runs the server as nobody where nobody can reach the folder, and inside a user namespace where not, also in turns', async () => {
    const server = await startEmbeddedPostgres(dir)
    expect(uidOf(serverPid()!)).toBe(65534)
    await query(server, 'CREATE TABLE kept (n int)')
    await server.stop()

    chmodSync(dir, 0o700)
    const closed = await startEmbeddedPostgres(dir)
    expect(uidOf(serverPid()!)).toBe(hasNamespaces ? 0 : 65534)
    expect(await query(closed, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 0 }])
    await closed.stop()

    chmodSync(dir, 0o755)
    const open = await startEmbeddedPostgres(dir)
    expect(uidOf(serverPid()!)).toBe(65534)
    await open.stop()
  })

  it('an ordinary user starts it all the same', async () => {
    const own = join(dir, 'own')
    mkdirSync(own)
    chownSync(own, 65534, 65534)
    const app = await runApp(own, 65534)
    expect(uidOf(serverPid(own)!)).toBe(65534)
    app.child.kill('SIGTERM')
    await once(app.child, 'exit')
    await until(() => serverPid(own) === null)
  })
})

/** A process of its own that opens the server, commits a row and waits to be ended. */
function launchApp(dataDir: string, uid?: number): ChildProcess {
  const script = `
    const { startEmbeddedPostgres } = await import('@/lib/db/embedded-postgres')
    const { default: pg } = await import('pg')
    const server = await startEmbeddedPostgres(process.env.DATA_DIR)
    const client = new pg.Client(server.superuserUrl())
    await client.connect()
    await client.query('CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept SELECT 42 WHERE NOT EXISTS (SELECT FROM kept)').catch(() => {})
    await client.end()
    process.on('SIGTERM', () => server.stop().then(() => process.exit(0)))
    process.stdout.write('port ' + server.port + '\\n')
    setInterval(() => {}, 1000)`
  const env: NodeJS.ProcessEnv = { ...process.env, DATA_DIR: dataDir, SECRET_KEY: 'x'.repeat(40) }
  const child = spawn(process.execPath, ['--import', './scripts/alias.mjs', '--input-type=module', '-e', script], { cwd: root, env, uid, gid: uid, stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  return child
}

async function runApp(dataDir: string, uid?: number): Promise<{ child: ChildProcess; port: number }> {
  const child = launchApp(dataDir, uid)
  const [chunk] = (await Promise.race([once(child.stdout!, 'data'), once(child, 'exit').then(() => Promise.reject(new Error('the app ended before it was ready')))])) as [Buffer]
  return { child, port: Number(/port (\d+)/.exec(String(chunk))![1]) }
}

async function query(server: EmbeddedPostgres, sql: string): Promise<unknown[]> {
  const client = new pg.Client(server.superuserUrl())
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows as unknown[]
  } finally {
    await client.end()
  }
}

function serverPid(dataDir = dir): number | null {
  try {
    return Number(readFileSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
  } catch {
    return null
  }
}

const uidOf = (pid: number) => statSync(`/proc/${pid}`).uid

/** A dead process whose parent has not looked yet counts as dead. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !existsSync('/proc') || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

async function until(condition: () => boolean) {
  const deadline = Date.now() + 60_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited 60 s in vain')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

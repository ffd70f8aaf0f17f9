import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, realpathSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { SUPERUSER, childEnv, chooseRunner, ensureCluster, findBinaries, makeHome, runningServer } from '@/lib/db/embedded-cluster'
import type { Runner } from '@/lib/db/embedded-cluster'
import { freePort } from '@/lib/free-port'
import { isAlive } from '@/lib/is-alive'

/**
 * A real PostgreSQL beside the app, for installations without DATABASE_URL. It outlives a killed app and is found
 * again; several processes share it, and the last one to leave stops it. Everything lies in `DATA_DIR/postgres`:
 * `data`, `password`, `log`. Never load this file in the Next bundle.
 */
export type EmbeddedPostgres = {
  port: number
  /** Login of the superuser that only sets things up. */
  superuserUrl(database?: string): string
  password: string
  /** Takes the process out; the last one out stops the server (`leaveRunning` does not). */
  stop(options?: { leaveRunning?: boolean }): Promise<void>
}

type Options = {
  /** False for tests: does not wait for the disk. */
  durable?: boolean
  /** Called once when the server went away without `stop`, e.g. killed by hand. */
  onLost?: () => void
  port?: number
}

/** A recovery after a crash takes its time on a slow disk; a server that cannot start says so long before. */
const START_DEADLINE_MS = 60_000
const REFUSALS_MAX = 4
/** Held shared by every process that uses the server, exclusively by the one that stops it. */
const PRESENCE_LOCK = 7_402_118

/** Reuses the server of this data directory or starts it. Throws a plain `Error` with one sentence when it cannot. */
export async function startEmbeddedPostgres(dataDir: string, options: Options = {}): Promise<EmbeddedPostgres> {
  const home = makeHome(dataDir)
  const binaries = await findBinaries()
  const runner = chooseRunner(home, binaries.postgres)
  const password = await ensureCluster(home, binaries, runner, { durable: options.durable !== false })
  const data = join(home, 'data')

  const deadline = Date.now() + START_DEADLINE_MS
  for (let attempt = 0, refusals = 0; Date.now() < deadline && refusals < REFUSALS_MAX; attempt++) {
    const running = runningServer(data)
    const presence = running && (await enter(running.port, password, data))
    if (running && presence) return handle(data, running.port, password, presence, null, options)
    const started = await spawnServer(home, binaries.postgres, runner, password, options, deadline)
    if (started) return handle(data, started.port, password, started.presence, started.child, options)
    // Counted, not believed at once: with two processes racing, the log's last lines may be the other's.
    if (!runningServer(data) && !isRetryable(lastLogLines(home))) refusals++
    await sleep(attempt < 4 ? 50 : 250)
  }
  throw new Error(`The embedded database in ${home} did not start. Its last words: ${lastLogLines(home)}`)
}

/** A connection that stands for this process, if the server is up, ours, and nobody is just stopping it. */
async function enter(port: number, password: string, data: string): Promise<pg.Client | null> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: SUPERUSER, password, database: 'postgres', application_name: 'gatehouse presence', connectionTimeoutMillis: 3000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ dir: string; mine: boolean }>(`SELECT current_setting('data_directory') AS dir, pg_try_advisory_lock_shared(${PRESENCE_LOCK}) AS mine`)
    if (rows[0]?.mine && realpathSync(rows[0].dir) === realpathSync(data)) return client
  } catch {
    // Not up yet, or another server on a reused port: the caller tries again.
  }
  await client.end().catch(() => {})
  return null
}

async function spawnServer(home: string, binary: string, runner: Runner, password: string, options: Options, deadline: number) {
  const port = options.port ?? (await freePort())
  const log = join(home, 'log')
  if (existsSync(log) && statSync(log).size > 10_000_000) truncateSync(log)
  // A file, not a pipe: a pipe nobody reads would block the server once we are gone.
  const output = openSync(log, 'a', 0o600)
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'max_connections=200', 'jit=off', 'timezone=UTC', 'log_timezone=UTC', 'shared_buffers=64MB']
  if (options.durable === false) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off', 'max_wal_size=4GB')
  const [file, args] = runner.command(binary, ['-D', join(home, 'data'), ...settings.flatMap((setting) => ['-c', setting])])
  let child: ChildProcess
  try {
    // Detached: Ctrl-C must not stop the database before the usage journal is flushed.
    child = spawn(file, args, { cwd: '/', env: childEnv(), uid: runner.uid, gid: runner.uid, stdio: ['ignore', output, output], detached: true })
  } finally {
    closeSync(output)
  }
  let exited = false
  child.on('error', () => (exited = true))
  child.on('exit', () => (exited = true))
  while (!exited && Date.now() < deadline) {
    const presence = await enter(port, password, join(home, 'data'))
    if (presence) {
      // Only now: before that Node would find nothing to wait for and end.
      child.unref()
      return { child, port, presence }
    }
    await sleep(20)
  }
  if (!exited) child.kill('SIGINT')
  return null
}

/** After kill -9 the old server's children hold the shared memory for a moment; a racing process holds the lock file. */
function isRetryable(words: string): boolean {
  return /lock file|shared memory|could not bind|Address already in use|is being used|starting up|shutting down|received/i.test(words)
}

function lastLogLines(home: string): string {
  try {
    return readFileSync(join(home, 'log'), 'utf8').trimEnd().split('\n').slice(-4).join(' | ')
  } catch {
    return 'none.'
  }
}

function handle(data: string, port: number, password: string, presence: pg.Client, child: ChildProcess | null, options: Options): EmbeddedPostgres {
  let stopping = false
  const lost = () => {
    if (stopping) return
    stopping = true
    options.onLost?.()
  }
  presence.on('end', lost)
  return {
    port,
    password,
    superuserUrl: (database = 'postgres') => `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`,
    async stop({ leaveRunning = false } = {}) {
      if (stopping) return
      stopping = true
      try {
        await presence.query(`SELECT pg_advisory_unlock_shared(${PRESENCE_LOCK})`)
        const { rows } = await presence.query<{ alone: boolean }>(`SELECT pg_try_advisory_lock(${PRESENCE_LOCK}) AS alone`)
        const server = runningServer(data)
        if (!leaveRunning && rows[0]?.alone && server) {
          child?.ref()
          process.kill(server.pid, 'SIGINT')
          const deadline = Date.now() + 10_000
          while (isAlive(server.pid) && existsSync(join(data, 'postmaster.pid')) && Date.now() < deadline) await sleep(10)
        }
      } finally {
        await presence.end().catch(() => {})
      }
    },
  }
}

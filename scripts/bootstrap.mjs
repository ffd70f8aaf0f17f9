// What every command needs before it can do its work: packages, the generated client, a build. Plain JavaScript that
// runs on whatever Node the machine has (20 or newer); everything after it runs on the Node pinned in package.json.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '')
const at = (...parts) => join(root, ...parts)

/** The pinned Node; only there once packages are installed. */
export const nodeBinary = at('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** A step that failed, in one sentence for the person at the terminal. */
export class StepFailed extends Error {}

/** Runs a command's main function; a `StepFailed` ends the process with its sentence and exit code 1. */
export async function runCommand(main) {
  try {
    await main()
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}

/** Installs packages when the lockfile is newer than what is there. */
export function ensureInstalled() {
  if (Number(process.versions.node.split('.')[0]) < 20) throw new StepFailed(`Gatehouse needs Node 20 or newer to start; this is ${process.versions.node}.`)
  const stamp = at('node_modules', '.gatehouse-install')
  const wanted = hashOf([at('package-lock.json')])
  if (existsSync(nodeBinary) && readOr(stamp) === wanted) return
  // Installed by hand with `npm ci`: nothing is left to do.
  if (existsSync(nodeBinary) && isInstalled()) return writeFileSync(stamp, wanted)
  say('Installing packages (a minute or two the first time) …')
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm']
  const done = spawnSync(npm[0], [...npm.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: quietEnv() })
  if (done.status !== 0) throw new StepFailed('Installing packages failed; the lines above say why.')
  if (!existsSync(nodeBinary)) throw new StepFailed('The pinned Node was not installed: npm skipped the install script of the package "node". Allow install scripts and run `npm ci` again.')
  writeFileSync(stamp, wanted)
}

/** Whether npm's own record of what it installed names every package of the lockfile in its version. */
function isInstalled() {
  const record = at('node_modules', '.package-lock.json')
  if (!existsSync(record)) return false
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages
  const found = packagesOf(record)
  // Binaries for other platforms are optional and not there; extraneous is what npm itself leaves out.
  return Object.entries(packagesOf(at('package-lock.json'))).every(([path, { version, optional, extraneous, integrity }]) => {
    if (path === '') return true
    return found[path] ? found[path].version === version && found[path].integrity === integrity : Boolean(optional || extraneous)
  })
}

/** Generates the database client when the schema changed. */
export function ensureGenerated() {
  const stamp = at('lib', 'db', 'generated', '.stamp')
  const wanted = hashOf([...filesBelow(at('prisma', 'schema')), at('prisma.config.ts'), at('package-lock.json')])
  if (readOr(stamp) === wanted) return
  run('Generating the database client', nodeBinary, [at('scripts', 'generate-client.mjs')], { quiet: true })
  writeFileSync(stamp, wanted)
}

/** Builds for production when a source file changed since the last build: the pages, and what runs outside Next. */
export function ensureBuilt() {
  mkdirSync(at('dist'), { recursive: true })
  const env = { ...quietEnv(), NODE_ENV: 'production' }
  const build = (stamp, files, isThere, work) => {
    const wanted = hashOf(files)
    if (readOr(stamp) === wanted && isThere) return
    rmSync(stamp, { force: true })
    work()
    writeFileSync(stamp, wanted)
  }
  build(at('dist', '.stamp'), pageFiles(), existsSync(at('.next', 'BUILD_ID')), () => {
    say('Building (half a minute) …')
    run('Building the pages', nodeBinary, [at('node_modules', 'next', 'dist', 'bin', 'next'), 'build'], { quiet: true, env })
  })
  build(at('dist', '.server-stamp'), serverFiles(), existsSync(at('dist', 'server.js')), () =>
    run('Building the server', nodeBinary, [at('scripts', 'build-server.mjs')], { quiet: true, env }),
  )
}

/** Starts a long-lived child on the pinned Node; it hears of our death through the IPC channel. */
export function startNode(args, { env, stdio = ['ignore', 'inherit', 'inherit', 'ipc'] } = {}) {
  return spawn(nodeBinary, args, { cwd: root, stdio, env: { ...quietEnv(), ...env } })
}

/** Runs one step to its end. Quiet steps print only when they fail. */
export function run(label, command, args, { quiet = false, env = quietEnv(), allowFailure = false } = {}) {
  const done = spawnSync(command, args, { cwd: root, env, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'], maxBuffer: 256 << 20 })
  if (done.status === 0 || allowFailure) return done
  if (quiet) process.stderr.write(Buffer.concat([done.stdout ?? Buffer.alloc(0), done.stderr ?? Buffer.alloc(0)]))
  throw new StepFailed(`${label} failed.`)
}

/** The environment for children: nothing phones home, and the pinned Node comes first in the path. */
export function quietEnv() {
  const path = `${dirname(nodeBinary)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`
  return { ...process.env, PATH: path, NEXT_TELEMETRY_DISABLED: '1', CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' }
}

export function say(line) {
  process.stderr.write(`${line}\n`)
}

/** Writes a file so that a reader sees the old or the new one, never half of it. */
export function writeAtomically(file, text, mode = 0o600) {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, text, { mode })
  renameSync(draft, file)
}

function pageFiles() {
  const files = ['middleware.ts', 'instrumentation.ts', 'next.config.js', 'postcss.config.mjs', 'tsconfig.json', 'package-lock.json', 'scripts/gateway-rewrites.mjs']
  return [...sourcesBelow('app', 'components', 'lib', 'prisma', 'public'), ...files.map((file) => at(file))]
}

function serverFiles() {
  const files = ['server.ts', 'tsconfig.json', 'package-lock.json', 'scripts/build-server.mjs']
  return [...sourcesBelow('lib', 'prisma', 'scripts/gatehouse', 'scripts/demo', 'e2e/fakes'), ...files.map((file) => at(file))]
}

/** Without tests, and without what is generated from the schema, which counts itself. */
function sourcesBelow(...folders) {
  return folders.flatMap((folder) => filesBelow(at(folder))).filter((file) => !/\.(test|contract|fixture)\.tsx?$|[\\/]db[\\/]generated[\\/]/.test(file))
}

function filesBelow(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files) if (existsSync(file) && statSync(file).isFile()) hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

function readOr(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

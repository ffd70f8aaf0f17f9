import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestProject } from 'vitest/node'
import { isAlive } from '@/lib/is-alive'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of this run's one Postgres; the first file that needs it starts it (lib/db/test-database.ts). */
    testDatabaseDir: string
  }
}

const PREFIX = 'gatehouse-test-'

/** vitest's global set-up: a folder for one throw-away Postgres a run, and no setting of the caller's that a test could reach. */
export default async function setup(project: TestProject) {
  await sweepDeadRuns()
  const dir = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))
  // Run by root, the server is nobody's, who must be able to pass.
  chmodSync(dir, 0o755)
  for (const name of Object.keys(process.env)) {
    if (/^(DATABASE_|REDIS_|UPSTASH_|SMTP_|STRIPE_)|_DOMAIN$|^(PUBLIC_SCHEME|SECRET_KEY|EGRESS_ALLOW|TRUSTED_PROXIES|ROLES|GATEWAY_INTERNAL_URL|METRICS_PORT|JOURNAL_SYNC|PORT|HOST)$/.test(name)) delete process.env[name]
  }
  process.env.DATA_DIR = join(dir, 'data')
  process.env.LOG_LEVEL ||= 'error'
  project.provide('testDatabaseDir', dir)
  return () => remove(dir)
}

/** Folders and servers of runs that were killed. */
async function sweepDeadRuns() {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1])
    if (pid && !isAlive(pid)) await remove(join(tmpdir(), name)).catch(() => {})
  }
}

async function remove(dir: string) {
  for (const pidFile of pidFiles(dir)) {
    const pid = pidIn(pidFile)
    // Nobody needs what it holds: no orderly shutdown.
    if (pid) process.kill(pid, 'SIGQUIT')
    // The file is the last thing the server takes along; the process may stay behind for a while, unreaped.
    for (let i = 0; i < 500 && pidIn(pidFile); i++) await sleep(10)
  }
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
}

/** Of the run's server and of those that single files started in folders of their own. */
function pidFiles(dir: string): string[] {
  const homes = [dir, ...readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => join(dir, entry.name))]
  return homes.map((home) => join(home, 'postgres', 'data', 'postmaster.pid'))
}

function pidIn(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
    return pid > 0 && isAlive(pid) ? pid : null
  } catch {
    // No server was needed there.
    return null
  }
}

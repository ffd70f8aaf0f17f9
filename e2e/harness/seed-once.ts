import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from '@/e2e/harness/gatehouse-server'

/** Runs a script beside the server of this run, as the command line would run, and gives what it printed as JSON. */
export async function runSeed<Result>(script: string, settings: Record<string, string | undefined>): Promise<Result> {
  const env: NodeJS.ProcessEnv = { ...(JSON.parse(process.env.E2E_ENV ?? '{}') as NodeJS.ProcessEnv), ...settings }
  const child = spawn(join(root, 'node_modules/node/bin/node'), ['--import', `${root}/scripts/alias.mjs`, join(root, script)], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${script} failed:\n${said.err}`)
  return JSON.parse(said.out) as Result
}

/** The same, once for all workers of the run: the first one seeds, the others wait for what it wrote. */
export async function seedOnce<Result>(name: string, seed: () => Promise<Result>): Promise<Result> {
  const folder = join(process.env.E2E_DATA_DIR ?? '', `seed-${name}`)
  const file = join(folder, 'seeded.json')
  try {
    mkdirSync(folder)
  } catch {
    // Somebody was first.
    for (let tries = 0; tries < 600 && !existsSync(file); tries++) await sleep(100)
    return JSON.parse(readFileSync(file, 'utf8')) as Result
  }
  const seeded = await seed()
  writeFileSync(`${file}.draft`, JSON.stringify(seeded))
  renameSync(`${file}.draft`, file)
  return seeded
}

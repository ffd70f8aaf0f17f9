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
  const failed = join(folder, 'failed.txt')
  try {
    mkdirSync(folder)
  } catch {
    // Somebody was first.
    while (!existsSync(file)) {
      if (existsSync(failed)) throw new Error(`Another worker could not seed "${name}": ${readFileSync(failed, 'utf8')}`)
      await sleep(100) // the caller's own time runs
    }
    return JSON.parse(readFileSync(file, 'utf8')) as Result
  }
  const seeded = await seed().catch((error: unknown) => {
    writeFileSync(failed, String(error))
    throw error
  })
  writeFileSync(`${file}.draft`, JSON.stringify(seeded))
  renameSync(`${file}.draft`, file)
  return seeded
}

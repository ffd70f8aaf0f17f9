// What the benches that start processes have around them: a folder, the arguments, the cores, and that nothing is left behind.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endAll, OTHER_CORE, pinSelf } from './processes.ts'
import type { Wanted, World } from './world.ts'

/** What one run was asked for, where it may write, and what ends with it. */
export type Bench = {
  /** Of this run alone, and gone with it. */
  dir: string
  args: readonly string[]
  /** How long one measurement takes, and how many rounds of them there are. */
  seconds: number
  rounds: number
  /** Stops it when the bench ends, the last begun first; null (not installed here) is handed on. */
  keep<Each extends Stoppable | null>(beginning: Promise<Each>): Promise<Each>
  /** Opens the database of `data`, closed when the bench ends. */
  openDatabase(): Promise<void>
  /** Fills the data folder `data`, on a database that runs only meanwhile. */
  fill(upstream: string, wanted: Wanted): Promise<World>
  data: string
  /** Its own copy of what was filled in, for who counts for itself. To be taken before anybody works on `data`. */
  copyData(name: string): string
}

type Stoppable = { stop(): Promise<void> }

/**
 * Runs a bench and ends the process: 0 when it has come to its end, 1 with the error when not, 128 and the number of the
 * signal after Ctrl-C or SIGTERM. However it ends, every process it started has ended before and its folder is gone.
 * Of the command line it takes `[seconds] [rounds]`.
 */
export async function runBench(usual: { seconds: number; rounds: number }, run: (bench: Bench) => Promise<void>): Promise<never> {
  const args = process.argv.slice(2)
  const [seconds = usual.seconds, rounds = usual.rounds] = args.filter((arg) => /^\d+$/.test(arg)).map(Number)
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
  // The embedded database may run as another user, who must be able to pass through.
  chmodSync(dir, 0o755)
  const data = join(dir, 'data')
  const running: Stoppable[] = []
  const database: { opening?: Promise<unknown>; filling?: Promise<unknown> } = {}
  let tidying: Promise<void> | undefined
  const tidyUp = () => (tidying ??= stopAll(running).then(() => closeAll(database)).finally(() => rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })))
  const open = async () => {
    const { openDatabase } = await import('@/lib/db/connect')
    if (!tidying) await (database.opening = openDatabase())
    // Whoever went on would start a server anew that nobody stops.
    if (tidying) throw new Error('the bench was stopped')
  }
  let code = 0
  for (const [signal, number] of [['SIGINT', 2], ['SIGTERM', 15]] as const)
    process.once(signal, () => {
      code = 128 + number
      void tidyUp().finally(() => process.exit(code))
    })

  pinSelf(OTHER_CORE)
  // Read by our own modules, which are imported from here on.
  Object.assign(process.env, { DATA_DIR: data, NODE_ENV: 'production', LOG_LEVEL: 'error', EGRESS_ALLOW: '127.0.0.0/8:*' })
  try {
    await run({
      dir,
      data,
      args,
      seconds,
      rounds,
      async keep(beginning) {
        const begun = await beginning
        if (begun) running.push(begun)
        return begun
      },
      openDatabase: open,
      async fill(upstream, wanted) {
        const { buildWorld } = await import('./world.ts')
        await open()
        const filling = buildWorld(upstream, wanted)
        database.filling = filling
        return filling
      },
      copyData(name) {
        if (tidying) throw new Error('the bench was stopped')
        execFileSync('cp', ['-a', data, join(dir, name)])
        return join(dir, name)
      },
    })
  } catch (error) {
    // What breaks because it is being stopped is no news.
    if (!tidying) throw error
  } finally {
    await tidyUp()
  }
  // What is open keeps a timer; nothing more is to come.
  process.exit(code)
}

async function stopAll(running: Stoppable[]): Promise<void> {
  for (const each of running.toReversed()) await each.stop()
  // Whoever was only about to start when the bench was stopped.
  await endAll()
}

/** What goes wrong here when it is stopped half-way, and what went wrong before, `run` has thrown. */
async function closeAll({ opening, filling }: { opening?: Promise<unknown>; filling?: Promise<unknown> }): Promise<void> {
  // One that is just being set up can only be closed once it stands.
  await opening?.catch(() => {})
  const { closeDatabase } = await import('@/lib/db/connect')
  await closeDatabase()
  // Whoever filled it closes it too, and may be at it.
  await filling?.catch(() => {})
}

import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { env } from '@/lib/env'
import { AppError } from '@/lib/errors'
import type { LiquidProblem, RenderAnswer, SyntaxProblem, ThreadReport, ThreadTask } from '@/lib/liquid/job'
import { liquidLimits } from '@/lib/liquid/limits'
import { logger } from '@/lib/logger'

/** Renders of one portal that may wait; the next is told that we are busy. */
const WAITING_PER_TENANT_MAX = 50
const WAIT_MAX_MS = 5_000
/** A thread whose heap has grown that far is replaced between two jobs, so that no tenant pays for another's memory. */
const HEAP_RETIRE_MB = 64
const BUNDLES_PER_THREAD_MAX = 20
const BOOT_FAILURES_MAX = 3

export type Answer = RenderAnswer | SyntaxProblem | null

export type PoolTask = { kind: 'render'; bundle: string; templates: Record<string, string>; input: Extract<ThreadTask, { kind: 'render' }>['input'] } | Extract<ThreadTask, { kind: 'check' }>

type Waiting = { tenantId: number; task: PoolTask; resolve: (answer: Answer) => void; reject: (error: Error) => void; expires: NodeJS.Timeout }

type Thread = {
  worker: Worker
  busy: Int32Array
  /** Processor time of the thread when its job began, in microseconds; the thread writes it. */
  cpuBefore: Float64Array
  startedAt: number
  ready: boolean
  job: Waiting | null
  timer: NodeJS.Timeout | null
  /** Whose job it runs, or whose job killed the one it replaces: until it is ready it counts as that tenant's. */
  tenantId: number | null
  bundles: string[]
}

export type LiquidPool = {
  /** Resolves to the answer, killed renders included; rejects with `busy` when the tenant's queue is full or too slow. */
  run: (tenantId: number, task: PoolTask) => Promise<Answer>
  /** Ends all threads; the next task starts new ones. */
  stop: () => Promise<void>
}

/**
 * The rendering threads of this process. Tenants take turns, and one tenant holds at most half of the threads, so that a
 * template which burns its time and memory never stands in the way of another tenant's portal (LQ-1).
 */
export function makeLiquidPool(size: number = Math.max(2, Math.min(4, availableParallelism()))): LiquidPool {
  const perTenantMax = Math.max(1, Math.floor(size / 2))
  const queues = new Map<number, Waiting[]>() // in the order of their next turn
  const threads: Thread[] = []
  let bootFailures = 0
  let stopping = false

  function run(tenantId: number, task: PoolTask): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const queue = queues.get(tenantId) ?? []
      if (queue.length >= WAITING_PER_TENANT_MAX) return reject(new AppError('busy', { retryAfterSeconds: 1 }))
      const job: Waiting = { tenantId, task, resolve, reject, expires: setTimeout(() => expire(job), WAIT_MAX_MS) }
      queue.push(job)
      queues.set(tenantId, queue)
      while (threads.length < size) start(null)
      hand()
    })
  }

  function expire(job: Waiting): void {
    const queue = queues.get(job.tenantId)
    const at = queue?.indexOf(job) ?? -1
    if (!queue || at === -1) return
    queue.splice(at, 1)
    if (queue.length === 0) queues.delete(job.tenantId)
    job.reject(new AppError('busy', { retryAfterSeconds: 1 }))
  }

  function hand(): void {
    for (const thread of threads) {
      if (!thread.ready || thread.job) continue
      const job = takeNext()
      if (!job) return
      give(thread, job)
    }
  }

  function takeNext(): Waiting | null {
    for (const [tenantId, queue] of queues) {
      if (threads.filter((thread) => thread.tenantId === tenantId).length >= perTenantMax) continue
      const job = queue.shift()!
      queues.delete(tenantId)
      if (queue.length > 0) queues.set(tenantId, queue) // to the end: the others first
      clearTimeout(job.expires)
      return job
    }
    return null
  }

  function give(thread: Thread, job: Waiting): void {
    Object.assign(thread, { job, tenantId: job.tenantId })
    Atomics.store(thread.busy, 0, 1)
    thread.worker.ref()
    try {
      thread.worker.postMessage(forThread(thread, job.task))
    } catch (error) {
      // A value that is no plain data. Nothing ran.
      job.reject(new AppError('internal_error', { cause: error }))
      return release(thread)
    }
    thread.startedAt = performance.now()
    thread.timer = setTimeout(() => void judge(thread, job), liquidLimits.wallMs)
  }

  async function judge(thread: Thread, job: Waiting): Promise<void> {
    const again = (ms: number) => void (thread.timer = setTimeout(() => void judge(thread, job), ms))
    // It has answered, and we were too busy to hear it: the message comes next.
    if (Atomics.load(thread.busy, 0) === 0) return again(liquidLimits.wallMs)
    const isStarved = performance.now() - thread.startedAt < liquidLimits.starvedMs && (await cpuMs(thread)) < liquidLimits.fairCpuMs
    if (thread.job !== job || !threads.includes(thread)) return
    if (isStarved) return again(50)
    job.resolve(problemOf(job, 'timeout', `Rendering took longer than ${liquidLimits.wallMs / 1000} seconds and was stopped.`))
    replace(thread)
  }

  function release(thread: Thread): void {
    if (thread.timer) clearTimeout(thread.timer)
    Object.assign(thread, { job: null, timer: null, tenantId: null })
    thread.worker.unref()
    hand()
  }

  function replace(thread: Thread): void {
    if (thread.timer) clearTimeout(thread.timer)
    const at = threads.indexOf(thread)
    if (at === -1) return
    threads.splice(at, 1)
    void thread.worker.terminate()
    if (!stopping) start(thread.tenantId)
    hand()
  }

  function start(tenantId: number | null): void {
    const busy = new SharedArrayBuffer(16)
    const worker = new Worker(workerFile(), { workerData: { busy }, env: {}, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: liquidLimits.heapMb, stackSizeMb: 4 } })
    const thread: Thread = { worker, busy: new Int32Array(busy, 0, 1), cpuBefore: new Float64Array(busy, 8, 1), startedAt: 0, ready: false, job: null, timer: null, tenantId, bundles: [] }
    threads.push(thread)
    worker.on('message', (message: ThreadReport) => hear(thread, message))
    worker.on('error', (error: NodeJS.ErrnoException) => fail(thread, error))
    worker.on('exit', () => {
      if (threads.includes(thread)) fail(thread, new Error('A rendering thread ended.'))
    })
  }

  function hear(thread: Thread, message: ThreadReport): void {
    if (!threads.includes(thread)) return
    if (message.kind === 'ready') {
      bootFailures = 0
      thread.ready = true
      return release(thread)
    }
    thread.job?.resolve(message.answer)
    if (message.heapMb <= HEAP_RETIRE_MB) return release(thread)
    replace(thread)
  }

  function fail(thread: Thread, error: NodeJS.ErrnoException): void {
    if (!threads.includes(thread)) return
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') thread.job?.resolve(problemOf(thread.job, 'memory', `Rendering needs more than ${liquidLimits.heapMb} MB of memory and was stopped.`))
    else {
      logger.error({ err: error }, 'a rendering thread broke')
      thread.job?.reject(new AppError('internal_error', { cause: error }))
      if (!thread.ready && ++bootFailures >= BOOT_FAILURES_MAX) return giveUp(thread, error)
    }
    replace(thread)
  }

  // Threads that do not even start would be started for ever.
  function giveUp(thread: Thread, error: Error): void {
    bootFailures = 0
    for (const queue of queues.values())
      for (const job of queue) {
        clearTimeout(job.expires)
        job.reject(new AppError('internal_error', { cause: error }))
      }
    queues.clear()
    threads.splice(threads.indexOf(thread), 1)
  }

  async function stop(): Promise<void> {
    stopping = true
    await Promise.all(threads.splice(0).map(({ worker }) => worker.terminate()))
    stopping = false
  }

  return { run, stop }
}

/** What the thread's job has had of the processor so far. A thread too deep in native code to be asked has had enough. */
async function cpuMs({ worker, cpuBefore }: Thread): Promise<number> {
  const before = cpuBefore[0] ?? 0
  const late = new Promise<null>((resolve) => setTimeout(resolve, 100, null))
  const used = await Promise.race([worker.cpuUsage().catch(() => null), late])
  return used === null ? Number.POSITIVE_INFINITY : (used.user + used.system - before) / 1_000
}

/** Templates go along only when the thread does not have them yet. */
function forThread(thread: Thread, task: PoolTask): ThreadTask {
  if (task.kind === 'check') return task
  const known = thread.bundles.includes(task.bundle)
  thread.bundles = [...thread.bundles.filter((bundle) => bundle !== task.bundle), task.bundle]
  const forget = thread.bundles.splice(0, Math.max(0, thread.bundles.length - BUNDLES_PER_THREAD_MAX))
  return { kind: 'render', bundle: task.bundle, templates: known ? null : task.templates, forget, input: task.input }
}

function problemOf({ task }: Waiting, kind: 'timeout' | 'memory', reason: string): Answer {
  if (task.kind === 'check') return { line: null, message: 'This template takes too long to be read.' }
  const folder = task.input.mode === 'mail' ? 'mails/' : 'pages/'
  const problem: LiquidProblem = { template: task.input.page.startsWith(folder) ? task.input.page : folder + task.input.page, line: null, reason, kind }
  return { ok: false, problem }
}

/** The bundle in production, the source elsewhere: Node strips its types. Found from the working folder, since both module graphs move this file. */
function workerFile(): string {
  const bundled = join(process.cwd(), 'dist', 'liquid-worker.js')
  const source = join(process.cwd(), 'lib', 'liquid', 'worker.ts')
  return env().NODE_ENV === 'production' && existsSync(bundled) ? bundled : existsSync(source) ? source : bundled
}

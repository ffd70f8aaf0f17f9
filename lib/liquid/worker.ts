import { parentPort, workerData } from 'node:worker_threads'
import { getHeapStatistics } from 'node:v8'
import { threadCpuMicros } from './context.ts'
import { liquidEngine } from './engine.ts'
import type { ThreadReport, ThreadTask } from './job.ts'
import { checkJob, renderJob } from './render-job.ts'
import { TemplateCache } from './template-cache.ts'

/** LQ-1: templates are rendered in a thread of their own, which pool.ts kills when it takes too much. */
const { busy } = workerData as { busy: SharedArrayBuffer }
const state = new Int32Array(busy, 0, 1)
const cpuBefore = new Float64Array(busy, 8, 1)
const bundles = new Map<string, Record<string, string>>()
const cache = new TemplateCache()

const report = (message: ThreadReport) => parentPort?.postMessage(message)

parentPort?.on('message', (task: ThreadTask) => {
  cpuBefore[0] = threadCpuMicros()
  const answer = task.kind === 'check' ? checkJob(task.source, task.mode) : render(task)
  // Told in shared memory too: while the main thread is busy its timer may ring before the message is read.
  Atomics.store(state, 0, 0)
  report({ kind: 'done', answer, heapMb: getHeapStatistics().used_heap_size / 1024 / 1024 })
})

function render(task: Extract<ThreadTask, { kind: 'render' }>) {
  for (const old of task.forget) bundles.delete(old)
  if (task.templates) bundles.set(task.bundle, task.templates)
  return renderJob(task.input, bundles.get(task.bundle) ?? {}, cache)
}

liquidEngine('page')
liquidEngine('mail')
report({ kind: 'ready' })

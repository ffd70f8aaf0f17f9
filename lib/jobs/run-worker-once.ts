import { setTimeout as sleep } from 'node:timers/promises'
import { ownerPool } from '@/lib/db/system-db'
import type { WorkerPlan } from '@/lib/jobs/job-names'
import { startWorker } from '@/lib/jobs/start-worker'

export type WorkerRun = { ranMs: number; /** Nothing was due any more. */ finished: boolean }

const LEAST_MS = 2_000
const LOOK_MS = 250

/**
 * The worker for a while, where nothing runs all the time: every loop and every job that is due, until nothing is, or
 * `budgetMs` are over. What is left waits for the next run; two runs at once share the work (JOB-1).
 */
export async function runWorkerOnce(plan: WorkerPlan, budgetMs: number): Promise<WorkerRun> {
  const began = performance.now()
  const worker = await startWorker(plan, { drainMs: 5_000 })
  try {
    // Loops begin with the start; jobs need a moment to be fetched.
    await sleep(Math.min(LEAST_MS, budgetMs))
    while (performance.now() - began < budgetMs) {
      if (await isIdle()) return { ranMs: Math.round(performance.now() - began), finished: true }
      await sleep(LOOK_MS)
    }
    return { ranMs: Math.round(performance.now() - began), finished: await isIdle() }
  } finally {
    await worker.stop()
  }
}

/** No event waits for its jobs, no job is due or running, no mail and no delivery is due. */
async function isIdle(): Promise<boolean> {
  const { rows } = await ownerPool().query<{ busy: boolean }>(
    `SELECT EXISTS (SELECT FROM events WHERE "processedAt" IS NULL)
         OR EXISTS (SELECT FROM pgboss.job WHERE name <> 'dead-letters' AND (state = 'active' OR (state IN ('created', 'retry') AND start_after <= now())))
         OR EXISTS (SELECT FROM mails WHERE state = 'pending' AND "nextTryAt" <= now())
         OR EXISTS (SELECT FROM webhook_deliveries WHERE state = 'pending' AND "nextTryAt" <= now()) AS busy`,
  )
  return !rows[0]!.busy
}

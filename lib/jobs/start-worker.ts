import { PgBoss, type JobResult, type JobWithMetadata } from 'pg-boss'
import { systemClock } from '@/lib/clock'
import { databaseUrls } from '@/lib/db/pools'
import { clockJobs, eventJobs, type EventJob, type WorkerPlan } from '@/lib/jobs/job-names'
import { relayEvents } from '@/lib/jobs/relay-events'
import { startLoop } from '@/lib/jobs/start-loop'
import { withLock } from '@/lib/jobs/with-lock'
import { logger } from '@/lib/logger'

export type Worker = {
  /** Takes no more work, lets what runs finish (20 s at most), closes the queue's connections. */
  stop(): Promise<void>
}

/** Where jobs end that failed ten times; nothing consumes it. */
export const DEAD_LETTERS = 'dead-letters'

const TRIES = 10

// Jobs of a batch run side by side and end one by one. A tenant holds at most ten places at once, in all processes
// together, so that its long queue leaves room for the others (JOB-2). New jobs wake a worker; the poll is for retries.
const SHARE = {
  batchSize: 10,
  localConcurrency: 3,
  groupConcurrency: 10,
  burstWhenBatchFull: true,
  pollingIntervalSeconds: 0.5,
  notifyPollingIntervalSeconds: 1,
  includeMetadata: true,
  perJobResults: true,
} as const

/** Settings that tests shorten. */
export type WorkerPace = { relayMs?: number; leaseSeconds?: number; watchSeconds?: number; retryDelaySeconds?: number; drainMs?: number }

/**
 * The background half of the process (JOB-1): jobs with a lease that is renewed while they run, ten tries with growing
 * pauses, then the dead letters and an alert in the log. Needs the owner's database; makes the schema `pgboss` in it.
 */
export async function startWorker(plan: WorkerPlan, pace: WorkerPace = {}): Promise<Worker> {
  const { relayMs = 250, leaseSeconds = 30, watchSeconds = 10, retryDelaySeconds = 2, drainMs = 20_000 } = pace
  const boss = new PgBoss({
    connectionString: databaseUrls().direct,
    application_name: 'gatehouse jobs',
    max: 4,
    superviseIntervalSeconds: watchSeconds,
    monitorIntervalSeconds: watchSeconds,
    useListenNotify: true,
  })
  boss.on('error', (error) => logger.warn({ err: error }, 'the job queue had a problem'))
  await boss.start()

  await boss.createQueue(DEAD_LETTERS)
  const lease = { heartbeatSeconds: leaseSeconds, expireInSeconds: 900, retryLimit: TRIES - 1, retryDelay: retryDelaySeconds, retryBackoff: true, retryDelayMax: 3600 }
  const queue = { ...lease, deadLetter: DEAD_LETTERS, deleteAfterSeconds: 86_400, notify: true }

  for (const name of eventJobs) {
    await ensureQueue(boss, name, queue)
    await boss.work(name, SHARE, (jobs: JobWithMetadata<EventJob>[]) =>
      Promise.all(jobs.map((job) => attempt(name, job, () => plan.events[name](job.data, { now: new Date(systemClock.now()), signal: job.signal })))),
    )
  }
  for (const name of clockJobs) {
    await ensureQueue(boss, name, { ...queue, policy: 'exclusive' })
    const { cron, handle } = plan.clock[name]
    await boss.work(name, { includeMetadata: true, perJobResults: true, pollingIntervalSeconds: 5 }, (jobs: JobWithMetadata<object>[]) =>
      // The queue sends one job a turn already; the lock is for a slow run that meets the next one (JOB-2).
      Promise.all(jobs.map((job) => attempt(name, job, () => withLock(`clock.${name}`, () => handle({ now: new Date(systemClock.now()), signal: job.signal }))))),
    )
    await boss.schedule(name, cron, null, { tz: 'UTC', missed: 'once' })
  }

  const loops = [startLoop({ name: 'relay-events', everyMs: relayMs, run: () => relayEvents(boss, plan.subscriptions) }), ...plan.loops.map(startLoop)]

  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()))
      await boss.stop({ graceful: true, timeout: drainMs })
    },
  }
}

async function ensureQueue(boss: PgBoss, name: string, options: Parameters<PgBoss['createQueue']>[1]): Promise<void> {
  await boss.createQueue(name, options)
  const { policy: _fixed, ...changeable } = options ?? {}
  await boss.updateQueue(name, changeable)
}

/** Runs one try; the last one that fails is an alert, the others are only noted. */
async function attempt(name: string, job: JobWithMetadata<object>, work: () => Promise<unknown>): Promise<JobResult> {
  try {
    await work()
    return { id: job.id, status: 'completed' }
  } catch (error) {
    const over = job.retryCount >= job.retryLimit
    logger[over ? 'error' : 'warn']({ err: error, job: name, jobId: job.id, attempt: job.retryCount + 1 }, over ? 'a job was given up and lies with the dead letters' : 'a job failed and will be tried again')
    // The queue keeps this: a plain sentence, so that no secret of an error is stored (KEY-5).
    return { id: job.id, status: 'failed', output: { message: `failed at try ${job.retryCount + 1}, see the log` } }
  }
}

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { ownerPool } from '@/lib/db/system-db'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { recordEvent } from '@/lib/events/record-event'
import { listDeadLetters } from '@/lib/jobs/dead-letters'
import type { EventJob, WorkerPlan } from '@/lib/jobs/job-names'
import { startWorker, type Worker, type WorkerPace } from '@/lib/jobs/start-worker'
import { withLock } from '@/lib/jobs/with-lock'
import { logger } from '@/lib/logger'

const database = testDatabase()

logger.level = 'silent'
const workers: Worker[] = []
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()))
})

const nothing = { cron: '0 0 1 1 *', handle: async () => {} }

function plan(handle: (job: EventJob) => Promise<void>, over: Partial<WorkerPlan> = {}): WorkerPlan {
  return {
    subscriptions: { 'tenant.changed': ['mail-for-event'], 'tenant.created': ['mail-for-event', 'furnish-tenant'] },
    events: { 'mail-for-event': handle, 'mail-to-partner': handle, 'mail-to-members': handle, 'furnish-tenant': handle, 'webhooks-for-event': handle },
    clock: { 'prune-changes': nothing, 'clean-sessions': nothing, 'clean-events': nothing },
    loops: [],
    ...over,
  }
}

async function start(handle: (job: EventJob) => Promise<void>, pace: WorkerPace = {}, over: Partial<WorkerPlan> = {}) {
  const worker = await startWorker(plan(handle, over), { relayMs: 20, ...pace })
  workers.push(worker)
  return worker
}

const say = (ctx: Awaited<ReturnType<typeof makeTenant>>, type: 'tenant.changed' | 'tenant.created' | 'tenant.resumed' = 'tenant.changed') => recordEvent(ctx.db, { tenantId: ctx.tenant.id, type, data: {} })
const soon = { timeout: 45_000, interval: 20 }

describe('jobs', () => {
  it('JOB-1 an event becomes its jobs with ids only, and an undone change becomes nothing', async () => {
    const ctx = await makeTenant()
    const seen: EventJob[] = []
    await start(async (job) => void seen.push(job))
    await ctx.db.$transaction(async (tx) => {
      await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'tenant.changed', data: {} })
      throw new Error('undone')
    }).catch(() => {})
    await say(ctx, 'tenant.resumed')
    await say(ctx, 'tenant.created')
    await expect.poll(() => seen.length, soon).toBe(2)
    const event = await ctx.db.event.findFirstOrThrow({ where: { type: 'tenant.created' } })
    expect(seen).toEqual([1, 2].map(() => ({ tenantId: Number(ctx.tenant.id), eventId: Number(event.id), type: 'tenant.created' })))
    expect(await ctx.db.event.count({ where: { processedAt: null } })).toBe(0)
  })

  it('JOB-1 three workers share a hundred events and hand on none twice', async () => {
    const ctx = await makeTenant()
    const seen: number[] = []
    for (let i = 0; i < 3; i++) await start(async (job) => void seen.push(job.eventId))
    await Promise.all(Array.from({ length: 100 }, () => say(ctx)))
    await expect.poll(() => seen.length, soon).toBe(100)
    expect(new Set(seen).size).toBe(100)
  })

  it('JOB-1 what fails is tried ten times, then lies with the dead letters', async () => {
    const ctx = await makeTenant()
    let tries = 0
    await start(
      async () => {
        tries++
        // The pauses between tries are the queue's; here they are skipped.
        await ownerPool().query(`UPDATE pgboss.job SET retry_delay = 0, retry_delay_max = 1 WHERE name = 'mail-for-event'`)
        throw new Error('with a secret uk_0123456789abcdef in it')
      },
      { retryDelaySeconds: 0 },
    )
    await say(ctx)
    await expect.poll(() => listDeadLetters().then((letters) => letters.length), { timeout: 120_000, interval: 200 }).toBe(1)
    expect(tries).toBe(10)
    const [letter] = await listDeadLetters()
    expect(letter).toMatchObject({ source: 'mail-for-event', data: { tenantId: Number(ctx.tenant.id) } })
    const { rows } = await ownerPool().query(`SELECT output::text FROM pgboss.job`)
    expect(JSON.stringify(rows)).not.toContain('uk_0123')
  }, 150_000)

  it('JOB-1 a worker that is killed loses nothing: another one takes its job over when the lease ends', async () => {
    const ctx = await makeTenant()
    const doomed = spawn(process.execPath, ['--import', fileURLToPath(new URL('../../scripts/alias.mjs', import.meta.url)), fileURLToPath(new URL('./hang-in-a-job.fixture.ts', import.meta.url))], {
      env: { ...process.env, DATABASE_URL: database.urls.owner, LOG_LEVEL: 'silent' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const running = new Promise<void>((resolve) => doomed.stdout.once('data', () => resolve()))
    await say(ctx)
    await running
    const ended = new Promise((resolve) => doomed.once('exit', resolve))
    doomed.kill('SIGKILL')
    await ended
    const seen: number[] = []
    await start(async (job) => void (job.tenantId === Number(ctx.tenant.id) && seen.push(job.eventId)), { leaseSeconds: 10, watchSeconds: 1 })
    await expect.poll(() => seen.length, { timeout: 120_000, interval: 200 }).toBe(1)
  }, 150_000)

  it('JOB-1 stop lets what runs finish and takes nothing new', async () => {
    const ctx = await makeTenant()
    const mine = (job: EventJob) => job.tenantId === Number(ctx.tenant.id)
    let finish = () => {}
    let begun = 0
    let finished = 0
    const worker = await start(async (job) => {
      if (!mine(job)) return
      begun++
      await new Promise<void>((resolve) => (finish = resolve))
      finished++
    })
    await say(ctx)
    await expect.poll(() => begun, soon).toBe(1)
    const stopped = worker.stop()
    await say(ctx)
    finish()
    await stopped
    expect([begun, finished]).toEqual([1, 1])
    await start(async (job) => void (mine(job) && finished++))
    await expect.poll(() => finished, soon).toBe(2)
  })

  it('JOB-2 a tenant with a long queue does not make another one wait', async () => {
    const [busy, quiet] = [await makeTenant(), await makeTenant()]
    const done: number[] = []
    let open = () => {}
    const gate = new Promise<void>((resolve) => (open = resolve))
    for (let i = 0; i < 30; i++) await say(busy)
    await start(async (job) => {
      if (job.tenantId === Number(busy.tenant.id)) await gate
      done.push(job.tenantId)
    })
    await say(quiet)
    await expect.poll(() => done, soon).toEqual([Number(quiet.tenant.id)])
    open()
    await expect.poll(() => done.length, soon).toBe(31)
  })

  it('JOB-2 two schedulers make one run, and a slow run keeps the next one out', async () => {
    let runs = 0
    let release = () => {}
    const slow = withLock('clock.test', () => new Promise<void>((resolve) => ((release = resolve), runs++)))
    await expect.poll(() => runs, soon).toBe(1)
    expect(await withLock('clock.test', async () => void runs++)).toBe(false)
    expect(await withLock('clock.other', async () => {})).toBe(true)
    release()
    expect(await slow).toBe(true)
    expect(await withLock('clock.test', async () => void runs++)).toBe(true)
    expect(runs).toBe(2)
  })

  it('a loop that fails goes on, and one that finds work looks again at once', async () => {
    let looks = 0
    await start(async () => {}, {}, { loops: [{ name: 'test', everyMs: 10, run: async () => (++looks === 1 ? Promise.reject(new Error('once')) : looks < 5 ? 1 : 0) }] })
    await expect.poll(() => looks, soon).toBeGreaterThan(5)
  })
})

import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '@/lib/clock'
import { ownerPool } from '@/lib/db/system-db'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { newRequestId } from '@/lib/ids'
import type { Journal, UsageRecord } from '@/lib/metering/journal'
import { createCounterLoader } from '@/lib/metering/load-counters'
import { type JournalOptions, openJournal } from '@/lib/metering/open-journal'
import { windowOf } from '@/lib/metering/periods'
import { realDisk } from '@/lib/metering/segment'

const database = testDatabase()
let dir: string
let made: string[]
let opened: Journal[]

beforeEach(async () => {
  made = []
  dir = newDir()
  opened = []
  await ownerPool().query('TRUNCATE usage_buckets, usage_days, usage_months, end_user_usage_days, call_buckets, limit_counters, usage_batches, journal_leases')
})
afterEach(async () => {
  await Promise.all(opened.map((journal) => journal.close()))
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

const newDir = () => {
  made.push(mkdtempSync(join(tmpdir(), 'gatehouse-journal-')))
  return made.at(-1)!
}

const open = async (options: Partial<JournalOptions> = {}) => {
  const journal = await openJournal({ dir, pool: ownerPool(), clock: systemClock, sync: 'background', closeTimeoutMs: 20_000, ...options })
  opened.push(journal)
  return journal
}
const AT = Date.parse('2026-11-23T12:34:56.789Z')
const recordOf = (more: Partial<UsageRecord> = {}): UsageRecord => ({
  id: newRequestId(),
  at: AT,
  tenantId: 1,
  productId: 1,
  environment: 'production',
  applicationId: 1,
  endUserId: null,
  credentialId: null,
  address: '192.0.2.1',
  usage: [[1, 1]],
  counted: [{ subject: 'app:1', metricId: 1, period: 'eternity', windowStart: 0, value: 1 }],
  ...more,
})
const rowsOf = async (sql: string) => (await ownerPool().query<Record<string, unknown>>(sql)).rows
const totals = async () => {
  const { rows } = await ownerPool().query<Record<'buckets' | 'days' | 'months' | 'counters', number>>(
    `SELECT (SELECT coalesce(sum(value), 0)::int8 FROM usage_buckets) AS buckets, (SELECT coalesce(sum(value), 0)::int8 FROM usage_days) AS days,
      (SELECT coalesce(sum(value), 0)::int8 FROM usage_months) AS months, (SELECT coalesce(sum(value), 0)::int8 FROM limit_counters) AS counters`,
  )
  return rows[0]!
}
const all = (value: number) => ({ buckets: value, days: value, months: value, counters: value })
/** Those that were written to; a prepared one is full of zeros. */
const segmentsIn = (folder: string) => filesIn(folder).filter((name) => (readFileSync(join(folder, name))[0] ?? 0) !== 0)
const filesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith('.segment')) : [])

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0

/** The journal as a crash would leave it at this moment: a copy whose process is dead. */
function crashCopy(): string {
  const copy = newDir()
  cpSync(dir, copy, { recursive: true })
  for (const name of readdirSync(copy)) {
    const owner = join(copy, name, 'owner.json')
    writeFileSync(owner, JSON.stringify({ ...JSON.parse(readFileSync(owner, 'utf8')), startTicks: '1' }))
  }
  return copy
}

/** The pool, with what a test does to each statement put in between. */
function poolThat(around: (text: string, run: () => Promise<unknown>) => Promise<unknown>): pg.Pool {
  const pool = ownerPool()
  const textOf = (query: unknown) => (typeof query === 'string' ? query : (query as { text: string }).text)
  return Object.assign(Object.create(pool) as pg.Pool, {
    query: (query: string, values?: unknown[]) => around(textOf(query), () => pool.query(query, values)),
    connect: async () => {
      const client = await pool.connect()
      return { query: (query: string, values?: unknown[]) => around(textOf(query), () => client.query(query, values)), release: (broken?: boolean) => client.release(broken) }
    },
  })
}

describe('what is booked', () => {
  it('USE-3 sums by quarter hour, day and month of the request, also for a late record', async () => {
    const journal = await open()
    const late = Date.parse('2026-10-31T23:59:59.999Z')
    await Promise.all([
      journal.append(recordOf({ usage: [[1, 1], [2, 3]] })),
      journal.append(recordOf({ usage: [[1, 1]] })),
      journal.append(recordOf({ at: late, usage: [[1, 5]] })),
      journal.append(recordOf({ environment: 'staging', usage: [[1, 7]] })),
      journal.append(recordOf({ applicationId: 2, usage: [[1, 11]] })),
    ])
    await journal.flush()
    const usage = (time: string) => `SELECT environment, "applicationId" AS app, "metricId" AS metric, ${time} AS at, value FROM`
    expect(await rowsOf(`${usage(`to_char("bucketAt" AT TIME ZONE 'UTC', 'MM-DD HH24:MI')`)} usage_buckets ORDER BY 1, 2, 3, 4`)).toEqual([
      { environment: 'production', app: 1, metric: 1, at: '10-31 23:45', value: 5 },
      { environment: 'production', app: 1, metric: 1, at: '11-23 12:30', value: 2 },
      { environment: 'production', app: 1, metric: 2, at: '11-23 12:30', value: 3 },
      { environment: 'production', app: 2, metric: 1, at: '11-23 12:30', value: 11 },
      { environment: 'staging', app: 1, metric: 1, at: '11-23 12:30', value: 7 },
    ])
    expect(await rowsOf(`${usage('"dayOn"::text')} usage_days WHERE "metricId" = 1 ORDER BY 1, 2, 4`)).toEqual([
      { environment: 'production', app: 1, metric: 1, at: '2026-10-31', value: 5 },
      { environment: 'production', app: 1, metric: 1, at: '2026-11-23', value: 2 },
      { environment: 'production', app: 2, metric: 1, at: '2026-11-23', value: 11 },
      { environment: 'staging', app: 1, metric: 1, at: '2026-11-23', value: 7 },
    ])
    expect(await rowsOf(`${usage('"monthOn"::text')} usage_months WHERE "metricId" = 1 AND environment = 'production' ORDER BY 2, 4`)).toEqual([
      { environment: 'production', app: 1, metric: 1, at: '2026-10-01', value: 5 },
      { environment: 'production', app: 1, metric: 1, at: '2026-11-01', value: 2 },
      { environment: 'production', app: 2, metric: 1, at: '2026-11-01', value: 11 },
    ])
  })

  it('limit counters, end users, first and last calls, last use of keys, and how calls ended', async () => {
    const { tenant, db } = await makeTenant()
    const product = await db.product.create({ data: { tenantId: tenant.id, name: 'API', systemName: 'api', secretTokenCipher: '', errorAnswers: {} } })
    const application = await db.application.create({ data: { tenantId: tenant.id, productId: product.id, name: 'App', appId: 'a' } })
    const credential = await db.credential.create({ data: { tenantId: tenant.id, productId: product.id, applicationId: application.id, kind: 'user_key', hash: 'h', hint: 'h' } })
    const ids = { tenantId: Number(tenant.id), productId: Number(product.id), applicationId: Number(application.id), credentialId: Number(credential.id), endUserId: 9 }
    const day = windowOf('day', AT)
    const counted = [{ subject: `app:${application.id}`, metricId: 1, period: 'day' as const, windowStart: day.start, value: 1 }]
    const journal = await open()
    journal.observe({ ...ids, at: AT, environment: 'production', outcome: '2xx', durationMs: 10.4 })
    journal.observe({ ...ids, at: AT, environment: 'production', outcome: '2xx', durationMs: 20.4 })
    journal.observe({ ...ids, applicationId: 0, at: AT, environment: 'production', outcome: 'auth_missing', durationMs: 1 })
    await Promise.all([journal.append(recordOf({ ...ids, counted })), journal.append(recordOf({ ...ids, counted, at: AT + 60_000 }))])
    await journal.flush()
    await journal.append(recordOf({ ...ids, counted, at: AT + 120_000 }))
    await journal.flush()
    expect(await rowsOf(`SELECT subject, period, "windowAt", value FROM limit_counters`)).toEqual([{ subject: `app:${application.id}`, period: 'day', windowAt: new Date(day.start), value: 3 }])
    expect(await rowsOf(`SELECT "endUserId" AS user, "dayOn"::text AS day, value FROM end_user_usage_days`)).toEqual([{ user: 9, day: '2026-11-23', value: 3 }])
    expect(await rowsOf(`SELECT "applicationId" AS app, outcome, calls, "durationMsSum" AS ms FROM call_buckets ORDER BY outcome`)).toEqual([
      { app: ids.applicationId, outcome: '2xx', calls: 2, ms: 31 },
      { app: 0, outcome: 'auth_missing', calls: 1, ms: 1 },
    ])
    expect(await db.application.findUnique({ where: { id: application.id }, select: { firstCallAt: true, lastCallAt: true } })).toEqual({ firstCallAt: new Date(AT), lastCallAt: new Date(AT + 120_000) })
    expect(await db.credential.findUnique({ where: { id: credential.id }, select: { lastUsedAt: true, useCount: true, lastAddress: true } })).toEqual({ lastUsedAt: new Date(AT + 120_000), useCount: 3n, lastAddress: recordOf({}).address })
  })

  it('refusals are booked although no usage was', async () => {
    const journal = await open()
    journal.observe({ at: AT, tenantId: 1, productId: 1, environment: 'staging', applicationId: 0, outcome: 'no_match', durationMs: 0 })
    await journal.flush()
    expect(await rowsOf('SELECT outcome, calls FROM call_buckets')).toEqual([{ outcome: 'no_match', calls: 1 }])
  })

  it('two processes booking the same applications do not block each other', async () => {
    const journals = [await open({ rotateMs: 5 }), await open({ rotateMs: 5 })]
    for (let round = 0; round < 30; round++) {
      await Promise.all(
        journals.flatMap((journal, i) =>
          Array.from({ length: 20 }, (_, n) => {
            const applicationId = i === 0 ? n + 1 : 20 - n
            return journal.append(recordOf({ applicationId, counted: [{ subject: `app:${applicationId}`, metricId: 1, period: 'eternity', windowStart: 0, value: 1 }] }))
          }),
        ),
      )
      await new Promise((resolve) => setTimeout(resolve, 8))
    }
    await Promise.all(journals.map((journal) => journal.flush()))
    expect(await totals()).toEqual(all(1200))
    for (const journal of journals) expect(journal.stats()).toMatchObject({ lastError: null, segmentsWaiting: 0 })
  })

  it('leaves nothing on disk once everything is booked and closed', async () => {
    const journal = await open()
    await journal.append(recordOf())
    await journal.close()
    expect(readdirSync(dir)).toEqual([])
    expect(await totals()).toEqual(all(1))
    expect(await rowsOf('SELECT * FROM journal_leases')).toEqual([])
    await expect(journal.append(recordOf())).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('USE-1 a record is on disk before the append is answered', () => {
  it('USE-1 what was acknowledged is in the segment, whatever happens next', async () => {
    const journal = await open()
    await Promise.all(Array.from({ length: 100 }, () => journal.append(recordOf())))
    const replayed = await open({ dir: crashCopy() })
    await replayed.flush()
    expect(await totals()).toEqual(all(100))
  })

  it('USE-1 with JOURNAL_SYNC=always the answer waits for the disk', async () => {
    let release = () => {}
    const synced = new Promise<void>((resolve) => (release = resolve))
    const journal = await open({ sync: 'always', disk: { ...realDisk, sync: async (fd) => (await synced, realDisk.sync(fd)) } })
    let answered = false
    const appended = journal.append(recordOf()).then(() => (answered = true))
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect([answered, segmentsIn(dir).length]).toEqual([false, 1])
    release()
    await appended
    expect(answered).toBe(true)
  })

  it('USE-1 with JOURNAL_SYNC=always a call the disk does not confirm is refused and booked by nobody', async () => {
    let failing = false
    const journal = await open({ sync: 'always', disk: { ...realDisk, sync: async (fd) => (failing ? Promise.reject(new Error('EIO')) : realDisk.sync(fd)) } })
    await journal.append(recordOf())
    failing = true
    const refused = await Promise.allSettled([journal.append(recordOf()), journal.append(recordOf())])
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(journal.stats().writable).toBe(false)
    failing = false
    await journal.append(recordOf())
    expect(journal.stats().writable).toBe(true)
    // Where the process dies before it has booked anything, and where it lives.
    const replayed = await open({ dir: crashCopy() })
    await replayed.flush()
    expect(await totals()).toEqual(all(2))
    await journal.flush()
    expect(await totals()).toEqual(all(2))
  })

  it('USE-1 a full disk refuses the call, books nothing of it, and is forgotten when there is room again', async () => {
    let full = false
    const write: typeof realDisk.write = (fd, bytes, offset, position) => {
      if (!full) return realDisk.write(fd, bytes, offset, position)
      // Half of it fits, as on a real disk.
      if (offset === 0) return realDisk.write(fd, bytes.subarray(0, Math.ceil(bytes.length / 2)), 0, position)
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    }
    const journal = await open({ disk: { ...realDisk, write } })
    await journal.append(recordOf())
    full = true
    const refused = await Promise.allSettled([journal.append(recordOf()), journal.append(recordOf())])
    expect(refused.map((result) => result.status === 'rejected' && (result.reason as { code: string }).code)).toEqual(['unavailable', 'unavailable'])
    expect(journal.stats()).toMatchObject({ writable: false, lastError: 'no space left on device' })
    full = false
    await journal.append(recordOf())
    expect(journal.stats()).toMatchObject({ writable: true, lastError: null })
    const copy = crashCopy()
    await journal.flush()
    expect(await totals()).toEqual(all(2))
    // The file says the same as the memory: nothing half written is in it.
    const replayed = await open({ dir: copy })
    await replayed.flush()
    expect(await totals()).toEqual(all(2))
    expect(replayed.stats().recordsDamaged).toBe(0)
  })

  /** Whoever begins a second segment gets one prepared for the third. */
  const writeTwo = async (journal: Journal) => {
    for (let i = 0; i < 2; i++) {
      await journal.append(recordOf())
      await journal.flush()
    }
  }

  it('USE-1 what was written into a prepared segment is there after a crash, and one without a record is nothing', async () => {
    const journal = await open({ rotateMs: 600_000 })
    await writeTwo(journal)
    // Ready for the next one: as long as it will be, and nothing in it.
    await expect.poll(() => filesIn(dir).map((name) => sizeOf(join(dir, name)))).toEqual([32 * 1024])
    const unused = await open({ dir: crashCopy() })
    await unused.flush()
    expect([await totals(), unused.stats().recordsDamaged]).toEqual([all(2), 0])
    const [prepared] = filesIn(dir)
    await Promise.all(Array.from({ length: 100 }, () => journal.append(recordOf())))
    expect(segmentsIn(dir)).toEqual([prepared])
    const replayed = await open({ dir: crashCopy() })
    await replayed.flush()
    expect([await totals(), replayed.stats().recordsDamaged]).toEqual([all(102), 0])
    // Whoever lives books the same batch: once is enough.
    await journal.flush()
    expect(await totals()).toEqual(all(102))
    await journal.close()
    expect(readdirSync(dir)).toEqual([])
  })

  it('USE-1 nothing is written into a prepared segment that somebody removed', async () => {
    const journal = await open({ rotateMs: 600_000 })
    await writeTwo(journal)
    await expect.poll(() => filesIn(dir).map((name) => sizeOf(join(dir, name)))).toEqual([32 * 1024])
    rmSync(join(dir, filesIn(dir)[0]!))
    await journal.append(recordOf())
    const replayed = await open({ dir: crashCopy() })
    await replayed.flush()
    expect(await totals()).toEqual(all(3))
  })

  it('USE-1 a prepared segment that is too short goes on, and a record the disk refuses leaves nothing in it', async () => {
    let full = false
    const write: typeof realDisk.write = (fd, bytes, offset, position) => {
      if (!full) return realDisk.write(fd, bytes, offset, position)
      if (offset === 0) return realDisk.write(fd, bytes.subarray(0, Math.ceil(bytes.length / 2)), 0, position)
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    }
    const journal = await open({ rotateMs: 600_000, disk: { ...realDisk, write } })
    await writeTwo(journal)
    await expect.poll(() => filesIn(dir).map((name) => sizeOf(join(dir, name)))).toEqual([32 * 1024])
    full = true
    await expect(journal.append(recordOf())).rejects.toMatchObject({ code: 'unavailable' })
    full = false
    for (let i = 0; i < 4; i++) await Promise.all(Array.from({ length: 200 }, () => journal.append(recordOf())))
    const [name] = segmentsIn(dir)
    expect(sizeOf(join(dir, name!))).toBeGreaterThan(32 * 1024)
    const replayed = await open({ dir: crashCopy() })
    await replayed.flush()
    expect([await totals(), replayed.stats().recordsDamaged]).toEqual([all(802), 0])
  })

  it('a record no reader could get back is refused alone', async () => {
    const journal = await open()
    const results = await Promise.allSettled([journal.append(recordOf()), journal.append(recordOf({ usage: [[1, Infinity]] })), journal.append(recordOf())])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    await journal.flush()
    expect(await totals()).toEqual(all(2))
  })

  it('a journal folder that cannot be made is one clear sentence', async () => {
    writeFileSync(join(dir, 'file'), '')
    await expect(open({ dir: join(dir, 'file', 'journal') })).rejects.toMatchObject({ code: 'unavailable', publicMessage: expect.stringContaining('DATA_DIR') })
  })
})

describe('USE-2 a segment is booked once', () => {
  it('USE-2 a crash between commit and removal doubles nothing', async () => {
    const journal = await open()
    await Promise.all(Array.from({ length: 10 }, () => journal.append(recordOf())))
    const copies = [crashCopy(), crashCopy()]
    await journal.flush()
    const replays = await Promise.all(copies.map((copy) => open({ dir: copy })))
    await Promise.all(replays.map((replay) => replay.flush()))
    expect(await totals()).toEqual(all(10))
    for (const copy of copies) expect(segmentsIn(copy)).toEqual([])
  })

  it('USE-2 a commit whose answer was lost doubles nothing', async () => {
    let lost = 0
    const pool = poolThat(async (text, run) => {
      const result = await run()
      if (text === 'COMMIT' && lost++ === 0) throw new Error('Connection terminated unexpectedly')
      return result
    })
    const journal = await open({ pool })
    await journal.append(recordOf())
    await expect(journal.flush()).rejects.toMatchObject({ code: 'unavailable' })
    await journal.flush()
    expect(lost).toBe(2)
    expect(await totals()).toEqual(all(1))
  })

  it('USE-2 a transaction that fails half way books nothing, and everything the next time', async () => {
    let failures = 3
    const pool = poolThat((text, run) => (text.includes('INSERT INTO limit_counters') && failures-- > 0 ? Promise.reject(new Error('connection lost')) : run()))
    const journal = await open({ pool, rotateMs: 10 })
    await journal.append(recordOf())
    await expect(journal.flush()).rejects.toMatchObject({ code: 'unavailable' })
    expect(await totals()).toEqual(all(0))
    await expect.poll(totals).toEqual(all(1))
  })

  it('with Postgres away records wait on disk, and are booked by themselves when it is back', async () => {
    let away = true
    const pool = poolThat((_text, run) => (away ? Promise.reject(new Error('connect ECONNREFUSED')) : run()))
    const journal = await open({ pool, rotateMs: 10 })
    for (let i = 0; i < 20; i++) {
      await journal.append(recordOf())
      await new Promise((resolve) => setTimeout(resolve, 12))
    }
    await expect.poll(() => journal.stats()).toMatchObject({ writable: true, lastError: 'connect ECONNREFUSED', lastBookedAt: null })
    expect(await totals()).toEqual(all(0))
    // Segments stop multiplying while they cannot be booked.
    expect(segmentsIn(dir).length).toBeLessThanOrEqual(5)
    away = false
    await expect.poll(totals).toEqual(all(20))
    await expect.poll(() => journal.stats()).toMatchObject({ segmentsWaiting: 0, lastError: null, oldestWaitingAt: null })
  })

  it('a close without Postgres keeps everything for the next start', async () => {
    const pool = poolThat(() => Promise.reject(new Error('connect ECONNREFUSED')))
    const journal = await open({ pool, closeTimeoutMs: 50 })
    await journal.append(recordOf())
    await journal.close()
    expect(segmentsIn(dir)).toHaveLength(1)
    const copy = crashCopy()
    const next = await open({ dir: copy })
    await next.flush()
    expect(await totals()).toEqual(all(1))
    await next.close()
    expect(readdirSync(copy)).toEqual([])
  })

  it('content Postgres refuses is kept aside and holds up nobody', async () => {
    const journal = await open()
    await journal.append(recordOf({ usage: [[1, Number.MAX_SAFE_INTEGER]], counted: [] }))
    await journal.flush()
    await ownerPool().query(`UPDATE usage_buckets SET value = 9223372036854775807`)
    await journal.append(recordOf())
    await journal.flush()
    await journal.append(recordOf({ applicationId: 2 }))
    await journal.flush()
    expect(await rowsOf('SELECT value FROM usage_buckets WHERE "applicationId" = 2')).toEqual([{ value: 1 }])
    expect(readdirSync(dir, { recursive: true }).map(String).filter((name) => name.endsWith('.refused'))).toHaveLength(1)
  })

  it('a segment damaged in the middle gives what is whole and is kept for a person', async () => {
    const journal = await open()
    for (let i = 0; i < 3; i++) await journal.append(recordOf())
    const copy = crashCopy()
    const [name] = segmentsIn(copy)
    const bytes = readFileSync(join(copy, name!))
    const third = bytes.indexOf(10, bytes.indexOf(10) + 1) + 20
    bytes[third] = bytes[third]! ^ 1
    writeFileSync(join(copy, name!), bytes)
    const replayed = await open({ dir: copy })
    await replayed.flush()
    expect(await totals()).toEqual(all(2))
    expect(replayed.stats().recordsDamaged).toBe(1)
    expect(existsSync(join(copy, `${name!}.damaged`))).toBe(true)
  })

  it.each(['background', 'always'])('USE-2 kill -9 in a loop loses nothing acknowledged and doubles nothing (JOURNAL_SYNC=%s)', async (sync) => {
    const IN_FLIGHT = 20
    const ROUNDS = 6
    const file = join(newDir(), 'acknowledged')
    for (let round = 0; round < ROUNDS; round++) {
      const child = spawn(process.execPath, ['--import', './scripts/alias.mjs', 'lib/metering/append-in-process.fixture.ts', dir, database.urls.owner, String(IN_FLIGHT), sync, file], { stdio: ['ignore', 'pipe', 'inherit'] })
      const exited = new Promise((resolve) => child.once('close', resolve))
      await new Promise((resolve) => child.stdout.once('data', resolve))
      const before = sizeOf(file)
      await expect.poll(() => sizeOf(file), { timeout: 60_000, interval: 10 }).toBeGreaterThan(before + 5 * IN_FLIGHT)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 150))
      child.kill('SIGKILL')
      await exited
    }
    const acknowledged = sizeOf(file)
    const journal = await open()
    await journal.flush()
    const booked = await totals()
    expect(booked.buckets).toBeGreaterThanOrEqual(acknowledged)
    expect(booked.buckets).toBeLessThanOrEqual(acknowledged + IN_FLIGHT * ROUNDS)
    expect(booked).toEqual(all(booked.buckets))
    expect(segmentsIn(dir)).toEqual([])
  }, 180_000)
})

describe('whose folder may be adopted', () => {
  it('never that of a process that lives', async () => {
    const journal = await open()
    await journal.append(recordOf())
    const other = await open({ soleProcess: true })
    await other.flush()
    expect(await totals()).toEqual(all(0))
    expect(segmentsIn(dir)).toHaveLength(1)
  })

  const elsewhere = async () => {
    const journal = await open()
    await journal.append(recordOf())
    const copy = crashCopy()
    await journal.close()
    await ownerPool().query('TRUNCATE usage_buckets, usage_days, usage_months, limit_counters, usage_batches')
    const name = readdirSync(copy)[0]!
    writeFileSync(join(copy, name, 'owner.json'), JSON.stringify({ host: 'another.example', pid: 1, startTicks: '1', bootId: 'x', pidNamespace: 'y' }))
    return { copy, name }
  }
  const reopen = async (copy: string) => {
    const journal = await open({ dir: copy })
    await journal.flush()
    await journal.close()
    return (await totals()).buckets
  }
  const age = (name: string, seconds: number) => ownerPool().query(`UPDATE journal_leases SET "renewedAt" = now() - make_interval(secs => $2) WHERE process = $1`, [name, seconds])

  it('one of another machine only after its lease has run out and the mark was not answered', async () => {
    const { copy, name } = await elsewhere()
    await ownerPool().query('INSERT INTO journal_leases (process) VALUES ($1)', [name])
    expect(await reopen(copy)).toBe(0)
    await age(name, 31)
    expect(await reopen(copy)).toBe(0)
    expect(await rowsOf('SELECT process FROM journal_leases')).toEqual([{ process: `adopt:${name}` }])
    await age(`adopt:${name}`, 16)
    expect(await reopen(copy)).toBe(1)
    expect(readdirSync(copy)).toEqual([])
    expect(await rowsOf('SELECT process FROM journal_leases')).toEqual([])
  })

  it('every one by the holder of the single-process lock', async () => {
    const { copy } = await elsewhere()
    const journal = await open({ dir: copy, soleProcess: true })
    await journal.flush()
    expect(await totals()).toEqual(all(1))
  })
})

describe('counters of what is not booked yet', () => {
  it('a load is exact at any moment of the booking', async () => {
    const journal = await open({ rotateMs: 3 })
    const load = createCounterLoader({ pool: ownerPool(), journal })
    const subject = { tenantId: 1, productId: 1, environment: 'production' as const, subject: 'app:1', limits: [] }
    const seen: number[] = []
    for (let appended = 1; appended <= 300; appended++) {
      await journal.append(recordOf())
      seen.push((await load(subject))[0]!.value)
    }
    expect(seen).toEqual(Array.from({ length: 300 }, (_, i) => i + 1))
  })

  it('a restart forgets nothing, booked or not', async () => {
    const journal = await open()
    await journal.append(recordOf())
    await journal.flush()
    await journal.append(recordOf())
    const copy = crashCopy()
    const next = await open({ dir: copy })
    const load = createCounterLoader({ pool: ownerPool(), journal: next })
    expect(await load({ tenantId: 1, productId: 1, environment: 'production', subject: 'app:1', limits: [] })).toEqual([{ metricId: 1, period: 'eternity', windowStart: 0, value: 2 }])
  })

  it('a limit that is new in its window goes on from the usage booked since the window began, once', async () => {
    const at = Date.now()
    const journal = await open()
    await journal.append(recordOf({ at, endUserId: 5, usage: [[1, 7]], counted: [] }))
    await journal.append(recordOf({ at: windowOf('year', at).start - 1, usage: [[1, 100]], counted: [] }))
    await journal.flush()
    const load = createCounterLoader({ pool: ownerPool(), journal })
    const limits = (['minute', 'hour', 'day', 'week', 'month', 'year', 'eternity'] as const).map((period) => ({ metricId: 1, period, value: 100 }))
    const valuesOf = async (subject: string, of = limits) => Object.fromEntries((await load({ tenantId: 1, productId: 1, environment: 'production', subject, limits: of })).map(({ period, value }) => [period, value]))
    const used = { hour: 7, day: 7, week: 7, month: 7, year: 7 }
    expect(await valuesOf('app:1')).toEqual({ ...used, eternity: 107 })
    expect(await valuesOf('user:5')).toEqual({ day: 7, week: 7, month: 7, year: 7, eternity: 7 })
    expect(await valuesOf('user:5:1')).toEqual({ day: 7, week: 7, month: 7, year: 7, eternity: 7 })
    expect(await valuesOf('user:5:2')).toEqual({})
    expect(await valuesOf('app:2')).toEqual({})
    // What is counted from now on comes on top, and is not taken from the usage again.
    await journal.append(recordOf({ at, usage: [[1, 1]], counted: [{ subject: 'app:1', metricId: 1, period: 'year', windowStart: windowOf('year', at).start, value: 1 }] }))
    expect((await valuesOf('app:1')).year).toBe(8)
    await journal.flush()
    expect((await valuesOf('app:1')).year).toBe(8)
    expect((await valuesOf('app:1', [])).year).toBe(8)
  })

  it('is unavailable, not wrong, while Postgres is away', async () => {
    const journal = await open()
    const pool = poolThat(() => Promise.reject(new Error('connect ECONNREFUSED')))
    const load = createCounterLoader({ pool, journal })
    await expect(load({ tenantId: 1, productId: 1, environment: 'production', subject: 'app:1', limits: [] })).rejects.toMatchObject({ code: 'unavailable' })
  })
})

it('makes the folder again when somebody removed it', async () => {
  const journal = await open()
  await journal.append(recordOf())
  await journal.flush()
  rmSync(dir, { recursive: true })
  await journal.append(recordOf())
  await journal.flush()
  expect(await totals()).toEqual(all(2))
})

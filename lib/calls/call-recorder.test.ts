import type pg from 'pg'
import { beforeAll, describe, expect, it } from 'vitest'
import type { CallRecord } from '@/lib/calls/call-record'
import { createCallRecorder } from '@/lib/calls/call-recorder'
import { pruneCalls } from '@/lib/calls/keep-calls-tidy'
import { ownerPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import type { Ctx } from '@/lib/tenants/context'

testDatabase()

describe('recent calls', () => {
  let ctx: Ctx
  let count = 0
  const never = { everyMs: 3_600_000 }

  beforeAll(async () => {
    ctx = await makeTenant()
  })

  const record = (over: Partial<CallRecord> = {}): CallRecord => ({
    tenantId: Number(ctx.tenant.id),
    productId: 1,
    applicationId: 7,
    environment: 'production',
    requestId: `request${++count}`,
    at: ctx.now.getTime(),
    method: 'GET',
    target: '/things',
    status: 429,
    refusal: 'limits_exceeded',
    durationMs: 1.5,
    detail: { scheme: 'http', host: 'api.example.com', address: '203.0.113.7', head: [], answerHead: [], step: 'limit', rules: [], usage: [], limits: [], upstream: null, upstreamMs: null },
    ...over,
  })
  const offer = (recorder: ReturnType<typeof createCallRecorder>, over: Partial<CallRecord>, times: number) => {
    for (let i = 0; i < times; i++) if (recorder.admits(record(over))) recorder.add(record(over))
  }

  it('rows are written in batches, with everything they hold', async () => {
    const recorder = createCallRecorder({ pool: ownerPool(), ...never })
    const one = record({ productId: 2, target: '/things?q=ü', refusal: null, status: 200 })
    recorder.add(one)
    await recorder.close()
    const row = await ctx.db.callRecord.findFirstOrThrow({ where: { requestId: one.requestId } })
    expect({ ...row, id: 0 }).toMatchObject({ productId: 2n, applicationId: 7n, target: '/things?q=ü', status: 200, refusal: null, durationMs: 1.5, at: ctx.now, detail: one.detail })
    expect(recorder.stats()).toEqual({ waiting: 0, written: 1, dropped: 0 })
  })

  it('of calls that went well a tenant has 250 a second, spread over its callers; what was refused is kept beside them', async () => {
    let ms = 0
    const recorder = createCallRecorder({ pool: ownerPool(), ...never, now: () => ms })
    const went = { refusal: null, status: 200 }
    const take = (tenantId: number, times: number) => Array.from({ length: times }, (_, i) => recorder.admits(record({ ...went, tenantId, applicationId: i + 1 }), true)).filter(Boolean).length
    expect([take(1, 1_000), take(2, 10)]).toEqual([250, 10])
    expect(recorder.admits(record({ tenantId: 1 }))).toBe(true)
    ms += 100
    expect(take(1, 1_000)).toBe(25)
    ms += 3_600_000
    expect(take(1, 1_000)).toBe(250)
    await recorder.close()
  })

  it('one application has its share and no more, strangers of a product have theirs, others are untouched', async () => {
    const recorder = createCallRecorder({ pool: ownerPool(), ...never })
    offer(recorder, { applicationId: 11 }, 250)
    offer(recorder, { applicationId: 0 }, 250)
    offer(recorder, { applicationId: 12 }, 30)
    expect(recorder.stats()).toMatchObject({ waiting: 230, dropped: 300 })
    await recorder.flush()
    // Written rows make room again.
    offer(recorder, { applicationId: 11 }, 1)
    expect(recorder.stats()).toMatchObject({ waiting: 1, written: 230 })
    await recorder.close()
  })

  it('a whole tenant cannot crowd out the others', async () => {
    const recorder = createCallRecorder({ pool: ownerPool(), ...never })
    for (let applicationId = 100; applicationId < 130; applicationId++) offer(recorder, { applicationId }, 100)
    expect(recorder.stats().waiting).toBe(1_000)
    expect(recorder.admits(record({ tenantId: 999_999, applicationId: 5 }))).toBe(true)
    await recorder.close()
  })

  it('while Postgres is away rows wait within their bounds, and are written when it is back', async () => {
    let away = true
    const pool = { query: (...args: unknown[]) => (away ? Promise.reject(new Error('connection refused')) : (ownerPool().query as (...all: unknown[]) => unknown)(...args)) } as unknown as pg.Pool
    const recorder = createCallRecorder({ pool, ...never })
    offer(recorder, { applicationId: 21 }, 150)
    await recorder.flush()
    expect(recorder.stats()).toMatchObject({ waiting: 100, written: 0, dropped: 50 })
    away = false
    await recorder.flush()
    expect(recorder.stats()).toMatchObject({ waiting: 0, written: 100 })
    await recorder.close()
  })

  it('a row of a tenant that is gone holds up nobody else', async () => {
    const recorder = createCallRecorder({ pool: ownerPool(), ...never })
    recorder.add(record({ tenantId: 999_998 }))
    const kept = record()
    recorder.add(kept)
    await recorder.close()
    expect(await ctx.db.callRecord.count({ where: { requestId: kept.requestId } })).toBe(1)
  })

  it('the newest thousand of an application are kept, and nothing older than a week', async () => {
    const now = new Date()
    await ownerPool().query(
      `INSERT INTO call_records ("tenantId", "productId", "applicationId", environment, "requestId", at, method, target, status, "durationMs")
       SELECT $1, 50, a, 'production', 'prune-' || i, $2, 'GET', '/', 200, 1 FROM generate_series(1, 1010) i, (VALUES (0), (51)) v(a)`,
      [ctx.tenant.id, now],
    )
    await ownerPool().query(`INSERT INTO call_records ("tenantId", "productId", "applicationId", environment, "requestId", at, method, target, status, "durationMs") VALUES ($1, 50, 52, 'production', 'old', $2, 'GET', '/', 200, 1)`, [
      ctx.tenant.id,
      new Date(now.getTime() - 8 * 86_400_000),
    ])
    while ((await pruneCalls(now)) > 0);
    const of = (applicationId: bigint) => ctx.db.callRecord.findMany({ where: { productId: 50n, applicationId }, orderBy: { id: 'asc' }, select: { requestId: true } })
    expect([(await of(0n)).length, (await of(51n)).length, (await of(52n)).length]).toEqual([1_000, 1_000, 0])
    expect((await of(51n))[0]!.requestId).toBe('prune-11')
  })
})

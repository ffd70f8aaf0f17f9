import { beforeAll, describe, expect, it } from 'vitest'
import { ownerPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { bookSegments } from '@/lib/metering/book-segments'
import { hasSampleUsage, listEndUserDays, listEndUserUsage } from '@/lib/metering/queries'
import { fillSampleUsage, imagineHistory, type SampleUsage } from '@/lib/metering/sample-usage'
import { listProductActivity } from '@/lib/metering/usage-overview'
import { callSeries } from '@/lib/metering/usage-series'
import { addOutcome, addRecord, emptyOutcomes, emptySums } from '@/lib/metering/usage-sums'
import { listAccountTotals, listApplicationTotals, listMetricTotals, listOutcomeTotals, readHeatMap, usageByMetric } from '@/lib/metering/usage-totals'
import type { Ctx } from '@/lib/tenants/context'

testDatabase()
let ctx: Ctx
let other: Ctx
let ids: Awaited<ReturnType<typeof makeProduct>>
let foreign: Awaited<ReturnType<typeof makeProduct>>
let batches = 0

async function makeProduct({ db, tenant: { id: tenantId } }: Ctx) {
  const product = await db.product.create({ data: { tenantId, name: 'API', systemName: 'api', secretTokenCipher: '', errorAnswers: {} } })
  const hits = await db.metric.create({ data: { tenantId, productId: product.id, systemName: 'hits', name: 'Hits' } })
  const search = await db.metric.create({ data: { tenantId, productId: product.id, systemName: 'search', name: 'GET search', verb: 'GET', parentId: hits.id } })
  const post = await db.metric.create({ data: { tenantId, productId: product.id, systemName: 'post', name: 'POST status', verb: 'POST', parentId: hits.id } })
  const plan = await db.plan.create({ data: { tenantId, productId: product.id, name: 'Basic', systemName: 'basic' } })
  const userPlan = await db.plan.create({ data: { tenantId, productId: product.id, kind: 'end_user', name: 'Users', systemName: 'users' } })
  const account = await db.account.create({ data: { tenantId, orgName: 'Partner' } })
  const make = (name: string, kind: string) =>
    db.application.create({ data: { tenantId, productId: product.id, name, kind, appId: name, ...(kind === 'partner' ? { accountId: account.id, planId: plan.id } : {}) } })
  const [a, b, test] = [await make('a', 'partner'), await make('b', 'partner'), await make('test', 'test')]
  const user = await db.endUser.create({ data: { tenantId, productId: product.id, planId: userPlan.id, externalId: 'alice' } })
  await db.endUser.create({ data: { tenantId, productId: product.id, planId: userPlan.id, externalId: 'bob' } })
  return { tenantId, productId: product.id, hits: hits.id, search: search.id, post: post.id, a: a.id, b: b.id, test: test.id, account: account.id, user: user.id, userPlan: userPlan.id }
}

type Made = { at: string; application?: 'a' | 'b' | 'test'; metric?: 'hits' | 'search'; value?: number; environment?: 'staging' | 'production'; endUser?: boolean }

async function book(of: typeof ids, made: Made[]): Promise<void> {
  const sums = emptySums()
  for (const { at, application = 'a', metric = 'hits', value = 1, environment = 'production', endUser = false } of made)
    addRecord(sums, { id: '', at: Date.parse(at), tenantId: Number(of.tenantId), productId: Number(of.productId), environment, applicationId: Number(of[application]), endUserId: endUser ? Number(of.user) : null, credentialId: null, address: '', usage: [[Number(of[metric]), value]], counted: [] })
  await bookSegments(ownerPool(), [{ id: `batch ${++batches}`, sums, outcomes: null }])
}

const range = (from: string, to: string) => ({ from: new Date(from), to: new Date(to) })
const production = { environment: 'production' as const }

beforeAll(async () => {
  ctx = { ...(await makeTenant()), now: new Date('2026-11-23T12:20:00Z') }
  other = await makeTenant()
  ids = await makeProduct(ctx)
  foreign = await makeProduct(other)
  await book(ids, [
    { at: '2026-09-30T23:59:59Z', value: 3 },
    { at: '2026-10-01T00:00:00Z', value: 5 },
    { at: '2026-10-25T00:30:00Z', value: 7 }, // 02:30 in Berlin, summer time
    { at: '2026-10-25T01:30:00Z', value: 11 }, // 02:30 in Berlin again, winter time
    { at: '2026-10-31T23:30:00Z', value: 13 }, // November already in Berlin
    { at: '2026-11-22T18:29:00Z', value: 17 }, // 23:59 in Kolkata
    { at: '2026-11-22T18:30:00Z', value: 19 }, // 00:00 of the next day in Kolkata
    { at: '2026-11-23T12:19:00Z', value: 23, endUser: true },
    { at: '2026-11-23T12:19:00Z', value: 29, application: 'b' },
    { at: '2026-11-23T12:19:00Z', value: 31, application: 'test' },
    { at: '2026-11-23T12:19:00Z', value: 37, environment: 'staging' },
    { at: '2026-11-23T12:19:00Z', value: 41, metric: 'search' },
  ])
  await book(foreign, [{ at: '2026-11-23T12:19:00Z', value: 1000, endUser: true }])
})

describe('totals', () => {
  it('by end user', async () => {
    const query = { ...production, productId: ids.productId, metricId: ids.hits }
    expect(await listEndUserUsage(ctx, query)).toMatchObject([
      { endUserId: Number(ids.user), externalId: 'alice', planName: 'Users', value: 23, lastDay: '2026-11-23' },
      { externalId: 'bob', value: 0, lastDay: null },
    ])
    expect(await listEndUserUsage(ctx, { ...query, search: 'bo' })).toMatchObject([{ externalId: 'bob' }])
    expect(await listEndUserDays(ctx, { ...query, endUserId: ids.user, ...range('2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z') })).toEqual([{ day: '2026-11-23', value: 23 }])
  })

  it('ISO-3 nothing of another tenant, though its ids are known', async () => {
    const wide = range('2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z')
    const theirs = { ...production, productId: foreign.productId, metricIds: [foreign.hits] }
    const compared = { before: range('2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'), now: wide }
    expect(await listMetricTotals(ctx, theirs, compared)).toEqual([])
    expect(await listMetricTotals(ctx, { ...theirs, applicationId: foreign.a }, compared)).toEqual([])
    expect((await listApplicationTotals(ctx, theirs, compared, 10)).items).toEqual([])
    expect((await listAccountTotals(ctx, { ...theirs, accountId: foreign.account }, compared, 10)).items).toEqual([])
    expect(await usageByMetric(ctx, theirs, [wide])).toEqual([])
    expect((await readHeatMap(ctx, theirs, wide, 'Etc/UTC')).flat().some((value) => value > 0)).toBe(false)
    expect(await listEndUserUsage(ctx, { ...production, productId: foreign.productId, metricId: foreign.hits })).toEqual([])
    expect(await listMetricTotals(other, theirs, compared)).toEqual([{ metricId: Number(foreign.hits), now: 1000, before: 0 }])
  })
})

describe('how calls ended', () => {
  beforeAll(async () => {
    const outcomes = emptyOutcomes()
    const add = (at: string, outcome: string, application: bigint, durationMs: number, calls = 1) =>
      addOutcome(outcomes, { at: Date.parse(at), tenantId: Number(ids.tenantId), productId: Number(ids.productId), environment: 'production', applicationId: Number(application), outcome, durationMs }, calls, 1000)
    add('2026-11-23T12:10:00Z', '2xx', ids.a, 30)
    add('2026-11-23T12:10:00Z', '2xx', ids.a, 50)
    add('2026-11-23T12:10:00Z', '5xx', ids.a, 10)
    add('2026-11-23T11:10:00Z', 'upstream_timed_out', ids.a, 10)
    add('2026-11-22T13:10:00Z', 'limits_exceeded', ids.b, 0)
    add('2026-11-23T12:10:00Z', 'key_unknown', 0n, 0)
    add('2026-11-23T12:10:00Z', '2xx', ids.test, 1000, 50)
    add('2026-11-22T12:10:00Z', '2xx', ids.a, 1000, 100)
    await bookSegments(ownerPool(), [{ id: 'outcomes', sums: emptySums(), outcomes }])
  })

  it('the last 24 hours of each product: calls, refusals, failures, and calls by hour', async () => {
    const [activity, ...rest] = await listProductActivity(ctx)
    expect(rest).toEqual([])
    expect(activity).toMatchObject({ productId: Number(ids.productId), calls: 6, refusals: 2, failures: 2, averageMs: 17 })
    expect(activity!.series).toHaveLength(24)
    expect([activity!.series[0], activity!.series[22], activity!.series[23]]).toEqual([1, 1, 4])
    expect(await listProductActivity(ctx, { environment: 'staging' })).toEqual([])
    expect(await listProductActivity(other)).toEqual([])
  })

  it('by outcome, and over time', async () => {
    const today = { ...production, productId: ids.productId, ...range('2026-11-23T00:00:00Z', '2026-11-23T12:30:00Z') }
    expect(await listOutcomeTotals(ctx, { ...production, productId: ids.productId }, { before: range('2026-11-22T00:00:00Z', '2026-11-23T00:00:00Z'), now: today })).toEqual([
      { outcome: '2xx', now: 2, before: 100, averageMs: 40, averageMsBefore: 10 },
      { outcome: '5xx', now: 1, before: 0, averageMs: 10, averageMsBefore: null },
      { outcome: 'key_unknown', now: 1, before: 0, averageMs: 0, averageMsBefore: null },
      { outcome: 'upstream_timed_out', now: 1, before: 0, averageMs: 10, averageMsBefore: null },
      { outcome: 'limits_exceeded', now: 0, before: 1, averageMs: null, averageMsBefore: 0 },
    ])
    const { series } = await callSeries(ctx, { ...today, granularity: 'hour', ...range('2026-11-23T11:00:00Z', '2026-11-23T13:00:00Z') })
    expect(series).toEqual([
      { outcome: '2xx', values: [0, 2], total: 2 },
      { outcome: '5xx', values: [0, 1], total: 1 },
      { outcome: 'key_unknown', values: [0, 1], total: 1 },
      { outcome: 'upstream_timed_out', values: [1, 0], total: 1 },
    ])
  })
})

describe('sample usage', () => {
  const now = new Date('2026-11-23T12:20:00Z')
  const sampleOf = (of: typeof ids): SampleUsage => ({ tenantId: of.tenantId, productId: of.productId, hitsId: of.hits, methods: [of.search, of.post], applications: [{ id: of.a, callsPerDay: 400 }, { id: of.b, callsPerDay: 3 }], seed: 7 })

  it('is the same for the same seed, busy by day and quiet at weekends', () => {
    const history = imagineHistory(now, sampleOf(ids))
    expect(imagineHistory(now, sampleOf(ids))).toEqual(history)
    expect(imagineHistory(now, { ...sampleOf(ids), seed: 8 })).not.toEqual(history)
    const sumWhere = (test: (at: Date) => boolean) => history.usage.filter(([, metric, at]) => metric === Number(ids.hits) && test(new Date(at))).reduce((sum, row) => sum + row[3], 0)
    expect(history.calls / 30).toBeGreaterThan(300)
    expect(history.calls / 30).toBeLessThan(500)
    expect(sumWhere((at) => at.getUTCHours() === 14)).toBeGreaterThan(3 * sumWhere((at) => at.getUTCHours() === 3))
    expect(sumWhere((at) => at.getUTCDay() === 3)).toBeGreaterThan(1.8 * sumWhere((at) => at.getUTCDay() === 0))
  })

  it('fills once, marks what it filled, and its sums agree', async () => {
    const fresh = { ...(await makeTenant()), now }
    const product = await makeProduct(fresh)
    const { calls } = await fillSampleUsage(ownerPool(), now, sampleOf(product))
    expect(calls).toBeGreaterThan(5_000)
    expect(await fillSampleUsage(ownerPool(), now, sampleOf(product))).toEqual({ calls: 0 })
    expect(await hasSampleUsage(fresh, product.productId)).toBe(true)
    expect(await hasSampleUsage(ctx, ids.productId)).toBe(false)

    const month = range('2026-10-01T00:00:00Z', '2026-12-01T00:00:00Z')
    const scope = { ...production, productId: product.productId }
    // Out of the month sums, the day sums and the quarter hours.
    for (const slots of [[month], [range('2026-10-01T00:00:00Z', '2026-11-10T00:00:00Z'), range('2026-11-10T00:00:00Z', '2026-12-01T00:00:00Z')], Array.from({ length: 61 }, (_, day) => range(new Date(Date.parse('2026-10-01T05:30:00Z') + day * 86_400_000).toISOString(), new Date(Date.parse('2026-10-02T05:30:00Z') + day * 86_400_000).toISOString()))]) {
      const usage = new Map((await usageByMetric(fresh, { ...scope, metricIds: [product.hits, product.search, product.post] }, slots)).map(({ key, values }) => [key, values.reduce((sum, value) => sum + value, 0)]))
      expect(usage.get(Number(product.hits))).toBe(calls)
      expect(usage.get(Number(product.search))! + usage.get(Number(product.post))!).toBe(calls)
    }
    const compared = { before: range('2026-09-01T00:00:00Z', '2026-10-01T00:00:00Z'), now: month }
    expect((await listOutcomeTotals(fresh, scope, compared)).reduce((sum, row) => sum + row.now, 0)).toBe(calls)
    expect(await listMetricTotals(fresh, { ...scope, metricIds: [product.hits] }, { before: compared.before, now: range('2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z') })).toEqual([])
    expect(await fresh.db.usageBucket.count({ where: { sample: false } })).toBe(0)
    expect(await fresh.db.limitCounter.count()).toBe(0)
    const application = await fresh.db.application.findUniqueOrThrow({ where: { id: product.a } })
    expect(application.firstCallAt!.getTime()).toBeLessThan(application.lastCallAt!.getTime())
  })
})

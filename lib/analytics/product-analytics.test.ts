import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { toCsv } from '@/components/ui/csv'
import { analyticsCsv, csvTables } from '@/lib/analytics/analytics-csv'
import { spanOf, type PeriodChoice } from '@/lib/analytics/period'
import { readProductAnalytics, summariseOutcomes, type AnalyticsFilter } from '@/lib/analytics/product-analytics'
import { wallOf } from '@/lib/analytics/zoned-time'
import { ownerPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { isAppError } from '@/lib/errors'
import { bookSegments } from '@/lib/metering/book-segments'
import { kindOfOutcome } from '@/lib/metering/outcome-kind'
import { addOutcome, addRecord, emptyOutcomes, emptySums } from '@/lib/metering/usage-sums'
import { makeTestProduct } from '@/lib/plans/test-product'
import type { Ctx } from '@/lib/tenants/context'

type Call = { at: number; application: number; method: number; outcome: string; durationMs: number }
type World = { ctx: Ctx; productId: bigint; hitsId: bigint; methods: bigint[]; applications: { id: bigint; accountId: bigint | null }[]; accounts: bigint[] }

const NOW = new Date('2026-11-23T12:20:00Z')
const METHODS = 8
let batch = 0

async function makeWorld(): Promise<World> {
  const ctx = { ...(await makeTenant()), now: NOW }
  const tenantId = ctx.tenant.id
  const { productId, hitsId, methodIds } = await makeTestProduct(ctx, { methods: Array.from({ length: METHODS }, (_, index) => ({ name: `method${index}`, verb: 'GET' })) })
  const accounts = [await ctx.db.account.create({ data: { tenantId, orgName: '=HYPERLINK("http://evil")' } }), await ctx.db.account.create({ data: { tenantId, orgName: 'Second' } })].map(({ id }) => id)
  const applications = []
  for (const [index, accountId] of [accounts[0]!, accounts[0]!, accounts[1]!, null].entries()) {
    const { id } = await ctx.db.application.create({ data: { tenantId, productId, name: accountId ? `app ${index}` : 'probe', kind: accountId ? 'partner' : 'test', appId: `app${index}`, accountId } })
    applications.push({ id, accountId })
  }
  return { ctx, productId, hitsId, methods: Object.values(methodIds), applications, accounts }
}

/** As the gateway does it: an admitted call counts Hits and its method; how it ended is told besides. */
async function book({ ctx, productId, hitsId, methods, applications }: World, calls: Call[]): Promise<void> {
  const sums = emptySums()
  const outcomes = emptyOutcomes()
  for (const { at, application, method, outcome, durationMs } of calls) {
    const place = { at, tenantId: Number(ctx.tenant.id), productId: Number(productId), environment: 'production' as const, applicationId: Number(applications[application]!.id) }
    if (kindOfOutcome(outcome) !== 'refused')
      addRecord(sums, { ...place, id: '', endUserId: null, credentialId: null, address: '', usage: [[Number(hitsId), 1], [Number(methods[method]), 1]], counted: [] })
    addOutcome(outcomes, { ...place, outcome, durationMs }, 1, 100_000)
  }
  await bookSegments(ownerPool(), [{ id: `analytics ${++batch}`, sums, outcomes }])
}

const sum = (values: number[]) => values.reduce((all, value) => all + value, 0)

describe('analytics of a product', () => {
  testDatabase()
  let world: World
  const calls: Call[] = []
  const filterOf = (more: Partial<AnalyticsFilter> = {}): AnalyticsFilter => ({ productId: world.productId, environment: 'production', ...more })
  const inZone = (timezone: string): Ctx => ({ ...world.ctx, tenant: { ...world.ctx.tenant, timezone } })

  beforeAll(async () => {
    world = await makeWorld()
    const times = fc.oneof(fc.integer({ min: Date.parse('2026-09-20T00:00:00Z'), max: NOW.getTime() }), fc.integer({ min: Date.parse('2026-10-24T20:00:00Z'), max: Date.parse('2026-10-26T02:00:00Z') }), fc.integer({ min: Date.parse('2026-11-22T12:00:00Z'), max: NOW.getTime() }))
    const call = fc.record({ at: times, application: fc.nat(3), method: fc.nat(METHODS - 1), outcome: fc.constantFrom('2xx', '2xx', '2xx', '4xx', '5xx', 'limits_exceeded', 'method_disabled', 'upstream_timed_out'), durationMs: fc.nat(900) })
    calls.push(...fc.sample(call, { numRuns: 1_500, seed: 42 }))
    await book(world, calls)
  })

  it('every number equals the calls that were sent, whatever is asked, in any zone', { timeout: 120_000 }, async () => {
    const choices = fc.record({
      zone: fc.constantFrom('Etc/UTC', 'Asia/Kolkata', 'Asia/Kathmandu', 'Europe/Berlin', 'America/New_York', 'Pacific/Auckland'),
      choice: fc.oneof(
        fc.record({ period: fc.constantFrom('today', '24h', '7d', '30d', 'month', '12m'), by: fc.constantFrom('hour', 'day', 'month', undefined) }),
        fc.record({ period: fc.constant('own'), by: fc.constantFrom('hour', 'day', 'month', undefined), first: fc.constantFrom('2026-10-24', '2026-10-25', '2026-09-30'), last: fc.constantFrom('2026-10-25', '2026-10-26', '2026-11-23') }),
      ) as fc.Arbitrary<PeriodChoice>,
      only: fc.constantFrom('all', 'application', 'account', 'method'),
    })
    await fc.assert(
      fc.asyncProperty(choices, async ({ zone, choice, only }) => {
        const ctx = inZone(zone)
        const span = spanOf(choice, NOW, zone)
        const { accounts, applications, methods } = world
        const found = await readProductAnalytics(ctx, filterOf({ ...(only === 'application' && { applicationId: applications[1]!.id }), ...(only === 'account' && { accountId: accounts[0]! }), ...(only === 'method' && { metricId: methods[2]! }) }), span)
        const of = (slot: { from: Date; to: Date }) =>
          calls.filter(({ at, application }) => at >= slot.from.getTime() && at < slot.to.getTime() && application !== 3 && (only !== 'application' || application === 1) && (only !== 'account' || application < 2))
        const admitted = (slot: { from: Date; to: Date }) => of(slot).filter(({ outcome, method }) => kindOfOutcome(outcome) !== 'refused' && (only !== 'method' || method === 2))
        const sent = admitted(span)
        expect(found.usage).toEqual({ now: sent.length, before: admitted(span.before).length })
        expect(found.applications.total).toEqual(found.usage)
        expect(found.accounts.total).toEqual(found.usage)
        expect(sum(found.heatMap.flat())).toBe(sent.length)
        expect(sum(found.applicationLines.flatMap(({ values }) => values))).toBe(sent.length)
        expect(sum(found.methodLines.flatMap(({ values }) => values))).toBe(sent.length)
        for (const { metricId, now } of found.metrics.filter(({ isMethod }) => isMethod && only !== 'method'))
          expect(now).toBe(sent.filter(({ method }) => Number(methods[method]) === metricId).length)
        for (const { accountId, now, applications: many } of found.accounts.items) {
          const own = sent.filter(({ application }) => Number(applications[application]!.accountId) === accountId)
          expect([now, many]).toEqual([own.length, new Set(own.map(({ application }) => application)).size])
        }
        span.slots.forEach((slot, index) => {
          const inSlot = admitted(slot)
          expect(sum(found.methodLines.map(({ values }) => values[index]!))).toBe(inSlot.length)
          expect(sum(found.applicationLines.map(({ values }) => values[index]!))).toBe(inSlot.length)
          expect(found.ended.refused[index]).toBe(of(slot).filter(({ outcome }) => kindOfOutcome(outcome) === 'refused').length)
        })
        const ended = summariseOutcomes(found.outcomes)
        expect([ended.calls.now, ended.calls.before]).toEqual([of(span).length, of(span.before).length])
        for (const { outcome, now } of found.outcomes) expect(now).toBe(of(span).filter((call) => call.outcome === outcome).length)
        if (ended.averageMs.now !== null) expect(ended.averageMs.now).toBeCloseTo(sum(of(span).map(({ durationMs }) => durationMs)) / of(span).length, 6)
      }),
      { numRuns: 40, seed: 7 },
    )
  })

  it.each(['Asia/Kolkata', 'Europe/Berlin', 'Etc/UTC'])('the heat map shows the hours of %s, the doubled hour of autumn as one', async (zone) => {
    const span = spanOf({ period: 'own', first: '2026-10-20', last: '2026-11-23' }, NOW, zone)
    const { heatMap } = await readProductAnalytics(inZone(zone), filterOf(), span)
    const expected = Array.from({ length: 7 }, () => Array<number>(24).fill(0))
    for (const { at, application, outcome } of calls) {
      if (application === 3 || kindOfOutcome(outcome) === 'refused' || at < span.from.getTime() || at >= span.to.getTime()) continue
      const { year, month, day, hour } = wallOf(at, zone)
      expected[(new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7]![hour]!++
    }
    expect(heatMap).toEqual(expected)
  })

  it('usage of an application that was deleted stays, without its name', async () => {
    const { ctx, productId } = world
    const { id } = await ctx.db.application.create({ data: { tenantId: ctx.tenant.id, productId, name: 'Gone', kind: 'partner', appId: 'gone', accountId: world.accounts[1]! } })
    const mine: World = { ...world, applications: [{ id, accountId: world.accounts[1]! }] }
    const at = Date.parse('2026-07-15T10:00:00Z')
    await book(mine, [{ at, application: 0, method: 0, outcome: '2xx', durationMs: 1 }])
    await ctx.db.application.delete({ where: { id } })
    const found = await readProductAnalytics(ctx, filterOf(), spanOf({ period: 'own', first: '2026-07-15', last: '2026-07-15' }, NOW, 'Etc/UTC'))
    expect(found.applications.items).toMatchObject([{ applicationId: Number(id), name: null, now: 1 }])
    expect(found.accounts.items).toMatchObject([{ accountId: null, name: null, now: 1 }])
    expect(found.usage.now).toBe(1)
  })

  it('the number of statements does not grow with methods and applications', async () => {
    const { ctx } = world
    const span = spanOf({ period: '30d' }, NOW, 'Etc/UTC')
    const count = async (productId: bigint) => {
      let statements = 0
      const counting = (target: object): object =>
        new Proxy(target, {
          get: (own, name) => {
            const value = Reflect.get(own, name) as unknown
            if (name === '$queryRaw') return (...args: unknown[]) => (statements++, Reflect.apply(value as () => unknown, own, args))
            if (name === 'metric') return counting(value as object)
            if (name === 'findMany') return (...args: unknown[]) => (statements++, Reflect.apply(value as () => unknown, own, args))
            return value
          },
        })
      await readProductAnalytics({ ...ctx, db: counting(ctx.db) as Ctx['db'] }, { productId, environment: 'production' }, span)
      return statements
    }
    const bare = await makeTestProduct(ctx, { systemName: 'bare' })
    expect(await count(bare.productId)).toBe(await count(world.productId))
  })

  it('ISO-5 a product, application or account of another tenant is as one that never was', async () => {
    const other = await makeWorld()
    const span = spanOf({ period: '30d' }, NOW, 'Etc/UTC')
    await expect(readProductAnalytics(other.ctx, filterOf(), span)).rejects.toSatisfy((error) => isAppError(error) && error.code === 'not_found')
    await expect(readProductAnalytics(other.ctx, { productId: 999_999n, environment: 'production' }, span)).rejects.toSatisfy((error) => isAppError(error) && error.code === 'not_found')
    const none = await readProductAnalytics(other.ctx, { productId: other.productId, environment: 'production', applicationId: world.applications[0]!.id, accountId: world.accounts[0]! }, span)
    expect([none.usage.now, none.applications.items, none.outcomes]).toEqual([0, [], []])
  })

  it('each table is a spreadsheet whose sums are those of the page, and no name in it is a formula', async () => {
    const { ctx } = world
    const span = spanOf({ period: '30d' }, NOW, 'Etc/UTC')
    const found = await readProductAnalytics(ctx, filterOf(), span)
    const table = async (name: (typeof csvTables)[number]) => analyticsCsv(ctx, name, filterOf(), span)
    const column = ({ header, rows }: Awaited<ReturnType<typeof table>>, name: string) => sum(rows.map((row) => row[header.indexOf(name)] as number))
    expect(column(await table('series'), 'Hits')).toBe(found.usage.now)
    expect(column(await table('applications'), 'used')).toBe(found.usage.now)
    expect(column(await table('partners'), 'period before')).toBe(found.usage.before)
    expect(sum((await table('hours')).rows.flatMap(([, ...values]) => values as number[]))).toBe(found.usage.now)
    expect(column(await table('outcomes'), 'calls')).toBe(summariseOutcomes(found.outcomes).calls.now)
    for (const name of csvTables) {
      const { header, rows } = await table(name)
      expect(toCsv(header, rows)).not.toMatch(/(^|,|\n)"?[=+@-][A-Z]/)
    }
    const partners = await table('partners')
    expect(toCsv(partners.header, partners.rows)).toContain(`"'=HYPERLINK(""http://evil"")"`)
  })
})

import { beforeAll, describe, expect, it } from 'vitest'
import { statsRangeOf } from '@/lib/analytics/stats-range'
import { ownerPool } from '@/lib/db/pools'
import { testDatabase } from '@/lib/db/test-database'
import { bookSegments } from '@/lib/metering/book-segments'
import { addOutcome, addRecord, emptyOutcomes, emptySums } from '@/lib/metering/usage-sums'
import { assignsOf, call, makeApplication, makePortal, makePortalProduct, makeVisit } from '@/lib/portal/pages/signed-in.fixture'
import { servePortal } from '@/lib/portal/serve-portal'

type Portal = Awaited<ReturnType<typeof makePortal>>
type Visit = Awaited<ReturnType<typeof makeVisit>>
type Data = { total: number; previous_total: number; slots: string[]; heat_map: number[][]; methods: { id: number | null; name: string; values: number[]; total: number }[]; applications: { name: string; total: number }[]; outcomes: { code: string; name: string; calls: number }[]; ended: Record<string, number[]> }

const NOW = new Date('2026-11-23T12:20:00Z') // a Monday
let batch = 0

describe('statistics of a partner', () => {
  testDatabase()
  let portal: Portal
  let other: Portal
  let me: Visit
  let stranger: Visit
  let shop: bigint
  let second: bigint
  let theirs: bigint
  let secondProduct: Awaited<ReturnType<typeof makePortalProduct>>

  const at = (visit: Visit): Visit => ({ ...visit, ctx: { ...visit.ctx, now: NOW, tenant: { ...visit.ctx.tenant, timezone: 'Asia/Kolkata' } } })
  const sum = (values: number[]) => values.reduce((all, value) => all + value, 0)

  async function book(of: { productId: bigint; hitsId: bigint; methodIds: Record<string, bigint> }, applicationId: bigint, calls: { when: string; method: string; times: number; refused?: number }[]) {
    const sums = emptySums()
    const outcomes = emptyOutcomes()
    for (const { when, method, times, refused = 0 } of calls) {
      const place = { at: Date.parse(when), tenantId: Number(portal.ctx.tenant.id), productId: Number(of.productId), environment: 'production' as const, applicationId: Number(applicationId) }
      addRecord(sums, { ...place, id: '', endUserId: null, credentialId: null, address: '', usage: [[Number(of.hitsId), times], [Number(of.methodIds[method]), times]], counted: [] })
      addOutcome(outcomes, { ...place, outcome: '2xx', durationMs: 40 * times }, times, 1_000)
      if (refused > 0) addOutcome(outcomes, { ...place, outcome: 'limits_exceeded', durationMs: 0 }, refused, 1_000)
    }
    await bookSegments(ownerPool(), [{ id: `stats ${++batch}`, sums, outcomes }])
  }
  const data = async (visit: Visit, query = '') => {
    const answer = await call(visit, 'GET', `/buyer/stats/data${query}`)
    if (answer.kind !== 'json') throw new Error('data was expected')
    return answer.body as Data
  }

  beforeAll(async () => {
    portal = await makePortal({ multipleApplications: true })
    other = await makePortal()
    secondProduct = await makePortalProduct(portal.ctx, 'second')
    me = at(await makeVisit(portal))
    stranger = at(await makeVisit(portal))
    shop = (await makeApplication(portal.ctx, me, portal.open, 'Shop')).id
    second = (await makeApplication(portal.ctx, me, secondProduct.open, 'Second')).id
    theirs = (await makeApplication(portal.ctx, stranger, portal.open, 'Theirs')).id
    await book(portal, shop, [
      { when: '2026-11-23T12:10:00Z', method: 'list', times: 5, refused: 2 }, // Monday 17:40 in Kolkata
      { when: '2026-11-22T18:40:00Z', method: 'post', times: 3 }, // Monday 00:10 in Kolkata
      { when: '2026-10-20T10:00:00Z', method: 'list', times: 4 },
    ])
    await book(secondProduct, second, [{ when: '2026-11-23T06:00:00Z', method: 'show', times: 7 }])
    await book(portal, theirs, [{ when: '2026-11-23T12:10:00Z', method: 'list', times: 1_000 }])
  })

  it('shows the own calls by method, hour of the week and answer, in the time zone of the tenant', async () => {
    const { total, previous_total, methods, heat_map, outcomes, ended, slots, applications } = await data(me, '?period=7d&by=day')
    expect([total, previous_total, slots.length]).toEqual([15, 0, 7])
    expect(methods.map(({ name, total: own }) => [name, own])).toEqual([['show', 7], ['list', 5], ['post', 3]])
    expect(applications.map(({ name, total: own }) => [name, own])).toEqual([['Shop', 8], ['Second', 7]])
    expect([heat_map[0]![17], heat_map[0]![0], heat_map[0]![11], sum(heat_map.flat())]).toEqual([5, 3, 7, 15])
    expect(outcomes).toMatchObject([{ code: '2xx', calls: 15 }, { code: 'limits_exceeded', name: 'Limit used up', calls: 2 }])
    expect([sum(ended.answered!), sum(ended.refused!)]).toEqual([15, 2])
    expect((await data(me, `?application_id=${shop}`)).total).toBe(8)
    expect((await data(me)).previous_total).toBe(4)
  })

  it('the page gives sums without a script, and the address of its data', async () => {
    const { totals, methods, stats_data_url, selected_application_id } = assignsOf(await call(me, 'GET', `/buyer/stats?application_id=${shop}&period=7d`)) as unknown as { totals: { calls: number; refused: number }; methods: { name: string; total: number; share: string }[]; stats_data_url: string; selected_application_id: number }
    expect([totals.calls, totals.refused, selected_application_id]).toEqual([8, 2, Number(shop)])
    expect(methods.map(({ name, total, share }) => [name, total, share])).toEqual([['list', 5, '63 %'], ['post', 3, '38 %']])
    expect((await data(me, stats_data_url.slice('/buyer/stats/data'.length))).total).toBe(8)
    const reply = await servePortal(me, { method: 'GET', path: '/buyer/stats', params: {}, query: new URLSearchParams('period=7d'), form: {}, json: undefined })
    const html = String(reply.body)
    expect(reply.status).toBe(200)
    for (const text of ['Calls let through', 'Limit used up', 'id="stats-chart"', '/javascripts/stats.js?v=', 'Asia/Kolkata', 'value="7d" selected']) expect(html).toContain(text)
  })

  it('a metric over time has the shape of the statistics API', async () => {
    const answer = await call(me, 'GET', `/buyer/stats/data/usage/${portal.hitsId}?period=week&granularity=day`)
    expect(answer).toMatchObject({ kind: 'json', body: { metric: { id: Number(portal.hitsId), name: 'Hits', system_name: 'hits' }, period: { name: 'week', granularity: 'day', timezone: 'Asia/Kolkata' }, total: 8, previous_total: 0, change: null } })
    expect(sum((answer as { body: { values: number[] } }).body.values)).toBe(8)
    expect(await call(me, 'GET', `/buyer/stats/data/usage/${portal.hitsId}?period=century`)).toEqual({ kind: 'json', status: 400, body: { error: 'period "century" is not known; use year, month, week, day.' } })
    expect(await call(me, 'GET', `/buyer/stats/data/usage/${portal.hitsId}?since=2026-10-20&until=2026-10-21&granularity=6hours&timezone=Etc/UTC`)).toMatchObject({ body: { total: 4, values: [0, 4, 0, 0] } })
  })

  it('ISO-10 ISO-5 applications and metrics of others are as ones that never were', async () => {
    for (const target of [`/buyer/stats/data?application_id=${theirs}`, `/buyer/stats?application_id=${theirs}`, '/buyer/stats/data?application_id=999999', '/buyer/stats/data?application_id=x', `/buyer/stats/data/usage/${other.hitsId}`, '/buyer/stats/data/usage/999999', `/buyer/stats/data/usage/${portal.hitsId}?application_id=${theirs}`])
      await expect(call(me, 'GET', target)).rejects.toMatchObject({ code: 'not_found' })
    // A metric of a product the account has no application of.
    await expect(call(stranger, 'GET', `/buyer/stats/data/usage/${secondProduct.hitsId}`)).rejects.toMatchObject({ code: 'not_found' })
    expect(JSON.stringify(await data(me))).not.toContain('Theirs')
    expect((await data(stranger, '?period=7d')).total).toBe(1_000)
    expect((await data(stranger, '?period=7d')).methods.map(({ name }) => name)).toEqual(['list'])
  })

  it('without a live application there are no statistics', async () => {
    const fresh = at(await makeVisit(portal))
    expect(await call(fresh, 'GET', '/buyer/stats')).toMatchObject({ kind: 'redirect', to: '/admin/applications' })
    expect(await call(me, 'GET', `/buyer/stats/${shop}/methods`)).toMatchObject({ kind: 'redirect', to: `/buyer/stats?application_id=${shop}` })
  })
})

describe('ranges of the statistics API', () => {
  const of = (query: string, zone = 'Etc/UTC') => {
    const { slots, before, granularity } = statsRangeOf(new URLSearchParams(query), NOW, zone)
    return [slots[0]!.from, slots.at(-1)!.to, before.from].map((date) => date.toISOString().slice(0, 16)).concat(granularity, String(slots.length))
  }
  it.each([
    ['', 'Etc/UTC', ['2026-10-23T00:00', '2026-11-23T12:30', '2026-09-21T11:30', 'day', '32']],
    ['period=day', 'Etc/UTC', ['2026-11-22T12:00', '2026-11-23T12:30', '2026-11-21T11:30', 'hour', '25']],
    ['period=year', 'Etc/UTC', ['2025-11-01T00:00', '2026-11-23T12:30', '2024-10-09T11:30', 'month', '13']],
    ['period=month&since=2026-03-01', 'Europe/Berlin', ['2026-02-28T23:00', '2026-03-31T22:00', '2026-01-29T00:00', 'day', '31']],
    ['since=2026-11-01 06:00&until=2026-11-01T12:00:00Z&granularity=hour', 'Asia/Kolkata', ['2026-11-01T00:30', '2026-11-01T12:00', '2026-10-31T13:00', 'hour', '12']],
  ])('%s in %s', (query, zone, expected) => expect(of(query, zone)).toEqual(expected))

  it.each(['granularity=minute', 'timezone=Mars/Olympus', 'since=yesterday', 'until=2026-13-01', 'since=2000-01-01&granularity=hour', 'timezone=%3Cscript%3E'])('refuses %s', (query) => {
    expect(() => of(query)).toThrow(expect.objectContaining({ code: 'bad_request' }) as Error)
  })
})

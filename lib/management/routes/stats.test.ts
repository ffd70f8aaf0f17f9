import { beforeAll, describe, expect, it } from 'vitest'
import { createAccount } from '@/lib/accounts/create-account'
import { createApplication } from '@/lib/applications/create-application'
import { createBackend } from '@/lib/backends/create-backend'
import { mountBackend } from '@/lib/backends/mount-backend'
import { ownerPool } from '@/lib/db/pools'
import { testDatabase } from '@/lib/db/test-database'
import { makeManagement, type Management } from '@/lib/management/management.fixture'
import { bookSegments } from '@/lib/metering/book-segments'
import { addOutcome, addRecord, emptyOutcomes, emptySums } from '@/lib/metering/usage-sums'
import { createPlan } from '@/lib/plans/create-plan'
import { createProduct } from '@/lib/products/create-product'
import { getHits } from '@/lib/products/queries'

testDatabase()
let world: Management
let productId: bigint
let hitsId: bigint
let backendId: bigint
const applications: bigint[] = []

beforeAll(async () => {
  world = await makeManagement()
  const { ctx } = world
  ;({ id: productId, hitsId } = await createProduct(ctx, { name: 'Counted' }))
  const plan = await createPlan(ctx, { productId, name: 'Gold' })
  const account = await createAccount(ctx, { orgName: 'Umbrella, "Ltd"' })
  for (const name of ['Busy', '=Idle', 'Quiet']) applications.push((await createApplication(ctx, { accountId: account.id, planId: plan.id, name })).id)
  ;({ id: backendId } = await createBackend(ctx, { name: 'Photos', privateBaseUrl: 'https://photos.example.com' }))
  await mountBackend(ctx, { productId, backendId, path: '/photos' })
  const second = await createProduct(ctx, { name: 'Counted too' })
  await mountBackend(ctx, { productId: second.id, backendId, path: '/' })
  const there = (await createApplication(ctx, { accountId: account.id, planId: (await createPlan(ctx, { productId: second.id, name: 'There' })).id, name: 'There' })).id
  const mounted = await ctx.db.metric.findFirstOrThrow({ where: { productId, systemName: `hits.${backendId}` } })
  const mountedThere = await ctx.db.metric.findFirstOrThrow({ where: { productId: second.id, systemName: `hits.${backendId}` } })

  const sums = emptySums()
  const outcomes = emptyOutcomes()
  const book = (when: string, application: bigint, usage: [number, number][], outcome: string, product = productId, environment: 'staging' | 'production' = 'production') => {
    const place = { at: Date.parse(when), tenantId: Number(ctx.tenant.id), productId: Number(product), environment, applicationId: Number(application) }
    addRecord(sums, { ...place, id: '', endUserId: null, credentialId: null, address: '', usage, counted: [] })
    addOutcome(outcomes, { ...place, outcome, durationMs: 5 }, 1, 100_000)
  }
  const hit: [number, number] = [Number(hitsId), 1]
  for (let hour = 0; hour < 3; hour++) book(`2026-11-01T${10 + hour}:05:00Z`, applications[0]!, [hit], '2xx')
  book('2026-11-01T10:50:00Z', applications[1]!, [hit, [Number(mounted.id), 4]], '5xx')
  book('2026-10-31T10:00:00Z', applications[0]!, [hit], '2xx')
  book('2026-10-31T11:00:00Z', applications[0]!, [hit], '4xx')
  book('2026-11-01T10:00:00Z', applications[0]!, [hit], '2xx', productId, 'staging')
  book('2026-11-01T10:00:00Z', there, [[Number((await getHits(ctx.db, second.id)).id), 1], [Number(mountedThere.id), 3]], '2xx', second.id)
  await bookSegments(ownerPool(), [{ id: 'stats', sums, outcomes }])
})

const get = (path: string) => world.call('GET', `/stats${path}`)
const day = 'period=day&since=2026-11-01&metric_name=hits'

describe('the analytics API', () => {
  it('tells the usage of a product by the hour, production only', async () => {
    const { status, json } = await get(`/services/${productId}/usage.json?${day}`)
    expect(status).toBe(200)
    expect(json).toEqual({
      metric: { id: Number(hitsId), name: 'Hits', system_name: 'hits', unit: 'hit' },
      period: { name: 'day', since: '2026-11-01T00:00:00Z', until: '2026-11-01T23:59:59Z', timezone: 'Etc/UTC', granularity: 'hour' },
      total: 4,
      values: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    })
  })

  it('compares with the time before where that is asked for', async () => {
    expect((await get(`/services/${productId}/usage.json?${day}&skip_change=false`)).json).toMatchObject({ total: 4, previous_total: 2, change: 100 })
    expect((await get(`/services/${productId}/usage.json?${day}&skip_change=true`)).json).not.toHaveProperty('change')
  })

  it('counts in the time zone asked for', async () => {
    const { json } = await get(`/services/${productId}/usage.json?${day}&timezone=Asia/Kolkata`)
    expect(json.period).toMatchObject({ since: '2026-11-01T00:00:00+05:30', until: '2026-11-01T23:59:59+05:30' })
    // 10:05 UTC is 15:35 there, 10:50 is 16:20.
    expect(json.values.slice(15, 19)).toEqual([1, 2, 1, 0])
  })

  it('tells the usage of one application, and whose it is', async () => {
    const { json } = await get(`/applications/${applications[0]}/usage.json?${day}`)
    expect(json).toMatchObject({ total: 3, application: { id: Number(applications[0]), name: 'Busy', state: 'live', plan: { name: 'Gold' }, account: { name: 'Umbrella, "Ltd"' }, service: { id: Number(productId) } } })
  })

  it('tells the usage of a backend over all products that mount it', async () => {
    for (const name of ['hits', `hits.${backendId}`]) expect((await get(`/backend_apis/${backendId}/usage.json?period=day&since=2026-11-01&metric_name=${name}`)).json).toMatchObject({ total: 7, metric: { system_name: 'hits' } })
  })

  it('tells how calls were answered', async () => {
    const { json } = await get(`/services/${productId}/usage_response_code.json?period=day&since=2026-11-01&response_code=2XX`)
    expect(json).toMatchObject({ response_code: { code: '2XX' }, total: 3 })
    expect((await get(`/services/${productId}/usage_response_code.json?period=day&since=2026-11-01&response_code=5xx`)).json.total).toBe(1)
    expect((await get(`/applications/${applications[0]}/usage_response_code.json?period=day&since=2026-10-31&response_code=4XX`)).json.total).toBe(1)
  })

  it('lists the applications that used most, the busiest first', async () => {
    const { json } = await get(`/services/${productId}/top_applications.json?period=month&since=2026-11-15&metric_name=hits`)
    expect(json.applications).toEqual([])
    const top = (await get(`/services/${productId}/top_applications.json?period=month&since=2026-11-01&metric_name=hits`)).json
    expect(top.applications).toMatchObject([{ id: Number(applications[0]), name: 'Busy', value: 3, plan: { name: 'Gold' }, service: { id: Number(productId) } }, { id: Number(applications[1]), value: 1 }])
    expect(top).toMatchObject({ metric: { system_name: 'hits' }, period: { name: 'month', since: '2026-11-01T00:00:00Z', until: '2026-11-30T23:59:59Z' } })
  })

  it('lists what can be asked about', async () => {
    expect((await get(`/services/${productId}/summary.json`)).json).toMatchObject({ metrics: [{ system_name: 'hits' }], methods: [] })
  })

  it('answers in XML and CSV, where no cell is a formula', async () => {
    const xml = await get(`/services/${productId}/usage.xml?${day}`)
    expect(xml.headers.get('content-type')).toMatch(/application\/xml/)
    expect(xml.text).toContain('<usage><metric><id>')
    expect(xml.text).toContain('<data><total>4</total><values length="24">0,0,0,0,0,0,0,0,0,0,2,1,1,0')
    const csv = await get(`/services/${productId}/usage.csv?${day}`)
    expect(csv.headers.get('content-type')).toMatch(/text\/csv/)
    expect(csv.text.split('\r\n').slice(0, 12).at(-1)).toBe('2026-11-01T10:00:00Z,2')
    const top = await get(`/services/${productId}/top_applications.csv?period=month&since=2026-11-01&metric_name=hits`)
    expect(top.text.split('\r\n').slice(1, 3)).toEqual([`${applications[0]},Busy,"Umbrella, ""Ltd""",Gold,3`, `${applications[1]},'=Idle,"Umbrella, ""Ltd""",Gold,1`])
  })

  it.each<[string, number, RegExp]>([
    ['/services/PRODUCT/usage.json?metric_name=hits', 400, /Say period/],
    ['/services/PRODUCT/usage.json?period=day', 400, /metric_name/],
    ['/services/PRODUCT/usage.json?period=day&metric_name=nothing', 400, /no metric/],
    ['/services/PRODUCT/usage.json?period=never&metric_name=hits', 400, /period/],
    ['/services/PRODUCT/usage.json?since=2026-01-01&until=2026-11-01&granularity=hour&metric_name=hits', 400, /90 days/],
    ['/services/PRODUCT/usage_response_code.json?period=day&response_code=418', 400, /response_code/],
    ['/services/PRODUCT/top_applications.json?metric_name=hits', 400, /period and since/],
    ['/services/999999/usage.json?period=day&metric_name=hits', 404, /Not found/],
    ['/applications/999999/usage.json?period=day&metric_name=hits', 404, /Not found/],
    ['/backend_apis/999999/usage.json?period=day&metric_name=hits', 404, /Not found/],
    ['/backend_apis/BACKEND/usage.xml?period=day&metric_name=hits', 406, /json/],
  ])('%s is %i', async (path, status, message) => {
    const answered = await get(path.replace('PRODUCT', String(productId)).replace('BACKEND', String(backendId)))
    expect([answered.status, answered.text]).toEqual([status, expect.stringMatching(message)])
  })
})

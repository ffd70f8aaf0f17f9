import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAccount } from '@/lib/accounts/create-account'
import { createApplication, type NewApplication } from '@/lib/applications/create-application'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { env } from '@/lib/env'
import { openNodeDoor, send, type Door } from '@/lib/gateway/doors.contract'
import { limitMatrix, listPlans } from '@/lib/plans/queries'
import { applyImport } from '@/lib/products/openapi/apply-import'
import { planImport } from '@/lib/products/openapi/plan-import'
import { promoteConfig } from '@/lib/products/promote-config'
import { getProduct } from '@/lib/products/queries'
import type { Ctx } from '@/lib/tenants/context'
import { startTwitterApi, type TwitterApi } from '@/e2e/fakes/twitter-api'
import { loadPlans, type DemoPlans } from '@/scripts/demo/load-plans'
import { loadProducts } from '@/scripts/demo/load-products'

const document = JSON.parse(readFileSync(new URL('../data/twitter-rest-1.1.openapi.json', import.meta.url), 'utf8')) as { paths: Record<string, Record<string, unknown>> }
const secret = 'the-secret-the-gateway-shares'

describe('the plans of the walk-through', () => {
  testDatabase()
  let ctx: Ctx
  let api: TwitterApi
  let door: Door
  let productId: bigint
  let host: string
  let plans: DemoPlans
  const applications = {} as Record<keyof DemoPlans, NewApplication>

  beforeAll(async () => {
    Object.assign(env(), { egressAllow: ['127.0.0.0/8:*'] })
    ctx = await makeTenant()
    api = await startTwitterApi({ secrets: [secret] })
    productId = (await loadProducts(ctx, { url: api.url, secret })).restApiId
    plans = await loadPlans(ctx, productId)
    host = (await getProduct(ctx, productId)).hosts.production!
    for (const plan of ['trial', 'public', 'partner'] as const) {
      const { id: accountId } = await createAccount(ctx, { orgName: `On ${plan}` })
      applications[plan] = await createApplication(ctx, { accountId, planId: plans[plan], name: `App on ${plan}` })
    }
    door = await openNodeDoor()
  })
  afterAll(async () => {
    await door.close()
    await api.close()
  })

  const call = (plan: keyof DemoPlans, method: string, path: string) => {
    const { appId, appKey } = applications[plan]
    return send(door, { host, method, path: `/1.1/${path}`, headers: [['X-App-Id', appId], ['X-App-Key', appKey]] })
  }
  const seen = (verb: string, path: string) => api.hits().calls[`${verb} /1.1/${path}`] ?? 0

  it('are the three of the walk, with Trial as the default and Partner hidden', async () => {
    const { plans: all, defaultPlanId } = await listPlans(ctx, productId)
    expect(all.map(({ name, state, approvalRequired, newMethods, limits }) => ({ name, state, approvalRequired, newMethods, limits }))).toEqual([
      { name: 'Trial', state: 'published', approvalRequired: false, newMethods: 'reads_only', limits: 1 },
      { name: 'Public', state: 'published', approvalRequired: true, newMethods: 'enabled', limits: 102 },
      { name: 'Partner', state: 'hidden', approvalRequired: false, newMethods: 'enabled', limits: 2 },
    ])
    expect(defaultPlanId).toBe(Number(plans.trial))
    expect((await listPlans(ctx, productId, 'end_user')).plans).toMatchObject([{ name: 'User Limits', isDefault: true, limits: 102 }])
  })

  it('carry the figures of the chart: N per 15 minutes are ceil(N / 15) a minute and 4N an hour', async () => {
    const figuresOf = async (planId: bigint, name: string) => (await limitMatrix(ctx, planId)).rows.find((row) => row.name === name)?.limits.map(({ period, value }) => [period, value])
    expect(await figuresOf(plans.public, 'GET friendships/show')).toEqual([['minute', 1], ['hour', 60]])
    expect(await figuresOf(plans.public, 'GET search/tweets')).toEqual([['minute', 30], ['hour', 1800]])
    const [users] = (await listPlans(ctx, productId, 'end_user')).plans
    expect(await figuresOf(BigInt(users!.id), 'GET friendships/show')).toEqual([['minute', 12], ['hour', 720]])
    expect(await figuresOf(plans.trial, 'Hits')).toEqual([['month', 100]])
    expect(await figuresOf(plans.partner, 'Hits')).toEqual([['minute', 60], ['day', 50_000]])
  })

  it('let Trial read and not write; what is refused never reaches the API', async () => {
    expect((await call('trial', 'GET', 'users/show.json')).status).toBe(200)
    expect((await call('trial', 'POST', 'statuses/update.json')).status).toBe(403)
    expect((await call('partner', 'POST', 'statuses/update.json')).status).toBe(200)
    expect(seen('POST', 'statuses/update.json')).toBe(1)
  })

  it('refuse a POST that a later document adds on Trial, and let a new GET through', async () => {
    const operation = (operationId: string) => ({ operationId, responses: { 200: { description: 'Done' } } })
    const paths = { ...document.paths, '/statuses/schedule.json': { get: operation('statuses.schedule.read'), post: operation('statuses.schedule') } }
    const text = JSON.stringify({ ...document, paths })
    const plan = await planImport(ctx, productId, { text })
    expect(plan.create.map(({ name }) => name)).toEqual(['GET statuses/schedule', 'POST statuses/schedule'])
    await applyImport(ctx, productId, { text }, {}, plan.fingerprint)
    await promoteConfig(ctx, { productId })
    await door.settled()

    expect((await call('trial', 'POST', 'statuses/schedule.json')).status).toBe(403)
    expect(seen('POST', 'statuses/schedule.json')).toBe(0)
    // The stand-in does not know the new path: its own 404 shows that the call went through.
    expect((await call('trial', 'GET', 'statuses/schedule.json')).body).toContain('that page does not exist')
    expect((await call('public', 'POST', 'statuses/schedule.json')).body).toContain('that page does not exist')
    expect(seen('GET', 'statuses/schedule.json')).toBe(1)
    expect(seen('POST', 'statuses/schedule.json')).toBe(1)
    const matrix = (await limitMatrix(ctx, plans.trial)).rows.filter(({ name }) => name.endsWith('statuses/schedule'))
    expect(matrix.map(({ name, enabled }) => [name, enabled])).toEqual([['GET statuses/schedule', true], ['POST statuses/schedule', false]])
  })

  it('are made once, however often the demo starts', async () => {
    expect(await loadPlans(ctx, productId)).toEqual(plans)
    expect(await ctx.db.limit.count({ where: { planId: plans.public } })).toBe(102)
  })
})

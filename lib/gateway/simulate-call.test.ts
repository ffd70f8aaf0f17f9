import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { suspendAccount } from '@/lib/accounts/change-account-state'
import { suspendApplication } from '@/lib/applications/change-application'
import { ownerPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { newKey, newRequestId } from '@/lib/ids'
import { createEndUser } from '@/lib/plans/create-end-user'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { addLimits } from '@/lib/plans/set-limits'
import { setMethodEnabled } from '@/lib/plans/set-method-enabled'
import type { Ctx } from '@/lib/tenants/context'
import { setFeature } from '@/lib/tenants/set-feature'
import { openTestGateway } from '@/lib/gateway/doors.contract'
import type { Gateway } from '@/lib/gateway/gateway'
import { makeApplication, makeEndUserPlan, makeProduct } from '@/lib/gateway/product.fixture'
import type { TestApplication, TestProduct } from '@/lib/gateway/product.fixture'
import { simulateCall } from '@/lib/gateway/simulate-call'
import type { SimulatedRequest } from '@/lib/gateway/simulate-call'
import { testUpstream } from '@/lib/gateway/test-door.fixture'

testDatabase()

describe('the simulator', () => {
  const upstream = testUpstream()
  let ctx: Ctx
  let gateway: Gateway
  let settled: () => Promise<void>
  let product: TestProduct
  let users: TestProduct
  let apps: Record<'free' | 'limited' | 'used' | 'closed' | 'off' | 'suspended' | 'rejected' | 'bursts' | 'users' | 'needsUser', TestApplication>

  beforeAll(async () => {
    ctx = await makeTenant()
    await setFeature(ctx, { feature: 'endUserPlans', on: true })
    ;({ gateway, settled } = await openTestGateway())
    const rules = [{ pattern: '/things$', method: 'list' }, { pattern: '/things?kind={kind}', method: 'kinds' }, { verb: 'POST' as const, pattern: '/things$', method: 'create' }]
    product = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers', rules })
    users = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers', rules, endUserRegistrationRequired: false })
    const one = (limits: { period: 'year'; value: number }[] = [], of = product) => makeApplication(ctx, of, { limits })
    apps = {
      free: await one(),
      limited: await one([{ period: 'year', value: 5 }]),
      used: await one([{ period: 'year', value: 1 }]),
      closed: await one([{ period: 'year', value: 0 }]),
      off: await one(),
      suspended: await one(),
      rejected: await one(),
      bursts: await one(),
      users: await one([], users),
      needsUser: await makeApplication(ctx, users, { endUserRequired: true }),
    }
    await setMethodEnabled(ctx, { planId: apps.off.planId, metricId: product.methodIds.list!, enabled: false })
    await suspendApplication(ctx, { applicationId: apps.suspended.id })
    await suspendAccount(ctx, { accountId: apps.rejected.accountId })
    await ctx.db.plan.update({ where: { id: apps.bursts.planId }, data: { bursts: { bucket: { perSecond: 0.001, size: 1 }, window: null, concurrency: null } } })
    const endUserPlan = await makeEndUserPlan(ctx, users, [{ period: 'year', value: 1 }])
    await setDefaultPlan(ctx, { productId: users.id, planId: endUserPlan, kind: 'end_user' })
    await createEndUser(ctx, { productId: users.id, planId: endUserPlan, externalId: 'jane' })
    await settled()
    await call(request(product, apps.used))
    await call(request(product, apps.bursts))
    await call(request(users, apps.users, { headers: [['X-End-User', 'jane']] }))
  })
  afterAll(() => gateway?.close())

  type Over = { method?: string; target?: string; headers?: [string, string][]; body?: string | null; host?: string; bare?: boolean }
  function request(of: TestProduct, app: TestApplication | null, { method = 'GET', target = '/things', headers = [], body = null, host = of.hosts.staging }: Over = {}): SimulatedRequest {
    return { method, host, target, headers: [...(app?.headers ?? []), ...headers], body, scheme: 'http', clientAddress: '127.0.0.1' }
  }
  const call = async ({ method, host, target, headers, body }: SimulatedRequest) => {
    const flat = new Headers(headers as [string, string][])
    if (body !== null) flat.set('content-length', String(Buffer.byteLength(body)))
    const stream = body === null ? null : (new Blob([body]).stream() as ReadableStream<Uint8Array>)
    const response = await gateway.respond({ method, target, headers: flat, body: stream }, { host, hostHeader: host, scheme: 'http', clientAddress: '127.0.0.1', requestId: newRequestId(), receivedAt: Date.now() })
    return { status: response.status, contentType: response.headers.get('content-type'), retryAfter: response.headers.get('retry-after') !== null, body: await response.text() }
  }
  const simulate = (asked: SimulatedRequest) => simulateCall(gateway.parts, asked)

  const cases: [string, () => SimulatedRequest, string | null][] = [
    ['a host nobody has', () => request(product, apps.free, { host: 'nobody.gw.localhost' }), 'unknown_host'],
    ['production before the first promotion', () => request(product, apps.free, { host: product.hosts.production }), 'not_promoted'],
    ['no credentials', () => request(product, null), 'credentials_missing'],
    ['credentials twice with different values', () => request(product, apps.free, { headers: [['user_key', 'other']] }), 'credentials_malformed'],
    ['an unknown key', () => request(product, null, { headers: [['user_key', 'nobody-has-this']] }), 'key_unknown'],
    ['a key with a wrong checksum', () => request(product, null, { headers: [['user_key', `${newKey('uk').slice(0, -1)}!`]] }), 'key_unknown'],
    ['a key of another product', () => request(product, apps.users), 'key_unknown'],
    ['a path without a rule', () => request(product, apps.free, { target: '/nothing' }), 'no_match'],
    ['a rule whose verb is another', () => request(product, apps.free, { method: 'DELETE' }), 'no_match'],
    ['a path that cannot be read', () => request(product, apps.free, { target: '/a%zz' }), 'bad_request'],
    ['too many gateways on the way', () => request(product, apps.free, { headers: [['via', '1.1 gatehouse, 1.1 gatehouse, 1.1 gatehouse, 1.1 gatehouse']] }), 'loop_detected'],
    ['a suspended application', () => request(product, apps.suspended), 'application_not_live'],
    ['a suspended account', () => request(product, apps.rejected), 'account_not_approved'],
    ['a method the plan closes', () => request(product, apps.off), 'method_disabled'],
    ['a call that counts for an open method and for a closed one', () => request(product, apps.off, { target: '/things?kind=a' }), 'method_disabled'],
    ['a limit of 0', () => request(product, apps.closed), 'method_disabled'],
    ['a limit that is used up', () => request(product, apps.used), 'limits_exceeded'],
    ['a burst that is used up', () => request(product, apps.bursts), 'bursts_exceeded'],
    ['an end user whose limit is used up', () => request(users, apps.users, { headers: [['X-End-User', 'jane']] }), 'limits_exceeded'],
    ['no end user where the plan wants one', () => request(users, apps.needsUser), 'end_user_missing'],
    ['an end user with an id that is too long', () => request(users, apps.users, { headers: [['X-End-User', 'j'.repeat(256)]] }), 'end_user_invalid'],
    ['a rule that looks into the query', () => request(product, apps.free, { target: '/things?kind=book' }), null],
    ['a form', () => request(product, apps.free, { method: 'POST', headers: [['content-type', 'application/x-www-form-urlencoded']], body: 'a=1' }), null],
    ['an application within its limit', () => request(product, apps.limited), null],
    ['an end user nobody has seen', () => request(users, apps.needsUser, { headers: [['X-End-User', 'new-one']] }), null],
    ['a call that passes', () => request(product, apps.free, { target: '/things?a=b' }), null],
  ]

  it.each(cases)('decides as the gateway does: %s', async (_, asked, code) => {
    const { decision, answer } = await simulate(asked())
    expect(decision.refusal?.code ?? null).toBe(code)
    const before = upstream.seen.length
    const real = await call(asked())
    if (decision.forward) {
      expect(real.status).toBe(200)
      expect(upstream.url + upstream.seen.at(-1)!.url).toBe(decision.forward.upstream.origin + decision.forward.path)
    } else {
      const retryAfter = answer!.headers.includes('Retry-After')
      expect(upstream.seen.length).toBe(before)
      const plain = (text: string) => text.replace(/"request_id":"[^"]*"/, '')
      expect({ status: real.status, contentType: real.contentType, retryAfter: real.retryAfter, body: plain(real.body) }).toEqual({ status: answer!.status, contentType: answer!.headers[answer!.headers.indexOf('Content-Type') + 1], retryAfter, body: plain(answer!.body) })
    }
  })

  it('sends, counts, journals and registers nothing, however often', async () => {
    const app = await makeApplication(ctx, users, { limits: [{ period: 'year', value: 2 }] })
    await addLimits(ctx, { planId: app.planId, metricId: users.methodIds.list!, limits: [{ period: 'year', value: 7 }] })
    await ctx.db.plan.update({ where: { id: app.planId }, data: { bursts: { bucket: { perSecond: 0.001, size: 2 }, window: { calls: 2, seconds: 3600 }, concurrency: 1 } } })
    await settled()
    await gateway.parts.journal.flush()
    const state = async () => ({
      seen: upstream.seen.length,
      users: await ctx.db.endUser.count(),
      counters: (await ownerPool().query('SELECT count(*)::int AS count, coalesce(sum(value), 0)::int AS sum FROM limit_counters')).rows[0],
      usage: (await ownerPool().query('SELECT coalesce(sum(value), 0)::int AS sum FROM usage_buckets')).rows[0],
      outcomes: (await ownerPool().query('SELECT coalesce(sum(calls), 0)::int AS sum FROM call_buckets')).rows[0],
    })
    const before = await state()
    const asked = request(users, app, { headers: [['X-End-User', 'never-seen']] })
    for (let i = 0; i < 10; i++) {
      const { decision, newEndUser, states, bursts, usage } = await simulate(asked)
      expect(decision.refusal).toBeNull()
      expect(newEndUser).toBe(true)
      expect(states.map(({ period, limit, current }) => [period, limit, current])).toEqual(expect.arrayContaining([['year', 2, 0], ['year', 7, 0], ['year', 1, 0]]))
      expect(bursts.map(({ kind, left }) => [kind, left]).toSorted()).toEqual([['bucket', 1], ['concurrency', 0], ['window', 1]])
      expect(usage.map(({ systemName, value }) => [systemName, value])).toEqual([['list', 1], ['hits', 1]])
    }
    await gateway.parts.journal.flush()
    expect(await state()).toEqual(before)
    expect((await call(asked)).status).toBe(200)
  })

  it('shows the counters of an application that is refused before they are asked', async () => {
    await ctx.db.account.update({ where: { id: apps.limited.accountId }, data: { state: 'suspended' } })
    const fresh = await openTestGateway()
    const { decision, identity, states } = await simulateCall(fresh.gateway.parts, request(product, apps.limited))
    await fresh.gateway.close()
    expect(decision.refusal?.code).toBe('account_not_approved')
    expect(identity?.application.id).toBe(Number(apps.limited.id))
    expect(states).toHaveLength(1)
  })
})

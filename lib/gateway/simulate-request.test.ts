import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCallRecorder } from '@/lib/calls/call-recorder'
import type { CallRecorder } from '@/lib/calls/call-recorder'
import { ownerPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { newKey } from '@/lib/ids'
import { revokeGrantByMember } from '@/lib/oauth/grants'
import { oauthHash } from '@/lib/oauth/token-hash'
import type { Ctx } from '@/lib/tenants/context'
import { openTestGateway, send, serveOverHttp } from '@/lib/gateway/doors.contract'
import type { Door } from '@/lib/gateway/doors.contract'
import type { Gateway } from '@/lib/gateway/gateway'
import { makeApplication, makeProduct } from '@/lib/gateway/product.fixture'
import type { TestApplication, TestProduct } from '@/lib/gateway/product.fixture'
import { requestIdIn, simulateRequest } from '@/lib/gateway/simulate-request'
import { testUpstream } from '@/lib/gateway/test-door.fixture'

testDatabase()

describe('what is pasted into the simulator', () => {
  const id = 'TVQMEfNXJ9J0MetXtabJ4T'
  it.each([
    [id, id],
    [`"${id}"`, id],
    [`X-Request-Id: ${id}`, id],
    [`x-request-id=${id}`, id],
    [`request id: ${id}`, id],
    [`"request_id": "${id}",`, id],
    [`{"type":"about:blank","request_id":"${id}"}`, id],
    [`https://portal.example.com/calls/${id}`, id],
    [`curl https://api.example.com/calls/${id}`, null],
    [`https://api.example.com/calls/${id}?user_key=1`, null],
    ['hello world', null],
    ['curl', null],
  ])('a request id is found however it was copied: %s', (source, expected) => {
    expect(requestIdIn(source)).toBe(expected)
  })
})

describe('the simulator and tokens', () => {
  const upstream = testUpstream()
  let ctx: Ctx
  let gateway: Gateway
  let door: Door
  let recorder: CallRecorder
  let product: TestProduct
  let app: TestApplication

  beforeAll(async () => {
    ctx = await makeTenant()
    recorder = createCallRecorder({ pool: ownerPool(), everyMs: 3_600_000 })
    const opened = await openTestGateway({ calls: recorder })
    gateway = opened.gateway
    door = await serveOverHttp(gateway, opened.settled)
    const rules = [{ pattern: '/things$', method: 'list', last: true }, { verb: 'POST' as const, pattern: '/things$', method: 'create', last: true }]
    product = await makeProduct(ctx, upstream.url, { authenticationMode: 'oauth', oauthLoginUrl: 'https://login.example.com', callSamplePercent: 100, rules })
    await product.set({ oauthScopes: [{ name: 'read', sentence: 'Read', methods: [Number(product.methodIds.list)] }, { name: 'write', sentence: 'Write', methods: [Number(product.methodIds.create)] }] })
    app = await makeApplication(ctx, product)
    await door.settled()
  })
  afterAll(async () => {
    await door?.close()
    await recorder?.close()
  })

  async function makeToken(scopes: string[]): Promise<{ token: string; grantId: bigint }> {
    const tenantId = ctx.tenant.id
    const grant = await ctx.db.oauthGrant.create({ data: { tenantId, productId: product.id, applicationId: app.id, environment: 'staging', endUserId: 'ann', scopes }, select: { id: true } })
    const token = newKey('ot')
    await ctx.db.oauthToken.create({ data: { tenantId, grantId: grant.id, kind: 'access', hash: oauthHash('access', product.id, 'staging', token), scopes, expiresAt: new Date(Date.now() + 3_600_000) } })
    return { token, grantId: grant.id }
  }
  const simulate = (source: string) => simulateRequest(ctx, { productId: product.id, source }, (run) => run(gateway.parts, true))
  const curl = (token: string, method = 'GET') => `curl -X ${method} http://${product.hosts.staging}/things -H 'Authorization: Bearer ${token}'`
  async function keptCall(token: string, method = 'GET'): Promise<{ status: number; requestId: string }> {
    const { status, headers } = await send(door, { host: product.hosts.staging, path: '/things', method, headers: [['Authorization', `Bearer ${token}`]] })
    await recorder.flush()
    return { status, requestId: String(headers['x-request-id']) }
  }

  it('a pasted token opens what its scopes open, and no more', async () => {
    const { token } = await makeToken(['read'])
    const [read, write, unknown] = [await simulate(curl(token)), await simulate(curl(token, 'POST')), await simulate(curl(newKey('ot')))]
    expect([read.passes, read.notes]).toEqual([true, ['The token holds: read.']])
    expect([write.refusal?.code, write.scopes]).toEqual(['scope_insufficient', ['write']])
    expect([unknown.refusal?.code, unknown.refusal?.title]).toEqual(['key_unknown', 'Key unknown or revoked'])
    expect(unknown.refusal?.detail).not.toMatch(/\byour (plan|application)\b/i)
  })

  it('a kept call is read with the scopes its token had, refused ones too', async () => {
    const { token } = await makeToken(['read'])
    const [passed, refused] = [await keptCall(token), await keptCall(token, 'POST')]
    expect([passed.status, refused.status]).toEqual([200, 403])
    expect((await simulate(passed.requestId)).passes).toBe(true)
    const again = await simulate(refused.requestId)
    expect([again.refusal?.code, again.application?.id]).toEqual(['scope_insufficient', Number(app.id)])
    expect(again.notes).toContain('The token holds: read.')
  })

  it('what its user has taken back since no longer opens anything, and an ended grant nothing at all', async () => {
    const { token, grantId } = await makeToken(['read', 'write'])
    const { requestId } = await keptCall(token, 'POST')
    expect((await simulate(requestId)).passes).toBe(true)
    await ctx.db.oauthGrant.update({ where: { id: grantId }, data: { scopes: ['read'] } })
    expect((await simulate(requestId)).refusal?.code).toBe('scope_insufficient')
    await revokeGrantByMember(ctx, product.id, grantId)
    await door.settled()
    const ended = await simulate(requestId)
    expect([ended.refusal?.code, ended.notes]).toEqual(['key_unknown', expect.arrayContaining(['The grant behind the token of this call has ended since.'])])
  })
})

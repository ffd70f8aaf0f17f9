import { beforeAll, describe, expect, it } from 'vitest'
import { findSharedCall, listCallShares, revokeCallShare, shareCall } from '@/lib/calls/share-call'
import { pruneCalls } from '@/lib/calls/keep-calls-tidy'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { createProduct } from '@/lib/products/create-product'
import type { Ctx } from '@/lib/tenants/context'

testDatabase()

describe('a shared call', () => {
  let ctx: Ctx
  let productId: bigint
  let callId: bigint
  const at = (ms: number): Ctx => ({ ...ctx, now: new Date(ctx.now.getTime() + ms) })
  const DAY = 86_400_000

  beforeAll(async () => {
    ctx = await makeTenant()
    productId = (await createProduct(ctx, { name: 'Orders' })).id
    const detail = { scheme: 'https', host: 'api.example.com', address: '203.0.113.99', head: [['Accept', '*/*']], answerHead: [], step: null, rules: [], usage: [], limits: [], upstream: 'https://internal.example.com', upstreamMs: 3 }
    callId = (await ctx.db.callRecord.create({ data: { tenantId: ctx.tenant.id, productId, applicationId: 5n, environment: 'production', requestId: 'shared-request', at: ctx.now, method: 'GET', target: '/x', status: 502, refusal: null, durationMs: 4, detail } })).id
  })

  it('shows a copy without where it came from and where it went, and outlives the call', async () => {
    const { token } = await shareCall(ctx, { productId, callId })
    expect(token).toHaveLength(43)
    const shared = await findSharedCall(ctx, token)
    expect(shared?.call).toMatchObject({ requestId: 'shared-request', productName: 'Orders', status: 502 })
    expect(JSON.stringify(shared)).not.toMatch(/203\.0\.113\.99|internal\.example/)
    expect(JSON.stringify(await ctx.db.callShare.findMany({ select: { hash: true, content: true, requestId: true } }))).not.toContain(token)
    await ctx.db.callRecord.create({ data: { tenantId: ctx.tenant.id, productId, applicationId: 5n, environment: 'production', requestId: 'kept', at: ctx.now, method: 'GET', target: '/x', status: 200, durationMs: 4, detail: {} } })
    await ctx.db.callRecord.deleteMany({ where: { requestId: 'shared-request' } })
    expect(await findSharedCall(ctx, token)).not.toBeNull()
    callId = (await ctx.db.callRecord.findFirstOrThrow({ where: { requestId: 'kept' } })).id
  })

  it('dies after seven days, and its row with it', async () => {
    const { token } = await shareCall(ctx, { productId, callId })
    expect(await findSharedCall(at(7 * DAY - 1), token)).not.toBeNull()
    expect(await findSharedCall(at(7 * DAY), token)).toBeNull()
    await pruneCalls(new Date(ctx.now.getTime() + 8 * DAY))
    expect(await ctx.db.callShare.count()).toBe(0)
  })

  it('dies when it is revoked, which no other tenant can do', async () => {
    callId = (await ctx.db.callRecord.create({ data: { tenantId: ctx.tenant.id, productId, applicationId: 5n, environment: 'production', requestId: 'second', at: ctx.now, method: 'GET', target: '/x', status: 502, durationMs: 4, detail: { head: [] } } })).id
    const { token } = await shareCall(ctx, { productId, callId })
    const [share] = await listCallShares(ctx, 'second')
    const other = await makeTenant()
    await expect(revokeCallShare(other, { shareId: BigInt(share!.id) })).rejects.toMatchObject({ code: 'not_found' })
    expect(await findSharedCall(other, token)).toBeNull()
    await revokeCallShare(ctx, { shareId: BigInt(share!.id) })
    expect(await findSharedCall(ctx, token)).toBeNull()
    expect(await listCallShares(ctx, 'second')).toEqual([])
  })

  it.each(['', 'x', 'a'.repeat(43), `${'a'.repeat(42)}\u0000`])('nothing is shown for %j', async (token) => {
    expect(await findSharedCall(ctx, token)).toBeNull()
  })
})

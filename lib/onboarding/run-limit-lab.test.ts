import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { openTestGateway } from '@/lib/gateway/doors.contract'
import type { Gateway } from '@/lib/gateway/gateway'
import { makeApplication, makeProduct, type TestProduct } from '@/lib/gateway/product.fixture'
import { testUpstream } from '@/lib/gateway/test-door.fixture'
import { runLimitLab } from '@/lib/onboarding/run-limit-lab'
import { perProcess } from '@/lib/per-process'
import type { Ctx } from '@/lib/tenants/context'

describe('the limit lab', () => {
  testDatabase()
  const upstream = testUpstream()
  let ctx: Ctx
  let product: TestProduct
  let gateway: Gateway
  let settled: () => Promise<void>
  const held = perProcess('gateway', () => ({ loading: null as Promise<Gateway> | null }))

  beforeAll(async () => {
    ctx = await makeTenant()
    ;({ gateway, settled } = await openTestGateway())
    held.loading = Promise.resolve(gateway)
    product = await makeProduct(ctx, upstream.url)
  })
  afterAll(async () => {
    held.loading = null
    await gateway?.close()
  })

  it('USE-4 tells that exactly as many as the limit says have passed, and what the others were told', async () => {
    const { id } = await makeApplication(ctx, product, { limits: [{ period: 'year', value: 15 }] })
    await settled()
    const result = await runLimitLab(ctx, { productId: product.id, verb: 'GET', path: '/things', applicationId: id, calls: 60 })
    expect(result).toMatchObject({ calls: 60, passed: 15, outcomes: [{ status: 429, refusal: 'limits_exceeded', calls: 45 }, { status: 200, refusal: null, calls: 15 }] })
    expect(result.order).toHaveLength(60)
    expect(result.told).toMatchObject({ policy: expect.stringContaining('q=15') as string, body: 'Usage limit exceeded' })
    expect(upstream.seen).toHaveLength(15)
  })

  it('is for partners\u2019 own applications of this product only, and bounded in number', async () => {
    const other = await makeProduct(ctx, upstream.url)
    const { id } = await makeApplication(ctx, other)
    await expect(runLimitLab(ctx, { productId: product.id, verb: 'GET', path: '/', applicationId: id, calls: 2 })).rejects.toMatchObject({ code: 'not_found' })
    await expect(runLimitLab(ctx, { productId: other.id, verb: 'GET', path: '/', applicationId: id, calls: 401 })).rejects.toThrow()
  })
})

import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { compareVersions } from '@/lib/products/compare-versions'
import { createMetrics } from '@/lib/products/create-metrics'
import { createProduct } from '@/lib/products/create-product'
import { createMappingRule } from '@/lib/products/mapping-rules'
import { findPendingChanges, promoteConfig, rollBackConfig } from '@/lib/products/promote-config'
import { getProduct, listConfigVersions, listPromotions } from '@/lib/products/queries'
import { rotateSecretToken } from '@/lib/products/rotate-secret-token'
import { updateGateway } from '@/lib/products/update-gateway'
import type { Ctx } from '@/lib/tenants/context'

testDatabase()
let ctx: Ctx
let other: Ctx
let productId: bigint
let hitsId: bigint
beforeAll(async () => {
  ctx = await makeTenant()
  other = await makeTenant()
})
beforeEach(async () => {
  const product = await createProduct(ctx, { name: 'API' })
  productId = product.id
  hitsId = product.hitsId
})
const pending = async () => (await findPendingChanges(ctx, { productId })).changes

describe('promotion', () => {
  it('needs a private base URL', async () => {
    await expect(promoteConfig(ctx, { productId })).rejects.toMatchObject({ code: 'invalid', fields: { privateBaseUrl: [expect.any(String)] } })
    expect(await listPromotions(ctx, productId)).toEqual([])
  })

  it('makes numbered, immutable versions and says who made which live', async () => {
    await updateGateway(ctx, { productId, privateBaseUrl: 'https://one.example.com' })
    expect(await pending()).toEqual(['First version: 1 mapping rule, upstream https://one.example.com'])
    expect(await promoteConfig(ctx, { productId })).toMatchObject({ version: 1 })
    expect(await pending()).toEqual([])
    await updateGateway(ctx, { productId, privateBaseUrl: 'https://two.example.com' })
    expect(await pending()).toEqual(['Private base URL: https://one.example.com → https://two.example.com'])
    expect(await promoteConfig(ctx, { productId })).toEqual({ version: 2, changes: ['Private base URL: https://one.example.com → https://two.example.com'] })
    expect((await getProduct(ctx, productId)).liveVersion).toBe(2)
    expect(await listPromotions(ctx, productId)).toMatchObject([
      { version: 2, kind: 'promote', memberName: 'Test', live: true },
      { version: 1, kind: 'promote', live: false },
    ])
    expect(await listConfigVersions(ctx, productId)).toMatchObject([
      { version: 2, live: true, mappingRules: 1, changes: ['Private base URL: https://one.example.com → https://two.example.com'], promotions: [{ kind: 'promote', memberName: 'Test' }] },
      { version: 1, live: false, changes: [expect.stringMatching(/^First version/)] },
    ])
    expect(await listConfigVersions(ctx, productId, { before: 2, take: 1 })).toMatchObject([{ version: 1 }])
  })

  it('of what is live already makes no version and says so', async () => {
    await updateGateway(ctx, { productId, privateBaseUrl: 'https://one.example.com' })
    await promoteConfig(ctx, { productId })
    await expect(promoteConfig(ctx, { productId })).rejects.toMatchObject({ code: 'conflict', publicMessage: expect.stringContaining('version 1') })
    expect(await ctx.db.configVersion.count({ where: { productId } })).toBe(1)
  })

  it('holds no secret token in the clear', async () => {
    await updateGateway(ctx, { productId, privateBaseUrl: 'https://one.example.com' })
    const { secretToken } = await rotateSecretToken(ctx, { productId })
    await promoteConfig(ctx, { productId })
    const { content } = await ctx.db.configVersion.findFirstOrThrow({ where: { productId } })
    expect(JSON.stringify(content)).not.toContain(secretToken)
  })

  it('is rolled back to any earlier version, and forward again; staging stays', async () => {
    await updateGateway(ctx, { productId, privateBaseUrl: 'https://one.example.com' })
    await promoteConfig(ctx, { productId })
    await updateGateway(ctx, { productId, privateBaseUrl: 'https://two.example.com' })
    await promoteConfig(ctx, { productId })
    await rollBackConfig(ctx, { productId, version: 1 })
    expect((await getProduct(ctx, productId)).liveVersion).toBe(1)
    expect(await pending()).toEqual(['Private base URL: https://one.example.com → https://two.example.com'])
    expect(await listPromotions(ctx, productId)).toMatchObject([{ version: 1, kind: 'rollback', live: true }, { version: 2, live: false }, { version: 1, live: false }])
    await expect(rollBackConfig(ctx, { productId, version: 1 })).rejects.toMatchObject({ code: 'conflict' })
    await expect(rollBackConfig(ctx, { productId, version: 9 })).rejects.toMatchObject({ code: 'not_found' })
    // What staging has is promoted under a new number, though version 2 said the same.
    expect(await promoteConfig(ctx, { productId })).toMatchObject({ version: 3 })
  })

  it('several at once make one version', async () => {
    await updateGateway(ctx, { productId, privateBaseUrl: 'https://one.example.com' })
    const results = await Promise.allSettled([1, 2, 3].map(() => promoteConfig(ctx, { productId })))
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    expect(await ctx.db.configVersion.count({ where: { productId } })).toBe(1)
  })

  it('and its list belong to the tenant', async () => {
    await expect(promoteConfig(other, { productId })).rejects.toMatchObject({ code: 'not_found' })
    await expect(rollBackConfig(other, { productId, version: 1 })).rejects.toMatchObject({ code: 'not_found' })
    await expect(findPendingChanges(other, { productId })).rejects.toMatchObject({ code: 'not_found' })
    await expect(listPromotions(other, productId)).rejects.toMatchObject({ code: 'not_found' })
    await expect(listConfigVersions(other, productId)).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('pending changes in words', () => {
  it('name rules, methods, tokens and answers', async () => {
    await updateGateway(ctx, { productId, privateBaseUrl: 'https://one.example.com' })
    await promoteConfig(ctx, { productId })
    const { ids } = await createMetrics(ctx, { productId, kind: 'method', items: [{ name: 'GET a' }] })
    await createMappingRule(ctx, { productId, verb: 'GET', pattern: '/a$', metricId: ids[0]!, last: true })
    await createMappingRule(ctx, { productId, verb: 'GET', pattern: '/b', metricId: hitsId })
    await rotateSecretToken(ctx, { productId })
    await updateGateway(ctx, { productId, credentialsLocation: 'headers', errorAnswers: { noMatch: { status: 400, contentType: 'text/plain', body: 'no' } }, totalTimeoutMs: 60_000 })
    expect(await pending()).toEqual([
      '2 mapping rules added: GET /a$ → get_a +1, last; GET /b → hits +1',
      '1 method or metric added: GET a',
      'Credentials location: query → headers',
      'Secret token: rotated',
      'Total timeout (ms): 120000 → 60000',
      'Error answer "no mapping rule": changed',
    ])
  })

  it('tells what is different between any two versions, and between one and staging', async () => {
    const ctx = await makeTenant()
    const { id: productId } = await createProduct(ctx, { name: 'Compared' })
    await updateGateway(ctx, { productId, privateBaseUrl: 'https://one.example.com' })
    await promoteConfig(ctx, { productId })
    await updateGateway(ctx, { productId, privateBaseUrl: 'https://two.example.com' })
    await promoteConfig(ctx, { productId })
    await updateGateway(ctx, { productId, rateLimitHeaders: false })
    expect(await compareVersions(ctx, { productId, from: 1, to: 2 })).toEqual({ changes: ['Private base URL: https://one.example.com → https://two.example.com'] })
    expect(await compareVersions(ctx, { productId, from: 2, to: 0 })).toEqual({ changes: ['Rate limit headers: on → off'] })
    expect(await compareVersions(ctx, { productId, from: 1, to: 1 })).toEqual({ changes: [] })
    await expect(compareVersions(ctx, { productId, from: 1, to: 9 })).rejects.toMatchObject({ code: 'not_found' })
    await expect(compareVersions(await makeTenant(), { productId, from: 1, to: 2 })).rejects.toMatchObject({ code: 'not_found' })
  })
})

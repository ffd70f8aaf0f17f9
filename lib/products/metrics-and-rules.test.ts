import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemDb } from '@/lib/db/system-db'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { createMetrics } from '@/lib/products/create-metrics'
import { createProduct } from '@/lib/products/create-product'
import { deleteMetrics } from '@/lib/products/delete-metrics'
import { editMetric } from '@/lib/products/edit-metric'
import { createMappingRule, deleteMappingRules, editMappingRule, reorderMappingRules } from '@/lib/products/mapping-rules'
import { promoteConfig } from '@/lib/products/promote-config'
import { listMappingRules, listMetrics } from '@/lib/products/queries'
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

const create = (kind: 'method' | 'metric', ...items: { name: string; systemName?: string; unit?: string }[]) => createMetrics(ctx, { productId, kind, items }).then(({ ids }) => ids)
const systemNames = async () => (await listMetrics(ctx, productId)).map((metric) => metric.systemName)

describe('methods and metrics', () => {
  it('are created several at once: methods below Hits, metrics beside it', async () => {
    const [show] = await create('method', { name: 'GET users/show' }, { name: 'POST statuses/update', systemName: 'statuses.update' })
    await create('metric', { name: 'Bytes sent', unit: 'megabyte' })
    expect(await listMetrics(ctx, productId)).toMatchObject([
      { systemName: 'hits', parentId: null },
      { systemName: 'bytes_sent', parentId: null, unit: 'megabyte' },
      { id: Number(show), systemName: 'get_users_show', parentId: Number(hitsId), unit: 'hit' },
      { systemName: 'statuses.update', parentId: Number(hitsId) },
    ])
  })

  it('names that are taken are refused by line, and then nothing is made', async () => {
    await create('method', { name: 'One', systemName: 'one' })
    await expect(create('method', { name: 'Two' }, { name: 'other', systemName: 'one' }, { name: 'ONE' })).rejects.toMatchObject({
      fields: { 'items.1.systemName': [expect.any(String)], 'items.2.name': [expect.any(String)] },
    })
    await expect(create('method', { name: 'Two' }, { name: 'two' })).rejects.toMatchObject({ fields: { 'items.1.name': [expect.any(String)] } })
    expect(await systemNames()).toEqual(['hits', 'one'])
  })

  it('are edited, and keep their system name', async () => {
    const [id] = await create('method', { name: 'One' })
    await editMetric(ctx, { metricId: id!, name: 'Uno', description: 'The first' })
    expect((await listMetrics(ctx, productId))[1]).toMatchObject({ name: 'Uno', description: 'The first', systemName: 'one' })
    await expect(editMetric(ctx, { metricId: id!, name: 'hits' })).rejects.toMatchObject({ code: 'invalid' })
    await expect(editMetric(other, { metricId: id!, name: 'Theirs' })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('go with their mapping rules; Hits stays', async () => {
    const [id] = await create('method', { name: 'One' })
    await createMappingRule(ctx, { productId, verb: 'GET', pattern: '/one$', metricId: id! })
    expect(await deleteMetrics(ctx, { productId, metricIds: [id!] })).toEqual({ deleted: 1, retired: 0 })
    expect(await listMappingRules(ctx, productId)).toHaveLength(1)
    await expect(deleteMetrics(ctx, { productId, metricIds: [hitsId] })).rejects.toMatchObject({ code: 'invalid' })
    await expect(deleteMetrics(other, { productId, metricIds: [hitsId] })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('that a promoted version counts are retired, and come back under the same system name', async () => {
    const [id] = await create('method', { name: 'One' })
    await createMappingRule(ctx, { productId, verb: 'GET', pattern: '/one$', metricId: id! })
    await updateGateway(ctx, { productId, privateBaseUrl: 'https://api.example.com' })
    await promoteConfig(ctx, { productId })
    expect(await deleteMetrics(ctx, { productId, metricIds: [id!] })).toEqual({ deleted: 0, retired: 1 })
    expect(await systemNames()).toEqual(['hits'])
    expect(await ctx.db.metric.findUnique({ where: { id: id! } })).toMatchObject({ retiredAt: expect.any(Date) })
    expect(await create('method', { name: 'Again', systemName: 'one' })).toEqual([id])
    expect(await systemNames()).toEqual(['hits', 'one'])
  })

  it('that have usage are retired, so that history keeps its names', async () => {
    const [id] = await create('method', { name: 'One' })
    const app = await ctx.db.application.findFirstOrThrow({ where: { productId } })
    await systemDb('usage of a test').usageDay.create({ data: { tenantId: ctx.tenant.id, environment: 'production', productId, applicationId: app.id, metricId: id!, dayOn: new Date('2026-01-01'), value: 1n } })
    expect(await deleteMetrics(ctx, { productId, metricIds: [id!] })).toEqual({ deleted: 0, retired: 1 })
  })
})

describe('mapping rules', () => {
  const patterns = async () => (await listMappingRules(ctx, productId)).map((rule) => `${rule.verb} ${rule.pattern}`)

  it('are appended, edited and deleted', async () => {
    const { id } = await createMappingRule(ctx, { productId, verb: 'GET', pattern: '/a/{id}$', metricId: hitsId, delta: 2, last: true })
    expect((await listMappingRules(ctx, productId))[1]).toMatchObject({ id: Number(id), position: 2, delta: 2, last: true, imported: false })
    await editMappingRule(ctx, { ruleId: id, pattern: '/b$' })
    expect((await listMappingRules(ctx, productId))[1]).toMatchObject({ verb: 'GET', pattern: '/b$', delta: 2, last: true })
    expect(await deleteMappingRules(ctx, { productId, ruleIds: [id] })).toEqual({ deleted: 1 })
    expect(await patterns()).toEqual(['ANY /'])
  })

  it('take the order they are given, and nothing but the whole list', async () => {
    const a = await createMappingRule(ctx, { productId, verb: 'GET', pattern: '/a', metricId: hitsId })
    const b = await createMappingRule(ctx, { productId, verb: 'GET', pattern: '/b', metricId: hitsId })
    const first = BigInt((await listMappingRules(ctx, productId))[0]!.id)
    await reorderMappingRules(ctx, { productId, ruleIds: [b.id, first, a.id] })
    expect(await patterns()).toEqual(['GET /b', 'ANY /', 'GET /a'])
    await expect(reorderMappingRules(ctx, { productId, ruleIds: [b.id, a.id] })).rejects.toMatchObject({ code: 'conflict' })
    await expect(reorderMappingRules(ctx, { productId, ruleIds: [b.id, a.id, a.id] })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('refuse a bad pattern, a metric of another product, another tenant', async () => {
    const elsewhere = await createProduct(ctx, { name: 'Elsewhere' })
    const rule = { productId, verb: 'GET' as const, pattern: '/a', metricId: hitsId }
    await expect(createMappingRule(ctx, { ...rule, pattern: 'a' })).rejects.toMatchObject({ fields: { pattern: [expect.any(String)] } })
    await expect(createMappingRule(ctx, { ...rule, metricId: elsewhere.hitsId })).rejects.toMatchObject({ fields: { metricId: [expect.any(String)] } })
    await expect(createMappingRule(ctx, { ...rule, delta: 0 })).rejects.toThrow()
    await expect(createMappingRule(other, rule)).rejects.toMatchObject({ code: 'not_found' })
    const { id } = await createMappingRule(ctx, rule)
    await expect(editMappingRule(other, { ruleId: id, pattern: '/x' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(editMappingRule(ctx, { ruleId: id, metricId: elsewhere.hitsId })).rejects.toMatchObject({ code: 'invalid' })
    await expect(deleteMappingRules(other, { productId, ruleIds: [id] })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('tell the gateways of every change', async () => {
    const news = () => ctx.db.change.count({ where: { topic: 'product', subjectId: productId } })
    const before = await news()
    const { id } = await createMappingRule(ctx, { productId, verb: 'GET', pattern: '/a', metricId: hitsId })
    await editMappingRule(ctx, { ruleId: id, delta: 3 })
    await deleteMappingRules(ctx, { productId, ruleIds: [id] })
    expect(await news()).toBe(before + 3)
  })
})

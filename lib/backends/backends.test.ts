import { beforeAll, describe, expect, it } from 'vitest'
import { createBackendRule, deleteBackendRule, editBackendRule } from '@/lib/backends/backend-mapping-rules'
import { createBackendMetric, deleteBackendMetric, editBackendMetric } from '@/lib/backends/backend-metrics'
import { createBackend } from '@/lib/backends/create-backend'
import { deleteBackend } from '@/lib/backends/delete-backend'
import { editBackend } from '@/lib/backends/edit-backend'
import { changeMountPath, mountBackend, unmountBackend } from '@/lib/backends/mount-backend'
import { getBackend, listBackendMetrics, listBackendRules, listBackends, listMounts } from '@/lib/backends/queries'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { createProduct } from '@/lib/products/create-product'
import { deleteMetrics } from '@/lib/products/delete-metrics'
import { editMetric } from '@/lib/products/edit-metric'
import { promoteConfig, readSnapshot } from '@/lib/products/promote-config'
import { listMetrics } from '@/lib/products/queries'
import type { Ctx } from '@/lib/tenants/context'

testDatabase()
let ctx: Ctx
let other: Ctx
beforeAll(async () => {
  ctx = await makeTenant({ slug: 'acme' })
  other = await makeTenant({ slug: 'rival' })
})

let made = 0
async function newBackend(of = ctx): Promise<{ id: bigint; hits: bigint }> {
  const { id } = await createBackend(of, { name: `Backend ${++made}`, privateBaseUrl: 'https://private.example.com/base/' })
  const [hits] = await listBackendMetrics(of, id)
  return { id, hits: BigInt(hits!.id) }
}

describe('a backend', () => {
  it('is born with hits and an address of its own', async () => {
    const { id, systemName } = await createBackend(ctx, { name: 'Statuses API', privateBaseUrl: 'https://statuses.example.com:8443/1.1/' })
    expect(systemName).toBe('statuses_api')
    expect(await getBackend(ctx, id)).toMatchObject({ name: 'Statuses API', privateBaseUrl: 'https://statuses.example.com:8443/1.1', servers: [{ url: 'https://statuses.example.com:8443/1.1', weight: 1 }], healthCheck: null })
    expect(await listBackendMetrics(ctx, id)).toMatchObject([{ systemName: 'hits', parentId: null }])
    await expect(createBackend(ctx, { name: 'Again', systemName: 'statuses_api', privateBaseUrl: 'https://a.example.com' })).rejects.toMatchObject({ fields: { systemName: [expect.any(String)] } })
  })

  it('GW-8 EG-2 lives at no address of ours and at none we may not call', async () => {
    for (const privateBaseUrl of ['http://127.0.0.1:80', 'ftp://api.example.com', 'https://acme.gw.localhost', 'https://user:pass@api.example.com', 'https://api.example.com/?a=b'])
      await expect(createBackend(ctx, { name: 'Loop', privateBaseUrl }), privateBaseUrl).rejects.toMatchObject({ code: 'invalid', fields: { privateBaseUrl: [expect.any(String)] } })
  })

  it('has servers with weights, the first of them its private base URL', async () => {
    const { id } = await newBackend()
    await editBackend(ctx, { backendId: id, servers: [{ url: 'https://one.example.com', weight: 3 }, { url: 'https://two.example.com' }], hostHeader: 'api.example.com', healthCheck: { path: '/healthz' } })
    expect(await getBackend(ctx, id)).toMatchObject({
      privateBaseUrl: 'https://one.example.com',
      servers: [{ url: 'https://one.example.com', weight: 3 }, { url: 'https://two.example.com', weight: 1 }],
      hostHeader: 'api.example.com',
      healthCheck: { path: '/healthz', intervalSeconds: 10, timeoutMs: 2000, unhealthyAfter: 3, healthyAfter: 2 },
    })
    await editBackend(ctx, { backendId: id, privateBaseUrl: 'https://three.example.com' })
    expect((await getBackend(ctx, id)).servers.map((server) => server.url)).toEqual(['https://three.example.com', 'https://two.example.com'])
    await editBackend(ctx, { backendId: id, servers: [{ url: 'https://only.example.com', weight: 7 }], hostHeader: '', healthCheck: null })
    expect(await getBackend(ctx, id)).toMatchObject({ privateBaseUrl: 'https://only.example.com', servers: [{ url: 'https://only.example.com', weight: 1 }], hostHeader: null, healthCheck: null })
    await expect(editBackend(ctx, { backendId: id, servers: [{ url: 'https://a.example.com' }, { url: 'http://10.0.0.1' }] })).rejects.toMatchObject({ fields: { 'servers.1.url': [expect.any(String)] } })
    await expect(editBackend(ctx, { backendId: id, servers: [{ url: 'https://a.example.com' }, { url: 'https://a.example.com/' }] })).rejects.toMatchObject({ fields: { 'servers.1.url': [expect.any(String)] } })
  })

  it('keeps its rules in order', async () => {
    const { id, hits } = await newBackend()
    const rule = async (pattern: string, position?: number) => (await createBackendRule(ctx, { backendId: id, verb: 'GET', pattern, metricId: hits, position })).id
    await rule('/a')
    const b = await rule('/b')
    await rule('/c', 1)
    const patterns = async () => (await listBackendRules(ctx, id)).map((each) => each.pattern)
    expect(await patterns()).toEqual(['/c', '/a', '/b'])
    await editBackendRule(ctx, { ruleId: b, position: 1, pattern: '/bb', last: true })
    expect(await listBackendRules(ctx, id)).toMatchObject([{ pattern: '/bb', last: true, position: 1 }, { pattern: '/c' }, { pattern: '/a' }])
    await deleteBackendRule(ctx, { ruleId: b })
    expect(await patterns()).toEqual(['/c', '/a'])
    await expect(createBackendRule(ctx, { backendId: id, verb: 'GET', pattern: 'no-slash', metricId: hits })).rejects.toMatchObject({ fields: { pattern: [expect.any(String)] } })
    await expect(createBackendRule(ctx, { backendId: id, verb: 'GET', pattern: '/', metricId: (await newBackend()).hits })).rejects.toMatchObject({ fields: { metricId: [expect.any(String)] } })
  })
})

describe('mounting', () => {
  it('gives the product metrics of its own that stand for the backend\'s, and its rules under the path', async () => {
    const { id: backendId, hits } = await newBackend()
    const { id: method } = await createBackendMetric(ctx, { backendId, name: 'List statuses' })
    const product = await createProduct(ctx, { name: 'Mounts one' })
    await createBackendRule(ctx, { backendId, verb: 'GET', pattern: '/list$', metricId: method })
    const { id: usageId } = await mountBackend(ctx, { productId: product.id, backendId, path: 'statuses/' })
    const metrics = await listMetrics(ctx, product.id)
    const [own, ofBackend, ofMethod] = ['hits', `hits.${backendId}`, `list_statuses.${backendId}`].map((name) => metrics.find((metric) => metric.systemName === name)!)
    expect(ofBackend).toMatchObject({ parentId: own!.id, fromBackend: true })
    expect(ofMethod).toMatchObject({ parentId: ofBackend!.id, fromBackend: true })
    const snapshot = await readSnapshot(ctx.db, product.id)
    expect(snapshot.backends).toMatchObject([{ id: Number(backendId), path: '/statuses', servers: [{ url: 'https://private.example.com/base', weight: 1 }] }])
    expect(snapshot.mappingRules.at(-1)).toMatchObject({ pattern: '/statuses/list$', metricId: ofMethod!.id, backendId: Number(backendId) })

    // In step: what the backend gains, renames and loses, the product does.
    const { id: later } = await createBackendMetric(ctx, { backendId, kind: 'metric', name: 'Bytes', unit: 'byte' })
    await editBackendMetric(ctx, { metricId: method, name: 'Timeline' })
    expect((await listMetrics(ctx, product.id)).map((metric) => metric.name)).toEqual(expect.arrayContaining([`Timeline (Backend ${made})`, `Bytes (Backend ${made})`]))
    await editBackend(ctx, { backendId, name: 'Renamed' })
    expect((await listMetrics(ctx, product.id)).map((metric) => metric.name)).toEqual(expect.arrayContaining(['Timeline (Renamed)', 'Hits (Renamed)']))
    await deleteBackendMetric(ctx, { metricId: later })
    expect((await listMetrics(ctx, product.id)).some((metric) => metric.systemName === `bytes.${backendId}`)).toBe(false)
    await expect(deleteBackendMetric(ctx, { metricId: hits })).rejects.toThrow(/Hits/)

    await expect(editMetric(ctx, { metricId: ofMethod!.id, name: 'Mine now' })).rejects.toThrow(/mounted backend/)
    await expect(deleteMetrics(ctx, { productId: product.id, metricIds: [ofMethod!.id] })).rejects.toMatchObject({ fields: { metricIds: [expect.stringMatching(/mounted backend/)] } })

    await changeMountPath(ctx, { usageId, path: '/' })
    expect((await readSnapshot(ctx.db, product.id)).mappingRules.at(-1)).toMatchObject({ pattern: '/list$' })
  })

  it('needs no private base URL of the product to be promoted, and retires what a promoted version counts when unmounted', async () => {
    const { id: backendId, hits } = await newBackend()
    await createBackendRule(ctx, { backendId, verb: 'ANY', pattern: '/', metricId: hits })
    const product = await createProduct(ctx, { name: 'Only mounts' })
    await expect(promoteConfig(ctx, { productId: product.id })).rejects.toMatchObject({ fields: { privateBaseUrl: [expect.any(String)] } })
    const { id: usageId } = await mountBackend(ctx, { productId: product.id, backendId, path: '/' })
    await promoteConfig(ctx, { productId: product.id })
    const before = await ctx.db.metric.findFirstOrThrow({ where: { productId: product.id, systemName: `hits.${backendId}` } })
    await unmountBackend(ctx, { usageId })
    expect(await ctx.db.metric.findUnique({ where: { id: before.id } })).toMatchObject({ retiredAt: expect.any(Date), backendMetricId: null })
    expect((await readSnapshot(ctx.db, product.id)).backends).toEqual([])
    // Mounted again, its history goes on.
    await mountBackend(ctx, { productId: product.id, backendId, path: '/again' })
    expect(await ctx.db.metric.findUnique({ where: { id: before.id } })).toMatchObject({ retiredAt: null, backendMetricId: hits })
  })

  it('forgets metrics that nothing ever counted', async () => {
    const { id: backendId } = await newBackend()
    const product = await createProduct(ctx, { name: 'Fleeting' })
    const { id: usageId } = await mountBackend(ctx, { productId: product.id, backendId, path: '/x' })
    await unmountBackend(ctx, { usageId })
    expect(await ctx.db.metric.count({ where: { productId: product.id } })).toBe(1)
    await deleteBackend(ctx, { backendId })
    expect((await listBackends(ctx)).some((backend) => backend.id === Number(backendId))).toBe(false)
  })

  it('takes a backend and a path once per product, and only paths without variables', async () => {
    const [one, two] = [await newBackend(), await newBackend()]
    const product = await createProduct(ctx, { name: 'Strict' })
    await mountBackend(ctx, { productId: product.id, backendId: one.id, path: '/a' })
    const refused: [bigint, string, string][] = [
      [one.id, '/b', 'backendId'],
      [two.id, '/a', 'path'],
    ]
    for (const [backendId, path, field] of refused) await expect(mountBackend(ctx, { productId: product.id, backendId, path })).rejects.toMatchObject({ fields: { [field]: [expect.any(String)] } })
    for (const path of ['/{id}', '/a b', '/a/../b', '/a?b', '/a$']) await expect(mountBackend(ctx, { productId: product.id, backendId: two.id, path }), path).rejects.toThrow()
    await createBackendRule(ctx, { backendId: one.id, verb: 'GET', pattern: `/${'x'.repeat(250)}`, metricId: one.hits })
    const usage = (await listMounts(ctx, { productId: product.id }))[0]!
    await expect(changeMountPath(ctx, { usageId: usage.id, path: '/much/longer/path' })).rejects.toMatchObject({ fields: { path: [expect.stringMatching(/255/)] } })
  })

  it('a mounted backend is not deleted: the refusal names the products', async () => {
    const { id: backendId } = await newBackend()
    for (const name of ['Uses B', 'Uses A']) await mountBackend(ctx, { productId: (await createProduct(ctx, { name })).id, backendId, path: '/' })
    await expect(deleteBackend(ctx, { backendId })).rejects.toMatchObject({ code: 'in_use', publicMessage: 'Uses A and Uses B mount this backend. Unmount it there first.', details: { products: ['Uses A', 'Uses B'] } })
  })

  it('tells the gateways of every product that mounts it', async () => {
    const { id: backendId } = await newBackend()
    const products = [await createProduct(ctx, { name: 'Told 1' }), await createProduct(ctx, { name: 'Told 2' })]
    for (const product of products) await mountBackend(ctx, { productId: product.id, backendId, path: '/' })
    const count = () => ctx.db.change.count({ where: { topic: 'product', subjectId: { in: products.map(({ id }) => id) } } })
    const before = await count()
    await editBackend(ctx, { backendId, privateBaseUrl: 'https://moved.example.com' })
    expect(await count()).toBe(before + 2)
    await editBackend(ctx, { backendId, privateBaseUrl: 'https://moved.example.com' })
    expect(await count()).toBe(before + 2)
  })

  it('never gives a backend metric and a product metric the same id', async () => {
    const { hits } = await newBackend()
    expect(await ctx.db.metric.findUnique({ where: { id: hits } })).toBeNull()
  })
})

it('ISO-5 another tenant finds none of it', async () => {
  const { id: backendId, hits } = await newBackend()
  const product = await createProduct(ctx, { name: 'Ours' })
  const theirs = await createProduct(other, { name: 'Theirs' })
  const { id: usageId } = await mountBackend(ctx, { productId: product.id, backendId, path: '/' })
  const { id: ruleId } = await createBackendRule(ctx, { backendId, verb: 'GET', pattern: '/', metricId: hits })
  const missing = { code: 'not_found' }
  const theirBackend = (await newBackend(other)).id
  const tries = [
    () => getBackend(other, backendId), () => listBackendMetrics(other, backendId), () => listBackendRules(other, backendId), () => editBackend(other, { backendId, name: 'x' }), () => deleteBackend(other, { backendId }),
    () => createBackendMetric(other, { backendId, name: 'x' }), () => editBackendMetric(other, { metricId: hits, name: 'x' }), () => deleteBackendMetric(other, { metricId: hits }),
    () => createBackendRule(other, { backendId, verb: 'GET', pattern: '/', metricId: hits }), () => editBackendRule(other, { ruleId, delta: 2 }), () => deleteBackendRule(other, { ruleId }),
    () => mountBackend(other, { productId: theirs.id, backendId, path: '/' }), () => changeMountPath(other, { usageId, path: '/x' }), () => unmountBackend(other, { usageId }),
    () => mountBackend(other, { productId: product.id, backendId: theirBackend, path: '/' }),
  ]
  for (const tried of tries) await expect(tried()).rejects.toMatchObject(missing)
  expect(await listMounts(other, { backendId })).toEqual([])
})

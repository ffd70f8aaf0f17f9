import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemDb } from '@/lib/db/system-db'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { egressPolicy } from '@/lib/http/egress/policy'
import { createMappingRule, editMappingRule } from '@/lib/products/mapping-rules'
import { createProduct } from '@/lib/products/create-product'
import { applyImport } from '@/lib/products/openapi/apply-import'
import { fetchDocument } from '@/lib/products/openapi/fetch-document'
import { planImport, type DocumentText } from '@/lib/products/openapi/plan-import'
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

const twitter: DocumentText = { text: readFileSync(new URL('../../../e2e/data/twitter-rest-1.1.openapi.json', import.meta.url), 'utf8') }
const documentOf = (operations: Record<string, string>): DocumentText => {
  const paths: Record<string, Record<string, object>> = {}
  for (const [call, operationId] of Object.entries(operations)) {
    const [verb, path] = call.split(' ') as [string, string]
    ;(paths[path] ??= {})[verb.toLowerCase()] = { operationId, responses: { 200: { description: 'ok' } }, parameters: [...path.matchAll(/\{(\w+)\}/g)].map((match) => ({ name: match[1], in: 'path', required: true, schema: { type: 'string' } })) }
  }
  return { text: JSON.stringify({ openapi: '3.0.0', info: { title: 'T', version: '1' }, servers: [{ url: 'https://api.example.com/v1' }], paths }) }
}
const run = async (document: DocumentText, options = {}) => {
  const plan = await planImport(ctx, productId, document, options)
  return { plan, result: await applyImport(ctx, productId, document, options, plan.fingerprint) }
}
const methods = async () => (await listMetrics(ctx, productId)).filter((metric) => metric.parentId !== null)
const rules = async () => (await listMappingRules(ctx, productId)).map((rule) => `${rule.verb} ${rule.pattern}`)

describe('importing the Twitter document', () => {
  it('makes 83 methods and 83 exact, last rules; the catch-all goes; the base URL is suggested', async () => {
    const steps: [number, number, string][] = []
    const plan = await planImport(ctx, productId, twitter)
    expect(plan).toMatchObject({ document: { operations: 83, title: 'Twitter API' }, change: [], remove: [], keep: [], unchanged: 0, removesCatchAll: true, baseUrlSuggestion: 'https://api.twitter.com', warnings: [] })
    expect(plan.create).toHaveLength(83)
    expect(await methods()).toHaveLength(0)
    const result = await applyImport(ctx, productId, twitter, {}, plan.fingerprint, (...step) => steps.push(step))
    expect(result).toEqual({ created: 83, changed: 0, removed: 0, kept: 0, methods: 83, mappingRules: 83, baseUrlSuggestion: 'https://api.twitter.com' })
    expect(steps.at(-1)).toEqual([166, 166, 'Creating mapping rules'])

    const timeline = (await methods()).find((method) => method.name === 'GET statuses/mentions_timeline')
    expect(timeline).toMatchObject({ systemName: 'statuses_mentions_timeline', verb: 'GET', path: '/1.1/statuses/mentions_timeline.json', parentId: Number(hitsId), mappingRules: 1 })
    const all = await listMappingRules(ctx, productId)
    expect(all).toHaveLength(83)
    expect(all.every((rule) => rule.last && rule.imported && rule.delta === 1 && rule.pattern.startsWith('/1.1/') && rule.pattern.endsWith('$'))).toBe(true)
    expect(all.map((rule) => rule.pattern)).toContain('/1.1/statuses/mentions_timeline.json$')
    expect(await ctx.db.event.count({ where: { type: 'product.imported' } })).toBe(1)

    const again = await planImport(ctx, productId, twitter)
    expect(again).toMatchObject({ create: [], change: [], remove: [], keep: [], unchanged: 83, removesCatchAll: false })
  })

  it('names agree with the chart of limits', async () => {
    const chart = JSON.parse(readFileSync(new URL('../../../e2e/data/twitter-limits.json', import.meta.url), 'utf8')) as { limits: { method: string }[] }
    const names = new Set((await planImport(ctx, productId, twitter)).create.map((method) => method.name))
    expect(chart.limits.filter(({ method }) => !names.has(method))).toEqual([])
  })
})

describe('importing again', () => {
  it('creates, changes, removes; and keeps and marks what has usage or limits', async () => {
    await run(documentOf({ 'GET /same': 'same', 'GET /moved': 'moved', 'GET /gone': 'gone', 'GET /used': 'used', 'GET /limited': 'limited' }))
    const id = async (name: string) => BigInt((await methods()).find((method) => method.systemName === name)!.id)
    const application = await ctx.db.application.findFirstOrThrow({ where: { productId } })
    await systemDb('usage of a test').usageDay.create({ data: { tenantId: ctx.tenant.id, environment: 'staging', productId, applicationId: application.id, metricId: await id('used'), dayOn: new Date('2026-01-01'), value: 3n } })
    const plan = await ctx.db.plan.create({ data: { tenantId: ctx.tenant.id, productId, name: 'Basic', systemName: 'basic' } })
    await ctx.db.limit.create({ data: { tenantId: ctx.tenant.id, planId: plan.id, metricId: await id('limited'), period: 'day', value: 5n } })
    const moved = await id('moved')

    const next = documentOf({ 'GET /same': 'same', 'GET /elsewhere': 'moved', 'POST /fresh': 'fresh' })
    const { plan: preview, result } = await run(next)
    expect(preview).toMatchObject({
      create: [{ name: 'POST fresh' }],
      change: [{ metricId: Number(moved), changes: [{ field: 'name', from: 'GET moved', to: 'GET elsewhere' }, { field: 'pattern', from: 'GET /v1/moved$', to: 'GET /v1/elsewhere$' }] }],
      remove: [{ name: 'GET gone' }],
      keep: [{ name: 'GET used', hasUsage: true, limits: 0 }, { name: 'GET limited', hasUsage: false, limits: 1 }],
      unchanged: 1,
    })
    expect(result).toMatchObject({ created: 1, changed: 1, removed: 1, kept: 2, methods: 5, mappingRules: 5 })
    expect((await methods()).map((method) => [method.name, method.removedFromDocumentAt !== null])).toEqual([
      ['GET same', false],
      ['GET elsewhere', false],
      ['GET used', true],
      ['GET limited', true],
      ['POST fresh', false],
    ])
    expect(await id('moved')).toBe(moved)
    expect(await rules()).toEqual(['GET /v1/elsewhere$', 'POST /v1/fresh$', 'GET /v1/limited$', 'GET /v1/same$', 'GET /v1/used$'])
    // Nothing new to say the second time; and what comes back loses its mark.
    expect(await planImport(ctx, productId, next)).toMatchObject({ create: [], change: [], remove: [], unchanged: 3 })
    await run(documentOf({ 'GET /same': 'same', 'GET /elsewhere': 'moved', 'POST /fresh': 'fresh', 'GET /used': 'used' }))
    expect((await methods()).find((method) => method.name === 'GET used')!.removedFromDocumentAt).toBeNull()
  })

  it('a removed method that production still counts is retired, not deleted', async () => {
    await run(documentOf({ 'GET /a': 'a', 'GET /b': 'b' }))
    await updateGateway(ctx, { productId, privateBaseUrl: 'https://api.example.com' })
    await promoteConfig(ctx, { productId })
    await run(documentOf({ 'GET /a': 'a' }))
    expect(await methods()).toHaveLength(1)
    expect(await ctx.db.metric.findFirst({ where: { productId, systemName: 'b' } })).toMatchObject({ retiredAt: expect.any(Date) as Date })
    const { result } = await run(documentOf({ 'GET /a': 'a', 'GET /b': 'b' }))
    expect(result).toMatchObject({ created: 0, changed: 1, methods: 2, mappingRules: 2 })
  })

  it('leaves own rules and edited ones alone', async () => {
    await createMappingRule(ctx, { productId, verb: 'GET', pattern: '/v1/extra', metricId: hitsId })
    await run(documentOf({ 'GET /a': 'a', 'GET /b': 'b' }))
    expect(await rules()).toEqual(['GET /v1/extra', 'GET /v1/a$', 'GET /v1/b$'])
    const edited = (await listMappingRules(ctx, productId)).find((rule) => rule.pattern === '/v1/a$')!
    await editMappingRule(ctx, { ruleId: edited.id, delta: 5 })
    await run(documentOf({ 'GET /a': 'a', 'GET /b': 'b', 'GET /c': 'c' }))
    expect((await listMappingRules(ctx, productId)).find((rule) => rule.pattern === '/v1/a$')).toMatchObject({ delta: 5, imported: false })
  })
})

describe('what was previewed is what is applied', () => {
  it('the fingerprint of another document, other options or an older state is refused and changes nothing', async () => {
    const plan = await planImport(ctx, productId, documentOf({ 'GET /a': 'a' }))
    await expect(applyImport(ctx, productId, documentOf({ 'GET /b': 'b' }), {}, plan.fingerprint)).rejects.toMatchObject({ code: 'conflict' })
    await expect(applyImport(ctx, productId, documentOf({ 'GET /a': 'a' }), { removeMissing: false }, plan.fingerprint)).rejects.toMatchObject({ code: 'conflict' })
    await createMappingRule(ctx, { productId, verb: 'GET', pattern: '/v1/a$', metricId: hitsId })
    expect(await methods()).toHaveLength(0)
    const fresh = await planImport(ctx, productId, documentOf({ 'GET /a': 'a' }))
    await applyImport(ctx, productId, documentOf({ 'GET /a': 'a' }), {}, fresh.fingerprint)
    await expect(applyImport(ctx, productId, documentOf({ 'GET /a': 'a' }), {}, fresh.fingerprint)).rejects.toMatchObject({ code: 'conflict' })
  })

  it('a broken file says its line and changes nothing', async () => {
    const broken = { text: '{\n  "openapi": "3.0.0",\n  "info": { "title": "T" "version": "1" }\n}' }
    await expect(planImport(ctx, productId, broken)).rejects.toMatchObject({ code: 'invalid', publicMessage: expect.stringMatching(/^Line 3: Not valid JSON/) as string, details: { line: 3, column: 26 } })
    await expect(planImport(ctx, productId, { text: '{"openapi":"3.0.0","info":{"title":"T","version":"1"},"paths":{}}' })).rejects.toMatchObject({ code: 'invalid', publicMessage: 'The document describes no operation.' })
    expect(await rules()).toEqual(['ANY /'])
  })

  it("another tenant's product is not found", async () => {
    await expect(planImport(other, productId, documentOf({ 'GET /a': 'a' }))).rejects.toMatchObject({ code: 'not_found' })
    await expect(applyImport(other, productId, documentOf({ 'GET /a': 'a' }), {}, 'x')).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a document by its address', () => {
  const serve = async (answer: (url: string) => { status: number; headers?: Record<string, string>; body: string }) => {
    const server = createServer((req, res) => {
      const { status, headers, body } = answer(req.url ?? '/')
      res.writeHead(status, headers).end(body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const port = (server.address() as AddressInfo).port
    const policy = { ...egressPolicy(), allow: [{ network: '127.0.0.1/32', port }] }
    return { url: `http://127.0.0.1:${port}`, policy, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => (server.close(() => resolve()), server.closeAllConnections())) }
  }

  it('is fetched over redirects, and knows where it came from', async () => {
    await using site = await serve((url) => (url === '/old' ? { status: 302, headers: { location: '/new' }, body: '' } : { status: 200, body: 'openapi: 3.0.0' }))
    expect(await fetchDocument(`${site.url}/old`, { policy: site.policy })).toEqual({ text: 'openapi: 3.0.0', url: `${site.url}/new` })
  })

  it('EG-8 that is refused, missing or unreachable says so at the field, and nothing about addresses', async () => {
    await using site = await serve(() => ({ status: 404, body: 'secret words' }))
    await expect(fetchDocument(site.url, { policy: site.policy })).rejects.toMatchObject({ code: 'invalid', fields: { url: ['The address answered with status 404, not with a document.'] } })
    await expect(fetchDocument(site.url)).rejects.toMatchObject({ code: 'invalid', fields: { url: ['This address cannot be used from here.'] } })
    await expect(fetchDocument('file:///etc/passwd')).rejects.toMatchObject({ code: 'invalid', fields: { url: [expect.any(String)] } })
  })
})

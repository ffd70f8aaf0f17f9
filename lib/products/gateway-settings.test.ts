import { beforeAll, describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { createProduct } from '@/lib/products/create-product'
import { createMappingRule } from '@/lib/products/mapping-rules'
import { commonPrefix, findRepeatedPrefix } from '@/lib/products/private-base-url'
import { getGatewaySettings } from '@/lib/products/queries'
import { updateGateway } from '@/lib/products/update-gateway'
import type { Ctx } from '@/lib/tenants/context'

testDatabase()
let ctx: Ctx
let productId: bigint
let hitsId: bigint
beforeAll(async () => {
  ctx = await makeTenant({ slug: 'acme' })
  const product = await createProduct(ctx, { name: 'API' })
  productId = product.id
  hitsId = product.hitsId
})

const save = (change: object) => updateGateway(ctx, { productId, ...change })

describe('the private base URL', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://API.example.com:8443/base/', 'https://api.example.com:8443/base'],
    ['http://api.example.com/', 'http://api.example.com'],
    ['', null],
  ])('%j is stored as %j', async (given, stored) => {
    await save({ privateBaseUrl: given })
    expect((await getGatewaySettings(ctx, productId)).privateBaseUrl).toBe(stored)
  })

  it.each([
    ['ftp://api.example.com', /http/],
    ['api.example.com', /whole address/],
    ['https://user:pass@api.example.com', /user name/],
    ['https://api.example.com/?a=1', /\?/],
    ['https://api.example.com/#top', /#/],
    ['https://api.example.com:25', /port/i],
    ['http://twitter-acme.gw.localhost', /this installation/],
    ['http://acme.admin.localhost:3000', /this installation|port/],
    ['http://169.254.169.254/latest', /cannot be used/],
  ])('GW-8 %s is refused', async (given, reason) => {
    await expect(save({ privateBaseUrl: given })).rejects.toMatchObject({ code: 'invalid', fields: { privateBaseUrl: [expect.stringMatching(reason)] } })
  })

  it('whose path repeats what all rules begin with is saved with a warning and a way out', async () => {
    await createMappingRule(ctx, { productId, verb: 'GET', pattern: '/1.1/users/show.json$', metricId: hitsId })
    await createMappingRule(ctx, { productId, verb: 'GET', pattern: '/1.1/statuses/{id}.json$', metricId: hitsId })
    const { warnings } = await save({ privateBaseUrl: 'https://api.example.com/1.1' })
    expect(warnings).toMatchObject([{ code: 'path_repeats_prefix', prefix: '/1.1', suggestion: 'https://api.example.com' }])
    expect((await getGatewaySettings(ctx, productId)).warnings).toHaveLength(1)
    expect(await save({ privateBaseUrl: 'https://api.example.com' })).toEqual({ warnings: [] })
  })

  it('prefixes are compared by segment', () => {
    expect(commonPrefix(['/', '/v1/a$', '/v1/b/{id}$'])).toBe('/v1')
    expect(commonPrefix(['/v1/a$', '/v10/b$'])).toBe('')
    expect(commonPrefix(['/{tenant}/a'])).toBe('')
    expect(commonPrefix(['/'])).toBe('')
    expect(findRepeatedPrefix('https://h/api/v1/', ['/v1/a', '/v1/b'])).toEqual({ prefix: '/v1', suggestion: 'https://h/api' })
    expect(findRepeatedPrefix('https://h/v1/x', ['/v1/a', '/v1/b'])).toBeNull()
    expect(findRepeatedPrefix('https://h/a/b', ['/a/b/c', '/a/b/d'])).toEqual({ prefix: '/a/b', suggestion: 'https://h' })
  })
})

describe('the other settings', () => {
  it('are saved one by one and leave the rest as it was', async () => {
    await save({ credentialsLocation: 'headers', appIdName: 'X-App-Id', appKeyName: 'X-App-Key' })
    await save({ hostHeader: 'internal.example.com:8080' })
    await save({ errorAnswers: { noMatch: { status: 410, contentType: 'application/json; charset=utf-8', body: '{"gone":true}' } } })
    await save({ bodyBytesMax: 1024 ** 2, concurrencyMax: '50' })
    expect(await getGatewaySettings(ctx, productId)).toMatchObject({
      credentials: { location: 'headers', userKeyName: 'user_key', appIdName: 'X-App-Id', appKeyName: 'X-App-Key' },
      hostHeader: 'internal.example.com:8080',
      errorAnswers: { noMatch: { status: 410, body: '{"gone":true}' }, limitsExceeded: { status: 429, body: 'Usage limit exceeded' } },
      bounds: { bodyBytesMax: 1_048_576, concurrencyMax: 50 },
    })
  })

  it('that change nothing write nothing', async () => {
    const count = () => ctx.db.auditEntry.count()
    await save({ hostHeader: 'same.example.com' })
    const before = await count()
    await save({ hostHeader: 'same.example.com' })
    expect(await count()).toBe(before)
  })

  it.each([
    ['a credential name with a space', { userKeyName: 'user key' }],
    ['a credential in a header of the gateway', { userKeyName: 'X-3scale-proxy-secret-token' }],
    ['a credential in Authorization', { appKeyName: 'Authorization' }],
    ['the same name for id and key', { appIdName: 'x-same', appKeyName: 'X-Same' }],
    ['an end-user header that credentials use', { credentialsLocation: 'headers', userKeyName: 'X-Id', endUserHeader: 'x-id' }],
    ['an end-user header with a colon', { endUserHeader: 'X-User:' }],
    ['a host header with a line break', { hostHeader: 'a.example.com\r\nX: y' }],
    ['an answer with status 199', { errorAnswers: { noMatch: { status: 199, contentType: 'text/plain', body: '' } } }],
    ['an answer with status 600', { errorAnswers: { noMatch: { status: 600, contentType: 'text/plain', body: '' } } }],
    ['a content type that would split the header', { errorAnswers: { noMatch: { status: 404, contentType: 'text/plain\r\nSet-Cookie: a=b', body: '' } } }],
    ['a body over 8 KB', { errorAnswers: { noMatch: { status: 404, contentType: 'text/plain', body: 'ä'.repeat(4097) } } }],
    ['a body on a status that has none', { errorAnswers: { noMatch: { status: 204, contentType: 'text/plain', body: 'x' } } }],
    ['a total time below the first byte', { firstByteTimeoutMs: 200_000, totalTimeoutMs: 100_000 }],
    ['a body ceiling above 1 GB', { bodyBytesMax: 1024 ** 3 + 1 }],
  ])('refuse %s', async (_, change) => {
    await expect(save(change)).rejects.toThrow()
  })
})

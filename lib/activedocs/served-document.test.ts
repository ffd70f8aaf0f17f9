import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Node } from '@/lib/activedocs/document-node'
import { curlCall } from '@/lib/activedocs/example-call'
import type { GatewayFacts } from '@/lib/activedocs/gateway-facts'
import { autofillLists, type OwnApplication } from '@/lib/activedocs/own-keys'
import { isHarmless } from '@/lib/activedocs/scrub-document'
import { serveDocument, withOwnKeys } from '@/lib/activedocs/served-document'

const byHeaders = { mode: 'app_id_app_key', location: 'headers', userKeyName: 'user_key', appIdName: 'X-App-Id', appKeyName: 'X-App-Key' } as const
const byQuery = { ...byHeaders, mode: 'user_key', location: 'query' } as const
const byBasic = { ...byHeaders, location: 'basic' } as const
const baseUrl = 'https://twitter-acme.gw.example.com'
const ok = { 200: { description: 'ok' } }
const own: OwnApplication = { id: 7, name: 'App', productId: 1, productName: 'Twitter', appId: 'id-7', userKey: 'uk_7', appKey: 'ak_7' }

function serve(document: object, authentication: GatewayFacts['authentication'] = byQuery) {
  const served = serveDocument(JSON.stringify(document), { baseUrl, authentication })
  return { ...served, document: JSON.parse(served.json) as Record<string, Node> & { servers?: { url: string }[]; security?: unknown; paths: Record<string, Record<string, Node>> } }
}

describe('servers', () => {
  it('Swagger 2.0: host and scheme become the gateway, the base path stays', () => {
    const { document, servers } = serve({ swagger: '2.0', info: { title: 't', version: '1' }, host: 'api.example.org', schemes: ['http', 'https'], basePath: '/v2/', paths: { '/a': { get: { responses: ok } } } })
    expect(document).toMatchObject({ host: 'twitter-acme.gw.example.com', schemes: ['https'], basePath: '/v2/' })
    expect(servers).toEqual([`${baseUrl}/v2`])
  })

  it('OpenAPI 3.0 and 3.1: every server, of paths and operations too, becomes the gateway with its own path', () => {
    for (const openapi of ['3.0.3', '3.1.0']) {
      const { document, servers } = serve({
        openapi,
        info: { title: 't', version: '1' },
        servers: [{ url: 'https://{region}.example.org/{v}', variables: { region: { default: 'eu' }, v: { default: '1.1' } } }, { url: 'http://localhost:9/1.1' }, { url: '/other' }],
        paths: { '/a': { servers: [{ url: 'http://169.254.169.254/latest' }], get: { servers: [{ url: 'https://elsewhere.example.org/files/' }], responses: ok } } },
      })
      expect(document.servers).toEqual([{ url: `${baseUrl}/1.1` }, { url: `${baseUrl}/other` }])
      expect(document.paths['/a']).toMatchObject({ servers: [{ url: `${baseUrl}/latest` }], get: { servers: [{ url: `${baseUrl}/files` }] } })
      expect(servers).toEqual([`${baseUrl}/1.1`, `${baseUrl}/other`, `${baseUrl}/latest`, `${baseUrl}/files`])
    }
  })

  it('a document without servers gets the gateway; before the first promotion nothing can be called', () => {
    const document = { openapi: '3.1.0', info: { title: 't', version: '1' }, paths: { '/a': { get: { responses: ok } } } }
    expect(serve(document).servers).toEqual([baseUrl])
    expect(serveDocument(JSON.stringify(document), null)).toMatchObject({ servers: [], schemes: [] })
  })
})

describe('security', () => {
  const document = { openapi: '3.0.3', info: { title: 't', version: '1' }, paths: { '/a': { get: { responses: ok } }, '/open': { get: { security: [], responses: ok } } } }

  it('every operation asks for what the gateway asks for, wherever that travels', () => {
    expect(serve(document, byHeaders)).toMatchObject({
      schemes: [{ id: 'X-App-Id', carries: 'app_id' }, { id: 'X-App-Key', carries: 'app_key' }],
      document: { security: [{ 'X-App-Id': [], 'X-App-Key': [] }], components: { securitySchemes: { 'X-App-Id': { type: 'apiKey', in: 'header', name: 'X-App-Id' } } }, paths: { '/open': { get: { security: [{ 'X-App-Id': [], 'X-App-Key': [] }] } } } },
    })
    expect(serve(document, byBasic)).toMatchObject({ schemes: [{ id: 'basic', carries: 'basic' }], document: { components: { securitySchemes: { basic: { type: 'http', scheme: 'basic' } } } } })
    const swagger = { swagger: '2.0', info: { title: 't', version: '1' }, paths: { '/a': { get: { responses: ok } } } }
    expect(serve(swagger, byQuery)).toMatchObject({ schemes: [{ id: 'user_key', carries: 'user_key' }], document: { securityDefinitions: { user_key: { type: 'apiKey', in: 'query', name: 'user_key' } }, security: [{ user_key: [] }] } })
  })

  it('the document’s own scheme is used where it means the same, and others stay beside it', () => {
    const securitySchemes = { key: { type: 'apiKey', in: 'header', name: 'x-app-key' }, user_key: { type: 'apiKey', in: 'cookie', name: 'c' }, bearer: { type: 'http', scheme: 'bearer' } }
    const withOwn = { ...document, components: { securitySchemes }, security: [{ key: [], bearer: [] }, { gone: [] }] }
    expect(serve(withOwn, byHeaders)).toMatchObject({ schemes: [{ id: 'X-App-Id' }, { id: 'key', carries: 'app_key' }], document: { security: [{ 'X-App-Id': [], key: [], bearer: [] }, { 'X-App-Id': [], key: [] }] } })
    expect(serve(withOwn, byQuery).schemes).toEqual([{ id: 'user_key_gateway', carries: 'user_key' }])
  })

  it('operations that list the key as a parameter are left to it', () => {
    const listed = { ...document, paths: { '/a': { parameters: [{ name: 'user_key', in: 'query', schema: { type: 'string' } }], get: { responses: ok } } } }
    expect(serve(listed, byQuery).document.paths['/a']).toMatchObject({ get: { security: [] } })
  })
})

describe('keys', () => {
  const parameter = (extra: object) => ({ name: 'user_key', in: 'query', 'x-data-threescale-name': 'user_keys', ...extra })

  it('DOC-1 parameters that ask for it get the signed-in account’s values; the stored answer holds nobody’s', () => {
    const served = serve({ openapi: '3.1.0', info: { title: 't', version: '1' }, components: { parameters: { key: parameter({ schema: { type: 'string' }, example: 'x' }) } }, paths: { '/a': { get: { parameters: [{ $ref: '#/components/parameters/key' }], responses: ok } } } })
    expect(served.json).not.toContain('uk_7')
    const filled = JSON.parse(withOwnKeys(served, autofillLists([own]))) as { components: { parameters: { key: object } } }
    expect(filled.components.parameters.key).toMatchObject({ examples: { application1: { summary: 'App - Twitter', value: 'uk_7' } } })
    expect(filled.components.parameters.key).not.toHaveProperty('example')
    expect(withOwnKeys(served, autofillLists([]))).toBe(served.json)
  })

  it('Swagger 2.0 has room for one', () => {
    const served = serve({ swagger: '2.0', info: { title: 't', version: '1' }, paths: { '/a': { get: { parameters: [parameter({ type: 'string' })], responses: ok } } } })
    expect(withOwnKeys(served, autofillLists([own, { ...own, userKey: 'uk_8' }]))).toContain('"x-example":"uk_7"')
  })

  it('the curl works as it stands, or says where the key goes', () => {
    expect(curlCall({ baseUrl, authentication: byQuery }, '/a?b=1', own)).toBe(`curl -i '${baseUrl}/a?b=1&user_key=uk_7'`)
    expect(curlCall({ baseUrl, authentication: byHeaders }, '/a', null)).toContain("-H 'X-App-Key: YOUR_APP_KEY'")
    expect(curlCall({ baseUrl, authentication: byBasic }, '/a', null)).toContain("-u 'YOUR_APP_ID:YOUR_APP_KEY'")
  })
})

describe('a hostile document', () => {
  it('DOC-4 no address in it can run or fetch anything', () => {
    const hostile = {
      openapi: '3.0.3',
      info: { title: '<img src=x onerror=alert(1)>', version: '1', termsOfService: 'javascript:alert(1)', contact: { url: ' java\nscript:alert(1)' }, license: { name: 'x', url: 'https://example.org/license' } },
      externalDocs: { url: 'JaVaScRiPt:alert(1)' },
      components: { securitySchemes: { o: { type: 'oauth2', flows: { implicit: { authorizationUrl: 'data:text/html,x', scopes: {} } } } } },
      paths: { '/a': { get: { summary: '<script>alert(1)</script>', externalDocs: { url: 'vbscript:x' }, responses: { 200: { description: 'ok', content: { 'a/b': { example: { $ref: 'http://127.0.0.1/', url: 'javascript:1' } } } } } } } },
    }
    const { json, document, groups } = serve(hostile)
    expect(json.replace('"url":"javascript:1"', '')).not.toMatch(/javascript:|vbscript:|data:text|127\.0\.0\.1/i)
    expect(document.info).toMatchObject({ license: { url: 'https://example.org/license' } })
    // Text stays text: whoever prints it escapes it.
    expect(groups[0]!.operations[0]!.summary).toBe('<script>alert(1)</script>')
  })

  it.each([
    ['https://example.org', true],
    ['HTTP://example.org', true],
    ['mailto:a@example.org', true],
    ['/relative:1', true],
    ['docs.html', true],
    ['javascript:alert(1)', false],
    ['\u0000java\tscript:alert(1)', false],
    ['  javascript:alert(1)', false],
    ['data:text/html,x', false],
    ['blob:https://x', false],
  ])('%j is harmless: %s', (address, harmless) => {
    expect(isHarmless(address)).toBe(harmless)
  })

  it('members called like those every object has do no harm', () => {
    const json = '{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{"/a":{"__proto__":{"get":1},"get":{"responses":{"200":{"description":"ok"}}},"constructor":{}}},"components":{"schemas":{"__proto__":{"url":"javascript:1"}}}}'
    expect(serveDocument(json, { baseUrl, authentication: byQuery }).groups[0]!.operations).toHaveLength(1)
    expect(({} as { url?: string }).url).toBeUndefined()
  })
})

describe('the Twitter document', () => {
  const json = JSON.stringify(JSON.parse(readFileSync('e2e/data/twitter-rest-1.1.openapi.json', 'utf8')))

  it('has 83 operations in the order it was written, and an example that asks for nothing', () => {
    const { groups, servers, exampleTarget } = serveDocument(json, { baseUrl, authentication: byHeaders })
    expect(groups).toHaveLength(1)
    expect(groups[0]!.operations).toHaveLength(83)
    expect(new Set(groups[0]!.operations.map(({ anchor }) => anchor)).size).toBe(83)
    expect(groups[0]!.operations[0]).toMatchObject({ method: 'GET', path: '/account/settings.json', anchor: 'get-account-settings-json' })
    expect(servers).toEqual([`${baseUrl}/1.1`])
    expect(exampleTarget).toBe('/account/settings.json')
  })
})

describe('summaries', () => {
  it('a description lends its first sentence, cut after a whole word where it is long', () => {
    const summary = (description: string) => serve({ openapi: '3.0.3', info: { title: 't', version: '1' }, paths: { '/a': { get: { description, responses: ok } } } }).groups[0]!.operations[0]!.summary
    expect(summary('Finds tweets. Second sentence.')).toBe('Finds tweets.')
    const long = summary(`Returns ${'settings, '.repeat(20)}and more`)
    expect(long).toMatch(/^Returns (settings, )+settings…$/)
    expect(long.length).toBeLessThanOrEqual(120)
    expect(summary('x'.repeat(300))).toBe(`${'x'.repeat(119)}…`)
  })
})

describe('DOC-4 a document that was made to take long', () => {
  const document = (paths: object, more: object = {}) => ({ openapi: '3.0.3', info: { title: 't', version: '1' }, paths, ...more })

  it('DOC-4 thousands of paths that only differ in signs have anchors of their own', () => {
    const paths = Object.fromEntries(Array.from({ length: 5000 }, (_unused, at) => [`/${at.toString(2).replaceAll('1', '.').replaceAll('0', '-')}`, { get: { responses: ok } }]))
    const anchors = serve(document(paths)).groups[0]!.operations.map(({ anchor }) => anchor)
    expect(anchors.slice(0, 3)).toEqual(['get', 'get-2', 'get-3'])
    expect(new Set(anchors).size).toBe(5000)
  })

  it('DOC-4 a name that is an anchor with a number already is passed over', () => {
    const paths = Object.fromEntries(['/a/2', '/a', '/a.', '/a_'].map((path) => [path, { get: { responses: ok } }]))
    expect(serve(document(paths)).groups[0]!.operations.map(({ anchor }) => anchor)).toEqual(['get-a-2', 'get-a', 'get-a-3', 'get-a-4'])
  })

  it('DOC-4 a megabyte of braces is read once, in paths and in servers', () => {
    const braces = '{'.repeat(1_000_000)
    expect(serve(document({ [`/${braces}`]: { get: { responses: ok } } })).exampleTarget).toBeNull()
    expect(serve(document({ '/a': { get: { responses: ok } } }, { servers: [{ url: `/${braces}` }] })).servers).toHaveLength(1)
  })
})

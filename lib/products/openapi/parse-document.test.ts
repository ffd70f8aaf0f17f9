import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { parseDocument } from '@/lib/products/openapi/parse-document'

const data = (name: string) => readFileSync(new URL(`../../../e2e/data/${name}`, import.meta.url))
const yaml = (paths: string, head = 'openapi: 3.0.3') => `${head}\ninfo:\n  title: T\n  version: "1"\n${paths}`
const minimal = { openapi: '3.0.0', info: { title: 'T', version: '1' }, paths: { '/a': { get: { operationId: 'a', responses: { '200': { description: 'ok' } } } } } }
const failure = (text: string) => parseDocument(text).then(
  () => null,
  (error: { code: string; publicMessage: string; details?: { line: number | null } }) => ({ code: error.code, message: error.publicMessage, line: error.details?.line ?? null }),
)

describe('reading an API description', () => {
  it('gives the 83 operations of the Twitter document with the path of its server', async () => {
    const document = await parseDocument(data('twitter-rest-1.1.openapi.json').toString())
    expect(document).toMatchObject({ format: 'OpenAPI 3.0', serverOrigin: 'https://api.twitter.com', warnings: [] })
    expect(document.operations).toHaveLength(83)
    expect(document.operations.find((operation) => operation.path === '/statuses/mentions_timeline.json')).toMatchObject({ verb: 'GET', prefix: '/1.1', operationId: 'statuses.mentions.timeline' })
  })

  it('gives the 845 operations of the GitHub document with its multi-segment parameters', async () => {
    const document = await parseDocument(gunzipSync(data('github-rest.openapi.json.gz')).toString())
    expect(document.operations).toHaveLength(845)
    expect(document.operations.find(({ path, verb }) => path === '/repos/{owner}/{repo}/contents/{path}' && verb === 'GET')).toMatchObject({ multiSegment: ['path'] })
  })

  it('reads Swagger 2.0 with schemes, host and base path', async () => {
    const document = await parseDocument(JSON.stringify({ swagger: '2.0', info: minimal.info, schemes: ['http', 'https'], host: 'api.example.com', basePath: '/v2/', paths: minimal.paths }))
    expect(document).toMatchObject({ format: 'Swagger 2.0', serverOrigin: 'https://api.example.com', operations: [{ path: '/a', prefix: '/v2' }] })
  })

  it('reads OpenAPI 3.1, YAML, server variables and references within the document', async () => {
    const document = await parseDocument(
      stringify({
        ...minimal,
        openapi: '3.1.0',
        servers: [{ url: 'https://{region}.example.com/{base}', variables: { region: { default: 'eu' }, base: { default: 'v1' } } }],
        paths: {
          '/files/{path}': {
            parameters: [{ $ref: '#/components/parameters/Path' }],
            get: { responses: { '200': { description: 'ok' } } },
            delete: { servers: [{ url: '/v2' }], responses: { '200': { description: 'ok' } } },
          },
        },
        components: { parameters: { Path: { name: 'path', in: 'path', required: true, schema: { type: 'string' }, 'x-multi-segment': true } } },
      }),
    )
    expect(document).toMatchObject({
      format: 'OpenAPI 3.1',
      serverOrigin: 'https://eu.example.com',
      operations: [
        { verb: 'GET', prefix: '/v1', operationId: null, multiSegment: ['path'] },
        { verb: 'DELETE', prefix: '/v2' },
      ],
    })
  })

  it('takes a relative server from where the document was fetched', async () => {
    const document = await parseDocument(JSON.stringify({ ...minimal, servers: [{ url: '/api' }] }), 'https://docs.example.com/openapi.json')
    expect(document).toMatchObject({ serverOrigin: 'https://docs.example.com', operations: [{ prefix: '/api' }] })
    expect(await parseDocument(JSON.stringify({ ...minimal, servers: [{ url: '/api' }] }))).toMatchObject({ serverOrigin: null, operations: [{ prefix: '/api' }] })
  })
})

describe('a document that cannot be read', () => {
  it.each([
    ['JSON with a comma too many', '{\n  "openapi": "3.0.0",\n  "info": {},\n}', 4, /remove the comma/],
    ['YAML with a tab', 'openapi: 3.0.0\ninfo:\n\ttitle: x', 3, /YAML/],
    ['a missing response description', yaml('paths:\n  /a:\n    get:\n      responses:\n        200: {}\n'), 9, /description/],
    ['a path without slash', yaml('paths:\n  a:\n    get:\n      responses: {}\n'), 6, /begin with a slash/],
    ['a reference to nothing', yaml('paths:\n  /a:\n    get:\n      responses:\n        200:\n          $ref: "#/components/responses/none"\n'), 10, /none/],
    ['an unquoted version', 'swagger: 2.0\ninfo: {}', 1, /quotes/],
    ['a version of tomorrow', 'openapi: 3.2.0\ninfo: {}', 1, /3\.2\.0/],
    ['something else altogether', '<html></html>', 1, /no API description/],
    ['nothing', '  \n', null, /empty/],
  ])('%s: line and reason', async (_, text, line, reason) => {
    expect(await failure(text)).toEqual({ code: 'invalid', line, message: expect.stringMatching(reason) as string })
  })

  it.each([
    ['DOC-4 a reference to a file', yaml('paths:\n  /a:\n    $ref: "file:///etc/passwd"\n'), 7, /outside the document/],
    ['DOC-4 a reference to the web', JSON.stringify({ ...minimal, components: { schemas: { A: { $ref: 'http://169.254.169.254/latest' } } } }), 1, /outside the document/],
    ['DOC-4 a relative reference', yaml('paths:\n  /a:\n    $ref: "../other.yaml"\n'), 7, /outside the document/],
    ['DOC-4 more than 100 aliases', `a: &a x\n${Array.from({ length: 101 }, (_, i) => `k${i}: *a`).join('\n')}`, 102, /100 aliases/],
    ['DOC-4 aliases that multiply', `a: &a0 [x, x]\n${Array.from({ length: 30 }, (_, i) => `k${i}: &a${i + 1} [*a${i}, *a${i}]`).join('\n')}`, null, /aliases/],
    ['DOC-4 nesting deeper than 64 in JSON', '['.repeat(66) + ']'.repeat(66), 1, /64 levels/],
    ['DOC-4 nesting deeper than 64 in YAML', `a: ${'['.repeat(100)}${']'.repeat(100)}`, 1, /64 levels/],
    ['DOC-4 nesting that would exhaust the stack', `a: ${'['.repeat(100_000)}`, 1, /64 levels/],
    ['DOC-4 a custom YAML tag', 'a: !!js/function "x"', 1, /YAML/],
  ])('%s is refused', async (_, text, line, reason) => {
    expect(await failure(text)).toEqual({ code: 'invalid', line, message: expect.stringMatching(reason) as string })
  })

  it('DOC-4 more than 10 MB is refused unread', async () => {
    expect(await failure(`{"a":"${'x'.repeat(10 * 1024 * 1024)}"}`)).toMatchObject({ code: 'payload_too_large' })
  })

  it('DOC-4 what takes too long is stopped, and the next one is read', async () => {
    const schemas = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`s${i}`, i < 39 ? { anyOf: [{ $ref: `#/components/schemas/s${i + 1}` }, { $ref: `#/components/schemas/s${i + 1}` }] } : { type: 'string' }]))
    const bomb = JSON.stringify({ ...minimal, components: { schemas } })
    await expect(parseDocument(bomb, null, 1000)).rejects.toMatchObject({ code: 'invalid', publicMessage: 'Reading the document took more than 1 seconds.' })
    expect((await parseDocument(JSON.stringify(minimal))).operations).toHaveLength(1)
  })
})

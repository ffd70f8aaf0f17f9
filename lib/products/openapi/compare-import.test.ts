import { describe, expect, it } from 'vitest'
import { compareImport, orderAllRules, type PresentMethod, type PresentRule } from '@/lib/products/openapi/compare-import'
import { draftMethods, pathName } from '@/lib/products/openapi/draft-methods'
import { comparePatterns } from '@/lib/products/openapi/order-rules'
import type { ParsedOperation } from '@/lib/products/openapi/parsed-document'

const HITS = 1n
const operation = (verb: ParsedOperation['verb'], path: string, more: Partial<ParsedOperation> = {}): ParsedOperation => ({ verb, path, prefix: '', operationId: null, summary: null, description: null, multiSegment: [], ...more })
const draft = (...operations: ParsedOperation[]) => draftMethods({ operations }, 'path').drafts
const method = (id: bigint, more: Partial<PresentMethod>): PresentMethod => ({ id, name: `m${id}`, systemName: `m${id}`, description: '', verb: null, path: null, operationId: null, retired: false, removedFromDocument: false, hasUsage: false, limits: 0, ...more })
const rule = (id: bigint, verb: string, pattern: string, metricId: bigint, more: Partial<PresentRule> = {}): PresentRule => ({ id, verb, pattern, metricId, delta: 1, last: true, imported: true, ...more })
const compare = (drafts: ReturnType<typeof draft>, methods: PresentMethod[] = [], rules: PresentRule[] = [], removeMissing = true) => compareImport(drafts, methods, rules, HITS, ['hits'], { naming: 'path', removeMissing })

describe('names and patterns of an operation', () => {
  it.each([
    ['GET', '/statuses/mentions_timeline.json', 'GET statuses/mentions_timeline'],
    ['POST', '/statuses/destroy/{id}.json', 'POST statuses/destroy/{id}'],
    ['GET', '/feed.{format}', 'GET feed'],
    ['GET', '/v1.0/users', 'GET v1.0/users'],
    ['GET', '/', 'GET /'],
    ['GET', '/search?kind=a', 'GET search'],
  ])('%s %s is called %s', (verb, path, name) => {
    expect(pathName(verb, path)).toBe(name)
  })

  it.each([
    [operation('GET', '/statuses/{id}.json', { prefix: '/1.1' }), '/1.1/statuses/{id}.json$'],
    [operation('GET', '/repos/{owner}/contents/{path}', { multiSegment: ['path'] }), '/repos/{owner}/contents/{path+}$'],
    [operation('GET', '/a/{x y}/{x-y}/{x y}'), '/a/{x_y}/{x-y}/{x_y_2}$'],
    [operation('GET', '/'), '/$'],
    [operation('GET', '/search?kind=a'), '/search$?kind=a'],
    [operation('GET', '/größe'), '/gr%C3%B6%C3%9Fe$'],
  ])('%o has the pattern %s', (given, pattern) => {
    expect(draft(given)[0]!.pattern).toBe(pattern)
  })

  it('system names come from the operationId, else from the name', () => {
    expect(draft(operation('GET', '/a', { operationId: 'repos/listPets-all' }), operation('GET', '/b/{id}')).map((each) => each.systemName)).toEqual(['repos_list_pets_all', 'get_b_id'])
  })

  it('summaries are names where the tenant prefers them and the document has them', () => {
    const { drafts } = draftMethods({ operations: [operation('GET', '/a', { summary: 'List all' }), operation('GET', '/b')] }, 'summary')
    expect(drafts.map((each) => each.name)).toEqual(['List all', 'GET b'])
  })

  it('two that would have one name keep their extensions', () => {
    expect(draft(operation('GET', '/a.json', { prefix: '/v1' }), operation('GET', '/a.xml', { prefix: '/v1' })).map((each) => each.name)).toEqual(['GET v1/a.json', 'GET v1/a.xml'])
  })

  it('what cannot be a rule, or cannot be told from another, is left out with a reason', () => {
    const { drafts, warnings } = draftMethods({ operations: [operation('GET', '/a/{x}'), operation('GET', '/a/{y}'), operation('GET', '/b#c')] }, 'path')
    expect(drafts).toHaveLength(1)
    expect(warnings).toEqual([expect.stringContaining('cannot be told from GET /a/{x}'), expect.stringContaining('GET /b#c is left out')])
  })
})

describe('the order of rules', () => {
  it('has the literal before the variable before what crosses slashes, at every segment', () => {
    const right = [
      '/gists/public$',
      '/gists/{gist_id}$',
      '/gists/{gist_id}/comments$',
      '/gists/{gist_id}/{sha}$',
      '/repos/{o}/{r}/commits/{sha}/comments$',
      '/repos/{o}/{r}/commits/{ref+}/check/runs$',
      '/repos/{o}/{r}/commits/{ref+}/status$',
      '/repos/{o}/{r}/commits/{ref+}$',
      '/shows/{id}.json$',
      '/shows/{id}$',
    ]
    expect([...right].reverse().sort(comparePatterns)).toEqual(right)
  })

  it('leaves rules of the tenant on their side of the imported ones', () => {
    const own = (pattern: string) => ({ verb: 'GET', pattern, imported: false, isNew: false })
    const old = (pattern: string) => ({ verb: 'GET', pattern, imported: true, isNew: false })
    const fresh = (pattern: string) => ({ verb: 'GET', pattern, imported: true, isNew: true })
    const order = (...rules: ReturnType<typeof own>[]) => orderAllRules(rules).map((each) => each.pattern)
    expect(order(own('/first'), old('/m$'), own('/last'), fresh('/a$'))).toEqual(['/first', '/a$', '/m$', '/last'])
    expect(order(own('/'), own('/own'), fresh('/b$'), fresh('/a$'))).toEqual(['/own', '/a$', '/b$', '/'])
  })
})

describe('importing again', () => {
  const show = operation('GET', '/users/{id}', { operationId: 'showUser' })
  const present = method(5n, { name: 'GET users/{id}', systemName: 'show_user', verb: 'GET', path: '/users/{id}', operationId: 'showUser' })
  const own = rule(9n, 'GET', '/users/{id}$', 5n)

  it('changes nothing where nothing changed', () => {
    expect(compare(draft(show), [present], [own])).toMatchObject({ create: [], change: [], remove: [], keep: [], unchanged: 1, catchAll: null })
  })

  it('matches on verb and path, whatever the variable is called', () => {
    const { create, change } = compare(draft(operation('GET', '/users/{user_id}', { operationId: 'getUser' })), [present], [own])
    expect(create).toEqual([])
    expect(change).toMatchObject([{ metricId: 5n, rule: { kind: 'update', ruleId: 9n }, changes: [{ field: 'name', to: 'GET users/{user_id}' }, { field: 'operationId', from: 'showUser', to: 'getUser' }, { field: 'pattern', to: 'GET /users/{user_id}$' }] }])
  })

  it('then on the operationId', () => {
    const { create, change, remove } = compare(draft(operation('GET', '/people/{id}', { operationId: 'showUser' })), [present], [own])
    expect([create, remove]).toEqual([[], []])
    expect(change).toMatchObject([{ metricId: 5n, name: 'GET people/{id}', changes: [{ field: 'name' }, { field: 'pattern', from: 'GET /users/{id}$', to: 'GET /people/{id}$' }] }])
  })

  it('verb and path go before the operationId', () => {
    const two = [present, method(6n, { name: 'GET people', systemName: 'people', verb: 'GET', path: '/people', operationId: 'listPeople' })]
    const { create, change } = compare(draft(operation('GET', '/people', { operationId: 'showUser' }), operation('GET', '/users/{id}', { operationId: 'listPeople' })), two, [own, rule(10n, 'GET', '/people$', 6n)])
    expect(create).toEqual([])
    expect(change.map((each) => [each.metricId, each.draft.path])).toEqual([[6n, '/people'], [5n, '/users/{id}']])
  })

  it('keeps a name the tenant has given', () => {
    const { change } = compare(draft(operation('GET', '/people/{id}', { operationId: 'showUser' })), [{ ...present, name: 'Show a person' }], [own])
    expect(change).toMatchObject([{ name: 'Show a person' }])
  })

  it('keeps a rule the tenant has made his own', () => {
    const { change, unchanged } = compare(draft(show), [present], [rule(9n, 'GET', '/users/', 5n, { imported: false, last: false })])
    expect([change, unchanged]).toEqual([[], 1])
  })

  it('gives a method without a rule its rule back, and a deleted one its life', () => {
    expect(compare(draft(show), [present], []).change).toMatchObject([{ rule: { kind: 'create' }, changes: [{ field: 'mapping rule' }] }])
    expect(compare(draft(show), [{ ...present, retired: true }], []).change).toMatchObject([{ changes: [{ field: 'state', from: 'deleted' }, { field: 'mapping rule' }] }])
  })

  it('takes a method made by hand for the same call as the same method', () => {
    const { create, change } = compare(draft(show), [method(7n, { name: 'My users' })], [rule(8n, 'GET', '/users/{whatever}$', 7n, { imported: false })])
    expect(create).toEqual([])
    expect(change).toMatchObject([{ metricId: 7n, name: 'My users', rule: { kind: 'keep' } }])
  })

  it('removes what the document lacks, but keeps and marks what has usage or limits', () => {
    const methods = [present, { ...present, id: 6n, path: '/used', hasUsage: true }, { ...present, id: 7n, path: '/limited', limits: 2 }, method(8n, {})]
    const { remove, keep } = compare(draft(operation('GET', '/new')), methods, [own])
    expect(remove.map(({ id }) => id)).toEqual([5n])
    expect(keep.map(({ id }) => id)).toEqual([6n, 7n])
    expect(compare(draft(operation('GET', '/new')), methods, [own], false)).toMatchObject({ remove: [], keep: [] })
  })

  it('system names stay unique', () => {
    const { create } = compare(draft(operation('GET', '/a', { operationId: 'hits' }), operation('GET', '/b', { operationId: 'show_user' }), operation('GET', '/c', { operationId: 'showUser' })), [{ ...present, operationId: null, hasUsage: true }], [own])
    expect(create.map((each) => each.finalSystemName)).toEqual(['hits_2', 'show_user_2', 'show_user_3'])
  })

  it('takes the untouched catch-all rule of a new product away, and no other', () => {
    const catchAll = rule(1n, 'ANY', '/', HITS, { imported: false, last: false })
    expect(compare(draft(show), [], [catchAll]).catchAll).toEqual(catchAll)
    expect(compare(draft(show), [], [{ ...catchAll, delta: 2 }]).catchAll).toBeNull()
    expect(compare(draft(show), [present], [own, catchAll]).catchAll).toBeNull()
  })

  it('warns of rules of the tenant that may count beside the imported ones', () => {
    expect(compare(draft(show), [], [rule(2n, 'GET', '/users', HITS, { imported: false })]).warnings).toEqual([expect.stringContaining('mapping rule of your own')])
  })
})

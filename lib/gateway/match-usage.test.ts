import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GatewayConfig, Verb } from '@/lib/products/gateway-config'
import { parsePattern } from '@/lib/products/pattern'
import { findMount } from '@/lib/gateway/compile-upstream'
import { explainPath } from '@/lib/gateway/explain-path'
import { compileUsageMatcher, matchUsage } from '@/lib/gateway/match-usage'

const HITS = 1
const metrics = [{ id: HITS, systemName: 'hits', name: 'Hits', parentId: null, verb: null }, ...Array.from({ length: 20 }, (_, i) => ({ id: i + 2, systemName: `m${i + 2}`, name: `M${i + 2}`, parentId: HITS, verb: null }))]

type Line = { verb?: Verb; pattern: string; metricId?: number; delta?: number; last?: boolean }
const configOf = (lines: Line[]): Pick<GatewayConfig, 'metrics' | 'mappingRules'> => ({
  metrics,
  mappingRules: lines.map((line, index) => ({ id: index + 1, verb: line.verb ?? 'GET', pattern: line.pattern, metricId: line.metricId ?? 2, delta: line.delta ?? 1, last: line.last ?? false })),
})
const usageOf = (lines: Line[], target: string, verb = 'GET', form: string | null = null) => {
  const [path, query] = target.split(/\?(.*)/s)
  const usage = matchUsage(compileUsageMatcher(configOf(lines)), verb, path!, query ?? '', form)
  return usage && Object.fromEntries(usage.entries)
}
const matches = (pattern: string, target: string) => usageOf([{ pattern, metricId: HITS }], target) !== null

describe('matchUsage', () => {
  it.each([
    ['/abc', '/abc', true], ['/abc', '/abcdef', true], ['/abc', '/abc/def', true], ['/abc', '/ab', false], ['/abc', '/x/abc', false],
    ['/', '/', true], ['/', '/anything/at/all', true], ['/$', '/', true], ['/$', '/a', false],
    ['/test/', '/test/', true], ['/test/', '/test', false], ['/test/', '/test/a', true],
    ['/foo$', '/foo', true], ['/foo$', '/foo/', false], ['/foo$', '/foobar', false],
    ['/foo/{x}', '/foo/1', true], ['/foo/{x}', '/foo/1/2', true], ['/foo/{x}', '/foo/', false], ['/foo/{x}$', '/foo/1/2', false], ['/foo/{x}$', '/foo/a@b:c', true],
    ['/foo/{x}.json', '/foo/1.json', true], ['/foo/{x}.json', '/foo/1.jsonp', true], ['/foo/{x}.json$', '/foo/1.jsonp', false], ['/foo/{x}.json$', '/foo/1.json.json', true], ['/foo/{x}.json$', '/foo/.json', false],
    ['/foo/{x}.json$', '/foo/1xjson', false], ['/foo{x}/', '/foobar/', true], ['/foo{x}/', '/foo/', false], ['/foo/{bar}k/baz', '/foo/kk/baz', true], ['/foo/{bar}k/baz', '/foo/k/baz', false],
    ['/a;{b};{c},{d}', '/a;1;2,3', true], ['/a;{b};{c},{d}', '/a;1;2', false], ['/a;{b};{c},{d}$', '/a;1;2,3;4,5', true],
    ['/say-hello+$', '/say-hellooo', false], ['/say-hello+$', '/say-hello+', true], ['/a(b)*$', '/a(b)*', true], ['/a.b$', '/axb', false],
    ['/files/{p+}$', '/files/a/b/c', true], ['/files/{p+}$', '/files/', false], ['/files/{p+}/raw$', '/files/a/b/raw', true], ['/files/{p+}/raw$', '/files/raw', false], ['/files/v{p+}', '/files/v1/x', true],
    ['/r/{o}/{p+}/x/{q}$', '/r/1/2/3/x/4', true], ['/r/{o}/{p+}/x/{q}$', '/r/1/2/3/x/4/5', false],
    ['//foo///bar', '/foo/bar', true], ['/foo/bar', '/foo//bar', false], ['/foo//bar', '//foo/bar', false],
    ['/a%2Fb$', '/a%2Fb', true], ['/a/{x}$', '/a/b%2Fc', true],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected)
  })

  it.each([
    ['/foo?bar=baz', '/foo?bar=baz', true], ['/foo?bar=baz', '/foo?a=1&bar=baz&b', true], ['/foo?bar=baz', '/foo?bar=other', false], ['/foo?bar=baz', '/foo', false],
    ['/foo?bar=baz', '/foo?bar=x&bar=baz', true], ['/foo?bar=baz', '/foo?bar=baz&bar=x', false], ['/foo?bar={any}', '/foo?bar=', true], ['/foo?bar={any}', '/foo?baz=1', false],
    ['/foo?a=1&b=2', '/foo?b=2&a=1', true], ['/foo?a=b%20c', '/foo?a=b+c', true], ['/foo$?bar=baz', '/foox?bar=baz', false],
  ])('query: %s on %s: %s', (pattern, target, expected) => {
    expect(matches(pattern, target)).toBe(expected)
  })

  it('needs the same verb or ANY', () => {
    expect(usageOf([{ verb: 'POST', pattern: '/' }], '/')).toBeNull()
    expect(usageOf([{ verb: 'GET', pattern: '/' }], '/', 'HEAD')).toBeNull()
    expect(usageOf([{ verb: 'ANY', pattern: '/' }], '/', 'DELETE')).toEqual({ 1: 1, 2: 1 })
  })

  it('adds every matching rule until one that is last, which still counts', () => {
    const rules = [
      { pattern: '/a', metricId: 2 },
      { pattern: '/other', metricId: 5, last: true },
      { pattern: '/a/{x}', metricId: 3, delta: 4, last: true },
      { pattern: '/a/b', metricId: 4 },
    ]
    expect(usageOf(rules, '/a/b')).toEqual({ 1: 5, 2: 1, 3: 4 })
    expect(usageOf(rules, '/a')).toEqual({ 1: 1, 2: 1 })
  })

  it('rolls usage up to the parent, beside what the parent gets by itself', () => {
    expect(usageOf([{ pattern: '/', metricId: HITS, delta: 2 }, { pattern: '/', metricId: 2, delta: 5 }], '/')).toEqual({ 1: 7, 2: 5 })
  })

  it('merges an urlencoded body into the query; the body wins', () => {
    const rules = [{ verb: 'POST' as const, pattern: '/rpc?method=send' }]
    expect(usageOf(rules, '/rpc', 'POST', 'method=send')).not.toBeNull()
    expect(usageOf(rules, '/rpc?method=send', 'POST', 'method=drop')).toBeNull()
  })

  it('is not slowed down by a pattern made for backtracking', () => {
    const pattern = '/' + Array.from({ length: 30 }, (_, i) => `{a${i}+}a`).join('') + '$'
    expect(matches(pattern, '/' + 'a'.repeat(8_000) + 'b')).toBe(false)
  })

  it('counts exactly what a plain reading of the rules counts', () => {
    const text = fc.constantFrom('a', 'b', 'ab', 'a.json', '.json', 'b+', '')
    const segment = fc.oneof(text, fc.constantFrom('{V}', '{V}.json', 'a{V}', 'a{V}b', '{V};{V}', 'a{V}.{V}', '{M}', 'a{M}', '{M}b'))
    const pattern = fc
      .tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.boolean(), fc.constantFrom('', '', '', '?q=1', '?q={V}', '?q=1&r=2', '?q=2'))
      .map(([segments, exact, query]) => {
        let n = 0
        return `/${segments.join('/')}${exact ? '$' : ''}${query}`.replace(/V|M/g, (kind) => `v${n++}${kind === 'M' ? '+' : ''}`)
      })
    const rule = fc.record({ pattern, verb: fc.constantFrom<Verb>('GET', 'GET', 'POST', 'ANY'), metricId: fc.integer({ min: 1, max: 6 }), delta: fc.integer({ min: 1, max: 3 }), last: fc.boolean() })
    const part = fc.constantFrom('a', 'b', 'ab', 'aab', 'a.json', 'x.json', '.json', 'a;b', 'a.b', 'b+', '')
    const target = fc.tuple(fc.array(part, { minLength: 1, maxLength: 5 }), fc.constantFrom('', '?q=1', '?q=2&q=1', '?r=2&q=1', '?q'))
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 12 }), target, fc.constantFrom('GET', 'POST'), (rules, [segments, query], verb) => {
        const lines = rules.filter((line) => parses(line.pattern))
        const path = `/${segments.join('/')}`
        const expected = naively(lines, verb, path, query)
        expect(usageOf(lines, path + query, verb) ?? {}).toEqual(expected)
        const explained = explainPath(configOf(lines), verb, path + query)
        if (explained.path !== path) return
        expect(Object.fromEntries(explained.usage.map(({ metricId, value }) => [metricId, value]))).toEqual(expected)
        expect(explained.rules.map(({ id, ignored }) => [id, ignored])).toEqual(reasons(lines, verb, path, query))
      }),
      { numRuns: 2_000 },
    )
  })

  it('explains calls of a product with backends as they are counted', () => {
    const backends = [{ id: 1, path: '/a' }, { id: 2, path: '/' }, { id: 3, path: '/a/b' }].map((one) => ({ ...one, systemName: '', name: '', servers: [], hostHeader: null, healthCheck: null }))
    const rule = fc.record({ pattern: fc.constantFrom('/', '/a', '/a/b', '/{v}', '/a/{v}$', '/a?q=1'), metricId: fc.integer({ min: 1, max: 6 }), last: fc.boolean(), backendId: fc.constantFrom(null, 1, 2, 3) })
    const segments = fc.array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 8 }), fc.subarray(backends), segments, fc.constantFrom('', '?q=1'), (rules, mounted, parts, query) => {
        const path = `/${parts.join('/')}`
        const config = { metrics, backends: mounted, mappingRules: rules.map((each, index) => ({ ...each, id: index + 1, verb: 'GET' as const, delta: 1 })) }
        const mounts = mounted.map((one) => ({ backendId: one.id, path: one.path.replace(/\/+$/, ''), healthCheck: null, servers: [] })).toSorted((one, other) => other.path.length - one.path.length)
        const counted = matchUsage(compileUsageMatcher(config), 'GET', path, query.slice(1), null, findMount(mounts, path)?.backendId ?? null)
        const explained = explainPath(config, 'GET', path + query)
        expect(Object.fromEntries(explained.usage.map(({ metricId, value }) => [metricId, value]))).toEqual(Object.fromEntries(counted?.entries ?? []))
      }),
      { numRuns: 1_000 },
    )
  })
})

/** The semantics once more, written down as regular expressions over a list. */
function naively(lines: Line[], verb: string, path: string, query: string): Record<number, number> {
  const usage: Record<number, number> = {}
  for (const [id, ignored] of reasons(lines, verb, path, query)) {
    const { metricId, delta } = lines[id - 1]!
    if (ignored === null) for (const each of new Set([metricId!, HITS])) usage[each] = (usage[each] ?? 0) + delta!
  }
  return usage
}

/** Of every rule whose path fits, by its place in the list, why it does not count. */
function reasons(lines: Line[], verb: string, path: string, query: string): [number, string | null][] {
  const params = new URLSearchParams(query)
  let ended = false
  return lines.flatMap((line, i): [number, string | null][] => {
    const why = unfit(line, verb, path, params)
    if (why === 'path') return []
    const reason = why ?? (ended ? 'after_last' : null)
    if (why === null && line.last) ended = true
    return [[i + 1, reason]]
  })
}

function unfit(line: Line, verb: string, path: string, params: URLSearchParams): 'path' | 'other_verb' | 'query_differs' | null {
  const parsed = parsePattern(line.pattern)
  const source = parsed.path.map((part) => (typeof part === 'string' ? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : part.multi ? '.+' : '[^/]+')).join('')
  if (!new RegExp(`^${source}${parsed.exact ? '$' : ''}`, 's').test(path)) return 'path'
  if (line.verb !== verb && line.verb !== 'ANY') return 'other_verb'
  return parsed.query.every(({ name, value }) => params.has(name) && (value === null || params.getAll(name).at(-1) === value)) ? null : 'query_differs'
}

function parses(pattern: string): boolean {
  try {
    parsePattern(pattern)
    return true
  } catch {
    return false
  }
}

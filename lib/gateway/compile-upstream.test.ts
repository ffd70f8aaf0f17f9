import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GatewayConfig } from '@/lib/products/gateway-config'
import { explainPath } from '@/lib/gateway/explain-path'
import { findMount, pathWithin } from '@/lib/gateway/compile-upstream'
import type { Mount } from '@/lib/gateway/compile-upstream'
import { compileUsageMatcher, matchUsage } from '@/lib/gateway/match-usage'
import { stripQuery } from '@/lib/gateway/strip-credentials'

const segment = fc.constantFrom('a', 'b', 'ab', 'c')
const mountPath = fc.oneof(fc.constant('/'), fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => `/${segments.join('/')}`))
const metrics = [1, 2, 3, 4, 5].map((id) => ({ id, systemName: `m${id}`, name: `M${id}`, parentId: null, verb: null }))

describe('mounts', () => {
  it('of any set of mounts the longest that fits takes the path, and rules count as a plain reading says', () => {
    const rule = fc.record({ of: fc.integer({ min: 0, max: 4 }), path: fc.array(segment, { maxLength: 2 }).map((segments) => `/${segments.join('/')}`), last: fc.boolean(), delta: fc.integer({ min: 1, max: 3 }) })
    fc.assert(
      fc.property(fc.uniqueArray(mountPath, { maxLength: 4 }), fc.array(rule, { maxLength: 8 }), fc.array(fc.constantFrom('a', 'b', 'ab', 'c', 'ax', ''), { minLength: 1, maxLength: 5 }), (paths, rules, segments) => {
        const path = `/${segments.join('/')}`
        const backends = paths.map((each, index) => ({ id: index + 1, path: each })) as GatewayConfig['backends']
        const mounts = backends.map(({ id, path: each }): Mount => ({ backendId: id, path: each === '/' ? '' : each, servers: [], healthCheck: null })).toSorted((one, other) => other.path.length - one.path.length)
        // Product rules first, then those of each backend under its mount, as a snapshot has them.
        const mappingRules = rules
          .filter(({ of }) => of <= backends.length)
          .toSorted((one, other) => one.of - other.of)
          .map(({ of, path: pattern, last, delta }, index) => {
            const under = of === 0 || backends[of - 1]!.path === '/' ? '' : backends[of - 1]!.path
            return { id: index + 1, verb: 'GET' as const, pattern: under + pattern, metricId: of + 1, delta, last, backendId: of || null }
          })

        const owner = paths.filter((each) => each === '/' || path === each || path.startsWith(`${each}/`)).toSorted((one, other) => other.length - one.length)[0]
        const expectedId = owner === undefined ? null : paths.indexOf(owner) + 1
        const mount = findMount(mounts, path)
        expect(mount?.backendId ?? null).toBe(expectedId)
        if (mount && owner !== undefined) expect(pathWithin(mount, path)).toBe(owner === '/' ? path : path.slice(owner.length) || '/')

        const expected: Record<number, number> = {}
        for (const { pattern, metricId, delta, last, backendId } of mappingRules) {
          if ((backendId !== null && backendId !== expectedId) || !path.startsWith(pattern)) continue
          expected[metricId] = (expected[metricId] ?? 0) + delta
          if (last) break
        }
        const usage = matchUsage(compileUsageMatcher({ metrics, mappingRules }), 'GET', path, '', null, expectedId)
        expect(Object.fromEntries(usage?.entries ?? [])).toEqual(expected)
        const explained = explainPath({ metrics, mappingRules, backends }, 'GET', path)
        if (explained.path === path) expect(Object.fromEntries(explained.usage.map(({ metricId, value }) => [metricId, value]))).toEqual(expected)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('stripQuery', () => {
  it.each([
    ['a=1&key=x&b=2', 'a=1&b=2'], ['key=x', ''], ['key', ''], ['ke%79=x&a', 'a'], ['a=key&b=%2Bkey', 'a=key&b=%2Bkey'], ['Key=x', 'Key=x'], ['a=1&&key=x&', 'a=1&&'], ['', ''], ['a=%zz&key=1', 'a=%zz'], ['key=1&a=1&key=2', 'a=1'],
  ])('%s leaves %s', (query, expected) => {
    expect(stripQuery(query, ['key'])).toBe(expected)
  })
})

import { describe, expect, it } from 'vitest'
import { explainPath } from '@/lib/gateway/explain-path'

const config = {
  metrics: [
    { id: 1, systemName: 'hits', name: 'Hits', parentId: null, verb: null },
    { id: 2, systemName: 'show', name: 'Show', parentId: 1, verb: 'GET' },
  ],
  mappingRules: [
    { id: 10, verb: 'GET' as const, pattern: '/things?kind=book', metricId: 2, delta: 1, last: false },
    { id: 11, verb: 'POST' as const, pattern: '/things', metricId: 2, delta: 1, last: false },
    { id: 12, verb: 'GET' as const, pattern: '/things', metricId: 2, delta: 2, last: true },
    { id: 13, verb: 'ANY' as const, pattern: '/', metricId: 1, delta: 1, last: false },
    { id: 14, verb: 'GET' as const, pattern: '/other', metricId: 1, delta: 1, last: false },
  ],
}

describe('explainPath', () => {
  it('says which rules count, and of those that match in part why they do not', () => {
    const { rules, usage } = explainPath(config, 'GET', '/things/7')
    expect(rules.map((rule) => [rule.id, rule.ignored])).toEqual([[10, 'query_differs'], [11, 'other_verb'], [12, null], [13, 'after_last']])
    expect(usage).toEqual([
      { metricId: 2, systemName: 'show', name: 'Show', value: 2 },
      { metricId: 1, systemName: 'hits', name: 'Hits', value: 2 },
    ])
  })

  it('reads the path as the gateway does, also one typed without the slash', () => {
    expect(explainPath(config, 'GET', 'a/../things').path).toBe('/things')
    expect(explainPath(config, 'GET', '/a/%2e%2e/things')).toEqual({ path: null, rules: [], usage: [] })
  })
})

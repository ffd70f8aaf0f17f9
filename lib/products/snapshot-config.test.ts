import { describe, expect, it } from 'vitest'
import { defaultErrorAnswers } from '@/lib/products/gateway-config'
import { snapshotConfig } from '@/lib/products/snapshot-config'
import type { SnapshotRows } from '@/lib/products/snapshot-config'

const rows: SnapshotRows = {
  product: {
    id: 7n, name: 'Orders', systemName: 'orders', authenticationMode: 'user_key', privateBaseUrl: 'http://api.internal:8080/v1//', credentialsLocation: 'query',
    userKeyName: 'user_key', appIdName: 'app_id', appKeyName: 'app_key', endUserHeader: 'X-End-User', hostHeader: '', secretTokenCipher: 'sealed',
    bodyBytesMax: 1, connectTimeoutMs: 2, firstByteTimeoutMs: 3, idleTimeoutMs: 4, totalTimeoutMs: 5, concurrencyMax: 6, rateLimitHeaders: true,
    errorAnswers: { authMissing: { status: 401 } }, refusalStyle: 'text', bursts: null, policies: [], stripCredentials: false, referrerFiltersRequired: false, callSamplePercent: 10,
    oauthLoginUrl: null, oauthScopes: [], oauthClientCredentials: false, oauthClassicClients: false, oidcIssuers: [], introspection: null,
  },
  metrics: [{ id: 1n, systemName: 'hits', name: 'Hits', parentId: null, verb: null }, { id: 2n, systemName: 'list', name: 'List', parentId: 1n, verb: 'GET' }],
  mappingRules: [
    { id: 30n, verb: 'GET', pattern: '/b', metricId: 2n, delta: 1, last: false, position: 2 },
    { id: 20n, verb: 'GET', pattern: '/a', metricId: 1n, delta: 2, last: true, position: 1 },
    { id: 10n, verb: 'GET', pattern: '/gone', metricId: 9n, delta: 1, last: false, position: 0 },
  ],
  backends: [],
}

describe('snapshotConfig', () => {
  it('is plain JSON with numbers for ids, rules in order of position, and only rules whose metric is there', () => {
    const config = snapshotConfig(rows)
    expect(JSON.parse(JSON.stringify(config))).toEqual(config)
    expect(config.mappingRules.map((rule) => [rule.id, rule.metricId])).toEqual([[20, 1], [30, 2]])
    expect(config.metrics[1]).toEqual({ id: 2, systemName: 'list', name: 'List', parentId: 1, verb: 'GET' })
  })

  it('fills in the answers a tenant has not worded', () => {
    expect(snapshotConfig(rows).errorAnswers).toEqual({ ...defaultErrorAnswers, authMissing: { ...defaultErrorAnswers.authMissing, status: 401 } })
  })

  it('puts the rules of a mounted backend after the product\'s own, below the mount path', () => {
    const mounted = { id: 4n, systemName: 'stock', name: 'Stock', path: '/stock', hostHeader: null, privateBaseUrl: 'http://stock.internal', servers: [], healthCheck: null, mappingRules: [{ id: 1n, verb: 'GET', pattern: '/items', metricId: 2n, delta: 1, last: false, position: 1 }] }
    const config = snapshotConfig({ ...rows, backends: [mounted] })
    expect(config.backends).toEqual([{ id: 4, systemName: 'stock', name: 'Stock', path: '/stock', servers: [{ url: 'http://stock.internal', weight: 1 }], hostHeader: null, healthCheck: null }])
    expect(config.mappingRules.map((rule) => [rule.pattern, rule.backendId])).toEqual([['/a', null], ['/b', null], ['/stock/items', 4]])
  })

  it('drops the slash that would double in front of the path', () => {
    expect(snapshotConfig(rows).upstream.privateBaseUrl).toBe('http://api.internal:8080/v1')
    expect(snapshotConfig({ ...rows, product: { ...rows.product, privateBaseUrl: '' } }).upstream.privateBaseUrl).toBeNull()
  })
})

import { describe, expect, it } from 'vitest'
import { completeConfig, type GatewayConfig } from '@/lib/products/gateway-config'
import { apicastGaps } from '@/lib/self-managed/apicast-gaps'

const configOf = (over: Partial<GatewayConfig>) => completeConfig({ authentication: { mode: 'user_key' }, mappingRules: [], ...over })
const backend = (servers: string[], healthCheck: object | null = null) => ({ id: 1, systemName: 'stock', name: 'Stock', path: '/', hostHeader: null, healthCheck, servers: servers.map((url) => ({ url, weight: 1 })) }) as GatewayConfig['backends'][number]
const issuer = (name: string, audience = '') => ({ issuer: `https://${name}.example.com`, audience, claim: 'azp', algorithms: [] })
const rule = (pattern: string) => ({ id: 1, verb: 'GET', pattern, metricId: 1, delta: 1, last: false }) as unknown as GatewayConfig['mappingRules'][number]
const oidc = { authentication: { mode: 'oidc' } as GatewayConfig['authentication'] }

describe('what an APIcast cannot do', () => {
  it.each<[string, Partial<GatewayConfig>, string[]]>([
    ['one server, keys', { backends: [backend(['https://a.example.com'])] }, []],
    ['several servers', { backends: [backend(['https://a.example.com', 'https://b.example.com'])] }, ['All calls to Stock go to https://a.example.com, the first of its 2 servers']],
    ['health checks', { backends: [backend(['https://a.example.com'], { path: '/up' })] }, ['Health checks are not made (Stock).']],
    ['one issuer', { ...oidc, oidcIssuers: [issuer('one')] }, []],
    ['several issuers', { ...oidc, oidcIssuers: [issuer('one'), issuer('two'), issuer('three')] }, ['Tokens of https://one.example.com are taken, those of https://two.example.com, https://three.example.com are refused.']],
    ['an audience', { ...oidc, oidcIssuers: [issuer('one', 'orders')] }, ['The audience of tokens is not compared']],
    ['issuers of a product with keys', { oidcIssuers: [issuer('one'), issuer('two', 'x')] }, []],
    ['asking about tokens', { authentication: { mode: 'introspection' } as GatewayConfig['authentication'] }, ['Tokens that have to be asked about']],
    ['a part across slashes at the end', { mappingRules: [rule('/files/{rest+}')] }, []],
    ['a part across slashes before something', { mappingRules: [rule('/files/{rest+}/meta'), rule('/x/{rest+}$')] }, ['/files/{rest+}/meta, /x/{rest+}$: ']],
  ])('%s', (_, over, expected) => {
    const gaps = apicastGaps(configOf(over))
    expect(gaps).toHaveLength(expected.length)
    expected.forEach((start, i) => expect(gaps[i]).toContain(start))
  })
})

import { beforeAll, describe, expect, it } from 'vitest'
import { createBackendRule } from '@/lib/backends/backend-mapping-rules'
import { createBackend } from '@/lib/backends/create-backend'
import { mountBackend } from '@/lib/backends/mount-backend'
import { listBackendMetrics } from '@/lib/backends/queries'
import { testDatabase } from '@/lib/db/test-database'
import { makeManagement, type Answered, type Management } from '@/lib/management/management.fixture'
import { createProduct } from '@/lib/products/create-product'
import { createMappingRule } from '@/lib/products/mapping-rules'
import { promoteConfig, rollBackConfig } from '@/lib/products/promote-config'
import { setPolicies } from '@/lib/products/set-policies'
import { updateGateway } from '@/lib/products/update-gateway'

testDatabase()
type Json = Answered['json']

let world: Management
beforeAll(async () => {
  world = await makeManagement()
})

const call = (method: string, path: string, body?: Record<string, unknown>, headers?: Record<string, string>) => world.call(method, `/admin/api${path}`, { body, headers })

let made = 0
async function newProduct() {
  const product = await createProduct(world.ctx, { name: `Weather ${++made}` })
  await updateGateway(world.ctx, { productId: product.id, privateBaseUrl: 'https://private.example.com/base' })
  return product
}

describe('the configuration an APIcast downloads', () => {
  it('has the shape of 3scale\'s', async () => {
    const { id, hitsId, hosts } = await newProduct()
    await createMappingRule(world.ctx, { productId: id, verb: 'GET', pattern: '/v1/{word}.json?x={y}&z=1', metricId: hitsId, delta: 2, last: true })
    await call('POST', `/services/${id}/proxy/deploy.json`)
    const { status, json } = await call('GET', `/services/${id}/proxy/configs/staging/latest.json`)
    expect(status).toBe(200)
    const { proxy, ...service } = json.proxy_config.content
    expect(json.proxy_config).toMatchObject({ version: 1, environment: 'sandbox' })
    expect(service).toMatchObject({ id: Number(id), system_name: `weather_${made}`, backend_version: '1', backend_authentication_type: 'service_token', backend_authentication_value: expect.stringMatching(/^st_/) })
    expect(proxy).toMatchObject({
      hosts: [hosts.production, hosts.staging],
      endpoint: `http://${hosts.production}:3000`,
      sandbox_endpoint: `http://${hosts.staging}:3000`,
      api_backend: 'https://private.example.com:443/base',
      hostname_rewrite: '',
      secret_token: expect.stringMatching(/^.{43}$/),
      backend: { endpoint: 'http://accounting.gw.localhost:3000', host: 'accounting.gw.localhost:3000' },
      authentication_method: '1',
      credentials_location: 'query',
      auth_user_key: 'user_key',
      error_auth_missing: 'Authentication parameters missing',
      error_status_auth_missing: 403,
      error_headers_auth_missing: 'text/plain; charset=us-ascii',
      error_limits_exceeded: 'Usage limit exceeded',
      error_status_limits_exceeded: 429,
      policy_chain: [{ name: 'apicast', version: 'builtin', configuration: {} }],
    })
    expect(proxy.proxy_rules.at(-1)).toMatchObject({ http_method: 'GET', pattern: '/v1/{word}.json?x={y}&z=1', metric_id: Number(hitsId), metric_system_name: 'hits', delta: 2, parameters: ['word'], querystring_parameters: { x: '{y}', z: '1' }, last: true, position: 2, owner_type: 'Proxy' })
  })

  it('sends what is mounted to its backend by a routing policy before apicast, the longest path first', async () => {
    const { ctx } = world
    const { id } = await createProduct(ctx, { name: 'Mounting' })
    for (const path of ['/photos', '/photos/v2.0', '/']) {
      const backend = await createBackend(ctx, { name: `At ${path}`, privateBaseUrl: `https://b${path.length}.example.com/x` })
      const [hits] = await listBackendMetrics(ctx, backend.id)
      await createBackendRule(ctx, { backendId: backend.id, verb: 'GET', pattern: '/show', metricId: hits!.id })
      await mountBackend(ctx, { productId: id, backendId: backend.id, path })
    }
    await setPolicies(ctx, { productId: id, policies: [{ name: 'cors', version: 'builtin', enabled: true, configuration: {} }, { name: 'ip_check', version: 'builtin', enabled: false, configuration: { check_type: 'blacklist', ips: ['192.0.2.1'] } }] })
    await promoteConfig(ctx, { productId: id })
    const { proxy } = (await call('GET', `/services/${id}/proxy/configs/production/latest.json`)).json.proxy_config.content
    expect(proxy.api_backend).toBeNull()
    expect(proxy.policy_chain.map((policy: Json) => policy.name)).toEqual(['cors', 'routing', 'apicast'])
    expect(proxy.policy_chain[1].configuration.rules).toMatchObject([
      { url: 'https://b12.example.com/x', owner_type: 'BackendApi', condition: { operations: [{ match: 'path', op: 'matches', value: '^(/photos/v2\\.0/.*|/photos/v2\\.0/?)$' }] }, replace_path: "{{uri | remove_first: '/photos/v2.0'}}" },
      { url: 'https://b7.example.com/x', condition: { operations: [{ value: '^(/photos/.*|/photos/?)$' }] } },
      { url: 'https://b1.example.com/x', condition: { operations: [{ value: '/.*' }] } },
    ])
    expect(proxy.proxy_rules.map((rule: Json) => [rule.pattern, rule.owner_type])).toEqual([['/', 'Proxy'], ['/photos/show', 'BackendApi'], ['/photos/v2.0/show', 'BackendApi'], ['/show', 'BackendApi']])
  })

  it('is a new version only where something changed, promoted under its number, once', async () => {
    const { id } = await newProduct()
    const versions = async (environment: string) => (await call('GET', `/services/${id}/proxy/configs/${environment}.json`)).json.proxy_configs.map(({ proxy_config: each }: Json) => each.version)
    const path = `/services/${id}/proxy/configs`
    expect((await call('GET', `${path}/sandbox/latest.json`)).status).toBe(404)
    await call('POST', `/services/${id}/proxy/deploy.json`)
    await call('POST', `/services/${id}/proxy/deploy.json`)
    await updateGateway(world.ctx, { productId: id, rateLimitHeaders: false })
    await call('POST', `/services/${id}/proxy/deploy.json`)
    await updateGateway(world.ctx, { productId: id, rateLimitHeaders: true })
    await call('POST', `/services/${id}/proxy/deploy.json`)
    expect([await versions('sandbox'), await versions('staging'), await versions('production')]).toEqual([[1, 2, 3], [1, 2, 3], []])
    expect((await call('POST', `${path}/sandbox/1/promote.json`, { to: 'sandbox' })).status).toBe(422)
    expect((await call('POST', `${path}/sandbox/9/promote.json`, { to: 'production' })).status).toBe(404)
    const promoted = await call('POST', `${path}/sandbox/1/promote.json`, { to: 'production' })
    expect([promoted.status, promoted.json.proxy_config]).toMatchObject([201, { version: 1, environment: 'production' }])
    expect([(await call('POST', `${path}/sandbox/1/promote.json`, { to: 'production' })).status]).toEqual([422])
    await call('POST', `${path}/sandbox/2/promote.json`, { to: 'production' })
    expect(await versions('production')).toEqual([1, 2])
    expect((await call('GET', `${path}/production/3.json`)).status).toBe(404)
    // The dashboard promotes what is deployed already under its number, and a roll-back reaches gateways that ask for the latest.
    expect(await promoteConfig(world.ctx, { productId: id })).toMatchObject({ version: 3 })
    await rollBackConfig(world.ctx, { productId: id, version: 1 })
    expect((await call('GET', `${path}/production/latest.json`)).json.proxy_config.version).toBe(1)
  })

  it('is told of all products, by host and page by page until a page is empty', async () => {
    const alone = await makeManagement()
    const get = (path: string) => alone.call('GET', `/admin/api${path}`)
    const hosts: string[] = []
    for (const name of ['One', 'Two', 'Three']) {
      const product = await createProduct(alone.ctx, { name })
      await updateGateway(alone.ctx, { productId: product.id, privateBaseUrl: 'https://private.example.com' })
      if (name !== 'Three') await promoteConfig(alone.ctx, { productId: product.id })
      hosts.push(product.hosts.production)
    }
    const all = await get('/account/proxy_configs/production.json?version=latest')
    expect(all.json.proxy_configs.map(({ proxy_config: each }: Json) => each.content.system_name)).toEqual(['one', 'two'])
    const pages = await Promise.all([1, 2, 3].map(async (page) => (await get(`/account/proxy_configs/production.json?version=latest&per_page=1&page=${page}`)).json))
    expect(pages.map((page) => page.proxy_configs.length)).toEqual([1, 1, 0])
    expect(pages[0].metadata).toEqual({ per_page: 1, total_entries: 2, total_pages: 2, current_page: 1 })
    const byHost = async (host: string) => (await get(`/account/proxy_configs/production.json?host=${host}&version=latest`)).json.proxy_configs.map(({ proxy_config: each }: Json) => each.content.system_name)
    expect([await byHost(hosts[1]!), await byHost(hosts[2]!), await byHost('elsewhere.example.com')]).toEqual([['two'], [], []])
    expect((await get(`/services/proxy/configs/production.json?host=${hosts[0]}`)).json.proxy_configs).toHaveLength(1)
    const spec = (await get('/nginx/spec.json')).json
    expect(spec).toMatchObject({ id: Number(alone.ctx.tenant.id), provider_key: '', services: [{ system_name: 'one' }, { system_name: 'two' }] })
  })

  it('knows its environments and formats', async () => {
    const { id } = await newProduct()
    const answers = [`/services/${id}/proxy/configs/moon.json`, '/account/proxy_configs/moon.json', `/services/${id}/proxy/configs/production.xml`, `/services/${id}/proxy/configs/production/latest.json`]
    expect(await Promise.all(answers.map(async (path) => (await call('GET', path)).status))).toEqual([400, 422, 406, 404])
  })

  it('has an ETag, and answers 304 to who has it', async () => {
    const { id } = await newProduct()
    await call('POST', `/services/${id}/proxy/deploy.json`)
    const path = `/services/${id}/proxy/configs/sandbox/latest.json`
    const first = await call('GET', path)
    const etag = first.headers.get('etag')!
    expect(etag).toMatch(/^"[\w-]{27}"$/)
    const second = await call('GET', path, undefined, { 'if-none-match': `W/${etag}, "other"` })
    expect([second.status, second.text, second.headers.get('etag')]).toEqual([304, '', etag])
    await updateGateway(world.ctx, { productId: id, rateLimitHeaders: false })
    await call('POST', `/services/${id}/proxy/deploy.json`)
    expect((await call('GET', path, undefined, { 'if-none-match': etag })).status).toBe(200)
  })

  it('KEY-2 a token that may only read is not told the provider key', async () => {
    expect((await call('GET', '/nginx/spec.json')).json.provider_key).toBe('')
  })
})

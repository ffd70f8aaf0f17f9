import { beforeAll, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/test-database'
import { makeManagement, type Answered, type Management } from '@/lib/management/management.fixture'

testDatabase()
type Json = Answered['json']

let world: Management
beforeAll(async () => {
  world = await makeManagement()
})

/** As the command line of 3scale signs its calls: Basic with an empty user, the token as password. */
async function call(method: string, path: string, body?: Record<string, unknown>) {
  return (await ask(method, path, { ...(body && { body }), headers: { 'content-type': 'application/json', accept: 'application/json' } })).json
}

async function ask(method: string, path: string, { suffix = '.json', query = '', body, headers = {} }: Wanted = {}): Promise<Answered> {
  const answered = await world.call(method, `/admin/api${path}${suffix}${query}`, { token: null, headers: { authorization: `Basic ${Buffer.from(`:${world.token}`).toString('base64')}`, ...headers }, ...(body && { body }) })
  if (answered.status >= 300) throw new Error(`${method} ${path}${suffix}: ${answered.status} ${answered.text}`)
  return answered
}

type Wanted = { suffix?: '.json' | '.xml'; query?: string; body?: Record<string, unknown> | URLSearchParams; headers?: Record<string, string> }

describe('the calls of a product copy, in their order', { timeout: 120_000 }, () => {
  it('copy a product with all that belongs to it', async () => {
    // The product to copy, as `product import` and `import openapi` make one.
    const source = (await call('POST', '/services', { name: 'Source', system_name: 'source', description: 'To copy', deployment_option: 'hosted', backend_version: '2' })).service
    const hits = (await call('GET', `/services/${source.id}/metrics`)).metrics.find((each: Json) => each.metric.system_name === 'hits').metric
    const method = (await call('POST', `/services/${source.id}/metrics/${hits.id}/methods`, { friendly_name: 'List pets', system_name: 'list_pets' })).method
    await call('POST', `/services/${source.id}/metrics`, { friendly_name: 'Bytes', system_name: 'bytes', unit: 'byte' })
    for (const { mapping_rule: rule } of (await call('GET', `/services/${source.id}/proxy/mapping_rules`)).mapping_rules) await call('DELETE', `/services/${source.id}/proxy/mapping_rules/${rule.id}`)
    await call('POST', `/services/${source.id}/proxy/mapping_rules`, { http_method: 'GET', pattern: '/pets$', metric_id: method.id, delta: 1, last: false, position: 1 })
    await call('PATCH', `/services/${source.id}/proxy`, { api_backend: 'https://pets.example.com:443', credentials_location: 'headers', auth_app_id: 'X-App-Id', auth_app_key: 'X-App-Key', error_status_auth_missing: 401, error_auth_missing: 'Who are you?' })
    const backend = (await call('POST', '/backend_apis', { name: 'Photos', private_endpoint: 'https://photos.example.com' })).backend_api
    const backendHits = (await call('GET', `/backend_apis/${backend.id}/metrics`)).metrics[0].metric
    const backendMethod = (await call('POST', `/backend_apis/${backend.id}/metrics/${backendHits.id}/methods`, { friendly_name: 'Show photo', system_name: 'show_photo' })).method
    await call('POST', `/backend_apis/${backend.id}/mapping_rules`, { http_method: 'GET', pattern: '/{id}', metric_id: backendMethod.id, delta: 1 })
    await call('POST', `/services/${source.id}/backend_usages`, { backend_api_id: backend.id, path: '/photos' })
    const feature = (await call('POST', `/services/${source.id}/features`, { name: 'Support', system_name: 'support', scope: 'ApplicationPlan' })).feature
    const plan = (await call('POST', `/services/${source.id}/application_plans`, { name: 'Gold', system_name: 'gold', cost_per_month: 10.5, setup_fee: 5, trial_period_days: 30, state_event: 'publish' })).application_plan
    await call('PUT', `/services/${source.id}/application_plans/${plan.id}/default`)
    await call('POST', `/application_plans/${plan.id}/features`, { feature_id: feature.id })
    await call('POST', `/application_plans/${plan.id}/metrics/${method.id}/limits`, { period: 'day', value: 100 })
    await call('POST', `/application_plans/${plan.id}/metrics/${backendMethod.id}/limits`, { period: 'minute', value: 5 })
    await call('POST', `/application_plans/${plan.id}/metrics/${hits.id}/pricing_rules`, { min: 1, max: 1000, cost_per_unit: '0.01' })
    await call('PUT', `/services/${source.id}/proxy/policies`, { policies_config: [{ name: 'apicast', version: 'builtin', enabled: true, configuration: {} }] })

    // `product copy`: settings, proxy, methods, metrics, plans, limits, rules, policies, prices, backends.
    const read = (await call('GET', `/services/${source.id}`)).service
    const { id: _id, links: _links, created_at: _created, updated_at: _updated, ...attributes } = read
    const copy = (await call('POST', '/services', { ...attributes, name: 'Copied', system_name: 'copied' })).service
    expect(copy).toMatchObject({ name: 'Copied', system_name: 'copied', backend_version: '2', deployment_option: 'hosted', description: 'To copy' })
    const { proxy } = await call('GET', `/services/${source.id}/proxy`)
    await call('PATCH', `/services/${copy.id}/proxy`, proxy)
    const copiedProxy = (await call('GET', `/services/${copy.id}/proxy`)).proxy
    const same = ['api_backend', 'credentials_location', 'auth_app_id', 'auth_app_key', 'error_auth_missing', 'error_status_auth_missing', 'secret_token', 'hostname_rewrite', 'policies_config']
    for (const name of same) expect(copiedProxy[name], name).toEqual(proxy[name])
    expect(copiedProxy.endpoint).not.toBe(proxy.endpoint)

    const copiedHits = (await call('GET', `/services/${copy.id}/metrics`)).metrics.find((each: Json) => each.metric.system_name === 'hits').metric
    const metricIds = new Map<number, number>([[hits.id, copiedHits.id]])
    for (const { method: each } of (await call('GET', `/services/${source.id}/metrics/${hits.id}/methods`)).methods)
      metricIds.set(each.id, (await call('POST', `/services/${copy.id}/metrics/${copiedHits.id}/methods`, each)).method.id)
    const methodIds = new Set(metricIds.keys())
    for (const { metric: each } of (await call('GET', `/services/${source.id}/metrics`)).metrics)
      if (!methodIds.has(each.id)) metricIds.set(each.id, (await call('POST', `/services/${copy.id}/metrics`, each)).metric.id)

    for (const { backend_usage: usage } of await call('GET', `/services/${source.id}/backend_usages`)) await call('POST', `/services/${copy.id}/backend_usages`, { backend_api_id: usage.backend_id, path: usage.path })

    const planIds = new Map<number, number>()
    for (const { application_plan: each } of (await call('GET', `/services/${source.id}/application_plans`)).plans) {
      const made = (await call('POST', `/services/${copy.id}/application_plans`, each)).application_plan
      planIds.set(each.id, made.id)
      expect(made).toMatchObject({ name: 'Gold', system_name: 'gold', cost_per_month: 10.5, setup_fee: 5, trial_period_days: 30 })
      for (const { limit } of (await call('GET', `/application_plans/${each.id}/limits`)).limits)
        await call('POST', `/application_plans/${made.id}/metrics/${metricIds.get(limit.metric_id) ?? limit.metric_id}/limits`, { period: limit.period, value: limit.value })
      for (const { pricing_rule: rule } of (await call('GET', `/application_plans/${each.id}/pricing_rules`)).pricing_rules)
        await call('POST', `/application_plans/${made.id}/metrics/${metricIds.get(rule.metric_id)}/pricing_rules`, { min: rule.min, max: rule.max, cost_per_unit: rule.cost_per_unit })
    }
    const copiedPlan = [...planIds.values()][0]!
    expect((await call('GET', `/application_plans/${copiedPlan}/limits`)).limits.map(({ limit }: Json) => [limit.metric_id, limit.period, limit.value])).toEqual([[metricIds.get(method.id), 'day', 100], [backendMethod.id, 'minute', 5]])
    expect((await call('GET', `/application_plans/${copiedPlan}/pricing_rules`)).pricing_rules).toMatchObject([{ pricing_rule: { min: 1, max: 1000, cost_per_unit: 0.01 } }])

    for (const { mapping_rule: rule } of (await call('GET', `/services/${copy.id}/proxy/mapping_rules`)).mapping_rules) await call('DELETE', `/services/${copy.id}/proxy/mapping_rules/${rule.id}`)
    for (const { mapping_rule: rule } of (await call('GET', `/services/${source.id}/proxy/mapping_rules`)).mapping_rules) {
      const made = (await call('POST', `/services/${copy.id}/proxy/mapping_rules`, { ...rule, metric_id: metricIds.get(rule.metric_id) })).mapping_rule
      // The address one of its commands gets wrong.
      expect((await call('PATCH', `/services/${copy.id}/mapping_rules/${made.id}`, { last: true })).mapping_rule).toMatchObject({ id: made.id, last: true, pattern: '/pets$' })
    }
    await call('PUT', `/services/${copy.id}/proxy/policies`, await call('GET', `/services/${source.id}/proxy/policies`))
    await call('PATCH', `/services/${copy.id}/proxy/oidc_configuration`, (await call('GET', `/services/${source.id}/proxy/oidc_configuration`)).oidc_configuration)

    // `proxy deploy`, `proxy-config promote`.
    expect((await call('POST', `/services/${copy.id}/proxy/deploy`)).proxy.service_id).toBe(copy.id)
    const sandbox = (await call('GET', `/services/${copy.id}/proxy/configs/sandbox/latest`)).proxy_config
    expect(sandbox).toMatchObject({ version: 1, environment: 'sandbox', content: { id: copy.id, proxy: { api_backend: 'https://pets.example.com:443' } } })
    await call('POST', `/services/${copy.id}/proxy/configs/sandbox/${sandbox.version}/promote`, { to: 'production' })
    expect((await call('GET', `/services/${copy.id}/proxy/configs/production/latest`)).proxy_config.version).toBe(1)
    expect((await call('GET', `/services/${copy.id}/proxy/configs/production`)).proxy_configs).toHaveLength(1)

    // `remote`, `policies export`, `backend copy`, and clearing up.
    expect(Object.keys(await call('GET', '/policies'))).toContain('cors')
    const other = (await call('POST', '/backend_apis', { ...backend, name: 'Photos copy', system_name: 'photos_copy' })).backend_api
    await call('PUT', `/backend_apis/${other.id}`, { private_endpoint: 'https://photos-2.example.com' })
    await call('DELETE', `/backend_apis/${other.id}`)
    for (const { backend_usage: usage } of await call('GET', `/services/${copy.id}/backend_usages`)) await call('DELETE', `/services/${copy.id}/backend_usages/${usage.id}`)
    await call('DELETE', `/services/${copy.id}/application_plans/${copiedPlan}`)
    await call('DELETE', `/services/${copy.id}`)
  })
})

describe('the other calls of the command line', { timeout: 120_000 }, () => {
  it('wraps every object in the name its library gives it', async () => {
    const service = (await call('POST', '/services', { service: { name: 'Wrapped', system_name: 'wrapped' } })).service
    expect((await call('PUT', `/services/${service.id}`, { service: { description: 'In its name' } })).service).toMatchObject({ id: service.id, description: 'In its name' })
    const of = `/services/${service.id}`
    const hits = (await call('GET', `${of}/metrics`)).metrics[0].metric
    // Methods travel as metrics, limits as usage limits.
    const method = (await call('POST', `${of}/metrics/${hits.id}/methods`, { metric: { friendly_name: 'One', system_name: 'one' } })).method
    expect((await call('PUT', `${of}/metrics/${hits.id}/methods/${method.id}`, { metric: { friendly_name: 'First' } })).method.friendly_name).toBe('First')
    expect((await call('GET', `${of}/metrics/${hits.id}/methods/${method.id}`)).method.id).toBe(method.id)
    const metric = (await call('POST', `${of}/metrics`, { metric: { friendly_name: 'Bytes', system_name: 'bytes', unit: 'byte' } })).metric
    expect((await call('PUT', `${of}/metrics/${metric.id}`, { metric: { unit: 'kB' } })).metric.unit).toBe('kB')
    expect((await call('GET', `${of}/metrics/${metric.id}`)).metric.system_name).toBe('bytes')
    const plan = (await call('POST', `${of}/application_plans`, { application_plan: { name: 'Basic', system_name: 'basic' } })).application_plan
    expect((await call('PATCH', `${of}/application_plans/${plan.id}`, { application_plan: { state_event: 'publish', approval_required: true } })).application_plan).toMatchObject({ state: 'published', approval_required: true })
    expect((await call('GET', `${of}/application_plans/${plan.id}`)).application_plan.name).toBe('Basic')
    expect((await call('PUT', `${of}/application_plans/${plan.id}/default`)).application_plan.default).toBe(true)
    expect((await call('GET', '/application_plans')).plans.map(({ application_plan: each }: Json) => each.id)).toContain(plan.id)
    const ofPlan = `/application_plans/${plan.id}`
    const limit = (await call('POST', `${ofPlan}/metrics/${method.id}/limits`, { usage_limit: { period: 'hour', value: 10 } })).limit
    expect((await call('PUT', `${ofPlan}/metrics/${method.id}/limits/${limit.id}`, { usage_limit: { value: 20 } })).limit.value).toBe(20)
    expect((await call('GET', `${ofPlan}/metrics/${method.id}/limits`)).limits).toHaveLength(1)
    await call('DELETE', `${ofPlan}/metrics/${method.id}/limits/${limit.id}`)
    const price = (await call('POST', `${ofPlan}/metrics/${method.id}/pricing_rules`, { min: '1', max: '', cost_per_unit: '0.5' })).pricing_rule
    expect((await call('GET', `${ofPlan}/metrics/${method.id}/pricing_rules`)).pricing_rules).toMatchObject([{ pricing_rule: { id: price.id, max: null, cost_per_unit: 0.5 } }])
    await call('DELETE', `${ofPlan}/metrics/${method.id}/pricing_rules/${price.id}`)
    const feature = (await call('POST', `${of}/features`, { feature: { name: 'Phone', system_name: 'phone', scope: 'ApplicationPlan' } })).feature
    expect((await call('PUT', `${of}/features/${feature.id}`, { feature: { description: 'By phone' } })).feature.description).toBe('By phone')
    expect((await call('GET', `${of}/features/${feature.id}`)).feature.system_name).toBe('phone')
    await call('POST', `${ofPlan}/features`, { feature_id: feature.id })
    expect((await call('GET', `${ofPlan}/features`)).features).toHaveLength(1)
    await call('DELETE', `${ofPlan}/features/${feature.id}`)
    await call('DELETE', `${of}/features/${feature.id}`)
    const rule = (await call('POST', `${of}/proxy/mapping_rules`, { mapping_rule: { http_method: 'GET', pattern: '/one', delta: 1, metric_id: method.id } })).mapping_rule
    expect((await call('PATCH', `${of}/mapping_rules/${rule.id}`, { mapping_rule: { delta: 2 } })).mapping_rule.delta).toBe(2)
    expect((await call('GET', `${of}/proxy/mapping_rules/${rule.id}`)).mapping_rule.delta).toBe(2)
    expect((await call('PATCH', `${of}/proxy`, { proxy: { error_auth_failed: 'No', auth_user_key: 'key' } })).proxy).toMatchObject({ error_auth_failed: 'No', auth_user_key: 'key' })
    expect((await call('PATCH', `${of}/proxy/oidc_configuration`, { oidc_configuration: { service_accounts_enabled: true } })).oidc_configuration.service_accounts_enabled).toBe(true)
    await call('DELETE', `${of}/metrics/${hits.id}/methods/${method.id}`)
    await call('DELETE', `${of}/metrics/${metric.id}`)
  })

  it('reads pages of 500 until one is not full', async () => {
    const page = async (number: number) => (await ask('GET', '/services', { query: `?page=${number}&per_page=500` })).json
    const first = await page(1)
    expect(first.metadata).toMatchObject({ per_page: 500, current_page: 1, total_entries: first.services.length })
    expect((await page(2)).services).toEqual([])
    for (const path of ['/accounts', '/applications', '/application_plans', '/backend_apis', '/registry/policies', '/active_docs'])
      expect(Object.values((await ask('GET', path, { query: '?page=2&per_page=500' })).json)[0], path).toEqual([])
  })

  it('keeps accounts and applications', async () => {
    const service = (await call('POST', '/services', { service: { name: 'With partners', system_name: 'with_partners' } })).service
    const plan = (await call('POST', `/services/${service.id}/application_plans`, { application_plan: { name: 'Gold', system_name: 'gold', state_event: 'publish' } })).application_plan
    const account = (await call('POST', '/signup', { org_name: 'Larkfield', username: 'ines', email: 'ines@larkfield.example', password: 'violet tram over Lyon' })).account
    for (const query of ['?email=ines%40larkfield.example', '?username=ines']) expect((await ask('GET', '/accounts/find', { query })).json.account.id).toBe(account.id)
    expect((await call('GET', `/accounts/${account.id}`)).account.org_name).toBe('Larkfield')
    const user = (await call('POST', `/accounts/${account.id}/users`, { email: 'olga@larkfield.example', username: 'olga', password: 'violet tram over Lyon' })).user
    expect((await ask('GET', `/accounts/${account.id}/users`, { query: '?state=active&role=member' })).json.users.map((each: Json) => each.user.id)).toEqual([user.id])
    await world.ctx.db.developer.update({ where: { id: BigInt(user.id) }, data: { state: 'pending' } })
    expect((await call('PUT', `/accounts/${account.id}/users/${user.id}/activate`)).user.state).toBe('active')
    await world.ctx.db.account.update({ where: { id: BigInt(account.id) }, data: { state: 'pending' } })
    expect((await call('PUT', `/accounts/${account.id}/approve`)).account.state).toBe('approved')

    const of = `/accounts/${account.id}/applications`
    const made = (await call('POST', of, { plan_id: plan.id, name: 'Weather', description: 'Rain and sun', user_key: 'a-user-key-of-my-own' })).application
    expect(made).toMatchObject({ user_key: 'a-user-key-of-my-own', plan_id: plan.id, service_id: service.id, account_id: account.id, state: 'live' })
    for (const query of [`?application_id=${made.id}`, '?user_key=a-user-key-of-my-own', `?user_key=a-user-key-of-my-own&service_id=${service.id}`]) expect((await ask('GET', '/applications/find', { query })).json.application.id).toBe(made.id)
    expect((await ask('GET', '/applications', { query: `?service_id=${service.id}&plan_id=${plan.id}` })).json.applications).toHaveLength(1)
    expect((await call('GET', of)).applications.map((each: Json) => each.application.id)).toContain(made.id)
    expect((await call('PUT', `${of}/${made.id}`, { name: 'Weather 2', description: 'Snow' })).application).toMatchObject({ name: 'Weather 2', description: 'Snow' })
    expect((await call('PUT', `${of}/${made.id}/suspend`)).application.state).toBe('suspended')
    expect((await call('PUT', `${of}/${made.id}/resume`)).application.state).toBe('live')
    await world.ctx.db.application.update({ where: { id: BigInt(made.id) }, data: { state: 'pending' } })
    expect((await call('PUT', `${of}/${made.id}/accept`)).application.state).toBe('live')
    expect((await call('PUT', `${of}/${made.id}/customize_plan`)).application_plan.custom).toBe(true)
    expect((await call('PUT', `${of}/${made.id}/decustomize_plan`)).application_plan.id).toBe(plan.id)
    await call('POST', `${of}/${made.id}/keys`, { key: 'a-key-of-my-own' })
    expect((await call('GET', `${of}/${made.id}/keys`)).keys.map((each: Json) => each.key.value)).toContain('a-key-of-my-own')
    await call('DELETE', `${of}/${made.id}`)
    await call('DELETE', `/accounts/${account.id}`)
  })

  it('keeps documents, policies of the registry, chains and configurations', async () => {
    const service = (await call('POST', '/services', { service: { name: 'Documented', system_name: 'documented' } })).service
    const body = JSON.stringify({ openapi: '3.0.0', info: { title: 'Echo', version: '1' }, paths: { '/echo': { get: { responses: { 200: { description: 'ok' } } } } } })
    const doc = (await call('POST', '/active_docs', { name: 'Echo', body, service_id: service.id, system_name: 'echo_doc', published: true, skip_swagger_validations: true })).api_doc
    expect((await call('PUT', `/active_docs/${doc.id}`, { description: 'What it says', published: false })).api_doc).toMatchObject({ published: false, description: 'What it says' })
    expect((await call('GET', '/active_docs')).api_docs.map((each: Json) => each.api_doc.id)).toEqual([doc.id])
    await call('DELETE', `/active_docs/${doc.id}`)
    const schema = { $schema: 'http://json-schema.org/draft-07/schema#', name: 'Tracer', version: '1.0', summary: 'Traces', configuration: { type: 'object', properties: {} } }
    const policy = (await call('POST', '/registry/policies', { name: 'tracer', version: '1.0', schema })).policy
    expect((await call('GET', '/registry/policies/tracer-1.0')).policy.id).toBe(policy.id)
    expect((await call('PUT', '/registry/policies/tracer-1.0', { schema: { ...schema, summary: 'Traces more' } })).policy.schema.summary).toBe('Traces more')
    expect((await call('GET', '/registry/policies')).policies).toHaveLength(1)
    await call('DELETE', '/registry/policies/tracer-1.0')
    const { policies_config: chain } = await call('PUT', `/services/${service.id}/proxy/policies`, { policies_config: [{ name: 'cors', version: 'builtin', enabled: true, configuration: {} }, { name: 'apicast', version: 'builtin', enabled: true, configuration: {} }] })
    expect(chain.map((each: Json) => each.name)).toEqual(['cors', 'apicast'])
    const broken = await world.call('PUT', `/admin/api/services/${service.id}/proxy/policies.json`, { body: { policies_config: [{ name: 'ip_check' }] } })
    expect([broken.status, broken.json.errors]).toEqual([422, { 'policies_config.0.configuration.check_type': ['Choose one of whitelist, blacklist.'], 'policies_config.0.configuration.ips': ['This is missing. Write a list.'] }])
    await call('PATCH', `/services/${service.id}/proxy`, { proxy: { api_backend: 'https://echo.example.com:443' } })
    await call('POST', `/services/${service.id}/proxy/deploy`, {})
    const { version } = (await call('GET', `/services/${service.id}/proxy/configs/sandbox/latest`)).proxy_config
    expect((await call('GET', `/services/${service.id}/proxy/configs/sandbox/${version}`)).proxy_config.version).toBe(version)
    expect((await call('GET', '/provider')).account.id).toBe(Number(world.ctx.tenant.id))
  })
})

/** As the operator of Kubernetes asks: flat forms with marks of its own, `Accept: application/xml` even where it wants JSON. */
describe('the calls of the operator', { timeout: 120_000 }, () => {
  const form = async (method: string, path: string, fields: Record<string, unknown> = {}, suffix: '.json' | '.xml' = '.json') =>
    ask(method, path, { suffix, body: new URLSearchParams(Object.entries({ ...fields, 'annotations[managed_by]': 'operator' }).map(([name, value]) => [name, String(value)])), headers: { accept: 'application/xml' } })

  it('keeps products and backends by forms', async () => {
    const product = (await form('POST', '/services', { name: 'Operated', system_name: 'operated', deployment_option: 'hosted', backend_version: '1' })).json.service
    expect((await form('PUT', `/services/${product.id}`, { description: 'By form' })).json.service.description).toBe('By form')
    const hits = (await ask('GET', `/services/${product.id}/metrics`)).json.metrics[0].metric
    const method = (await form('POST', `/services/${product.id}/metrics/${hits.id}/methods`, { friendly_name: 'List', system_name: 'list' })).json.method
    const rule = (await form('POST', `/services/${product.id}/proxy/mapping_rules`, { http_method: 'GET', pattern: '/list', metric_id: method.id, delta: 1, last: 'false', position: 1 })).json.mapping_rule
    expect((await form('PATCH', `/services/${product.id}/proxy/mapping_rules/${rule.id}`, { delta: 3 })).json.mapping_rule.delta).toBe(3)
    expect((await form('PATCH', `/services/${product.id}/proxy`, { error_no_match: 'Nothing here', credentials_location: 'headers' })).json.proxy).toMatchObject({ error_no_match: 'Nothing here', credentials_location: 'headers' })
    const backend = (await form('POST', '/backend_apis', { name: 'Store', system_name: 'store', private_endpoint: 'https://store.example.com' })).json.backend_api
    const usage = (await form('POST', `/services/${product.id}/backend_usages`, { backend_api_id: backend.id, path: '/' })).json.backend_usage
    expect((await form('PUT', `/services/${product.id}/backend_usages/${usage.id}`, { path: '/store' })).json.backend_usage.path).toBe('/store')
    const backendHits = (await ask('GET', `/backend_apis/${backend.id}/metrics`)).json.metrics[0].metric
    const backendMethod = (await form('POST', `/backend_apis/${backend.id}/metrics/${backendHits.id}/methods`, { friendly_name: 'Read', system_name: 'read' })).json.method
    const backendRule = (await form('POST', `/backend_apis/${backend.id}/mapping_rules`, { http_method: 'GET', pattern: '/', metric_id: backendMethod.id, delta: 1 })).json.mapping_rule
    await form('PUT', `/backend_apis/${backend.id}/mapping_rules/${backendRule.id}`, { delta: 2 })
    await form('PUT', `/backend_apis/${backend.id}`, { description: 'Of goods' })
    await form('POST', `/services/${product.id}/proxy/deploy`)
    const { version } = (await ask('GET', `/services/${product.id}/proxy/configs/sandbox/latest`)).json.proxy_config
    await form('POST', `/services/${product.id}/proxy/configs/sandbox/${version}/promote`, { to: 'production' })
    const downloaded = (await ask('GET', '/account/proxy_configs/production')).json.proxy_configs
    expect(downloaded.map((each: Json) => each.proxy_config.content.id)).toContain(product.id)
  })

  it('keeps developers, their applications and the keys of those', async () => {
    const product = (await form('POST', '/services', { name: 'Keyed', system_name: 'keyed' })).json.service
    const plans = await Promise.all(['One', 'Two'].map(async (name) => (await form('POST', `/services/${product.id}/application_plans`, { name, system_name: name.toLowerCase(), state_event: 'publish' })).json.application_plan))
    const account = (await form('POST', '/signup', { org_name: 'Operated Ltd', username: 'paula', email: 'paula@operated.example', password: 'violet tram over Lyon', managed_by: 'operator' })).json.account
    expect((await form('PUT', `/accounts/${account.id}`, { org_name: 'Operated GmbH', monthly_billing_enabled: false, monthly_charging_enabled: false })).json.account.org_name).toBe('Operated GmbH')
    const users = `/accounts/${account.id}/users`
    const user = (await form('POST', users, { username: 'quinn', email: 'quinn@operated.example', password: 'violet tram over Lyon' })).json.user
    expect((await form('PUT', `${users}/${user.id}`, { email: 'quinn@other.example' })).json.user.email).toBe('quinn@other.example')
    for (const [verb, wanted] of [['admin', { role: 'admin' }], ['member', { role: 'member' }], ['suspend', { state: 'suspended' }], ['unsuspend', { state: 'active' }]] as const)
      expect((await ask('PUT', `${users}/${user.id}/${verb}`, { headers: { accept: 'application/xml', 'content-type': 'application/x-www-form-urlencoded' } })).json.user).toMatchObject(wanted)
    await ask('DELETE', `${users}/${user.id}`)

    const applications = `/accounts/${account.id}/applications`
    const { id } = (await form('POST', applications, { account_id: account.id, plan_id: plans[0].id, name: 'Shop', description: 'Sells' })).json.application
    expect((await form('PUT', `${applications}/${id}/change_plan`, { plan_id: plans[1].id })).json.application.plan_id).toBe(plans[1].id)
    // Kind ApplicationAuth sets the user key with the other fields, and asks for it again and again.
    for (let time = 0; time < 2; time++) expect((await form('PUT', `${applications}/${id}`, { user_key: 'key-of-the-operator' })).json.application).toMatchObject({ user_key: 'key-of-the-operator', name: 'Shop' })
    const rotations = await world.ctx.db.auditEntry.count({ where: { action: 'credential.rotated', objectId: String(id) } })
    expect(rotations).toBe(1)
    expect((await form('POST', `${applications}/${id}/keys`, { key: 'a-key-of-the-operator' })).status).toBe(201)
    await form('POST', `${applications}/${id}/keys`)
    const keys = (await ask('GET', `${applications}/${id}/keys`)).json.keys.map((each: Json) => each.key.value)
    expect(keys.at(-2)).toBe('a-key-of-the-operator')
    expect(keys.at(-1)).toMatch(/^ak_/)
    await ask('DELETE', `${applications}/${id}/keys/a-key-of-the-operator`)
    await form('PUT', `${applications}/${id}/customize_plan`)
    await form('PUT', `${applications}/${id}/decustomize_plan`, {}, '.xml')
    await ask('DELETE', `${applications}/${id}`, { suffix: '.xml' })
    await ask('DELETE', `/accounts/${account.id}`)
  })

  it('reads the XML of its old calls: services, metrics, plans, limits, proxy, mapping rules', async () => {
    const xml = async (method: string, path: string, fields?: Record<string, unknown>) => (fields ? (await form(method, path, fields, '.xml')).text : (await ask(method, path, { suffix: '.xml', headers: { accept: 'application/xml' } })).text)
    const idOf = (text: string) => Number(/<id>(\d+)<\/id>/.exec(text)![1])
    const made = await xml('POST', '/services', { name: 'In XML', system_name: 'in_xml' })
    const service = idOf(made)
    expect(made).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<service><id>\d+<\/id>.*<system_name>in_xml<\/system_name>/)
    expect(await xml('GET', '/services')).toContain(`<service><id>${service}</id>`)
    const metrics = await xml('GET', `/services/${service}/metrics`)
    expect(metrics).toMatch(/<metrics [^>]*><metric><id>\d+<\/id><name>hits<\/name><system_name>hits<\/system_name>/)
    const metric = idOf(await xml('POST', `/services/${service}/metrics`, { friendly_name: 'Bytes', system_name: 'bytes', unit: 'byte' }))
    expect(await xml('PUT', `/services/${service}/metrics/${metric}`, { unit: 'kB' })).toContain('<unit>kB</unit>')
    const plan = idOf(await xml('POST', `/services/${service}/application_plans`, { name: 'Plain', system_name: 'plain', state_event: 'publish' }))
    await xml('PUT', `/services/${service}/application_plans/${plan}/default`, {})
    expect(await xml('GET', `/services/${service}/application_plans`)).toMatch(new RegExp(`<plans [^>]*><plan custom="false" default="true"><id>${plan}</id>`))
    const limit = await xml('POST', `/application_plans/${plan}/metrics/${metric}/limits`, { period: 'day', value: 7 })
    expect(limit).toMatch(/<limit><id>\d+<\/id><metric_id>\d+<\/metric_id><plan_id>\d+<\/plan_id><period>day<\/period><value>7<\/value>/)
    expect(await xml('PUT', `/application_plans/${plan}/metrics/${metric}/limits/${idOf(limit)}`, { value: 8 })).toContain('<value>8</value>')
    expect(await xml('GET', `/application_plans/${plan}/limits`)).toMatch(/<limits [^>]*><limit>/)
    expect(await xml('DELETE', `/application_plans/${plan}/metrics/${metric}/limits/${idOf(limit)}`)).toBe('')
    const rule = await xml('POST', `/services/${service}/proxy/mapping_rules`, { http_method: 'POST', pattern: '/x', metric_id: metric, delta: 1 })
    expect(rule).toMatch(/<mapping_rule><id>\d+<\/id><metric_id>\d+<\/metric_id><pattern>\/x<\/pattern><http_method>POST<\/http_method><delta>1<\/delta>/)
    expect(await xml('PATCH', `/services/${service}/proxy/mapping_rules/${idOf(rule)}`, { delta: 5 })).toContain('<delta>5</delta>')
    expect(await xml('GET', `/services/${service}/proxy/mapping_rules`)).toMatch(/<mapping_rules [^>]*><mapping_rule>/)
    expect(await xml('PATCH', `/services/${service}/proxy`, { api_backend: 'https://in-xml.example.com:443' })).toMatch(new RegExp(`<proxy><service_id>${service}</service_id>.*<api_backend>https://in-xml.example.com:443</api_backend>`))
    expect(await xml('GET', `/services/${service}/proxy`)).toContain('<error_status_auth_failed>403</error_status_auth_failed>')
    expect(await xml('DELETE', `/services/${service}/metrics/${metric}`)).toBe('')
    expect(await xml('DELETE', `/services/${service}`)).toBe('')
  })
})

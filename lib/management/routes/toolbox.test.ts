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
  const answered = await world.call(method, `/admin/api${path}.json`, { token: null, headers: { authorization: `Basic ${Buffer.from(`:${world.token}`).toString('base64')}` }, ...(body && { body }) })
  if (answered.status >= 300) throw new Error(`${method} ${path}: ${answered.status} ${answered.text}`)
  return answered.json
}

describe('the calls of a product copy, in their order', () => {
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

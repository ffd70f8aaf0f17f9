import type { Example } from '@/lib/management/examples.fixture'
import type { Management } from '@/lib/management/management.fixture'
import type { ManagementWorld } from '@/lib/management/world.fixture'

const ofService = '/admin/api/services/:service_id'
const ofPlan = '/admin/api/application_plans/:plan_id'
const ofMetric = `${ofPlan}/metrics/:metric_id`
const ofBackend = '/admin/api/backend_apis/:backend_api_id'
const policySchema = { $schema: 'http://apicast.io/policy-v1.1/schema#', name: 'Logger', summary: 'Logs', version: '1.0', configuration: { type: 'object', properties: {} } }

type Ids = Record<string, bigint | string>

/** The product side of a world, made through the API itself: ids by the pattern of their address, up to the id. */
export async function seedProductSide({ call }: Management, { productId, planId, methodId }: { productId: bigint; planId: bigint; methodId: bigint }): Promise<Ids> {
  const post = async (path: string, body: Record<string, unknown>) => {
    const answered = await call('POST', `/admin/api${path}.json`, { body })
    if (answered.status !== 201) throw new Error(`${path}: ${answered.status} ${answered.text}`)
    return Object.values(answered.json as Record<string, { id: number }>)[0]!
  }
  const service = `/services/${productId}`
  await call('PUT', `/admin/api${service}/proxy.json`, { body: { api_backend: 'https://api.example.com:443' } })
  const backend = await post('/backend_apis', { name: 'Photos', private_endpoint: 'https://photos.example.com' })
  const [hits] = (await call('GET', `/admin/api/backend_apis/${backend.id}/metrics.json`)).json.metrics
  const method = await post(`/backend_apis/${backend.id}/metrics/${hits.metric.id}/methods`, { friendly_name: 'Show', system_name: 'show' })
  const backendRule = await post(`/backend_apis/${backend.id}/mapping_rules`, { http_method: 'GET', pattern: '/{id}', metric_id: method.id })
  const usage = await post(`${service}/backend_usages`, { backend_api_id: backend.id, path: '/photos' })
  const feature = await post(`${service}/features`, { name: 'Support', system_name: 'support' })
  await post(`/application_plans/${planId}/features`, { feature_id: feature.id })
  const limit = await post(`/application_plans/${planId}/metrics/${methodId}/limits`, { period: 'day', value: 100 })
  const price = await post(`/application_plans/${planId}/metrics/${methodId}/pricing_rules`, { min: 1, max: 10, cost_per_unit: 0.1 })
  const rule = await post(`${service}/proxy/mapping_rules`, { http_method: 'GET', pattern: '/first$', metric_id: Number(methodId) })
  const policy = await post('/registry/policies', { name: 'logger', version: '1.0', schema: policySchema })
  await call('POST', `/admin/api${service}/proxy/deploy.json`)
  return Object.fromEntries(
    Object.entries({
      [`${ofService}/application_plans/:id`]: planId,
      [`${ofService}/metrics/:metric_id/methods/:id`]: methodId,
      [`${ofService}/features/:id`]: feature.id,
      [`${ofPlan}/features/:id`]: feature.id,
      [ofMetric]: methodId,
      [`${ofMetric}/limits/:id`]: limit.id,
      [`${ofMetric}/pricing_rules/:id`]: price.id,
      [`${ofService}/proxy/mapping_rules/:id`]: rule.id,
      [`${ofService}/mapping_rules/:id`]: rule.id,
      [`${ofService}/backend_usages/:id`]: usage.id,
      [ofBackend]: backend.id,
      backend_api_id: backend.id,
      feature_id: feature.id,
      [`${ofBackend}/metrics/:metric_id`]: hits.metric.id,
      [`${ofBackend}/metrics/:metric_id/methods/:id`]: method.id,
      [`${ofBackend}/mapping_rules/:id`]: backendRule.id,
      '/admin/api/registry/policies/:id': String(policy.id),
      environment: 'sandbox',
      version: 1,
    }).map(([name, id]) => [name, typeof id === 'number' ? BigInt(id) : id]),
  )
}

let count = 0

/** Something of its own for a route that deletes it, or that could be done only once. */
const fresh = (at: (world: ManagementWorld) => string, body: (world: ManagementWorld) => Record<string, unknown>, ...patterns: string[]): Example => ({
  async ids(world) {
    const answered = await world.call('POST', `/admin/api${at(world)}.json`, { body: body(world) })
    if (answered.status !== 201) throw new Error(`${at(world)}: ${answered.status} ${answered.text}`)
    const id = BigInt(Object.values(answered.json as Record<string, { id: number }>)[0]!.id)
    return Object.fromEntries(patterns.map((pattern) => [pattern, id]))
  },
})
const named = () => ({ name: `Fresh ${++count}`, friendly_name: `Fresh ${count}`, system_name: `fresh_${count}` })
const service = ({ productId }: ManagementWorld) => `/services/${productId}`
const backend = ({ ids }: ManagementWorld) => `/backend_apis/${ids[ofBackend]}`

/** By method and path, as in examples.fixture.ts. */
export const productExamples: Record<string, Example> = {
  'POST /admin/api/services': { send: () => ({ name: 'Another', system_name: 'another' }) },
  [`PUT ${ofService}`]: { send: () => ({ description: 'Says what it hears' }) },
  [`DELETE ${ofService}`]: fresh(() => '/services', named, 'service_id'),
  [`POST ${ofService}/application_plans`]: { send: () => ({ name: 'Silver', state_event: 'publish', cost_per_month: 5 }) },
  [`PUT ${ofService}/application_plans/:id`]: { send: () => ({ description: 'For a start' }) },
  [`DELETE ${ofService}/application_plans/:id`]: fresh((world) => `${service(world)}/application_plans`, named, `${ofService}/application_plans/:id`),
  'POST /admin/api/backend_apis': { send: () => ({ name: 'Videos', private_endpoint: 'https://videos.example.com' }) },
  [`PUT ${ofBackend}`]: { send: () => ({ description: 'Pictures' }) },
  [`DELETE ${ofBackend}`]: fresh(() => '/backend_apis', () => ({ name: `Fresh ${++count}`, private_endpoint: 'https://fresh.example.com' }), ofBackend),
  [`POST ${ofBackend}/metrics`]: { send: () => ({ friendly_name: 'Bytes', system_name: 'bytes', unit: 'byte' }) },
  [`PUT ${ofBackend}/metrics/:metric_id`]: { send: () => ({ friendly_name: 'Megabytes' }), ...fresh((world) => `${backend(world)}/metrics`, named, `${ofBackend}/metrics/:metric_id`) },
  [`DELETE ${ofBackend}/metrics/:metric_id`]: fresh((world) => `${backend(world)}/metrics`, named, `${ofBackend}/metrics/:metric_id`),
  [`POST ${ofBackend}/metrics/:metric_id/methods`]: { send: () => ({ friendly_name: 'List', system_name: 'list' }) },
  [`PUT ${ofBackend}/metrics/:metric_id/methods/:id`]: { send: () => ({ friendly_name: 'Show one' }) },
  [`POST ${ofBackend}/mapping_rules`]: { send: ({ ids }) => ({ http_method: 'POST', pattern: '/new', metric_id: ids[`${ofBackend}/metrics/:metric_id`] }) },
  [`PUT ${ofBackend}/mapping_rules/:id`]: { send: () => ({ delta: 2 }) },
  [`POST ${ofService}/backend_usages`]: {
    async before(world) {
      const { json } = await world.call('POST', '/admin/api/backend_apis.json', { body: { name: 'Mountable', private_endpoint: 'https://mount.example.com' } })
      world.ids.backend_api_id = BigInt(json.backend_api.id)
    },
    send: ({ ids }) => ({ backend_api_id: ids.backend_api_id, path: '/mounted' }),
  },
  [`PUT ${ofService}/backend_usages/:id`]: { send: () => ({ path: '/pictures' }) },
  [`POST ${ofService}/features`]: { send: () => ({ name: 'Phone', system_name: 'phone' }) },
  [`DELETE ${ofService}/features/:id`]: fresh((world) => `${service(world)}/features`, named, `${ofService}/features/:id`),
  [`PUT ${ofService}/features/:id`]: { send: () => ({ description: 'By mail' }) },
  [`POST ${ofPlan}/features`]: {
    async before(world) {
      const { json } = await world.call('POST', `/admin/api${service(world)}/features.json`, { body: named() })
      world.ids.feature_id = BigInt(json.feature.id)
    },
    send: ({ ids }) => ({ feature_id: ids.feature_id }),
  },
  [`POST ${ofMetric}/limits`]: { send: () => ({ period: 'year', value: 10 }) },
  [`PUT ${ofMetric}/limits/:id`]: { send: () => ({ value: 200 }) },
  [`POST ${ofMetric}/pricing_rules`]: { send: () => ({ min: 11, cost_per_unit: '0.05' }) },
  [`POST ${ofService}/proxy/mapping_rules`]: { send: ({ ids }) => ({ http_method: 'GET', pattern: '/second$', metric_id: ids[`${ofService}/metrics/:metric_id/methods/:id`] }) },
  [`PUT ${ofService}/proxy/mapping_rules/:id`]: { send: () => ({ delta: 3 }) },
  [`DELETE ${ofService}/proxy/mapping_rules/:id`]: fresh((world) => `${service(world)}/proxy/mapping_rules`, ({ ids }) => ({ http_method: 'GET', pattern: `/fresh-${++count}`, metric_id: Number(ids.metric_id) }), `${ofService}/proxy/mapping_rules/:id`),
  [`PUT ${ofService}/mapping_rules/:id`]: { send: () => ({ delta: 4 }) },
  [`PUT ${ofService}/proxy`]: { send: () => ({ credentials_location: 'query', error_status_auth_failed: 401 }) },
  [`PUT ${ofService}/proxy/oidc_configuration`]: { send: () => ({ standard_flow_enabled: true }) },
  [`PUT ${ofService}/proxy/policies`]: { send: () => ({ policies_config: [{ name: 'apicast', version: 'builtin', enabled: true, configuration: {} }] }) },
  [`POST ${ofService}/proxy/configs/:environment/:version/promote`]: { send: () => ({ to: 'production' }) },
  'POST /admin/api/registry/policies': { send: () => ({ name: 'tracer', version: '1.0', schema: { ...policySchema, name: 'Tracer' } }) },
  'PUT /admin/api/registry/policies/:id': { send: () => ({ schema: { ...policySchema, summary: 'Logs more' } }) },
  [`DELETE ${ofBackend}/mapping_rules/:id`]: fresh((world) => `${backend(world)}/mapping_rules`, ({ ids }) => ({ http_method: 'GET', pattern: `/fresh-${++count}`, metric_id: Number(ids[`${ofBackend}/metrics/:metric_id`]) }), `${ofBackend}/mapping_rules/:id`),
  'GET /stats/services/:service_id/usage': { send: () => ({ metric_name: 'hits', period: 'day', skip_change: 'false' }) },
  'GET /stats/applications/:application_id/usage': { send: () => ({ metric_name: 'hits', period: 'month' }) },
  'GET /stats/backend_apis/:backend_api_id/usage': { send: () => ({ metric_name: 'hits', period: 'week' }) },
  'GET /stats/services/:service_id/usage_response_code': { send: () => ({ response_code: '2XX', period: 'year' }) },
  'GET /stats/applications/:application_id/usage_response_code': { send: () => ({ response_code: '5XX', since: '2026-01-01', until: '2026-01-31', granularity: 'day' }) },
  'GET /stats/services/:service_id/top_applications': { send: () => ({ metric_name: 'hits', period: 'month', since: '2026-11-01' }) },
  [`POST ${ofService}/metrics`]: { send: () => ({ friendly_name: 'Bytes', system_name: 'bytes', unit: 'byte' }) },
  [`PUT ${ofService}/metrics/:metric_id`]: { send: () => ({ friendly_name: 'Megabytes' }), ...fresh((world) => `${service(world)}/metrics`, named, 'metric_id') },
  [`DELETE ${ofService}/metrics/:metric_id`]: fresh((world) => `${service(world)}/metrics`, named, 'metric_id'),
  [`POST ${ofService}/metrics/:metric_id/methods`]: { send: () => ({ friendly_name: 'Write', system_name: 'write' }) },
  [`PUT ${ofService}/metrics/:metric_id/methods/:id`]: { send: () => ({ friendly_name: 'Read one' }) },
}

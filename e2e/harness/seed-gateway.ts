import { createBackendRule } from '@/lib/backends/backend-mapping-rules'
import { createBackendMetric } from '@/lib/backends/backend-metrics'
import { createBackend } from '@/lib/backends/create-backend'
import { mountBackend } from '@/lib/backends/mount-backend'
import type { CallDetail } from '@/lib/calls/call-record'
import { shareCall } from '@/lib/calls/share-call'
import type { Prisma } from '@/lib/db/generated/client'
import { updateOauthSettings } from '@/lib/products/oauth-settings'
import { setDeployment } from '@/lib/products/set-deployment'
import { setPolicies } from '@/lib/products/set-policies'
import { createAccessTokenFor } from '@/lib/tenants/access-tokens'
import type { Ctx } from '@/lib/tenants/context'

type Given = { productId: bigint; oauthProductId: bigint; applicationId: bigint; memberId: bigint; upstream: string }

/** What the places of the gateway show once calls come in: backends, policies, kept calls, a shared one, grants, errors of other gateways, tokens. */
export async function seedGateway(ctx: Ctx, { productId, oauthProductId, applicationId, memberId, upstream }: Given): Promise<{ backend: number; call: number; requestId: string; shareToken: string; oauthProduct: number }> {
  const tenantId = ctx.tenant.id
  const { id: backend } = await createBackend(ctx, { name: 'Archive', description: 'Everything older than a year.', privateBaseUrl: upstream })
  const { id: metricId } = await createBackendMetric(ctx, { backendId: backend, name: 'Search' })
  await createBackendRule(ctx, { backendId: backend, verb: 'GET', pattern: '/search', metricId })
  await mountBackend(ctx, { productId, backendId: backend, path: '/archive' })
  await setPolicies(ctx, {
    productId,
    policies: [
      { name: 'ip_check', configuration: { ips: ['192.0.2.0/24'], check_type: 'blacklist' } },
      { name: 'apicast', configuration: {} },
      { name: 'headers', configuration: { response: [{ op: 'set', header: 'X-Served-By', value: '{{ service.name }}', value_type: 'liquid' }] } },
      { name: 'maintenance_mode', enabled: false, configuration: {} },
    ],
  })

  const windowEnd = Math.ceil(ctx.now.getTime() / 3_600_000) * 3_600_000
  const detail: CallDetail = {
    scheme: 'https', host: 'api.example.com', address: '203.0.113.7', head: [['accept', '*/*'], ['x-app-key', '•••']], answerHead: [['content-type', 'text/plain'], ['retry-after', '600']], step: 'limit',
    rules: [{ verb: 'GET', pattern: '/1.1/search/tweets.json', delta: 1, metric: 'search_tweets', ignored: null }, { verb: 'POST', pattern: '/1.1/search', delta: 1, metric: 'search', ignored: 'other_verb' }],
    usage: [{ metric: 'search_tweets', value: 1 }], limits: [{ of: 'application', metric: 'search_tweets', period: 'hour', limit: 180, current: 180, windowEnd, exceeded: true }], upstream: null, upstreamMs: null,
  }
  const keep = (requestId: string, status: number, refusal: string | null, told: Partial<CallDetail>) =>
    ctx.db.callRecord.create({
      data: { tenantId, productId, applicationId, environment: 'production', requestId, at: ctx.now, method: 'GET', target: '/1.1/search/tweets.json?q=kestrel', status, refusal, durationMs: 12, detail: { ...detail, ...told } as unknown as Prisma.InputJsonObject },
      select: { id: true },
    })
  const requestId = `call-${applicationId}-refused`
  const { id: call } = await keep(requestId, 429, 'limits_exceeded', {})
  await keep(`call-${applicationId}-passed`, 200, null, { step: null, limits: [], upstream, upstreamMs: 11 })
  await keep(`call-${applicationId}-failed`, 502, 'upstream_unreachable', { step: 'upstream', limits: [], upstream, upstreamMs: 11 })
  const { token: shareToken } = await shareCall(ctx, { productId, callId: call })
  for (const [code, message] of [['application_not_found', 'application with id="gone" was not found'], ['provider_key_invalid', 'provider key "…" is invalid']] as const)
    await ctx.db.integrationError.create({ data: { tenantId, productId, code, message, request: { method: 'GET', path: '/transactions/authrep.xml', query: 'app_id=gone&service_token=…' } } })
  await createAccessTokenFor(ctx, memberId, { name: 'CI pipeline', permission: 'ro', scopes: ['account_management', 'stats'], expiresAt: new Date(ctx.now.getTime() + 90 * 86_400_000) })

  await ctx.db.product.update({ where: { id: oauthProductId }, data: { authenticationMode: 'oauth' }, select: { id: true } })
  const methods = await ctx.db.metric.findMany({ where: { productId: oauthProductId, parentId: { not: null } }, orderBy: { id: 'asc' }, select: { id: true } })
  await updateOauthSettings(ctx, { productId: oauthProductId, oauthLoginUrl: 'https://login.example.com/authorize', classicClients: true, scopes: [{ name: 'read', sentence: 'See your collections', methods: methods.slice(0, 2).map(({ id }) => Number(id)) }, { name: 'all', sentence: 'Change your collections', methods: 'all' }] })
  await setDeployment(ctx, { productId: oauthProductId, deployment: 'self_managed', productionUrl: 'https://collections.example.com', stagingUrl: '' })
  const grants = [{ endUserId: 'kestrel', scopes: ['read'] }, { endUserId: null, scopes: ['all'] }]
  for (const { endUserId, scopes } of grants)
    for (const each of [productId, oauthProductId]) await ctx.db.oauthGrant.create({ data: { tenantId, productId: each, applicationId, environment: 'production', endUserId, scopes }, select: { id: true } })
  return { backend: Number(backend), call: Number(call), requestId, shareToken, oauthProduct: Number(oauthProductId) }
}

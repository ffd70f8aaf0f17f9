import { decryptSecret } from '@/lib/crypto'
import type { Product } from '@/lib/db/generated/client'
import { completeConfig, type AuthenticationMode, type ErrorAnswer, type GatewayConfig, type PolicyEntry } from '@/lib/products/gateway-config'
import type { BaseUrls } from '@/lib/products/base-urls'
import { openPolicySecrets } from '@/lib/products/policy-secrets'
import { openSecretToken, serviceTokenPlace } from '@/lib/products/secrets-of-product'
import { env } from '@/lib/env'
import { publicOrigin } from '@/lib/zones/public-origin'

/** 3scale's number or word for a mode; OAuth of every kind is `oauth` to its accounting. */
const backendVersions: Record<AuthenticationMode, string> = { user_key: '1', app_id_app_key: '2', oauth: 'oauth', oidc: 'oauth', introspection: 'oauth' }

/**
 * One product as an APIcast downloads it (reference gateway 5.1): our promoted version, written in its words. What it
 * cannot know is left out: see `apicast-gaps.ts`, which tells people.
 */
export function apicastService(product: Pick<Product, 'id' | 'tenantId' | 'serviceTokenCipher'>, content: unknown, baseUrls: BaseUrls) {
  const config = completeConfig(content)
  const { authentication, upstream, errorAnswers, oidcIssuers } = config
  const accounting = publicOrigin(`accounting.${env().GATEWAY_DOMAIN}`)
  const metricNames = new Map(config.metrics.map((metric) => [metric.id, metric.systemName]))
  const oidc = authentication.mode === 'oidc' ? oidcIssuers[0] : undefined
  return {
    id: Number(product.id),
    system_name: config.systemName,
    name: config.productName,
    backend_version: backendVersions[authentication.mode],
    backend_authentication_type: 'service_token',
    backend_authentication_value: product.serviceTokenCipher === null ? '' : decryptSecret(product.serviceTokenCipher, serviceTokenPlace(product.tenantId, product.id)),
    proxy: {
      id: Number(product.id),
      service_id: Number(product.id),
      hosts: [...new Set([baseUrls.production, baseUrls.staging].flatMap((url) => (url === null ? [] : [new URL(url).hostname])))],
      endpoint: withPort(baseUrls.production),
      sandbox_endpoint: withPort(baseUrls.staging),
      api_backend: upstream.privateBaseUrl === null ? null : withPort(upstream.privateBaseUrl),
      hostname_rewrite: upstream.hostHeader ?? '',
      secret_token: openSecretToken(product.tenantId, product.id, upstream.secretTokenCipher),
      backend: { endpoint: accounting, host: new URL(accounting).host },
      authentication_method: authentication.mode === 'oidc' ? 'oidc' : backendVersions[authentication.mode],
      credentials_location: authentication.location === 'basic' ? 'authorization' : authentication.location,
      auth_user_key: authentication.userKeyName,
      auth_app_id: authentication.appIdName,
      auth_app_key: authentication.appKeyName,
      ...errorFields('auth_failed', errorAnswers.authFailed),
      ...errorFields('auth_missing', errorAnswers.authMissing),
      ...errorFields('no_match', errorAnswers.noMatch),
      ...errorFields('limits_exceeded', errorAnswers.limitsExceeded),
      oidc_issuer_endpoint: oidc?.issuer ?? null,
      oidc_issuer_type: 'rest',
      jwt_claim_with_client_id: oidc?.claim ?? 'azp',
      jwt_claim_with_client_id_type: 'plain',
      oauth_login_url: config.oauth.loginUrl,
      api_test_path: '/',
      policy_chain: policyChain(product, config),
      proxy_rules: config.mappingRules.map(({ id, verb, pattern, metricId, delta, last, backendId }, index) => ({
        id,
        http_method: verb,
        pattern,
        metric_id: metricId,
        metric_system_name: metricNames.get(metricId) ?? 'hits',
        delta,
        ...parametersOf(pattern),
        last,
        position: index + 1,
        owner_id: backendId ?? Number(product.id),
        owner_type: backendId ? 'BackendApi' : 'Proxy',
      })),
    },
  }
}

/**
 * A chain with the gateway's own line in it, as 3scale's always has. Where the tenant has set none, what cares about its
 * side of the line stands below it, as our own gateway has it, and all else above.
 */
export function chainWithLine(policies: readonly PolicyEntry[]): PolicyEntry[] {
  if (policies.some((entry) => entry.name === 'apicast')) return [...policies]
  const minds = (entry: PolicyEntry) => BELOW_THE_LINE.has(entry.name)
  return [...policies.filter((entry) => !minds(entry)), { name: 'apicast', version: 'builtin', enabled: true, configuration: {} }, ...policies.filter(minds)]
}

const BELOW_THE_LINE = new Set(['url_rewriting', 'rate_limit'])

function policyChain(product: Pick<Product, 'id' | 'tenantId'>, config: GatewayConfig) {
  const chain = chainWithLine(openPolicySecrets(product.tenantId, product.id, config.policies)).filter((entry) => entry.enabled || entry.name === 'apicast')
  return chain.flatMap(({ name, version, configuration }) => {
    const entry = { name, version, configuration }
    return name === 'apicast' && config.backends.length > 0 ? [routingPolicy(config), entry] : [entry]
  })
}

/** Sends calls below a mounted path to its backend, the longest path first, with the path taken off. */
function routingPolicy({ backends }: GatewayConfig) {
  const rules = backends
    .toSorted((one, other) => other.path.length - one.path.length || one.id - other.id)
    .map(({ id, path, servers, hostHeader }) => {
      const literal = path.replace(/[.*+?^$()[\]{}|\\]/g, '\\$&')
      return {
        url: servers[0]!.url,
        owner_id: id,
        owner_type: 'BackendApi',
        ...(hostHeader && { host_header: hostHeader }),
        condition: { operations: [{ match: 'path', op: 'matches', value: path === '/' ? '/.*' : `^(${literal}/.*|${literal}/?)$` }] },
        ...(path !== '/' && { replace_path: `{{uri | remove_first: '${path}'}}` }),
      }
    })
  return { name: 'routing', version: 'builtin', configuration: { rules } }
}

function errorFields(name: string, { status, contentType, body }: ErrorAnswer) {
  return { [`error_${name}`]: body, [`error_status_${name}`]: status, [`error_headers_${name}`]: contentType }
}

/** `/v1/{word}.json?x={y}`: `parameters` of the path, `querystring_parameters` by name. */
function parametersOf(pattern: string): { parameters: string[]; querystring_parameters: Record<string, string> } {
  const [path = '', query = ''] = pattern.split('?')
  const parameters = [...path.matchAll(/\{([^{}+]+)\+?\}/g)].map((match) => match[1]!)
  const pairs = query.split('&').filter((pair) => pair !== '').map((pair): [string, string] => {
    const equals = pair.indexOf('=')
    return equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
  })
  return { parameters, querystring_parameters: Object.fromEntries(pairs) }
}

/** 3scale writes the port always: `https://api.example.com:443/base`. Null for null. */
export function withPort(address: string): string
export function withPort(address: string | null): string | null
export function withPort(address: string | null): string | null {
  if (address === null) return null
  const url = new URL(address)
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return `${url.protocol}//${url.hostname}:${port}${url.pathname.replace(/\/$/, '')}`
}

import { tenantDb } from '@/lib/db/tenant-db'
import { isAppError } from '@/lib/errors'
import { logger } from '@/lib/logger'
import { errorAnswer } from '@/lib/oauth/oauth-exchange'
import type { OauthRequest, OauthSite } from '@/lib/oauth/oauth-exchange'
import { isOauthPath, serveOauth } from '@/lib/oauth/serve-oauth'
import { publicOrigin } from '@/lib/zones/public-origin'
import { headerOf } from '@/lib/gateway/call'
import type { Call } from '@/lib/gateway/call'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import type { LiveDirectory, Route } from '@/lib/gateway/live-directory'
import type { Answer } from '@/lib/gateway/refusals'
import { relayedAddress } from '@/lib/gateway/relayed-address'

/** Whether a call may be for an authorization server, told by its first letters: all others pay for nothing more. */
export function mayBeOauth(target: string): boolean {
  return target.startsWith('/oauth/') || target.startsWith('/authorize') || target.startsWith('/callback') || target.startsWith('/.well-known/oauth-')
}

/**
 * A call to the authorization server of a product in OAuth mode, answered before any credentials are asked for; it is
 * neither counted nor seen by the upstream. Null where the call is one to the API itself.
 */
export async function serveAuthorization(directory: LiveDirectory, call: Call): Promise<Answer | null> {
  const question = call.target.indexOf('?')
  const path = question === -1 ? call.target : call.target.slice(0, question)
  if (!isOauthPath(path)) return null
  let route: Route | null
  try {
    route = await directory.route(call.host, call.at)
  } catch {
    return null // the gateway's own line says it in its own words
  }
  const product = route?.product
  if (!product || product.bearer?.mode !== 'oauth') return null
  try {
    const site = siteOf(product, call)
    const answer = await serveOauth(tenantDb(site.tenantId), site, await requestOf(call, path, question === -1 ? '' : call.target.slice(question + 1)))
    answer.headers.push('X-Request-Id', call.requestId)
    return answer
  } catch (error) {
    logger.error({ err: error, requestId: call.requestId, path }, 'the authorization server failed')
    const away = isAppError(error) ? error.code === 'unavailable' || error.code === 'busy' : isConnectionError(error)
    return away ? errorAnswer(503, 'temporarily_unavailable', 'Please try again in a moment.', ['Retry-After', '1']) : errorAnswer(500, 'server_error', 'Something broke on our side. It has been logged.')
  }
}

function siteOf(product: CompiledProduct, call: Call): OauthSite {
  return {
    tenantId: BigInt(product.tenantId),
    productId: BigInt(product.productId),
    productName: product.config.productName,
    environment: product.environment,
    // The host was found by an exact look-up: it is the stored one. A self-managed gateway relays under its own.
    issuer: product.selfManagedOrigin ?? publicOrigin(call.host),
    active: product.active,
    settings: product.config.oauth,
    now: new Date(call.at),
    clientAddress: relayedAddress(product, call) ?? call.clientAddress,
    requestId: call.requestId,
  }
}

async function requestOf(call: Call, path: string, query: string): Promise<OauthRequest> {
  const body = call.body ? await call.body.readForm() : null
  return {
    method: call.method === 'HEAD' ? 'GET' : call.method,
    path,
    query,
    authorization: headerOf(call, 'authorization'),
    cookie: headerOf(call, 'cookie'),
    contentType: headerOf(call, 'content-type'),
    origin: headerOf(call, 'origin'),
    secFetchSite: headerOf(call, 'sec-fetch-site'),
    body,
    bodyTooLarge: call.body !== null && body === null,
  }
}

function isConnectionError(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && /^(P1\d{3}|P2024|ECONN|ETIMEDOUT|57P0|08)/.test(code)
}

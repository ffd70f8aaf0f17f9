import type { GatewayConfig } from '@/lib/products/gateway-config'
import { decodeQueryText } from '@/lib/products/pattern'

/** Names under which a product's credentials travel: `headers` in lower case, `params` as they stand decoded in a query. */
export type StrippedCredentials = { headers: ReadonlySet<string>; params: readonly string[] }

/**
 * Whatever the product calls a credential goes, wherever the caller has put it: the place that is not looked at may
 * hold a copy. A body is left alone, its bytes are the API's.
 */
export function compileStripping({ mode, location, userKeyName, appIdName, appKeyName }: GatewayConfig['authentication']): StrippedCredentials {
  if (mode === 'user_key' || mode === 'app_id_app_key') {
    if (location === 'basic') return { headers: new Set(['authorization']), params: [] }
    const names = mode === 'user_key' ? [userKeyName] : [appIdName, appKeyName]
    return { headers: new Set(names.map((name) => name.toLowerCase())), params: names }
  }
  return { headers: new Set(['authorization', 'access_token']), params: ['access_token'] }
}

/** The query without parameters of these names; all others byte for byte and in their order (GW-3). */
export function stripQuery(query: string, params: readonly string[]): string {
  if (query === '' || params.length === 0) return query
  const kept = query.split('&').filter((pair) => {
    const equals = pair.indexOf('=')
    return !params.includes(decodeQueryText(equals === -1 ? pair : pair.slice(0, equals)))
  })
  return kept.join('&')
}

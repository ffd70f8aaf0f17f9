import type { CompiledProduct } from '@/lib/gateway/compile-product'
import type { RefusalCode } from '@/lib/gateway/refusals'

/**
 * What RFC 6750 asks of a refusal where tokens are the credentials (GW-1): the status 401 for a token that is missing or
 * no good, unless the product keeps 3scale's, and a `WWW-Authenticate` that says why. Null: nothing to add.
 */
export function challengeOf(code: RefusalCode, product: CompiledProduct, scope: string | undefined): { status: number | null; header: string } | null {
  const { bearer } = product
  if (bearer === null) return null
  const status = bearer.classic ? null : 401
  if (code === 'credentials_missing') return { status, header: 'Bearer realm="api"' }
  if (code === 'key_unknown') return { status, header: 'Bearer realm="api", error="invalid_token"' }
  if (code === 'scope_insufficient') return { status: null, header: `Bearer realm="api", error="insufficient_scope"${scope ? `, scope="${scope}"` : ''}` }
  return null
}

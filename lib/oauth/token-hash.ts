import { lookupHash } from '@/lib/crypto'
import type { Environment } from '@/lib/products/gateway-config'

/** What of OAuth is looked up by its hash. */
export type OauthSecretKind = 'access' | 'refresh' | 'code' | 'handoff'

/**
 * The look-up of a token, code or hand-off. Bound to product and environment, so that what one product gave out is an
 * unknown string at every other (OA-8). Keyed, since tokens stored through the accounting API may be guessable.
 */
export function oauthHash(kind: OauthSecretKind, productId: bigint | number, environment: Environment, secret: string): string {
  return lookupHash(`oauth_${kind}|${productId}|${environment}|${secret}`)
}

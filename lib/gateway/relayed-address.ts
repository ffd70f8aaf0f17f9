import { isIP } from 'node:net'
import type { Call } from '@/lib/gateway/call'
import { headerOf } from '@/lib/gateway/call'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import { isOwnSecret } from '@/lib/gateway/debug-headers'
import { normalAddress } from '@/lib/http/egress/classify-address'

/** How a gateway of the tenant's own tells us for whom it asks; in lower case, as Node has them. */
export const CLIENT_ADDRESS_HEADER = 'x-gatehouse-client-address'
export const SERVICE_TOKEN_HEADER = 'x-gatehouse-service-token'

/**
 * For whom a self-managed gateway relays a call to the authorization server. Believed only beside the product's service
 * token, which that gateway alone holds: anybody else would choose the address he is throttled by. Null: the
 * address the call came from counts.
 */
export function relayedAddress(product: CompiledProduct, call: Call): string | null {
  if (product.selfManagedOrigin === null || !isOwnSecret(product, headerOf(call, SERVICE_TOKEN_HEADER))) return null
  return toldAddress(headerOf(call, CLIENT_ADDRESS_HEADER))
}

/**
 * An address as we write them: an nginx that listens on both families says `::ffff:203.0.113.5`, and all of those would
 * count as one network. Null for what is none.
 */
export function toldAddress(text: string | undefined): string | null {
  return text !== undefined && text.length <= ADDRESS_LENGTH_MAX && isIP(text) !== 0 ? normalAddress(text) : null
}

/** `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`; Node takes a zone of any length behind one. */
const ADDRESS_LENGTH_MAX = 45

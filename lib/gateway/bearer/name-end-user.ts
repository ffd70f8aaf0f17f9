import type { BearerFacts } from '@/lib/gateway/bearer/bearer-settings'
import type { CompiledProduct } from '@/lib/gateway/compile-product'

/**
 * Tells the upstream for whom a token speaks, in the product's end-user header: the token's word in place of whatever the
 * caller wrote there, also spelled with `_` (GW-4). Changes the flat list of headers.
 */
export function nameEndUser(headers: string[], product: CompiledProduct, { endUserId }: BearerFacts): void {
  const own = product.endUserHeader
  for (let i = headers.length - 2; i >= 0; i -= 2) if (headers[i]!.length === own.length && headers[i]!.toLowerCase().replaceAll('_', '-') === own) headers.splice(i, 2)
  // Header bytes are UTF-8, which Node takes as Latin-1.
  if (endUserId !== null && !/[\x00-\x1f\x7f]/.test(endUserId)) headers.push(product.config.endUserHeader, Buffer.from(endUserId, 'utf8').toString('latin1'))
}

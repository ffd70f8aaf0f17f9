import { timingSafeEqual } from 'node:crypto'
import { lookupHash } from '@/lib/crypto'
import { maskKey } from '@/lib/ids'
import { serviceTokenHash } from '@/lib/products/secrets-of-product'
import type { Call } from '@/lib/gateway/call'
import { headerOf } from '@/lib/gateway/call'
import { canonicalTarget } from '@/lib/gateway/canonical-path'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import { explainPath } from '@/lib/gateway/explain-path'
import { readCredentials } from '@/lib/gateway/read-credentials'

export const DEBUG_HEADER = 'x-3scale-debug'

/** Whether the caller proved with the product's service token or the tenant's provider key that it may see what a call met (reference gateway 2.3). */
export function mayDebug(product: CompiledProduct, call: Call): boolean {
  return isOwnSecret(product, headerOf(call, DEBUG_HEADER))
}

/** Whether this is the product's service token or the tenant's provider key. */
export function isOwnSecret(product: CompiledProduct, given: string | undefined): boolean {
  if (!given || given.length > 255) return false
  // Each kind of secret is hashed for its own place.
  const hashes = [serviceTokenHash(given), lookupHash(given)].map((hash) => Buffer.from(hash))
  let may = false
  for (const stored of product.debugHashes) {
    const other = Buffer.from(stored)
    for (const hash of hashes) if (other.length === hash.length && timingSafeEqual(other, hash)) may = true
  }
  return may
}

/** 3scale's debug headers as a flat list: rules matched, credentials (keys masked: logs of proxies keep answers), usage, host and service. */
export function debugHeaders(product: CompiledProduct, call: Call): string[] {
  const { rules, usage } = explainPath(product.config, call.method, call.target, product.matcher)
  const query = canonicalTarget(call.target)?.query ?? ''
  const credentials = readCredentials(product.credentials, call, query, null)
  const { userKeyName, appIdName, appKeyName } = product.credentials
  const shown = new URLSearchParams()
  if (typeof credentials === 'object') {
    if ('appId' in credentials && typeof credentials.appId === 'string') shown.set(appIdName, credentials.appId)
    if ('key' in credentials && typeof credentials.key === 'string') shown.set(credentials.appId === null ? userKeyName : appKeyName, maskKey(credentials.key))
  }
  const headers = [
    'X-3scale-matched-rules', rules.filter((rule) => rule.ignored === null).map((rule) => rule.pattern).join(', '),
    'X-3scale-credentials', shown.toString(),
    'X-3scale-usage', usage.map(({ systemName, value }) => `${encodeURIComponent(`usage[${systemName}]`)}=${value}`).join('&'),
    'X-3scale-hostname', call.host,
    'X-3scale-service-id', String(product.productId),
    'X-3scale-service-name', product.config.systemName,
  ]
  return headers.map((text) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 2_000))
}

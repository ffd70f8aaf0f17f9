import { egressPolicy, parseEgressUrl, type EgressPolicy } from '@/lib/http/egress/policy'
import { invalid, isAppError } from '@/lib/errors'

/**
 * `https://api.example.com:8443/base`: origin and optional base path, without trailing slash. Throws `invalid` under
 * the field `privateBaseUrl`. What the name resolves to is checked at every connection, not here (EG-4).
 */
export async function parsePrivateBaseUrl(text: string, policy: EgressPolicy = egressPolicy()): Promise<string> {
  const refuse = (message: string) => invalid({ privateBaseUrl: [message] }, message)
  let url: URL
  try {
    url = parseEgressUrl(text, policy)
  } catch (error) {
    throw isAppError(error) ? refuse(error.publicMessage) : error
  }
  if (url.search || text.includes('?')) throw refuse('Leave out what follows the ? in the address.')
  // A loop through our own gateway would never end (GW-8).
  if (await policy.isOwnHost(url.hostname.replace(/\.$/, ''))) throw refuse('This address belongs to this installation. Name the address of the API itself.')
  return url.origin + url.pathname.replace(/\/+$/, '')
}

/** Leading segments without variables that all patterns share, e.g. `/1.1`; empty where they share none. Catch-all rules do not count. */
export function commonPrefix(patterns: string[]): string {
  const paths = patterns.map((pattern) => pattern.split('?')[0]!.replace(/\$$/, '')).filter((path) => path !== '/' && path !== '')
  const [first, ...others] = paths.map((path) => path.split('/').slice(1, -1))
  if (!first) return ''
  let length = first.findIndex((segment) => segment.includes('{') || segment === '')
  if (length === -1) length = first.length
  for (const other of others) {
    let same = 0
    while (same < length && other[same] === first[same]) same++
    length = same
  }
  return first.slice(0, length).map((segment) => `/${segment}`).join('')
}

/**
 * The base path would be sent twice where it ends with what all rules begin with: `https://host/1.1` and rules
 * `/1.1/...`. Gives the repeated part and the URL without it, or null.
 */
export function findRepeatedPrefix(privateBaseUrl: string, patterns: string[]): { prefix: string; suggestion: string } | null {
  const own = new URL(privateBaseUrl).pathname.split('/').filter(Boolean)
  const shared = commonPrefix(patterns).split('/').filter(Boolean)
  for (let length = Math.min(own.length, shared.length); length > 0; length--) {
    if (own.slice(-length).join('/') !== shared.slice(0, length).join('/')) continue
    const prefix = `/${shared.slice(0, length).join('/')}`
    return { prefix, suggestion: privateBaseUrl.replace(/\/+$/, '').slice(0, -prefix.length) }
  }
  return null
}

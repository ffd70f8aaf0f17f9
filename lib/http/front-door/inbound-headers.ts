import type { IncomingHttpHeaders } from 'node:http'

/** Names that speak of routing inside Next or of hops before us; only we may say such things (HTTP-4). */
const FORBIDDEN = /^(x-forwarded-|x-middleware-|x-gh-|x-invoke-|x-now-|x-matched-path$|x-real-ip$|x-nonce$|x-request-id$|forwarded$|content-security-policy$)/

type Known = { host: string; scheme: 'http' | 'https'; clientAddress: string; requestId: string }

/**
 * Takes away what a client has no business to say and sets our own. RSC headers and `x-nextjs-*` stay: hot reload and
 * client navigation die without them. Changes `headers` in place, which is what Next reads.
 */
export function cleanHeaders(headers: IncomingHttpHeaders, { host, scheme, clientAddress, requestId }: Known): void {
  for (const name of Object.keys(headers)) if (FORBIDDEN.test(name)) delete headers[name]
  headers.host = host
  headers['x-forwarded-host'] = host
  headers['x-forwarded-proto'] = scheme
  headers['x-forwarded-for'] = clientAddress
  headers['x-request-id'] = requestId
}

import type { IncomingMessage } from 'node:http'
import { checkTarget } from '@/lib/http/front-door/check-target'
import type { Refusal } from '@/lib/http/front-door/refusals'

const FIELDS_MAX = 100
const HEADER_BYTES_MAX = 16 * 1024

/**
 * What Node's strict parser lets through and we do not (HTTP-1, HTTP-2). The parser itself refuses length together
 * with transfer-encoding, repeated or listed lengths, folded lines, spaces before colons, bare CR, LF and NUL.
 */
export function checkRequest(request: IncomingMessage): Refusal | null {
  const { rawHeaders, method } = request
  if (rawHeaders.length > FIELDS_MAX * 2) return 'headers_too_large'
  let bytes = 0
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    const value = rawHeaders[i + 1]!
    bytes += name.length + value.length + 4
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++
    else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding' && (value.toLowerCase() !== 'chunked' || request.httpVersionMinor === 0)) return 'bad_request'
  }
  if (bytes > HEADER_BYTES_MAX) return 'headers_too_large'
  const problem = checkTarget(request.url ?? '')
  if (problem) return problem === 'too_long' ? 'uri_too_long' : 'bad_request'
  if (method === 'TRACE' || method === 'TRACK' || method === 'CONNECT') return 'method_not_allowed'
  return hosts === 1 ? null : 'bad_host'
}

import { STATUS_CODES, type ServerResponse } from 'node:http'
import { securityHeaders } from '@/lib/http/front-door/security-headers'
import { newRequestId } from '@/lib/ids'

/** What the front door says no with; a closed list, so that nothing else of a request or of us leaks (HTTP-7). */
export const refusals = {
  bad_request: { status: 400, message: 'The request is malformed.' },
  bad_host: { status: 400, message: 'The Host header is missing or malformed.' },
  unknown_host: { status: 404, message: 'Nothing lives at this address.' },
  not_found: { status: 404, message: 'Not found.' },
  method_not_allowed: { status: 405, message: 'This method is not answered here.', headers: { allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' } },
  request_timeout: { status: 408, message: 'The request took too long to arrive.' },
  payload_too_large: { status: 413, message: 'This is larger than we accept.' },
  uri_too_long: { status: 414, message: 'The address of the request is too long.' },
  unsupported_media_type: { status: 415, message: 'Send the body uncompressed.' },
  headers_too_large: { status: 431, message: 'The request has too many or too large header fields.' },
  too_many_connections: { status: 503, message: 'Too many connections from one address.', headers: { 'retry-after': '5' } },
  unavailable: { status: 503, message: 'We cannot do this right now. Please try again in a few seconds.', headers: { 'retry-after': '5' } },
  internal_error: { status: 500, message: 'Something broke on our side. It has been logged.' },
} as const satisfies Record<string, { status: number; message: string; headers?: Record<string, string> }>

export type Refusal = keyof typeof refusals

/** Headers and body of a refusal. Pure but for the request id, which is made where none exists yet. */
export function refusalAnswer(refusal: Refusal, requestId = newRequestId()): { status: number; headers: Record<string, string>; body: string } {
  const { status, message, ...rest } = refusals[refusal]
  const body = JSON.stringify({ error: { code: refusal, message }, request_id: requestId })
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
      ...securityHeaders,
      'x-request-id': requestId,
      ...('headers' in rest ? rest.headers : {}),
    },
    body,
  }
}

/** Answers with a refusal where Node's response is still ours to write. The connection stays open. */
export function answerRefusal(response: ServerResponse, refusal: Refusal, requestId: string): void {
  const { status, headers, body } = refusalAnswer(refusal, requestId)
  response.writeHead(status, headers).end(body)
}

/** The same as bytes of HTTP/1.1, for sockets on which Node's own response can no longer be used. Always the last answer. */
export function rawRefusal(refusal: Refusal, { requestId, head = false }: { requestId?: string; head?: boolean } = {}): string {
  const { status, headers, body } = refusalAnswer(refusal, requestId)
  const lines = Object.entries({ ...headers, date: new Date().toUTCString(), connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${head ? '' : body}`
}

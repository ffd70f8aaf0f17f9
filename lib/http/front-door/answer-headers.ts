import type { IncomingMessage, OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { securityHeaders, strictTransport } from '@/lib/http/front-door/security-headers'

// Cookies that mean somebody: sessions and forms before sign-in (lib/tenants/session-cookie.ts).
const PERSONAL_COOKIE = /(?:^|;\s*)(?:__Host-)?(?:adm|prt|pre|gh)[.=]/

type Facts = { requestId: string; scheme: 'http' | 'https'; zone: string }

/**
 * Finishes the headers of an answer at the moment they are written: security headers that are missing, no stored
 * copies of what was made for one person, and nothing of Next's inner routing (`x-middleware-rewrite` names our folders).
 */
export function finishAnswerHeaders(request: IncomingMessage, response: ServerResponse, facts: Facts): void {
  const writeHead = response.writeHead
  const wrapped = (status: number, reason?: string | OutgoingHttpHeaders | OutgoingHttpHeader[], given?: OutgoingHttpHeaders | OutgoingHttpHeader[]) => {
    if (!response.headersSent) setHeaders(request, response, facts, reason === undefined || typeof reason === 'string' ? given : reason)
    if (typeof reason === 'string') response.statusMessage = reason
    return writeHead.call(response, status)
  }
  response.writeHead = wrapped as typeof response.writeHead
}

function setHeaders(request: IncomingMessage, response: ServerResponse, { requestId, scheme, zone }: Facts, given?: OutgoingHttpHeaders | OutgoingHttpHeader[]): void {
  // Handed to writeHead, they would pass by what follows.
  for (const [name, value] of pairsOf(given)) if (value !== undefined) response.setHeader(name, value)
  for (const name of response.getHeaderNames()) if (name.startsWith('x-middleware-')) response.removeHeader(name)
  for (const [name, value] of Object.entries(scheme === 'https' ? { ...securityHeaders, ...strictTransport } : securityHeaders)) if (!response.hasHeader(name)) response.setHeader(name, value)
  response.setHeader('x-request-id', requestId)
  const personal = response.hasHeader('set-cookie') || PERSONAL_COOKIE.test(request.headers.cookie ?? '')
  // Next's own chunks carry a hash in their name and nothing of anybody; so do a portal's stylesheets and scripts, which say so.
  const isSame = (request.url ?? '').startsWith('/_next/static/') || (!response.hasHeader('set-cookie') && String(response.getHeader('cache-control') ?? '').includes('immutable'))
  if (personal && !isSame) response.setHeader('cache-control', 'private, no-store')
  else if (zone === 'portal' && isHtml(response)) response.appendHeader('vary', 'Host, Cookie')
}

function pairsOf(given: OutgoingHttpHeaders | OutgoingHttpHeader[] | undefined): [string, OutgoingHttpHeader | undefined][] {
  if (!given) return []
  if (!Array.isArray(given)) return Object.entries(given)
  const pairs: [string, OutgoingHttpHeader][] = []
  for (let i = 0; i + 1 < given.length; i += 2) pairs.push([String(given[i]), given[i + 1]!])
  return pairs
}

function isHtml(response: ServerResponse): boolean {
  return String(response.getHeader('content-type') ?? '').startsWith('text/html')
}

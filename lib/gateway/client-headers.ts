import type { IncomingHttpHeaders } from 'node:http'
import { namedIn } from '@/lib/gateway/plan-forward'

// Hop-by-hop; what would speak for other hosts of ours (Alt-Svc, Clear-Site-Data); what is ours to set or to keep.
const DROPPED = new Set([
  'connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade',
  'alt-svc', 'clear-site-data', 'x-request-id', 'x-3scale-proxy-secret-token',
])

/**
 * The upstream's headers as the client may see them, a flat list (GW-5). Gateway hosts of tenants are siblings, so no
 * cookie keeps its `Domain`. `own` comes last and replaces what the upstream says under the same names.
 */
export function clientHeaders(upstream: IncomingHttpHeaders, own: readonly string[]): string[] {
  const headers: string[] = []
  const connection = upstream.connection
  const named = connection === undefined || connection === 'keep-alive' || connection === 'close' ? null : namedIn(String(connection))
  for (const name in upstream) {
    if (DROPPED.has(name) || named?.has(name) || (own.length > 2 && isAmong(own, name))) continue
    const value = upstream[name]
    if (typeof value === 'string') headers.push(name, name === 'set-cookie' ? withoutDomain(value) : value)
    else if (value) for (const each of value) headers.push(name, name === 'set-cookie' ? withoutDomain(each) : each)
  }
  for (const text of own) headers.push(text)
  return headers
}

function isAmong(own: readonly string[], name: string): boolean {
  for (let i = 0; i < own.length; i += 2) if (own[i]!.toLowerCase() === name) return true
  return false
}

function withoutDomain(cookie: string): string {
  return cookie.replace(/;\s*domain\s*(=[^;]*)?(?=;|$)/gi, '')
}

import type { Call } from '@/lib/gateway/call'
import { headerOf } from '@/lib/gateway/call'
import type { UpstreamSettings } from '@/lib/gateway/compile-upstream'
import type { StrippedCredentials } from '@/lib/gateway/strip-credentials'

/** Our name in `Via`. */
const VIA = '1.1 gatehouse'
const OWN_VIAS_MAX = 3

/**
 * The headers for the upstream as a flat list (GW-4): everything the caller sent except what belongs to the hop, to
 * framing, or to us, also spelled with `_`, and its credentials where the product strips them. Ours are set afterwards, so nothing the caller names can take them away.
 */
export function upstreamHeaders(call: Call, upstream: UpstreamSettings, strip: StrippedCredentials | null = null): string[] {
  const headers: string[] = []
  const connection = headerOf(call, 'connection')
  const named = connection === undefined || connection === 'keep-alive' || connection === 'close' ? null : namedIn(connection)
  const { rawHeaders } = call
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    if (isDropped(name) || named?.has(name.toLowerCase()) || strip?.headers.has(name.toLowerCase())) continue
    headers.push(name, rawHeaders[i + 1]!)
  }
  const via = headerOf(call, 'via')
  headers.push(
    'Host', upstream.host,
    'X-Forwarded-For', call.clientAddress,
    'X-Forwarded-Host', call.hostHeader,
    'X-Forwarded-Proto', call.scheme,
    'X-Real-IP', call.clientAddress,
    'Via', via ? `${via}, ${VIA}` : VIA,
    'X-Request-Id', call.requestId,
    'X-3scale-proxy-secret-token', upstream.secretToken,
  )
  // Framing is ours: an exact length, or chunks where none was announced.
  if (call.body?.length != null) headers.push('Content-Length', String(call.body.length))
  return headers
}

/** GW-8: whether the call has been through gateways of our kind too often. */
export function isLoop(call: Call): boolean {
  const via = headerOf(call, 'via')
  if (via === undefined) return false
  return via.split(',').filter((entry) => /^\S+\s+gatehouse(\s|$)/.test(entry.trim())).length > OWN_VIAS_MAX
}

/** Names in a `Connection` header: they belong to this hop only. */
export function namedIn(connection: string): Set<string> {
  return new Set(connection.toLowerCase().split(',').map((name) => name.trim()))
}

/** Whether a header belongs to the hop, to framing or to us: no caller and no policy sends it upstream. */
export { isDropped as isOursUpstream }

const DROPPED = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|http2-settings|expect|content-length|host|via|forwarded|x-forwarded-.*|x-real-ip|x-request-id|x-3scale-proxy-secret-token|x-3scale-debug|x-gatehouse-.*)$/

// The same few spellings come with every call; a caller who invents names only gets them looked at each time.
const decided = new Map<string, boolean>()

function isDropped(name: string): boolean {
  let dropped = decided.get(name)
  if (dropped === undefined) {
    // Some upstreams read `_` as `-`, so a copy of our headers must not come in under that spelling.
    dropped = DROPPED.test(name.toLowerCase().replaceAll('_', '-'))
    if (decided.size < 2_000) decided.set(name, dropped)
  }
  return dropped
}

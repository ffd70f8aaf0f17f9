import { env } from '@/lib/env'
import { clientAddressOf, trustOf } from '@/lib/http/front-door/client-address'
import { newRequestId } from '@/lib/ids'
import { loadGateway } from '@/lib/gateway/load-gateway'
import { normalHost } from '@/lib/zones/zone-of-host'

/**
 * The gateway where `server.ts` cannot run: the same core, behind plain `next start` or on a platform without a server
 * of our own (next.config.js sends gateway hosts here). Under `server.ts` gateway calls never enter Next.
 */
export const runtime = 'nodejs'
export const dynamic = 'force-dynamic'

async function answer(request: Request): Promise<Response> {
  const requestId = newRequestId()
  // The Host header decides, as at the other door; the folder's name says only where Next has put the call.
  const hostHeader = request.headers.get('host') ?? ''
  const host = normalHost(hostHeader)
  if (!host) return Response.json({ error: { code: 'bad_host', message: 'The Host header cannot be read.' }, request_id: requestId }, { status: 400 })
  const url = request.url
  const target = url.slice(url.indexOf('/', url.indexOf('://') + 3))
  const gateway = await loadGateway()
  return gateway.respond(
    { method: request.method, target, headers: request.headers, body: request.body, signal: request.signal },
    { host, hostHeader, scheme: env().PUBLIC_SCHEME, clientAddress: addressOf(request), requestId, receivedAt: Date.now() },
  )
}

/** Next names the peer only where the caller has not written the header himself: behind proxies of ours it is worth something. */
function addressOf(request: Request): string {
  const forwardedFor = request.headers.get('x-forwarded-for') ?? undefined
  const nearest = forwardedFor?.split(',').at(-1)?.trim() || 'unknown'
  return clientAddressOf(nearest, forwardedFor, trustOf(env().trustedProxies))
}

export { answer as DELETE, answer as GET, answer as HEAD, answer as OPTIONS, answer as PATCH, answer as POST, answer as PUT }

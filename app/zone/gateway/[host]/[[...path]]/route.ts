import { env } from '@/lib/env'
import { loadGateway } from '@/lib/gateway/load-gateway'
import { callBeforeNext } from '@/lib/http/front-door/before-next'
import { clientAddressOf, trustOf } from '@/lib/http/front-door/client-address'
import { newRequestId } from '@/lib/ids'
import { normalHost } from '@/lib/zones/zone-of-host'

/**
 * The gateway where `server.ts` cannot run: the same core, behind plain `next start` or on a platform without a server
 * of our own (next.config.js sends gateway hosts here). Under `server.ts` gateway calls never enter Next.
 */
export const runtime = 'nodejs'
export const dynamic = 'force-dynamic'

async function answer(request: Request): Promise<Response> {
  const call = callBeforeNext(request.headers)
  const { requestId, hostHeader, target, headers, clientAddress } = call ? { ...call, headers: headersOf(call.rawHeaders) } : callOf(request)
  // The Host header decides, as at the other door; the folder's name says only where Next has put the call.
  const host = normalHost(hostHeader)
  if (!host) return Response.json({ error: { code: 'bad_host', message: 'The Host header cannot be read.' }, request_id: requestId }, { status: 400 })
  const gateway = await loadGateway()
  await gateway.freshen()
  const response = await gateway.respond(
    { method: request.method, target, headers, body: request.body, signal: request.signal },
    { host, hostHeader, scheme: env().PUBLIC_SCHEME, clientAddress, requestId, receivedAt: Date.now() },
  )
  if (call) call.answerHeaders = response.headers
  return response
}

/** On a platform that shows us no socket: the call as Next has read it. */
function callOf(request: Request) {
  const { headers, url } = request
  return { requestId: newRequestId(), hostHeader: headers.get('host') ?? '', target: url.slice(url.indexOf('/', url.indexOf('://') + 3)), headers, clientAddress: addressOf(request) }
}

function headersOf(rawHeaders: string[]): Headers {
  const headers = new Headers()
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!)
  return headers
}

/** The platform names the peer; what stands further left is believed of proxies of ours only. */
function addressOf(request: Request): string {
  const forwardedFor = request.headers.get('x-forwarded-for') ?? undefined
  const nearest = forwardedFor?.split(',').at(-1)?.trim() || 'unknown'
  return clientAddressOf(nearest, forwardedFor, trustOf(env().trustedProxies))
}

export { answer as DELETE, answer as GET, answer as HEAD, answer as OPTIONS, answer as PATCH, answer as POST, answer as PUT }

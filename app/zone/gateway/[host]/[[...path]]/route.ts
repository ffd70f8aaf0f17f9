import { env } from '@/lib/env'
import { loadGateway } from '@/lib/gateway/load-gateway'
import { readWebCall } from '@/lib/http/front-door/read-web-call'
import { normalHost } from '@/lib/zones/zone-of-host'

/**
 * The gateway where `server.ts` cannot run: the same core, behind plain `next start` or on a platform without a server
 * of our own (next.config.js sends gateway hosts here). Under `server.ts` gateway calls never enter Next.
 */
export const runtime = 'nodejs'
export const dynamic = 'force-dynamic'

async function answer(request: Request): Promise<Response> {
  const { requestId, hostHeader, target, headers, clientAddress, before } = readWebCall(request)
  // The Host header decides, as at the other door; the folder's name says only where Next has put the call.
  const host = normalHost(hostHeader)
  if (!host) return Response.json({ error: { code: 'bad_host', message: 'The Host header cannot be read.' }, request_id: requestId }, { status: 400 })
  const gateway = await loadGateway()
  await gateway.freshen()
  const response = await gateway.respond(
    { method: request.method, target, headers, body: request.body, signal: request.signal },
    { host, hostHeader, scheme: env().PUBLIC_SCHEME, clientAddress, requestId, receivedAt: Date.now() },
  )
  if (before) before.answerHeaders = response.headers
  return response
}

export { answer as DELETE, answer as GET, answer as HEAD, answer as OPTIONS, answer as PATCH, answer as POST, answer as PUT }

import { env } from '@/lib/env'
import { loadAccounting } from '@/lib/accounting/load-accounting'
import { loadGateway } from '@/lib/gateway/load-gateway'
import { readWebCall } from '@/lib/http/front-door/read-web-call'
import { normalHost } from '@/lib/zones/zone-of-host'

/**
 * The accounting API where `server.ts` cannot run: the same core, behind plain `next start` (next.config.js sends its
 * host here). Under `server.ts` such calls never enter Next.
 */
export const runtime = 'nodejs'
export const dynamic = 'force-dynamic'

async function answer(request: Request): Promise<Response> {
  const { requestId, hostHeader, target, headers, clientAddress, before } = readWebCall(request)
  const accounting = await loadAccounting()
  await (await loadGateway()).freshen()
  const response = await accounting.respond(
    { method: request.method, target, headers, body: request.body, signal: request.signal },
    { host: normalHost(hostHeader) ?? '', hostHeader, scheme: env().PUBLIC_SCHEME, clientAddress, requestId, receivedAt: Date.now() },
  )
  if (before) before.answerHeaders = response.headers
  return response
}

export { answer as DELETE, answer as GET, answer as HEAD, answer as OPTIONS, answer as PATCH, answer as POST, answer as PUT }

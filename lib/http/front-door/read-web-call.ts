import { env } from '@/lib/env'
import { callBeforeNext } from '@/lib/http/front-door/before-next'
import type { CallBeforeNext } from '@/lib/http/front-door/before-next'
import { clientAddressOf, trustOf } from '@/lib/http/front-door/client-address'
import { newRequestId } from '@/lib/ids'

/** A call of the API zones as a route handler of Next is given it. `target` is path and query as sent. */
export type ReadWebCall = {
  requestId: string
  hostHeader: string
  target: string
  headers: Headers
  clientAddress: string
  /** As it came from the socket, where we could stand before Next; null on a platform that shows us none. */
  before: CallBeforeNext | null
}

export function readWebCall(request: Request): ReadWebCall {
  const before = callBeforeNext(request.headers)
  if (before) {
    const { requestId, hostHeader, target, rawHeaders, clientAddress } = before
    return { requestId, hostHeader, target, headers: headersOf(rawHeaders), clientAddress, before }
  }
  const { headers, url } = request
  return { requestId: newRequestId(), hostHeader: headers.get('host') ?? '', target: url.slice(url.indexOf('/', url.indexOf('://') + 3)), headers, clientAddress: addressOf(request), before }
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

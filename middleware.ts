import { NextResponse, type NextRequest } from 'next/server'
import { env } from '@/lib/env'
import { securityHeaders, strictTransport } from '@/lib/http/front-door/security-headers'
import { newRequestId } from '@/lib/ids'
import { strictPolicy } from '@/lib/zones/content-security-policy'
import { routeByHost } from '@/lib/zones/route-by-host'

/**
 * Host → zone → internal path, and the headers that pages need (CSP-1, HTTP-6). Decides nothing about permission
 * (PLAT-3): every page, action and route asks for itself. Gateway traffic does not come by under server.ts; under plain
 * `next start` the matcher leaves out the default domain, and other domains are sent on from here.
 */
export function middleware(request: NextRequest): NextResponse {
  const settings = env()
  // Not X-Forwarded-Host: the front door has put what it believes into Host (ZONE-2).
  const host = request.headers.get('host')
  const { pathname, search } = request.nextUrl
  const route = routeByHost(host, pathname, settings)
  if (route.kind === 'pass') return NextResponse.next()
  if (route.kind === 'refuse') return refuse(request, route.status, route.code, route.message)

  const target = request.nextUrl.clone()
  target.pathname = route.path
  if (route.zone === 'gateway' || route.zone === 'accounting') return NextResponse.rewrite(target)

  const headers = new Headers(request.headers)
  headers.set('x-forwarded-host', host ?? '')
  headers.set('x-forwarded-proto', settings.PUBLIC_SCHEME)
  headers.set('x-gh-path', pathname + search)
  if (!headers.has('x-request-id')) headers.set('x-request-id', newRequestId())
  let policy: string | null = null
  // The portal's door says its own: a tenant's file has another than a page (UP-1), and what stands here would win.
  if (route.zone !== 'portal') {
    const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64')
    policy = strictPolicy(nonce, { development: settings.NODE_ENV === 'development' })
    headers.set('x-nonce', nonce)
    headers.set('content-security-policy', policy)
  }
  const response = NextResponse.rewrite(target, { request: { headers } })
  if (policy !== null) response.headers.set('content-security-policy', policy)
  for (const [name, value] of Object.entries(settings.PUBLIC_SCHEME === 'https' ? { ...securityHeaders, ...strictTransport } : securityHeaders)) response.headers.set(name, value)
  return response
}

function refuse(request: NextRequest, status: number, code: string, message: string): NextResponse {
  const body = { error: { code, message }, request_id: request.headers.get('x-request-id') ?? newRequestId() }
  return NextResponse.json(body, { status, headers: { 'cache-control': 'no-store', ...securityHeaders } })
}

// Next reads this without running it: plain literals only.
export const config = {
  runtime: 'nodejs',
  matcher: [{ source: '/((?!_next/static/).*)', missing: [{ type: 'host', value: '.+\\.gw\\.localhost' }] }],
}

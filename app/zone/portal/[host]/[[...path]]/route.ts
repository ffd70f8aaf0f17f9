import { systemClock } from '@/lib/clock'
import { loadHome } from '@/lib/portal/load-home'
import { renderPage } from '@/lib/portal/render-page'
import { visitorContext } from '@/lib/request/admin-context'
import { readIncoming } from '@/lib/request/incoming'
import { findTenantByHost } from '@/lib/tenants/queries'

/** The tenant's portal: one door, HTML from Liquid. Whose it is the host says, never the internal path. */
export async function GET(request: Request): Promise<Response> {
  const incoming = readIncoming(request.headers, request.method)
  const tenant = await findTenantByHost(incoming.hostName, 'portal')
  // ZONE-2: fixed text, no redirect, no cookie.
  if (!tenant || tenant.state !== 'active') return new Response('Nothing lives at this address.\n', { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' } })
  const ctx = visitorContext(tenant, incoming, new Date(systemClock.now()))
  if ((incoming.path ?? '/').split('?')[0] !== '/') return page(404, await renderPage('not-found', `Not found · ${tenant.name}`, { provider: { name: tenant.name } }))
  return page(200, await renderPage('home', tenant.name, await loadHome(ctx)))
}

function page(status: number, html: string): Response {
  return new Response(html, { status, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' } })
}

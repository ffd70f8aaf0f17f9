import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { gatewayRewrites } from '@/scripts/gateway-rewrites.mjs'
import { strictPolicy } from '@/lib/zones/content-security-policy'
import { publicFiles, routeByHost } from '@/lib/zones/route-by-host'

const domains = { SITE_DOMAIN: 'localhost', ADMIN_DOMAIN: 'admin.localhost', PORTAL_DOMAIN: 'portal.localhost', GATEWAY_DOMAIN: 'gw.localhost' }
const route = (host: string, path: string) => {
  const found = routeByHost(host, path, domains)
  return found.kind === 'rewrite' ? found.path : found.kind === 'refuse' ? found.status : found.kind
}

describe('host and path to the inner path', () => {
  it.each([
    ['localhost:3000', '/', '/zone/site'],
    ['localhost:3000', '/sign-up', '/zone/site/sign-up'],
    ['acme.admin.localhost:3000', '/', '/zone/admin/acme'],
    ['acme.admin.localhost', '/admin/api/accounts.json', '/zone/admin/acme/admin/api/accounts.json'],
    ['acme.portal.localhost', '/', '/zone/portal/acme.portal.localhost'],
    ['acme.portal.localhost', '/admin/account', '/zone/portal/acme.portal.localhost/admin/account'],
    ['developer.acme.com', '/docs', '/zone/portal/developer.acme.com/docs'],
    ['twitter-acme.gw.localhost', '/1.1/statuses.json', '/zone/gateway/twitter-acme.gw.localhost/1.1/statuses.json'],
    ['twitter-acme.gw.localhost', '/zone/admin', '/zone/gateway/twitter-acme.gw.localhost/zone/admin'],
    ['127.0.0.1:3000', '/healthz', '/zone/site/healthz'],
    ['[::1]:3000', '/readyz', '/zone/site/readyz'],
    ['localhost', '/healthz', '/zone/site/healthz'],
    ['localhost', '/favicon.ico', 'pass'],
    ['acme.admin.localhost', '/_next/static/a.js', 'pass'],
  ])('ZONE-1 %s %s goes to %s', (host, path, to) => {
    expect(route(host, path)).toBe(to)
  })

  it.each(['/zone', '/zone/', '/zone/admin/beta', '/zone/portal/acme.portal.localhost', '/ZONE/site'])('ZONE-3 the inner path %s cannot be typed from outside', (path) => {
    for (const host of ['localhost', 'acme.admin.localhost', 'acme.portal.localhost', 'developer.acme.com']) expect(route(host, path)).toBe(404)
  })

  it('ZONE-3 whatever the path says, it stays under the root of its own zone', () => {
    for (const path of ['/%7aone/admin/beta', '/zones', '/x/zone/admin', '/admin/beta', '/site', '/../admin/beta']) expect(route('acme.portal.localhost', path)).toBe(`/zone/portal/acme.portal.localhost${path}`)
  })

  it('ZONE-2 no host is 400, the bases themselves and bare addresses are 404', () => {
    for (const host of ['', 'a@b', 'a, b']) expect(route(host, '/')).toBe(400)
    expect(route('accounting.gw.localhost', '/transactions/authrep.xml')).toBe('/zone/accounting/transactions/authrep.xml')
    for (const host of ['admin.localhost', 'gw.localhost', 'portal.localhost', '127.0.0.1', '[::1]']) expect(route(host, '/')).toBe(404)
  })

  it('the files of public/ are served on every host', () => {
    const folder = fileURLToPath(new URL('../../public', import.meta.url))
    const files = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()) : []
    for (const file of files) expect([...publicFiles]).toContain(`${file.parentPath.slice(folder.length)}/${file.name}`)
  })
})

describe('the content security policy of dashboard and site', () => {
  it('CSP-1 lets scripts run by nonce only', () => {
    const policy = strictPolicy('abc', { development: false })
    expect(policy).toContain("script-src 'nonce-abc' 'strict-dynamic';")
    for (const part of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"]) expect(policy).toContain(part)
    expect(policy.split('; ').find((part) => part.startsWith('script-src'))).not.toMatch(/unsafe/)
  })
})

describe('the rewrite for plain next start', () => {
  it('takes hosts under the gateway domain and no others', () => {
    const [accounting, rule] = gatewayRewrites('gw-base.example')
    expect(new RegExp(`^${accounting!.has[0]!.value}$`).test('accounting.gw-base.example')).toBe(true)
    expect(accounting!.destination).toBe('/zone/accounting/:path*')
    const host = new RegExp(`^${rule!.has[0]!.value}$`)
    expect(host.exec('twitter-acme.staging.gw-base.example')?.groups).toEqual({ gatewayHost: 'twitter-acme.staging.gw-base.example' })
    for (const other of ['gw-base.example', 'gw-basexexample', 'x.gw-base.example.evil.com', 'xgw-base.example']) expect(host.test(other), other).toBe(false)
  })
})

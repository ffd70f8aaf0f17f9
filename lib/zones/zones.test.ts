import { describe, expect, it } from 'vitest'
import { fixedClock } from '@/lib/clock'
import { createHostLookup, type HostRow } from '@/lib/zones/host-lookup'
import { resolveHost } from '@/lib/zones/resolve-host'
import { labelBelow, normalHost, zoneOfHost } from '@/lib/zones/zone-of-host'

const domains = { SITE_DOMAIN: 'localhost', ADMIN_DOMAIN: 'admin.localhost', PORTAL_DOMAIN: 'portal.localhost', GATEWAY_DOMAIN: 'gw.localhost' }
const separate = { SITE_DOMAIN: 'gatehouse.example', ADMIN_DOMAIN: 'admin-base.example', PORTAL_DOMAIN: 'portal-base.example', GATEWAY_DOMAIN: 'gw-base.example' }

const rows: Record<string, HostRow> = {
  'acme.admin.localhost': { zone: 'admin', tenantId: 1n, productId: null, environment: null },
  'acme.portal.localhost': { zone: 'portal', tenantId: 1n, productId: null, environment: null },
  'developer.acme.com': { zone: 'portal', tenantId: 1n, productId: null, environment: null },
  'api.acme.com': { zone: 'gateway', tenantId: 1n, productId: 7n, environment: 'production' },
  'stray.portal.localhost': { zone: 'admin', tenantId: 1n, productId: null, environment: null },
  'admin.acme.com': { zone: 'admin', tenantId: 1n, productId: null, environment: null },
}
const table = () => createHostLookup(async (host) => rows[host] ?? null)

describe('ZONE-2 a Host header is read', () => {
  it.each([
    ['localhost', 'localhost'],
    ['LOCALHOST:3000', 'localhost'],
    ['Acme.Admin.localhost.:3000', 'acme.admin.localhost'],
    ['acme.admin.localhost.', 'acme.admin.localhost'],
    ['127.0.0.1:3000', '127.0.0.1'],
    ['[::1]:3000', '[::1]'],
    ['[::1]', '[::1]'],
  ])('ZONE-2 %s is %s', (header, host) => {
    expect(normalHost(header)).toBe(host)
  })

  it.each([undefined, '', 'a@b', 'a/b', 'a b', 'a,b', 'a.localhost, b.localhost', 'a..b', '.a', 'a..', 'a:', 'a:b', 'a:99999', 'a:1:2', '[::1', '[::1]x', '[zz]', '::1', 'a\\b', 'a?b', 'a#b', 'a%41', 'ä.example', '-a', 'a'.repeat(64), `${'a.'.repeat(130)}a`])(
    'ZONE-2 %s is no host',
    (header) => {
      expect(normalHost(header)).toBeNull()
    },
  )
})

describe('ZONE-1 every base is a zone of its own', () => {
  it.each([
    ['localhost', 'site'],
    ['acme.admin.localhost', 'admin'],
    ['acme.portal.localhost', 'portal'],
    ['twitter-acme.gw.localhost', 'gateway'],
    ['twitter-acme.staging.gw.localhost', 'gateway'],
    ['accounting.gw.localhost', 'accounting'],
    ['admin.localhost', 'unknown'],
    ['gw.localhost', 'unknown'],
    ['other.localhost', 'stranger'],
    ['developer.acme.com', 'stranger'],
    ['127.0.0.1', 'bare-ip'],
    ['[::1]', 'bare-ip'],
    ['evil-admin.localhost', 'stranger'],
  ])('ZONE-1 %s is %s', (host, zone) => {
    expect(zoneOfHost(host, domains)).toBe(zone)
  })

  it('ZONE-1 separate domains work the same', () => {
    expect(zoneOfHost('acme.admin-base.example', separate)).toBe('admin')
    expect(zoneOfHost('acme.portal-base.example', separate)).toBe('portal')
    expect(zoneOfHost('acme.admin.localhost', separate)).toBe('stranger')
  })

  it('takes the longest base where one lies below another', () => {
    const nested = { ...separate, PORTAL_DOMAIN: 'example.com', ADMIN_DOMAIN: 'admin.example.com' }
    expect(zoneOfHost('acme.admin.example.com', nested)).toBe('admin')
    expect(zoneOfHost('acme.example.com', nested)).toBe('portal')
    expect(labelBelow('acme.admin.example.com', 'admin.example.com')).toBe('acme')
  })
})

describe('whose host', () => {
  it('ZONE-2 is an exact match of a stored row', async () => {
    expect(await resolveHost('acme.admin.localhost', table(), domains)).toEqual({ zone: 'admin', host: 'acme.admin.localhost', tenantId: 1n })
    expect(await resolveHost('developer.acme.com', table(), domains)).toEqual({ zone: 'portal', host: 'developer.acme.com', tenantId: 1n })
    expect(await resolveHost('api.acme.com', table(), domains)).toEqual({ zone: 'gateway', host: 'api.acme.com' })
    for (const host of ['acme2.admin.localhost', 'x.acme.admin.localhost', 'acm.portal.localhost', 'admin.localhost', 'acme.com', 'localhost.example'])
      expect(await resolveHost(host, table(), domains), host).toBeNull()
  })

  it('ZONE-3 a row of one zone is nothing under the base of another, and a dashboard is never on a foreign domain', async () => {
    expect(await resolveHost('stray.portal.localhost', table(), domains)).toBeNull()
    expect(await resolveHost('admin.acme.com', table(), domains)).toBeNull()
  })

  it('answers at once for names that need no look-up and for those it remembers', async () => {
    const lookup = table()
    expect(resolveHost('twitter-acme.gw.localhost', lookup, domains)).toEqual({ zone: 'gateway', host: 'twitter-acme.gw.localhost' })
    await resolveHost('acme.admin.localhost', lookup, domains)
    expect(resolveHost('acme.admin.localhost', lookup, domains)).toMatchObject({ tenantId: 1n })
  })
})

describe('the memory in front of the hosts table', () => {
  it('asks once for many callers at a time', async () => {
    let reads = 0
    const lookup = createHostLookup(async () => (reads++, rows['developer.acme.com']!))
    await Promise.all(Array.from({ length: 20 }, () => lookup.find('developer.acme.com')))
    expect(reads).toBe(1)
  })

  it('an answer that was on its way when hosts changed is not remembered', async () => {
    let answer: HostRow | null = null
    let release = () => {}
    const lookup = createHostLookup(async () => {
      const found = answer
      await new Promise<void>((resolve) => (release = resolve))
      return found
    })
    const before = lookup.find('developer.acme.com')
    await Promise.resolve()
    answer = rows['developer.acme.com']!
    lookup.forget()
    release()
    expect(await before).toBeNull()
    const after = lookup.find('developer.acme.com')
    await Promise.resolve()
    release()
    expect(await after).toMatchObject({ tenantId: 1n })
  })

  it('serves what it knew for five minutes while the database is away, and says unavailable for the rest', async () => {
    const clock = fixedClock(0)
    let away = false
    const lookup = createHostLookup(async (host) => {
      if (away) throw new Error('connection refused')
      return rows[host] ?? null
    }, clock)
    await lookup.find('developer.acme.com')
    away = true
    clock.advance(4 * 60_000)
    expect(await lookup.find('developer.acme.com')).toMatchObject({ tenantId: 1n })
    await expect(lookup.find('api.acme.com')).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 })
    clock.advance(61_000)
    await expect(lookup.find('developer.acme.com')).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('REL-1 a flood of made-up names keeps at most 500 questions waiting; what is known is served meanwhile', async () => {
    const clock = fixedClock(0)
    let hangs = false
    let reads = 0
    const lookup = createHostLookup((host) => (reads++, hangs ? new Promise(() => {}) : Promise.resolve(rows[host] ?? null)), clock)
    await lookup.find('developer.acme.com')
    clock.advance(61_000)
    hangs = true
    reads = 0
    for (let i = 0; i < 500; i++) void lookup.find(`x${i}.example.com`)
    await expect(lookup.find('x500.example.com')).rejects.toMatchObject({ code: 'unavailable' })
    expect(await lookup.find('developer.acme.com')).toMatchObject({ tenantId: 1n })
    expect(reads).toBe(500)
  })

  it('an unknown name is asked for again after five seconds', async () => {
    const clock = fixedClock(0)
    let reads = 0
    const lookup = createHostLookup(async () => (reads++, null), clock)
    await lookup.find('new.example.com')
    await lookup.find('new.example.com')
    expect(reads).toBe(1)
    clock.advance(5_001)
    await lookup.find('new.example.com')
    expect(reads).toBe(2)
  })
})

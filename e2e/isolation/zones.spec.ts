import { expect, test } from '@playwright/test'
import pg from 'pg'
import { patiently, world } from '@/e2e/harness/world'
import { callAction, send, type Answer } from '@/e2e/isolation/client'
import { canariesIn, pathOf, visibleText } from '@/e2e/isolation/judge'
import { builtActions, listPages, listRoutes } from '@/e2e/isolation/list-doors'
import { adminPages, sitePages } from '@/e2e/isolation/policy'
import { seedPair, type SeededTenant } from '@/e2e/isolation/seeded-world'

// Which host answers what, and what every answer carries, asked of the whole server.
let a: SeededTenant
let b: SeededTenant
let databaseUrl: string

test.beforeAll(async () => {
  const pair = await seedPair()
  ;[a, b] = pair.tenants as [SeededTenant, SeededTenant]
  databaseUrl = pair.databaseUrl
})

const hostOf = (name: string) => `${name}${name ? '.' : ''}localhost:${world.port}`
const get = (host: string, path: string, options: Partial<Parameters<typeof send>[0]> = {}) => send({ port: world.port, host, path, ...options })
/** Name, line below it and layout: the not-found page has them too. */
const onEveryPortalPage = ['tenants', 'portal_settings', 'portal_templates']
const adminRoutes = () => [...listPages(), ...listRoutes()].filter(({ zone }) => zone === 'admin')
const siteRoutes = () => [...listPages(), ...listRoutes()].filter(({ zone }) => zone === 'site').map(({ route }) => route.replace('[id]', String(a.ids.mail)))

test('ZONE-3 a page of the dashboard is nothing on portal, site, gateway and bare addresses, to a signed-in admin too', async () => {
  const onSite = new Set(siteRoutes())
  const elsewhere = [hostOf(`${a.slug}.portal`), hostOf(''), hostOf(`${a.slug}.gw`), `127.0.0.1:${world.port}`]
  for (const door of adminRoutes()) {
    const path = pathOf(door, a.ids).replace('[...nextauth]', 'session')
    for (const host of elsewhere) {
      // The root is every zone's own, and the public site has a sign-in and a token of its own.
      if (path === '/' || (host === hostOf('') && onSite.has(path))) continue
      const answer = await get(host, path, { as: a.people.admin })
      expect.soft(answer.status, `${path} at ${host}`).toBe(404)
      expect.soft([...canariesIn(answer.body, a.slug)].filter((table) => !onEveryPortalPage.includes(table)), `${path} at ${host}`).toEqual([])
    }
  }
})

test('ZONE-3 a page of the site is nothing on the dashboard and the portal', async () => {
  const onAdmin = new Set(adminRoutes().map(({ route }) => route))
  for (const path of siteRoutes()) {
    if (path === '/' || onAdmin.has(path)) continue
    for (const host of [hostOf(`${a.slug}.admin`), hostOf(`${a.slug}.portal`)]) {
      const answer = await get(host, path, { as: a.people.admin })
      // The operator asks for people at an address that on a dashboard is the management API's, which knows access tokens only.
      const isManagement = host === hostOf(`${a.slug}.admin`) && path.startsWith('/admin/api/')
      expect.soft(answer.status, `${path} at ${host}`).toBe(isManagement ? 401 : 404)
      if (isManagement) expect.soft(answer.body, `${path} at ${host}`).toContain('Send an access token')
    }
  }
  expect(Object.keys(sitePages).length).toBeGreaterThan(3)
})

test('ZONE-3 an action of the dashboard cannot be called at another zone’s host', async () => {
  const { id } = builtActions().get('app/zone/admin/[tenant]/(dashboard)/accounts/_actions.ts#editAccountAction')!
  for (const host of [hostOf(''), hostOf(`${a.slug}.portal`), `127.0.0.1:${world.port}`]) {
    const { result, answer } = await callAction({ port: world.port, host, path: '/sign-in', id, as: a.people.admin, input: { accountId: a.ids.account, orgName: 'Elsewhere' } })
    expect.soft(result?.ok ?? false, host).toBe(false)
    expect.soft([...canariesIn(answer.body, a.slug)].filter((table) => !onEveryPortalPage.includes(table)), host).toEqual([])
  }
})

test('ZONE-3 PLAT-3 the internal folders cannot be typed from outside, however they are spelled', async () => {
  const inner = `zone/admin/${b.slug}/accounts`
  const spellings = [`/${inner}`, `/ZONE/admin/${b.slug}/accounts`, `/%7Aone/admin/${b.slug}/accounts`, `/zone%2Fadmin%2F${b.slug}%2Faccounts`, `/./${inner}`, `/x/../${inner}`, `/_next/../${inner}`, `//${inner}`, `/${inner}/`, `/_next/data/x/${inner}.json`, '/zone', '/zone/']
  for (const host of [hostOf(''), hostOf(`${a.slug}.admin`), hostOf(`${a.slug}.portal`)])
    for (const path of spellings) {
      const answer = await get(host, path, { as: a.people.admin, headers: { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware', 'x-middleware-rewrite': `/${inner}`, 'x-invoke-path': `/${inner}`, 'x-matched-path': `/${inner}` } })
      expect.soft([400, 404], `${path} at ${host}`).toContain(answer.status)
      expect.soft([...canariesIn(answer.body, b.slug)], `${path} at ${host}`).toEqual([])
    }
})

test('ZONE-2 nobody’s host is 404 with one text, no redirect, no cookie, not stored', async () => {
  const answers: Answer[] = []
  for (const host of ['nobody.admin', 'nobody.portal', 'admin', 'portal', 'gw', 'accounting.admin'].map(hostOf).concat('evil.example', `${a.slug}.admin.evil.example`, `${a.slug}.admin.localhost.evil.example`))
    for (const path of ['/', '/sign-in', '/accounts']) answers.push(await get(host, path, { as: a.people.admin }))
  for (const answer of answers) {
    expect.soft(answer.status).toBe(404)
    expect.soft(answer.headers.location).toBeUndefined()
    expect.soft(answer.headers['set-cookie']).toBeUndefined()
    expect.soft(answer.headers['cache-control']).toMatch(/no-store/)
  }
  expect(new Set(answers.map(({ body }) => body.replace(/"request_id":"[^"]+"/, ''))).size).toBe(1)
})

test('ZONE-5 links in mail and redirects are made of the stored host, whatever the request says', async () => {
  const host = hostOf(`${a.slug}.admin`)
  const forged = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', 'x-forwarded-port': '1', forwarded: 'host=evil.example;proto=https', 'x-original-host': 'evil.example', 'x-host': 'evil.example', 'x-real-ip': '198.51.100.1' }
  const { id } = builtActions().get('app/zone/admin/[tenant]/(auth)/_actions.ts#requestPasswordResetAction')!
  // The port of a Host header is the sender's word too.
  const spoken = [host, `${a.slug}.admin.localhost:9999`]
  for (const [index, said] of spoken.entries()) {
    const { headers, body } = await get(said, '/api/auth/token', { headers: forged })
    const cookie = [headers['set-cookie'] ?? []].flat()[0]!.split(';')[0]!
    const { token } = JSON.parse(body) as { token: string }
    const email = `canary-${a.slug}-members-${a.ids[index === 0 ? 'spareMember' : 'memberToSuspend']}@example.com`
    const { result } = await callAction({ port: world.port, host: said, path: '/forgot-password', id, input: { email }, csrf: token, headers: { ...forged, cookie } })
    expect(result).toMatchObject({ ok: true })
    expect((await send({ port: world.port, host: said, path: '/accounts', headers: forged })).headers.location).toMatch(/^(http:\/\/[\w.-]+\.admin\.localhost(:\d+)?)?\/sign-in/i)
  }
  const db = new pg.Client({ connectionString: databaseUrl })
  await db.connect()
  try {
    await expect(async () => {
      const { rows } = await db.query<{ text: string; html: string }>(`SELECT text, html FROM mails WHERE "tenantId" = $1 AND kind = 'reset-password'`, [a.id])
      expect(rows).toHaveLength(2)
      for (const { text, html } of rows) {
        expect(`${text}${html}`).not.toMatch(/evil\.example|:9999|https:/)
        expect(text).toContain(`http://${host}/reset-password`)
        expect(html).toContain(`http://${host}/reset-password`)
      }
    }).toPass(patiently)
  } finally {
    await db.end()
  }
})

test('RED-1 nobody is sent to a foreign place after signing in', async () => {
  for (const to of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/%09/evil.example']) {
    const answer = await get(hostOf(`${a.slug}.admin`), `/sign-in?return_to=${encodeURIComponent(to)}`, { as: a.people.admin })
    expect.soft(answer.status, to).toBe(307)
    expect.soft(new URL(String(answer.headers.location), `http://${hostOf(`${a.slug}.admin`)}`).host, to).toBe(hostOf(`${a.slug}.admin`))
  }
})

test('CSP-1 HTTP-6 every page carries its nonce and the headers, and no inline handler', async () => {
  const nonces = new Set<string>()
  const strict = [
    ...listPages().filter(({ zone }) => zone === 'admin').map((door) => ({ host: hostOf(`${a.slug}.admin`), path: pathOf(door, a.ids), as: adminPages[door.route]?.can === 'public' ? null : a.people.admin })),
    ...listPages().filter(({ zone }) => zone === 'site').map((door) => ({ host: hostOf(''), path: door.route.replace('[id]', String(a.ids.mail)), as: null })),
    { host: hostOf(`${a.slug}.admin`), path: '/nowhere', as: a.people.admin },
    { host: hostOf(`${a.slug}.admin`), path: `/accounts/${b.ids.account}`, as: a.people.admin },
    { host: hostOf(`${a.slug}.admin`), path: '/accounts/new', as: a.people.nobody },
  ]
  for (const { host, path, as } of strict) {
    const { headers, body } = await get(host, path, { as })
    const policy = String(headers['content-security-policy'])
    const nonce = /script-src 'nonce-([\w+/=]{20,})' 'strict-dynamic'(;|$)/.exec(policy)?.[1]
    expect.soft(nonce, path).toBeTruthy()
    nonces.add(nonce ?? '')
    for (const part of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"]) expect.soft(policy, path).toContain(part)
    const scripts = [...body.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag)
    expect.soft(scripts.length, path).toBeGreaterThan(0)
    expect.soft(scripts.filter((tag) => !tag.includes(`nonce="${nonce}"`)), path).toEqual([])
    expect.soft(body.replace(/<script\b[\s\S]*?<\/script>/g, '').match(/<[^>]+\son\w+=|href="javascript:/gi), path).toBeNull()
    assertHeaders({ headers } as Answer, path)
    if (as) expect.soft(headers['cache-control'], path).toBe('private, no-store')
  }
  expect(nonces.size).toBe(strict.length)
})

test('HTTP-6 HTTP-7 refusals and failures carry the headers and tell nothing of our inside', async () => {
  const admin = hostOf(`${a.slug}.admin`)
  const json = { 'content-type': 'application/json', origin: `http://${admin}`, 'x-csrf-token': a.people.admin.csrf }
  const apply = `/products/${a.ids.product}/import/apply`
  const { id } = builtActions().get('app/zone/admin/[tenant]/(dashboard)/accounts/_actions.ts#editAccountAction')!
  const action = { 'next-action': id, 'content-type': 'text/plain;charset=UTF-8', origin: `http://${admin}`, 'x-csrf-token': a.people.admin.csrf }
  const asked: [string, Partial<Parameters<typeof send>[0]> & { host: string; path: string }][] = [
    ['unknown host', { host: hostOf('nobody.admin'), path: '/' }],
    ['bad host', { host: 'a@b', path: '/' }],
    ['bad escape', { host: admin, path: '/%zz' }],
    ['TRACE', { host: admin, path: '/', method: 'TRACE' }],
    ['too long', { host: admin, path: `/${'x'.repeat(9_000)}` }],
    ['no session', { host: admin, path: apply, method: 'POST', body: '{}', headers: json }],
    ['broken JSON', { host: admin, path: apply, method: 'POST', body: '{', headers: json, as: a.people.admin }],
    ['wrong type', { host: admin, path: apply, method: 'POST', body: 'x', headers: { ...json, 'content-type': 'text/plain' }, as: a.people.admin }],
    ['another method', { host: admin, path: apply, method: 'PUT', body: '{}', headers: json, as: a.people.admin }],
    ['unknown action', { host: admin, path: '/accounts', method: 'POST', body: '[]', headers: { ...action, 'next-action': '7f'.padEnd(42, '0') }, as: a.people.admin }],
    ['broken arguments', { host: admin, path: `/accounts/${a.ids.account}`, method: 'POST', body: '["$F1","$K2"', headers: action, as: a.people.admin }],
    ['odd arguments', { host: admin, path: `/accounts/${a.ids.account}`, method: 'POST', body: '[{"accountId":{"$ne":null},"orgName":["x"],"__proto__":{"tenantId":1}}]', headers: action, as: a.people.admin }],
    ['broken cookie', { host: admin, path: '/accounts', as: { ...a.people.admin, cookie: '%%%.not.a.token' } }],
    ['broken router state', { host: admin, path: '/accounts', as: a.people.admin, headers: { rsc: '1', 'next-router-state-tree': '%7Bbroken' } }],
    ['next-auth', { host: admin, path: '/api/auth/nothing-of-this-name' }],
    ['portal, not there', { host: hostOf(`${a.slug}.portal`), path: '/nowhere' }],
    ['gateway, not there', { host: hostOf('nobody.gw'), path: '/' }],
  ]
  for (const [what, { host, path, ...options }] of asked) {
    const answer = await get(host, path, options)
    if (what !== 'gateway, not there') assertHeaders(answer, what)
    const told = JSON.stringify(answer.headers) + answer.body.replace(/<(script|style)\b[\s\S]*?<\/\1>/g, '')
    expect.soft(told, what).not.toMatch(/node_modules|\/work\/|\bat [\w.<>]+ \(|\.ts:\d+|prisma|postgres|SELECT |node:internal|next\.js|x-powered-by|ECONNREFUSED|24\.21/i)
    if (String(answer.headers['content-type']).startsWith('application/json')) expect.soft(JSON.parse(answer.body), what).toMatchObject({ error: { code: expect.stringMatching(/^[a-z_]+$/), message: expect.any(String) }, request_id: expect.any(String) })
    expect.soft(answer.status, what).toBeLessThan(600)
  }
})

test('HTTP-6 public portal pages vary by host and cookie, chunks are stored, nothing tells who we are made by', async () => {
  const portal = await get(hostOf(`${a.slug}.portal`), '/')
  expect(portal.headers.vary).toMatch(/Host, Cookie/)
  assertHeaders(portal, 'portal')
  const { body } = await get(hostOf(''), '/')
  const chunk = /\/_next\/static\/[^"]+\.js/.exec(body)![0]
  const script = await get(hostOf(''), chunk)
  assertHeaders(script, chunk)
  expect(script.headers['cache-control']).toMatch(/immutable/)
  expect((await get(hostOf(''), `${chunk}.map`)).status).toBe(404)
  expect((await get(hostOf(''), '/_next/image?url=/favicon.ico&w=64&q=75')).status).toBeGreaterThanOrEqual(400)
  for (const { headers } of [portal, script]) expect(headers['x-powered-by'] ?? headers.server).toBeUndefined()
})

test('ISO-5 the portal of A says nothing of B, and its not-found page is the same for everything', async () => {
  const portal = hostOf(`${a.slug}.portal`)
  const texts = new Set<string>()
  for (const path of ['/nowhere', `/accounts/${a.ids.account}`, `/accounts/${b.ids.account}`, '/admin/nowhere', '/api/auth/session']) {
    const answer = await get(portal, path, { as: a.people.developer })
    expect.soft(answer.status, path).toBe(404)
    texts.add(visibleText(answer.body))
  }
  expect(texts.size).toBe(1)
  for (const as of [null, a.people.admin, a.people.developer, b.people.developer]) expect((await get(portal, '/', { as })).body.toLowerCase()).not.toContain(b.slug)
})

function assertHeaders({ headers }: Answer, what: string): void {
  expect.soft(headers['x-content-type-options'], what).toBe('nosniff')
  expect.soft(headers['referrer-policy'], what).toMatch(/^(strict-origin-when-cross-origin|no-referrer)$/)
  expect.soft(headers['cross-origin-opener-policy'], what).toBe('same-origin')
  expect.soft(headers['permissions-policy'], what).toContain('camera=()')
  expect.soft(Object.keys(headers).filter((name) => /^x-middleware-|^x-powered-by$|^server$/.test(name)), what).toEqual([])
}

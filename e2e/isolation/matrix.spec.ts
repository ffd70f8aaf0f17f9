import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import pg from 'pg'
import { end } from '@/e2e/harness/gatehouse-server'
import { world } from '@/e2e/harness/world'
import { startBareServer } from '@/e2e/isolation/bare-server'
import { dumpTenant } from '@/e2e/isolation/canaries'
import { callAction, send, type Answer } from '@/e2e/isolation/client'
import { inParallel } from '@/e2e/isolation/in-parallel'
import { canariesIn, frameTables, lackingPerson, meaningfulHeaders, mixIds, pageOnlyState, paramsOf, pathOf, permissionsOf, verdictOf, visibleText, type Verdict } from '@/e2e/isolation/judge'
import { builtActions, doorOf, listActions, listHiddenActions, listPages, listRoutes } from '@/e2e/isolation/list-doors'
import { actions, adminPages, routes, sitePages } from '@/e2e/isolation/policy'
import { quiet } from '@/e2e/isolation/quiet'
import { neverIds, seedWorld, type Ids, type SeededTenant, type SeededWorld, type SignedIn } from '@/e2e/isolation/seeded-world'

// The isolation matrix (ISO-7): every door of the file system, every kind of person, every id replaced by the other
// tenant's; once through the whole server and once with front door and middleware taken away (PLAT-3).
test.describe.configure({ mode: 'serial' })

/** Where requests go in, and what its internal path is there. */
type Mount = { name: string; port: number; path(host: 'admin' | 'site', path: string): string }

let seeded: SeededWorld
let a: SeededTenant
let b: SeededTenant
let db: pg.Client
let bare: ChildProcess
let mounts: { server: Mount; bare: Mount }
let before: Map<string, string[]>
const everything: { who: string; answer: Answer }[] = []
const verdicts = { server: new Map<string, string>(), bare: new Map<string, string>() }

const host = (tenant: SeededTenant, zone = 'admin') => `${tenant.slug}.${zone}.localhost:${world.port}`
const built = new Map<string, { id: string; page: string }>()

test.beforeAll(async () => {
  seeded = await seedWorld(2)
  ;[a, b] = seeded.tenants as [SeededTenant, SeededTenant]
  db = new pg.Client({ connectionString: seeded.databaseUrl })
  await db.connect()
  const started = await startBareServer()
  bare = started.process
  mounts = {
    server: { name: 'server', port: world.port, path: (_, path) => path },
    bare: { name: 'bare', port: started.port, path: (zone, path) => (zone === 'admin' ? `/zone/admin/${a.slug}${path}` : `/zone/site${path}`).replace(/\/$/, '') },
  }
  for (const [name, action] of builtActions()) built.set(name, action)
  await quiet(db, [a.id, b.id])
  // News for caches is swept away by itself.
  before = await dumpTenant(db, b.id, { without: ['change_log'] })
})

test.afterAll(async () => {
  await db?.end()
  if (bare) await end(bare, 'SIGTERM')
})

test('ISO-7 every page, route and action of the app stands in the policy table, and nothing else does', () => {
  const of = (zone: string) => listPages().filter((door) => door.zone === zone).map(({ route }) => route)
  expect(of('admin').sort()).toEqual(Object.keys(adminPages).sort())
  expect(of('site').sort()).toEqual(Object.keys(sitePages).sort())
  expect(of('portal')).toEqual([])
  expect(listRoutes().map(({ zone, route }) => `${zone} ${route}`).sort()).toEqual(Object.keys(routes).sort())
  expect(listActions().map(({ file, name }) => `${file}#${name}`).sort()).toEqual(Object.keys(actions).sort())
  expect(listHiddenActions()).toEqual([])
  // What Next can be asked to run is what the table names.
  expect([...built.keys()].filter((name) => !(name in actions))).toEqual([])
})

test('ISO-7 the seed holds a row in every table of a tenant', () => {
  expect(a.emptyTables).toEqual([])
  expect(b.emptyTables).toEqual([])
  expect(a.plantedTables.length).toBeGreaterThan(15)
})

for (const mount of ['server', 'bare'] as const) {
  const rule = mount === 'server' ? 'ISO-7 ROLE-1' : 'PLAT-3 ISO-7 without front door and middleware,'

  test(`${rule} every page of the dashboard opens for whom the table says, and for nobody else`, async () => {
    await inParallel(listPages().filter(({ zone }) => zone === 'admin'), async (door) => {
      const { can, visitorsOnly } = adminPages[door.route]!
      const path = pathOf(door, a.ids)
      const open = async (who: string, as: SignedIn | null, wanted: Verdict) => {
        const { verdict, answer } = await openPage(mount, `${door.route} as ${who}`, path, as)
        expect.soft(verdict, `${door.route} as ${who}`).toBe(wanted)
        if (wanted === 'shown' || can === 'public') return answer
        const framed = wanted === 'forbidden' ? [...frameTables, ...(door.route.startsWith('/products/[product]') && who !== 'nobody' ? ['products'] : [])] : []
        expect.soft([...canariesIn(answer.body, a.slug)].filter((table) => !framed.includes(table)), `${door.route} as ${who} tells`).toEqual([])
        return answer
      }
      const closed = can === 'public' ? 'shown' : 'sign-in'
      await open('anonymous', null, closed)
      await open('a suspended member', a.people.suspended, closed)
      await open('an admin of B', b.people.admin, closed)
      await open('an admin of B with the cookie renamed', { ...b.people.admin, cookieName: a.people.admin.cookieName }, closed)
      await open('a developer', a.people.developer, closed)
      await open('a developer with the cookie renamed', { ...a.people.developer, cookieName: a.people.admin.cookieName }, closed)
      await open('nobody', a.people.nobody, visitorsOnly ? 'sent to /' : permissionsOf(can).length > 0 ? 'forbidden' : 'shown')
      const lacking = lackingPerson(a, can)
      if (lacking) await open(`a member without ${String(can)}`, lacking, 'forbidden')
      const shown = await open('admin', a.people.admin, visitorsOnly ? 'sent to /' : 'shown')
      const found = canariesIn(shown.body, a.slug)
      expect.soft((adminPages[door.route]!.shows ?? []).filter((table) => !found.has(table)), `${door.route} does not show what it is for`).toEqual([])
    })
  })

  test(`${rule} ISO-5 a page of B's answers A as one that never existed`, async () => {
    await inParallel(listPages().filter((door) => door.zone === 'admin'), async (door) => {
      const names = paramsOf(door)
      for (const replaced of [...names.map((name) => [name]), ...(names.length > 1 ? [names] : [])]) {
        const [foreign, never] = await Promise.all(
          [b.ids, neverIds].map((others) => openPage(mount, `${door.route} with ${replaced.join(' and ')} of ${others === b.ids ? 'B' : 'nobody'}`, pathOf(door, a.ids, others, replaced), a.people.admin)),
        )
        expect.soft(foreign!.verdict, `${door.route}, ${replaced.join()}`).toBe('not-found')
        expect.soft(foreign!.answer.status).toBe(never!.answer.status)
        expect.soft(visibleText(foreign!.answer.body)).toBe(visibleText(never!.answer.body))
        expect.soft(meaningfulHeaders(foreign!.answer)).toEqual(meaningfulHeaders(never!.answer))
      }
      const { query } = adminPages[door.route]!
      if (!query) return
      for (const ids of mixIds(query(a.ids), query(b.ids)) as Record<string, string>[]) {
        const { verdict } = await openPage(mount, `${door.route}?${Object.keys(ids).join('&')} of B`, `${pathOf(door, a.ids)}?${new URLSearchParams(Object.entries(ids).map(([name, id]) => [name, String(id)]))}`, a.people.admin)
        expect.soft(['shown', 'not-found'], `${door.route} filtered by B's ids`).toContain(verdict)
      }
    })
  })

  test(`${rule} ISO-7 a client that claims to have every layout gets no page it may not see`, async () => {
    await inParallel(listPages().filter(({ zone, route }) => zone === 'admin' && adminPages[route]!.can !== 'public'), async (door) => {
      const { can, shows = [] } = adminPages[door.route]!
      const ask = async (who: string, as: SignedIn | null, ids: Ids) => {
        const path = mounts[mount].path('admin', pathOf(door, ids))
        const headers = { rsc: '1', 'next-router-state-tree': pageOnlyState(door, a.slug, ids) }
        const ask = (path: string) => send({ port: mounts[mount].port, host: host(a), path, headers, as })
        let answer = await ask(path)
        // Next sends a client on to the address that names these headers.
        if (answer.status === 307 && String(answer.headers.location).includes('_rsc=')) answer = await ask(String(answer.headers.location).replace(/^http:\/\/[^/]+/, ''))
        everything.push({ who: `A: ${door.route}, the page alone, as ${who}`, answer })
        return canariesIn(answer.body, a.slug)
      }
      // The way there works: whoever may, gets the page without its frame.
      const own = await ask('admin', a.people.admin, a.ids)
      const proper = shows.filter((table) => !frameTables.includes(table) && !(table === 'products' && door.route.startsWith('/products/[product]')))
      if (proper.length > 0) expect.soft(proper.some((table) => own.has(table)), `${door.route}, the page alone, shows something`).toBe(true)
      for (const [who, as] of [['anonymous', null], ['an admin of B', b.people.admin]] as const) expect.soft([...(await ask(who, as, a.ids))], `${door.route}, the page alone, as ${who}`).toEqual([])
      const lacking = permissionsOf(can).length > 0 ? ([['nobody', a.people.nobody], ['a member without it', lackingPerson(a, can)]] as const) : []
      for (const [who, as] of lacking) if (as) expect.soft([...(await ask(who, as, a.ids))].filter((table) => !frameTables.includes(table)), `${door.route}, the page alone, as ${who}`).toEqual([])
      if (paramsOf(door).length > 0) await ask('admin, with B’s ids', a.people.admin, b.ids)
    })
  })

  test(`${rule} every action is refused to whom the table does not name`, async () => {
    await inParallel(Object.entries(actions), async ([name, policy]) => {
      if (!built.has(name) || policy.can === 'public') return
      const refused = async (who: string, as: SignedIn | null, code: string, options: Partial<Parameters<typeof callAction>[0]> = {}) =>
        expect.soft(await act(mount, name, who, as, policy.input(a.ids), options), `${name} as ${who}`).toBe(code)
      await refused('anonymous', null, 'unauthenticated')
      await refused('a suspended member', a.people.suspended, 'unauthenticated')
      await refused('an admin of B', b.people.admin, 'unauthenticated')
      await refused('an admin of B with the cookie renamed', { ...b.people.admin, cookieName: a.people.admin.cookieName }, 'unauthenticated')
      await refused('a developer with the cookie renamed', { ...a.people.developer, cookieName: a.people.admin.cookieName }, 'unauthenticated')
      await refused('admin without a CSRF token', a.people.admin, 'csrf_failed', { csrf: null })
      await refused('admin with the CSRF token of B', a.people.admin, 'csrf_failed', { csrf: b.people.admin.csrf })
      await refused('admin from another site', a.people.admin, 'csrf_failed', { headers: { 'sec-fetch-site': 'same-site' } })
      if (policy.stepUp) await refused('admin who has not said the password again', a.people.adminWithoutStepUp, 'step_up_required')
      if (permissionsOf(policy.can).length === 0) return
      await refused('nobody', a.people.nobody, 'forbidden')
      const lacking = lackingPerson(a, policy.can)
      if (lacking) await refused(`a member without ${String(policy.can)}`, lacking, 'forbidden')
    })
  })

  test(`${rule} ISO-5 an action with an id of B's answers A as for an id that never existed, and changes nothing`, async () => {
    await inParallel(Object.entries(actions), async ([name, policy]) => {
      if (!built.has(name)) return
      const [ofB, ofNobody] = [b.ids, neverIds].map((others) => mixIds(policy.input(a.ids), policy.input(others)))
      for (const [index, input] of ofB!.entries()) {
        const foreign = await act(mount, name, `admin with B's ids (${index})`, a.people.admin, input)
        const never = await act(mount, name, `admin with ids of nobody (${index})`, a.people.admin, ofNobody![index])
        expect.soft(foreign, `${name} with ${JSON.stringify(input)}`).toBe(never)
        expect.soft(['not_found', 'invalid', 'conflict'], `${name} with ${JSON.stringify(input)}`).toContain(foreign)
      }
    })
  })

  test(`${rule} CSRF-2 actions before sign-in want the token of this browser and host`, async () => {
    for (const [name, policy] of Object.entries(actions)) {
      if (!built.has(name) || policy.can !== 'public') continue
      const zone = doorOf(built.get(name)!.page).zone === 'site' ? 'site' : 'admin'
      expect.soft(await act(mount, name, 'anonymous without a token', null, policy.input(a.ids)), name).toBe('csrf_failed')
      // The public site has one host; every dashboard has its own.
      if (zone === 'site') continue
      const { cookie } = await preSession(mount, zone, a)
      const { token } = await preSession(mount, zone, b, cookie)
      expect.soft(await act(mount, name, 'anonymous with the token of B’s host', null, policy.input(a.ids), { headers: { cookie }, csrf: token }), name).toBe('csrf_failed')
    }
  })

  test(`${rule} route handlers are refused to whom the table does not name, and know no ids of B's`, async () => {
    for (const door of listRoutes()) {
      const { can, sends = [], because } = routes[`${door.zone} ${door.route}`]!
      if (can === 'public') {
        expect(because, door.route).toBeTruthy()
        continue
      }
      expect(sends.map(({ method }) => method).sort(), `${door.route}: every method is tried`).toEqual(door.methods.sort())
      for (const { method, input, form } of sends) {
        const isRead = method === 'GET'
        const ask = async (who: string, as: SignedIn | null, ids: Ids, given: unknown = input(ids), headers: Record<string, string> = {}) => {
          const query = isRead ? `?${new URLSearchParams(given as Record<string, string>)}` : ''
          const own = isRead ? {} : { 'content-type': form ? `multipart/form-data; boundary=${boundary}` : 'application/json', origin: `http://${host(a)}`, ...(as && { 'x-csrf-token': as.csrf }) }
          const answer = await send({ port: mounts[mount].port, host: host(a), path: mounts[mount].path('admin', pathOf(door, ids)) + query, method, as, ...(!isRead && { body: form ? asForm(given as Record<string, unknown>, form.file) : JSON.stringify(given) }), headers: { ...own, ...headers } })
          everything.push({ who: `A: ${method} ${door.route} as ${who}`, answer })
          verdicts[mount].set(`${method} ${door.route} as ${who}`, String(answer.status))
          return { status: answer.status, text: answer.body.replace(/"request_id":"[^"]+"/, '').replace(/\d+/g, '#') }
        }
        expect.soft((await ask('anonymous', null, a.ids)).status).toBe(401)
        for (const as of [b.people.admin, a.people.suspended, { ...b.people.admin, cookieName: a.people.admin.cookieName }, { ...a.people.developer, cookieName: a.people.admin.cookieName }])
          expect.soft((await ask('somebody else', as, a.ids)).status).toBe(401)
        expect.soft((await ask('nobody', a.people.nobody, a.ids)).status).toBe(403)
        expect.soft((await ask(`a member without ${String(can)}`, lackingPerson(a, can)!, a.ids)).status).toBe(403)
        if (!isRead) {
          expect.soft((await ask('admin without a token', a.people.admin, a.ids, input(a.ids), { 'x-csrf-token': 'none' })).status, 'CSRF-1').toBe(403)
          expect.soft((await ask('admin from elsewhere', a.people.admin, a.ids, input(a.ids), { origin: 'http://evil.example' })).status, 'CSRF-1').toBe(403)
        }
        expect.soft(await ask('admin with B’s ids', a.people.admin, b.ids), `${door.route} with B's ids`).toEqual(await ask('admin with ids of nobody', a.people.admin, neverIds))
        const [ofB, ofNobody] = [b.ids, neverIds].map((others) => mixIds(input(a.ids), input(others)))
        for (const [index, given] of ofB!.entries()) expect.soft(await ask('admin filtering by B’s ids', a.people.admin, a.ids, given)).toEqual(await ask('admin filtering by ids of nobody', a.people.admin, a.ids, ofNobody![index]))
        expect.soft((await ask('admin', a.people.admin, a.ids)).status).toBe(200)
      }
    }
  })
}

test('PLAT-3 the answers are the same with and without the middleware', () => {
  expect(verdicts.bare.size).toBeGreaterThan(500)
  expect([...verdicts.bare.keys()].sort()).toEqual([...verdicts.server.keys()].sort())
  expect([...verdicts.bare].filter(([asked, said]) => verdicts.server.get(asked) !== said).map(([asked, said]) => `${asked}: ${said}, with the middleware ${verdicts.server.get(asked)}`)).toEqual([])
})

test('PLAT-3 without the middleware the host decides, whatever internal path and headers are written', async () => {
  const ask = async (hostHeader: string, path: string, as: SignedIn, headers: Record<string, string> = {}) => {
    const answer = await send({ port: mounts.bare.port, host: hostHeader, path, as, headers })
    expect([...canariesIn(answer.body, b.slug)].filter((table) => table !== 'tenants'), `${path} at ${hostHeader}`).toEqual([])
    return { verdict: verdictOf(answer), answer }
  }
  // B's folder at A's host is A's dashboard; A's folder at B's host is B's sign-in page.
  const mixed = await ask(host(a), `/zone/admin/${b.slug}/accounts`, a.people.admin)
  expect(canariesIn(mixed.answer.body, a.slug)).toContain('accounts')
  expect((await ask(host(b), `/zone/admin/${a.slug}/accounts`, a.people.admin)).verdict).toBe('sign-in')
  const forged = await ask(host(a), `/zone/admin/${b.slug}/accounts/${b.ids.account}`, a.people.admin, { 'x-forwarded-host': host(b), 'x-gh-path': `/accounts/${b.ids.account}` })
  expect(['sign-in', 'not-found']).toContain(forged.verdict)
  for (const stranger of [host(a, 'portal'), `localhost:${world.port}`, 'nobody.admin.localhost', '127.0.0.1'])
    expect((await ask(stranger, `/zone/admin/${a.slug}/accounts`, a.people.admin)).verdict, stranger).toBe('not-found')
})

test('ISO-7 after all of this not one row of B has changed', async () => {
  await quiet(db, [a.id, b.id])
  const after = await dumpTenant(db, b.id, { without: ['change_log'] })
  for (const [table, rows] of before) expect.soft(after.get(table), table).toEqual(rows)
})

test('ISO-7 ROLE-1 the table is right about who may: A’s admin can do all of it in the own tenant', async () => {
  const inOrder = Object.entries(actions).sort(([, one], [, other]) => (one.last ?? 0) - (other.last ?? 0))
  for (const [name, policy] of inOrder) {
    if (!built.has(name)) continue
    if (policy.can === 'public') {
      const zone = doorOf(built.get(name)!.page).zone === 'site' ? 'site' : 'admin'
      const { cookie, token } = await preSession('server', zone, a)
      expect.soft(await act('server', name, 'a visitor, in the end', null, policy.input(a.ids), { headers: { cookie }, csrf: token }), name).toBe(policy.own ?? 'ok')
    } else expect.soft(await act('server', name, 'admin, in the end', a.people.admin, policy.input(a.ids)), `${name} ${JSON.stringify(policy.input(a.ids))}`).toBe(policy.own ?? 'ok')
  }
})

test('ISO-5 everything of a suspended tenant is not found, to its own admin too', async () => {
  await db.query(`UPDATE tenants SET state = 'suspended' WHERE id = $1`, [b.id])
  try {
    await inParallel(listPages().filter(({ zone }) => zone === 'admin'), async (door) => {
      const answer = await send({ port: world.port, host: host(b), path: pathOf(door, b.ids), as: b.people.admin })
      expect.soft(verdictOf(answer), door.route).toBe('not-found')
      expect.soft([...canariesIn(answer.body, b.slug)], door.route).toEqual([])
    })
    for (const [name, policy] of Object.entries(actions)) {
      const action = built.get(name)
      if (!action || policy.can === 'public') continue
      const { result } = await callAction({ port: world.port, host: host(b), path: pathOf(doorOf(action.page), b.ids), as: b.people.admin, id: action.id, input: policy.input(b.ids) })
      expect.soft(result?.error?.code, name).toBe('not_found')
    }
    expect((await send({ port: world.port, host: host(b, 'portal'), path: '/' })).status).toBe(404)
  } finally {
    await db.query(`UPDATE tenants SET state = 'active' WHERE id = $1`, [b.id])
  }
})

test('ISO-7 nothing that A was answered, sent, logged or stored holds a canary of B', async () => {
  expect(everything.length).toBeGreaterThan(1_000)
  for (const { who, answer } of everything) expect.soft(answer.body.toLowerCase().includes(b.slug) || JSON.stringify(answer.headers).includes(b.slug), who).toBe(false)
  await quiet(db, [a.id, b.id])
  // Mail, outbox, audit log and all else that was written for A.
  for (const [table, rows] of await dumpTenant(db, a.id)) expect.soft(rows.filter((row) => row.toLowerCase().includes(b.slug)), table).toEqual([])
  // The log names hosts where something failed, never what a tenant wrote.
  expect(readFileSync(join(process.env.E2E_DATA_DIR!, 'server.log'), 'utf8')).not.toMatch(/CANARY-/i)
})

async function openPage(mount: 'server' | 'bare', label: string, path: string, as: SignedIn | null): Promise<{ verdict: Verdict; answer: Answer }> {
  const answer = await send({ port: mounts[mount].port, host: host(a), path: mounts[mount].path('admin', path), as })
  const verdict = verdictOf(answer)
  if (!label.includes('admin of B')) everything.push({ who: `A: ${label}`, answer })
  verdicts[mount].set(label, verdict)
  return { verdict, answer }
}

/** `ok`, or the code of the error. */
async function act(mount: 'server' | 'bare', name: string, who: string, as: SignedIn | null, input: unknown, options: Partial<Parameters<typeof callAction>[0]> = {}): Promise<string> {
  const { id, page } = built.get(name)!
  const door = doorOf(page)
  const zone = door.zone === 'site' ? 'site' : 'admin'
  const { result, answer } = await callAction({ port: mounts[mount].port, host: zone === 'site' ? `localhost:${world.port}` : host(a), path: mounts[mount].path(zone, pathOf(door, a.ids)), id, input, as, ...options })
  everything.push({ who: `A: ${name} as ${who}`, answer })
  const said = result ? (result.ok ? 'ok' : (result.error?.code ?? 'nothing')) : `status ${answer.status}`
  if (!who.includes('in the end')) verdicts[mount].set(`${name} as ${who}`, said)
  return said
}

async function preSession(mount: 'server' | 'bare', zone: 'site' | 'admin', tenant: SeededTenant, cookie?: string): Promise<{ cookie: string; token: string }> {
  const path = mount === 'bare' && zone === 'admin' ? `/zone/admin/${tenant.slug}/api/auth/token` : mounts[mount].path(zone, '/api/auth/token')
  const { headers, body } = await send({ port: mounts[mount].port, host: zone === 'site' ? `localhost:${world.port}` : host(tenant), path, headers: cookie ? { cookie } : {} })
  const set = [headers['set-cookie'] ?? []].flat()[0]?.split(';')[0]
  return { cookie: cookie ?? set ?? '', token: (JSON.parse(body) as { token: string }).token }
}

const boundary = 'isolation-boundary'

function asForm(fields: Record<string, unknown>, file: string): string {
  const part = (name: string, value: unknown, rest = '') => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${rest}\r\n\r\n${String(value)}\r\n`
  return `${Object.entries(fields).map(([name, value]) => part(name, value)).join('')}${part('file', file, '; filename="file.txt"\r\ncontent-type: text/plain')}--${boundary}--\r\n`
}

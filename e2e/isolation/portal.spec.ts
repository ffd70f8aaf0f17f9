import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import pg from 'pg'
import { end } from '@/e2e/harness/gatehouse-server'
import { world } from '@/e2e/harness/world'
import { startBareServer } from '@/e2e/isolation/bare-server'
import { dumpTenant, ofAccount } from '@/e2e/isolation/canaries'
import { send, type Answer } from '@/e2e/isolation/client'
import { inParallel } from '@/e2e/isolation/in-parallel'
import { canariesIn, mixIds, neverLike } from '@/e2e/isolation/judge'
import { browserOf, callPortal, comparable, fillPath, portalVerdict, readable, type Browser, type PortalCall, type PortalMount } from '@/e2e/isolation/portal-client'
import { blindRoutes, portalPolicies, portalTables, type PortalInput } from '@/e2e/isolation/portal-policy'
import { quiet } from '@/e2e/isolation/quiet'
import { neverPortalIds, seedWorld, type PortalDoor, type PortalIds, type SeededTenant, type SignedIn } from '@/e2e/isolation/seeded-world'

// The isolation matrix of the portal (ISO-7, ISO-10): every route of its table, every kind of person, every id replaced
// by another account's, a colleague's, another tenant's and what partners do not see; through the whole server and
// with front door and middleware taken away (PLAT-3).
test.describe.configure({ mode: 'serial' })

const sides = ['server', 'bare'] as const
type Side = (typeof sides)[number]
/** Whose data an answer may hold: of nobody's account, of the first account, of the second. */
type Sees = 'nobody' | 'one' | 'two'
type Person = { who: string; browser: Browser; sees: Sees; role: 'visitor' | 'member' | 'admin' }

let a: SeededTenant
let b: SeededTenant
let doors: PortalDoor[]
let db: pg.Client
let bare: ChildProcess
let mounts: Record<Side, PortalMount>
let people: Record<Side, Person[]>
let before: { b: Map<string, string[]>; two: Map<string, string[]> }
const answers: { label: string; sees: Sees; door: PortalDoor; text: string }[] = []
const verdicts = { server: new Map<string, string>(), bare: new Map<string, string>() }

const hostOf = ({ slug }: SeededTenant, zone = 'portal') => `${slug}.${zone}.localhost:${world.port}`
const nameOf = ({ method, path }: PortalDoor) => `${method} ${path}`
const policyOf = (door: PortalDoor) => portalPolicies[nameOf(door)]!
const inputOf = (door: PortalDoor, ids: PortalIds): PortalInput => policyOf(door).input?.(ids) ?? {}
const isUnsafe = ({ method }: PortalDoor) => method !== 'GET'
const person = (side: Side, who: string) => people[side].find((each) => each.who === who)!

test.beforeAll(async () => {
  const seeded = await seedWorld(2)
  ;[a, b] = seeded.tenants as [SeededTenant, SeededTenant]
  doors = seeded.portalRoutes
  db = new pg.Client({ connectionString: seeded.databaseUrl })
  await db.connect()
  const started = await startBareServer()
  bare = started.process
  mounts = {
    server: { port: world.port, path: (_, path) => path },
    bare: { port: started.port, path: (host, path) => `/zone/portal/${host.split(':')[0]}${path}`.replace(/\/$/, '') },
  }
  people = { server: await meetPeople('server'), bare: await meetPeople('bare') }
  await quiet(db, [a.id, b.id])
  before = { b: await dumpTenant(db, b.id, { without: ['change_log'] }), two: await dumpSecondAccount() }
})

test.afterAll(async () => {
  await db?.end()
  if (bare) await end(bare, 'SIGTERM')
})

test('ISO-7 every route of the portal stands in its policy table, and nothing else does', () => {
  expect(doors.map(nameOf).sort()).toEqual(Object.keys(portalPolicies).sort())
  for (const door of doors) expect.soft(policyOf(door).who, nameOf(door)).toBe(door.who)
  // Whatever an address takes is told by the table.
  for (const door of doors) expect.soft(Object.keys(inputOf(door, a.portal.one).params ?? {}).sort(), nameOf(door)).toEqual([...door.path.matchAll(/:(\w+)/g)].map(([, name]) => name).sort())
})

for (const side of sides) {
  const rule = side === 'server' ? 'ISO-7 ROLE-1' : 'PLAT-3 ISO-7 without front door and middleware,'

  test(`${rule} every route of the portal opens for whom the table says, and for nobody else`, async () => {
    await inParallel(doors, async (door) => {
      const { who, own, visitor = own, shows = [] } = policyOf(door)
      for (const each of people[side]) {
        const ids = each.sees === 'two' ? a.portal.two : a.portal.one
        const refusal = who !== 'anyone' && each.role === 'visitor' ? 'sent to /login' : who === 'account_admin' && each.role === 'member' ? 'forbidden' : null
        // What changes something is tried with success in the end.
        if (isUnsafe(door) && !refusal) continue
        const { answer, verdict } = await ask(side, door, each, inputOf(door, ids))
        expect.soft(verdict, `${nameOf(door)} as ${each.who}`).toBe(refusal ?? (each.role === 'visitor' ? visitor : own))
        if (each.who !== 'an admin of the account') continue
        const found = canariesIn(answer.body, a.slug)
        expect.soft(shows.filter((table) => !found.has(table)), `${nameOf(door)} does not show what it is for`).toEqual([])
      }
    })
  })

  test(`${rule} ISO-5 ISO-10 what belongs to another account, a colleague, another tenant or the tenant alone answers as what never was`, async () => {
    const own = { 'an admin of the account': a.portal.one, 'a member of the account': a.portal.one, 'an admin of another account': a.portal.two, 'a visitor': a.portal.one }
    const foreign: { asker: keyof typeof own; of: string; ids: PortalIds }[] = [
      { asker: 'an admin of the account', of: 'another account', ids: a.portal.two },
      { asker: 'an admin of the account', of: 'another tenant', ids: b.portal.one },
      { asker: 'an admin of the account', of: 'a colleague', ids: a.portal.colleagues },
      { asker: 'an admin of the account', of: 'the tenant alone', ids: a.portal.hidden },
      { asker: 'a member of the account', of: 'another account', ids: a.portal.two },
      { asker: 'an admin of another account', of: 'the first account', ids: { ...a.portal.one, spec: a.portal.two.spec } },
      { asker: 'a visitor', of: 'another tenant', ids: b.portal.one },
      { asker: 'a visitor', of: 'the tenant alone', ids: a.portal.hidden },
    ]
    await inParallel(doors, async (door) => {
      const { input, vain = input, who } = policyOf(door)
      if (!vain) return
      for (const { asker, of, ids } of foreign) {
        if (asker === 'a visitor' && who !== 'anyone') continue
        const mine = own[asker]
        const [theirs, never] = [ids, neverLike(mine, ids, neverPortalIds)].map((others) => mixIds(vain(mine), vain(others)) as PortalInput[])
        for (const [index, given] of theirs!.entries()) {
          const label = `${nameOf(door)} by ${asker} with ids of ${of} (${index})`
          const asked = await ask(side, door, person(side, asker), given, label)
          const other = await ask(side, door, person(side, asker), never![index]!, `${label}, never given`)
          expect.soft(comparable(asked.answer, given), label).toEqual(comparable(other.answer, never![index]!))
          if (isUnsafe(door) && who !== 'anyone') expect.soft(['not-found', 'forbidden', 'status 422'], `${label}: ${asked.verdict}`).toContain(asked.verdict.startsWith('sent to') && !asked.verdict.includes('success') ? 'not-found' : asked.verdict)
          else if (who !== 'anyone' && !blindRoutes.has(nameOf(door)) && 'params' in given) expect.soft(asked.verdict, label).toBe('not-found')
        }
      }
    })
  })

  test(`${rule} CSRF-1 CSRF-2 every unsafe route without its token or from elsewhere is 403 and changes nothing`, async () => {
    await quiet(db, [a.id, b.id])
    const unchanged = () => dumpTenant(db, a.id, { without: ['change_log', 'sessions'] })
    const start = await unchanged()
    const admin = person(side, 'an admin of the account')
    const visitor = person(side, 'a visitor')
    const elsewhere: [string, PortalCall][] = [
      ['no token', { token: null }],
      ['no token, by a raw method', { token: null, raw: true }],
      ['an empty token', { token: '' }],
      ['the token of a colleague', { token: person(side, 'a member of the account').browser.csrf }],
      ['the token of another account', { token: person(side, 'an admin of another account').browser.csrf }],
      ['the token of another tenant', { token: b.portal.people.accountAdmin.csrf }],
      ['the token of a visitor', { token: visitor.browser.csrf }],
      ['another origin', { headers: { origin: 'http://evil.example' } }],
      ['the dashboard as origin', { headers: { origin: `http://${hostOf(a, 'admin')}` } }],
      ['the other tenant as origin', { headers: { origin: `http://${hostOf(b)}` } }],
      ['origin null', { headers: { origin: 'null' } }],
      ['another site of ours', { headers: { 'sec-fetch-site': 'same-site' } }],
    ]
    const unsafe = doors.filter(isUnsafe)
    expect(unsafe.length).toBeGreaterThan(25)
    await inParallel(unsafe, async (door) => {
      const given = inputOf(door, a.portal.one)
      for (const [what, call] of elsewhere) {
        const { verdict } = await ask(side, door, admin, { ...given, ...call }, `${nameOf(door)} with ${what}`)
        expect.soft(verdict, `${nameOf(door)} with ${what}`).toBe('forbidden')
      }
      for (const [what, call] of [['no token', { token: null }], ['the token of another browser', { token: admin.browser.csrf }], ['another origin', { headers: { origin: 'http://evil.example' } }]] as [string, PortalCall][]) {
        const { verdict } = await ask(side, door, visitor, { ...given, ...call }, `${nameOf(door)} by a visitor with ${what}`)
        expect.soft(verdict, `${nameOf(door)} by a visitor with ${what}`).toBe('forbidden')
      }
      // CSRF-1: a read by the same address is no write, whatever method it claims.
      const { verdict } = await ask(side, { ...door, method: 'GET' }, admin, { ...given, query: { ...given.query, _method: door.method.toLowerCase(), ...given.form } }, `${nameOf(door)} as a link`)
      expect.soft(verdict, `${nameOf(door)} as a link`).not.toContain('(success)')
    })
    await quiet(db, [a.id])
    const after = await unchanged()
    // Pages that show keys note it; nothing else was written.
    for (const [table, rows] of start) if (table !== 'audit_entries') expect.soft(after.get(table), table).toEqual(rows)
    expect.soft(after.get('audit_entries')!.filter((row) => !start.get('audit_entries')!.includes(row) && !/credential\.(revealed|shown)/.test(row))).toEqual([])
  })
}

test('PLAT-3 the portal answers the same with and without the middleware', () => {
  expect(verdicts.bare.size).toBeGreaterThan(1_000)
  expect([...verdicts.bare.keys()].sort()).toEqual([...verdicts.server.keys()].sort())
  expect([...verdicts.bare].filter(([asked, said]) => verdicts.server.get(asked) !== said).map(([asked, said]) => `${asked}: ${said}, with the middleware ${verdicts.server.get(asked)}`)).toEqual([])
})

test('ZONE-3 a path of the portal is nothing on dashboard, site, gateway and bare addresses', async () => {
  const { accountAdmin } = a.portal.people
  for (const door of doors) {
    const { params, query } = inputOf(door, a.portal.one)
    if (door.path === '/') continue
    for (const host of [hostOf(a, 'admin'), `localhost:${world.port}`, hostOf(a, 'gw'), `127.0.0.1:${world.port}`])
      for (const as of [accountAdmin, a.people.admin]) {
        const { answer, verdict } = await callElsewhere(host, door, as, { params, query, form: inputOf(door, a.portal.one).form })
        const label = `${nameOf(door)} at ${host} as ${as === accountAdmin ? 'a developer' : 'a member'}`
        expect.soft(verdict, label).toBe('not-found')
        expect.soft([...canariesIn(readable(answer, { params }), a.slug)].filter((table) => !['tenants', 'members'].includes(table)), label).toEqual([])
      }
  }
})

test('CSP-2 a preview shows drafts at its own portal only, makes no session and sends nothing', async () => {
  const draft = `hidden-${a.slug}-portal_templates`
  const open = (host: string, path: string, cookie = '') => send({ port: world.port, host, path, headers: cookie ? { cookie } : {} })
  const { previews } = a.portal
  const plain = await open(hostOf(a), '/')
  const shown = await open(hostOf(a), `/?preview=${previews.visitor}`)
  expect(plain.body.toLowerCase()).not.toContain(draft)
  expect(shown.body.toLowerCase()).toContain(draft)
  const asDeveloper = await open(hostOf(a), `/admin?preview=${previews.developer}`)
  expect(portalVerdict(asDeveloper)).toBe('shown')
  expect(canariesIn(asDeveloper.body, a.slug)).toContain('applications')
  for (const answer of [shown, asDeveloper]) {
    // A page with a form binds its token to the browser; nobody is signed in by that.
    const cookies = [answer.headers['set-cookie'] ?? []].flat().map((line) => line.split(';')[0]!)
    expect(cookies.filter((cookie) => !/^(__Host-)?pre=/.test(cookie))).toEqual([])
    expect(answer.headers['cache-control']).toBe('private, no-store')
    expect(portalVerdict(await open(hostOf(a), '/admin', cookies.join('; ')))).toBe('sent to /login')
  }

  for (const token of Object.values(previews)) {
    const foreign = await open(hostOf(b), `/?preview=${token}`)
    expect(withoutTokens(foreign.body.replaceAll(token, ''))).toBe(withoutTokens((await open(hostOf(b), '/?preview=')).body))
    expect(foreign.body.toLowerCase()).not.toMatch(/hidden-/)
    expect(portalVerdict(await open(hostOf(b), `/admin?preview=${token}`))).toBe('sent to /login')
    for (const damaged of [`${token}x`, token.replace('.', '.x'), token.split('.')[0]!, `${b.portal.previews.visitor.split('.')[0]}.${token.split('.')[1]}`]) expect((await open(hostOf(a), `/?preview=${damaged}`)).body.toLowerCase(), damaged).not.toContain(draft)
  }
  const admin = person('server', 'an admin of the account')
  for (const door of doors.filter(isUnsafe)) {
    const given = inputOf(door, a.portal.one)
    const { verdict } = await ask('server', door, admin, { ...given, query: { ...given.query, preview: previews.developer } }, `${nameOf(door)} in a preview`)
    expect.soft(verdict, nameOf(door)).toBe('forbidden')
  }
})

test('ISO-7 ISO-10 after all of this not one row of B and of the second account has changed', async () => {
  await quiet(db, [a.id, b.id])
  await expectUntouched()
})

test('ISO-7 ISO-9 ROLE-1 the table is right about who may: the account’s admin can do all of it, and ids that nobody asked for count for nothing', async () => {
  const admin = person('server', 'an admin of the account')
  const spare = [...a.portal.people.spare]
  const inOrder = doors.filter(isUnsafe).sort((one, other) => (policyOf(one).last ?? 0) - (policyOf(other).last ?? 0))
  for (const door of inOrder) {
    const { who, own, visitor = own, endsSession } = policyOf(door)
    const given = withUnasked(inputOf(door, a.portal.one))
    if (endsSession) {
      const as = spare.shift()!
      const leaving: Person = { ...admin, browser: { cookies: `${as.cookieName}=${as.cookie}`, csrf: as.csrf } }
      expect.soft((await ask('server', door, leaving, given, `${nameOf(door)}, in the end`)).verdict, nameOf(door)).toBe(own)
      const again = await callPortal(mounts.server, hostOf(a), { method: 'GET', path: '/admin' }, leaving.browser)
      expect.soft(portalVerdict(again), `${nameOf(door)}: the cookie afterwards`).toBe('sent to /login')
      continue
    }
    if (who !== 'anyone' || own !== visitor) expect.soft((await ask('server', door, admin, given, `${nameOf(door)} by an admin, in the end`)).verdict, nameOf(door)).toBe(own)
    if (who === 'anyone') expect.soft((await ask('server', door, person('server', 'a visitor'), given, `${nameOf(door)} by a visitor, in the end`)).verdict, nameOf(door)).toBe(visitor)
  }
  await quiet(db, [a.id, b.id])
  await expectUntouched()
})

test('ISO-7 ISO-10 no answer of the portal, mail or log holds what is not for its reader', async () => {
  expect(answers.length).toBeGreaterThan(2_000)
  // Or nothing would be proved: the second account reads its own things, and its own plan, hidden as that is.
  const secondReads = answers.filter(({ sees }) => sees === 'two').map(({ text }) => text.toLowerCase()).join('\n')
  expect(['accounts', 'developers', 'applications', 'plan_requests'].filter((table) => !marksIn(secondReads, 'canary2').includes(table))).toEqual([])
  expect(marksIn(secondReads, 'hidden')).toContain('plans')
  for (const { label, sees, door, text } of answers) {
    const read = text.toLowerCase()
    expect.soft(read.includes(b.slug), `${label} tells of B`).toBe(false)
    const invited = door.path === '/signup/:invitation_token' ? ['accounts', 'developers'] : []
    const found = canariesIn(text, a.slug)
    const allowed = (table: string) => portalTables.has(table) && (sees === 'one' || !a.portal.accountTables.includes(table) || invited.includes(table))
    expect.soft([...found].filter((table) => !allowed(table)), `${label} tells of`).toEqual([])
    if (sees !== 'two') expect.soft(marksIn(read, 'canary2'), `${label} tells of the second account`).toEqual([])
    // Its own application is on a hidden plan: that account knows it, on its own pages.
    const knows = sees === 'two' && policyOf(door)?.who !== 'anyone' ? ['plans', 'plan_features'] : []
    expect.soft(marksIn(read, 'hidden').filter((table) => !knows.includes(table)), `${label} tells of what is hidden`).toEqual([])
  }
  // Of A's rows none was written with B's texts; mails to the first account name nothing of the second.
  // A login of B's was typed at A's sign-in and password forms: that much is known there.
  const typed = b.portal.one.login
  for (const [table, rows] of await dumpTenant(db, a.id)) expect.soft(rows.filter((row) => row.toLowerCase().replaceAll(typed, '').includes(b.slug)), table).toEqual([])
  // People of the second account keep their first addresses in mails that were written while the canaries were being planted.
  const { rows } = await db.query<{ recipient: string; text: string }>(`SELECT recipient, concat(subject, text, html) AS text FROM mails WHERE "tenantId" = $1 AND recipient NOT LIKE '%canary2-%' AND recipient NOT LIKE '%-two@%' AND recipient NOT LIKE '%-members-%'`, [a.id])
  expect(rows.length).toBeGreaterThan(3)
  expect(rows.filter(({ text }) => /canary2-|hidden-/i.test(text))).toEqual([])
  expect(readFileSync(join(process.env.E2E_DATA_DIR!, 'server.log'), 'utf8')).not.toMatch(/(CANARY2?|HIDDEN)-/i)
})

/** Everybody who may come to A's portal, or tries to. */
async function meetPeople(side: Side): Promise<Person[]> {
  const { people: known } = a.portal
  const of = async (who: string, as: SignedIn | null, sees: Sees, role: Person['role']): Promise<Person> => ({ who, sees, role, browser: await browserOf(mounts[side], hostOf(a), as, role !== 'visitor') })
  const named = (as: SignedIn): SignedIn => ({ ...as, cookieName: known.accountAdmin.cookieName })
  return [
    await of('a visitor', null, 'nobody', 'visitor'),
    await of('a suspended developer', known.suspended, 'nobody', 'visitor'),
    await of('a developer of a suspended account', known.ofSuspendedAccount, 'nobody', 'visitor'),
    await of('a developer of B', b.portal.people.accountAdmin, 'nobody', 'visitor'),
    await of('a developer of B with the cookie renamed', named(b.portal.people.accountAdmin), 'nobody', 'visitor'),
    await of('a member of the dashboard', a.people.admin, 'nobody', 'visitor'),
    await of('a member of the dashboard with the cookie renamed', named(a.people.admin), 'nobody', 'visitor'),
    await of('an admin of the account', known.accountAdmin, 'one', 'admin'),
    await of('a member of the account', known.member, 'one', 'member'),
    await of('an admin of another account', known.otherAdmin, 'two', 'admin'),
  ]
}

async function ask(side: Side, door: PortalDoor, { who, browser, sees }: Person, given: PortalCall, label = `${nameOf(door)} as ${who}`): Promise<{ answer: Answer; verdict: string }> {
  const answer = await callPortal(mounts[side], hostOf(a), door, browser, given)
  const verdict = portalVerdict(answer)
  answers.push({ label, sees, door, text: readable(answer, given) })
  if (!/in the end|in a preview/.test(label)) verdicts[side].set(label, verdict)
  return { answer, verdict }
}

async function callElsewhere(host: string, door: PortalDoor, as: SignedIn, given: PortalInput): Promise<{ answer: Answer; verdict: string }> {
  const answer = await callPortal(mounts.server, host, { ...door, path: fillPath(door.path, given.params) }, { cookies: `${as.cookieName}=${as.cookie}`, csrf: as.csrf }, { ...given, params: {} })
  return { answer, verdict: portalVerdict(answer) }
}

/** Whose account, which tenant, what state: fields that no form of ours has (ISO-9). */
function withUnasked(given: PortalInput): PortalInput {
  const [, two] = a.portal.accountIds
  if (given.json !== undefined) return given
  const inner = [...new Set(Object.keys(given.form ?? {}).flatMap((name) => /^(\w+)\[/.exec(name)?.[1] ?? []))]
  const below = Object.fromEntries(inner.flatMap((name) => [['account_id', two], ['accountId', two], ['tenant_id', b.id], ['tenantId', b.id], ['id', a.portal.two.application], ['state', 'live']].map(([field, value]) => [`${name}[${field}]`, value!])))
  return { ...given, form: { ...given.form, ...below, account_id: two, accountId: two, tenant_id: b.id, tenantId: b.id, user_id: a.portal.two.colleague, application_id: a.portal.two.application, id: a.portal.two.application } }
}

async function dumpSecondAccount(): Promise<Map<string, string[]>> {
  const dump = new Map<string, string[]>()
  const { rows: columns } = await db.query<{ table: string; columns: string[] }>(`SELECT table_name AS table, array_agg(column_name::text) AS columns FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ANY($1) GROUP BY 1`, [a.portal.accountTables])
  for (const { table, columns: names } of columns) {
    // When somebody was last seen is no change of theirs.
    if (table === 'sessions') continue
    const { rows } = await db.query<{ row: string }>(`SELECT t::text AS row FROM "${table}" t WHERE "tenantId" = $1 AND ${ofAccount(a.portal.accountIds[1])(table, names)}`, [a.id])
    dump.set(table, rows.map(({ row }) => row).sort())
  }
  return dump
}

async function expectUntouched(): Promise<void> {
  const after = await dumpTenant(db, b.id, { without: ['change_log'] })
  for (const [table, rows] of before.b) expect.soft(after.get(table), `B's ${table}`).toEqual(rows)
  const two = await dumpSecondAccount()
  expect(two.size).toBeGreaterThan(5)
  for (const [table, rows] of before.two) expect.soft(two.get(table), `the second account's ${table}`).toEqual(rows)
}

const marksIn = (text: string, mark: string) => [...new Set([...text.matchAll(new RegExp(`${mark}-${a.slug}-([a-z_]+)`, 'g'))].map(([, table]) => table!))]

const withoutTokens = (html: string) => html.replace(/content="[\w-]{43}"|value="[\w-]{43}"/g, '')

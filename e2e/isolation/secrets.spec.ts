import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import pg from 'pg'
import { root } from '@/e2e/harness/gatehouse-server'
import { world } from '@/e2e/harness/world'
import { dumpTenant } from '@/e2e/isolation/canaries'
import { callAction, send } from '@/e2e/isolation/client'
import { pathOf } from '@/e2e/isolation/judge'
import { builtActions, doorOf, listPages } from '@/e2e/isolation/list-doors'
import { browserOf, callPortal, portalVerdict, type Browser, type PortalCall, type PortalMount } from '@/e2e/isolation/portal-client'
import { portalPolicies } from '@/e2e/isolation/portal-policy'
import { quiet } from '@/e2e/isolation/quiet'
import { findNamedSecrets, findSecrets, readFolder } from '@/e2e/isolation/secrets'
import { seedWorld, type SeededTenant, type SignedIn } from '@/e2e/isolation/seeded-world'

// A tenant is used with every kind of secret, well and badly; then all that was written, sent or built is searched (KEY-5).
test('KEY-5 no secret stands in a log, mail, event, audit entry, table, page, journal or client bundle', async () => {
  const seeded = await seedWorld(1)
  const [tenant] = seeded.tenants as [SeededTenant]
  const db = new pg.Client({ connectionString: seeded.databaseUrl })
  await db.connect()
  try {
    const dataDir = process.env.E2E_DATA_DIR!
    const fresh = [...(await useSecrets(tenant, db)), ...(await useWebhooks(tenant)), ...(await usePortal(tenant))]
    const people = Object.values({ ...tenant.people.lacking, ...tenant.people, lacking: tenant.people.admin })
    const { spare, ...others } = tenant.portal.people
    const portalPeople = [...spare, ...Object.values(others)]
    const secrets = [
      ...Object.values(tenant.secrets),
      ...fresh,
      ...people.map(({ cookie }) => cookie),
      ...portalPeople.map(({ cookie }) => cookie),
      tenant.portal.one.resetToken, tenant.portal.one.activationCode, tenant.portal.one.invitationToken,
      seeded.password,
      'wrong but still a password',
      'another winding password',
      readFileSync(join(dataDir, 'secret-key'), 'utf8').trim(),
      decodeURIComponent(new URL(seeded.databaseUrl).password),
    ]
    expect(secrets.filter((secret) => secret.length < 16)).toEqual([])

    await quiet(db, [tenant.id])
    expect.soft(findSecrets(readFileSync(join(dataDir, 'server.log'), 'utf8'), secrets), 'server log').toEqual([])
    for (const [table, rows] of await dumpTenant(db, tenant.id)) expect.soft(findSecrets(rows.join('\n'), secrets), `table ${table}`).toEqual([])
    for (const door of listPages().filter(({ zone }) => zone === 'admin')) {
      const { body } = await send({ port: world.port, host: hostOf(tenant), path: pathOf(door, tenant.ids), as: tenant.people.admin })
      expect.soft(findSecrets(body, secrets), `page ${door.route}`).toEqual([])
    }
    // The portal shows a developer keys of the own account, and the page behind a mail's link carries that link on; nobody finds anything else.
    const { accountAdmin, otherAdmin } = tenant.portal.people
    for (const door of seeded.portalRoutes.filter(({ method }) => method === 'GET')) {
      const { params = {}, query = {} } = portalPolicies[`${door.method} ${door.path}`]!.input?.(tenant.portal.one) ?? {}
      const link = new Set([...Object.values(params), ...Object.values(query)].map(String))
      const read = async (as: SignedIn | null) => (await callPortal(portalMount, portalOf(tenant), door, as && browserFor(as), { params, query })).body
      const others = secrets.filter((secret) => !link.has(secret))
      expect.soft(findSecrets(await read(null), others), `portal ${door.path} as a visitor`).toEqual([])
      expect.soft(findNamedSecrets(await read(otherAdmin), others), `portal ${door.path} as another account`).toEqual([])
      expect.soft(findNamedSecrets(await read(accountAdmin), others.filter((secret) => !/^[ua]k_|^a-key-the-tenant-brought/.test(secret))), `portal ${door.path} as the account`).toEqual([])
    }
    for (const { file, text } of readFolder(join(root, '.next/static'))) expect.soft(findSecrets(text, secrets), file).toEqual([])
    // The journal of calls, notes and leases; the database's own files and the key file are what they are.
    for (const { file, text } of readFolder(dataDir, /[\\/](postgres|seed-[a-z]+|without-middleware|upstream)[\\/]|secret-key$|\.log$|\.sock$/)) expect.soft(findSecrets(text, secrets), file).toEqual([])
    for (const { file, text } of readFolder(join(dataDir, 'postgres'), /postgres[\\/]data|password|\.pid$/)) expect.soft(findSecrets(text, secrets), file).toEqual([])
  } finally {
    await db.end()
  }
})

/** Signs in well and badly, calls the gateway every way, makes, shows and changes keys. Gives the secrets this made. */
async function useSecrets(tenant: SeededTenant, db: pg.Client): Promise<string[]> {
  const { ids, secrets, people } = tenant
  const host = hostOf(tenant)
  const actions = builtActions()
  const act = async (name: string, input: unknown) => {
    const { id, page } = actions.get(`app/zone/admin/[tenant]/${name}`)!
    return (await callAction({ port: world.port, host, path: pathOf(doorOf(page), ids), id, input, as: people.admin })).result
  }
  const { headers, body } = await send({ port: world.port, host, path: '/api/auth/token' })
  const cookie = [headers['set-cookie'] ?? []].flat()[0]!.split(';')[0]!
  const { id } = actions.get('app/zone/admin/[tenant]/(auth)/_actions.ts#signInAction')!
  const signIn = (login: string, password: string) => callAction({ port: world.port, host, path: '/sign-in', id, input: { login, password }, csrf: (JSON.parse(body) as { token: string }).token, headers: { cookie } })
  const { rows } = await db.query<{ email: string }>(`SELECT email FROM members WHERE "tenantId" = $1 AND role = 'admin' AND state = 'active' ORDER BY id LIMIT 1`, [tenant.id])
  const good = await signIn(rows[0]!.email, 'a long and winding password')
  expect(good.result).toMatchObject({ ok: true })
  const session = [good.answer.headers['set-cookie'] ?? []].flat().map((line) => line.split(';')[0]!.split('=').slice(1).join('=')).filter((value) => value.length > 60)
  expect((await signIn(rows[0]!.email, 'wrong but still a password')).result).toMatchObject({ ok: false })

  const production = `${(await db.query<{ name: string }>(`SELECT name FROM hosts WHERE "productId" = $1 AND environment = 'production'`, [ids.product])).rows[0]!.name}:${world.port}`
  const path = `/canary-${tenant.slug}-mapping_rules-${ids.rule}`
  for (const key of [secrets.userKey!, secrets.appKey!, secrets.accessToken!, secrets.providerKey!]) {
    await send({ port: world.port, host: production, path: `${path}?user_key=${key}` })
    await send({ port: world.port, host: production, path, headers: { 'x-api-key': key, authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` } })
    await send({ port: world.port, host: production, path: `/${key}/%zz?user_key=${key}` })
    await send({ port: world.port, host, path: `/accounts/${key}?token=${key}`, headers: { authorization: `Bearer ${key}` } })
  }
  const added = await act('(dashboard)/applications/_actions.ts#addAppKeyAction', { applicationId: ids.keyedApplication })
  const changed = await act('(dashboard)/applications/_actions.ts#regenerateUserKeyAction', { applicationId: ids.spareApplication })
  const own = await act('(dashboard)/applications/_actions.ts#addAppKeyAction', { applicationId: ids.keyedApplication, key: 'a-key-the-tenant-brought-along' })
  const shown = await act('(dashboard)/applications/_actions.ts#revealCredentialAction', { credentialId: ids.credential })
  const token = await act('(dashboard)/products/[product]/gateway/actions.ts#revealSecretTokenAction', { productId: ids.product })
  const rotated = await act('(dashboard)/products/[product]/gateway/actions.ts#rotateSecretTokenAction', { productId: ids.otherProduct, secretToken: 'a-secret-token-of-our-own-making' })
  for (const result of [added, changed, own, shown, token, rotated]) expect(result).toMatchObject({ ok: true })
  // A test call carries key and secret token, and keeps what came of it.
  await act('(dashboard)/products/[product]/gateway/actions.ts#testIntegrationAction', { productId: ids.product, verb: 'GET', path, applicationId: ids.application })
  await act('(dashboard)/applications/_actions.ts#addAppKeyAction', { applicationId: 'broken', key: 'a-key-that-was-refused-in-the-end' })
  const made = JSON.stringify([added, changed, shown, token, rotated]).match(/"(?:uk|ak|st)_[^"]+"/g) ?? []
  expect(made.length).toBeGreaterThanOrEqual(3)
  return [...session, ...made.map((each) => each.slice(1, -1)), 'a-key-the-tenant-brought-along', 'a-secret-token-of-our-own-making', 'a-key-that-was-refused-in-the-end']
}

/** Endpoints with a secret that is shown, changed and signed with, at a receiver that answers and at one that is not there. */
async function useWebhooks(tenant: SeededTenant): Promise<string[]> {
  const actions = builtActions()
  const act = async (name: string, input: unknown) => {
    const { id, page } = actions.get(`app/zone/admin/[tenant]/(dashboard)/settings/webhooks/actions.ts#${name}`)!
    const { result } = await callAction({ port: world.port, host: hostOf(tenant), path: pathOf(doorOf(page), tenant.ids), id, input, as: tenant.people.admin })
    return result
  }
  const { endpoint: endpointId, spareEndpoint } = tenant.ids
  expect(await act('editEndpointAction', { endpointId, url: process.env.E2E_RECEIVER_URL ?? 'https://hooks.example.com/', active: true, events: ['account.created'] })).toMatchObject({ ok: true })
  const shown = await act('revealEndpointSecretAction', { endpointId })
  const rotated = await act('rotateEndpointSecretAction', { endpointId })
  const spare = await act('revealEndpointSecretAction', { endpointId: spareEndpoint })
  for (const id of [endpointId, spareEndpoint]) expect(await act('sendTestAction', { endpointId: id })).toMatchObject({ ok: true })
  const secrets = JSON.stringify([shown, rotated, spare]).match(/whsec_[^"]+/g) ?? []
  expect(new Set(secrets).size).toBe(3)
  return secrets
}

/** Developers sign in well and badly, sign up, set passwords by link and change keys; and somebody writes secrets into addresses. */
async function usePortal(tenant: SeededTenant): Promise<string[]> {
  const host = portalOf(tenant)
  const { one, people } = tenant.portal
  const visitor = await browserOf(portalMount, host, null, false)
  const admin = browserFor(people.accountAdmin)
  const ask = async (browser: Browser, line: string, given: PortalCall, wanted: RegExp) => {
    const [method, path] = line.split(' ') as ['POST' | 'PUT', string]
    expect(portalVerdict(await callPortal(portalMount, host, { method, path }, browser, given)), line).toMatch(wanted)
  }
  await ask(visitor, 'POST /session', { form: { username: one.login, password: tenant.portal.password } }, /success/)
  await ask(visitor, 'POST /session', { form: { username: one.login, password: 'not this developer’s password' } }, /401/)
  await ask(visitor, 'POST /signup', { form: { 'account[org_name]': 'New', 'account[user][email]': 'new@example.com', 'account[user][password]': 'the password of a new partner' } }, /success/)
  await ask(visitor, 'POST /signup', { form: { 'account[org_name]': '', 'account[user][email]': 'newer@example.com', 'account[user][password]': 'the password of a form refused' } }, /422/)
  await ask(visitor, 'PUT /admin/account/password', { form: { password_reset_token: one.resetToken, 'user[password]': 'the password set by a link' } }, /success/)
  await ask(visitor, 'POST /signup/:invitation_token', { params: { invitation_token: one.invitationToken }, form: { 'user[first_name]': 'In', 'user[last_name]': 'Vited', 'user[password]': 'the password of somebody invited' } }, /success/)
  await ask(admin, 'PUT /admin/account/personal_details', { form: { 'user[current_password]': 'a wrong present password', 'user[password]': 'a password that was never set' } }, /422/)
  await ask(admin, 'PUT /admin/applications/:application_id/user_key', { params: { application_id: one.application } }, /success/)
  await ask(admin, 'POST /admin/applications/:application_id/keys', { params: { application_id: one.keyedApplication } }, /success/)
  await ask(admin, 'POST /docs/:system_name/try', { params: { system_name: one.spec }, json: { server_index: 0, method: 'GET', path: `/one?user_key=${tenant.secrets.userKey}`, headers: [['x-api-key', tenant.secrets.appKey]] } }, /json|status/)
  // What the account's pages show are keys of its own, new ones among them.
  const pages = await Promise.all([one.application, one.keyedApplication].map((id) => callPortal(portalMount, host, { method: 'GET', path: '/admin/applications/:id' }, admin, { params: { id } })))
  const keys = [...new Set(pages.flatMap(({ body }) => body.match(/\b[ua]k_[0-9A-Za-z]{36}\b/g) ?? []))]
  expect(keys.length).toBeGreaterThanOrEqual(2)
  for (const secret of [one.activationCode, ...keys]) for (const path of [`/activate/${secret}`, `/search?q=${secret}`, `/login?return_to=/${secret}`, `/nowhere/${secret}`, `/admin/account/password?password_reset_token=${secret}`, `/?preview=${secret}`]) await send({ port: world.port, host, path, headers: { cookie: admin.cookies } })
  return [...keys, 'not this developer’s password', 'the password of a new partner', 'the password of a form refused', 'the password set by a link', 'the password of somebody invited', 'a wrong present password', 'a password that was never set']
}

const portalMount: PortalMount = { port: world.port, path: (_, path) => path }
const browserFor = (as: SignedIn): Browser => ({ cookies: `${as.cookieName}=${as.cookie}`, csrf: as.csrf })
const hostOf = ({ slug }: SeededTenant) => `${slug}.admin.localhost:${world.port}`
const portalOf = ({ slug }: SeededTenant) => `${slug}.portal.localhost:${world.port}`

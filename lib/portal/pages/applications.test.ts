import { beforeAll, describe, expect, it } from 'vitest'
import { createOwnApplication } from '@/lib/applications/create-own-application'
import { testDatabase } from '@/lib/db/test-database'
import { createField } from '@/lib/fields/create-field'
import { addLimits } from '@/lib/plans/set-limits'
import { promoteConfig } from '@/lib/products/promote-config'
import { ownerPool } from '@/lib/db/pools'
import { assignsOf, call, flashOf, makeApplication, makePortal, makePortalProduct, makeVisit } from '@/lib/portal/pages/signed-in.fixture'

type Portal = Awaited<ReturnType<typeof makePortal>>

describe('a partner’s applications', () => {
  testDatabase()
  let portal: Portal
  let several: Portal
  beforeAll(async () => {
    portal = await makePortal()
    several = await makePortal({ multipleApplications: true, multipleProducts: true })
  })
  const notFound = { code: 'not_found' }
  const form = (name: string, more: Record<string, string> = {}) => ({ application: { name, ...more } })

  it('the dashboard shows key, a call that works, usage against each limit, and open requests', async () => {
    const visit = await makeVisit(portal)
    await addLimits(portal.ctx, { planId: portal.trial, metricId: portal.hitsId, limits: [{ period: 'month', value: 200 }] })
    const made = await makeApplication(portal.ctx, visit, portal.trial)
    const month = new Date(Date.UTC(visit.ctx.now.getUTCFullYear(), visit.ctx.now.getUTCMonth(), 1))
    await ownerPool().query(`INSERT INTO limit_counters ("tenantId", environment, "productId", subject, "metricId", period, "windowAt", value) VALUES ($1, 'production', $2, $3, $4, 'month', $5, 50)`, [portal.ctx.tenant.id, portal.productId, `app:${made.id}`, portal.hitsId, month])
    await call(visit, 'PUT', `/admin/contracts/${made.id}`, { plan_id: String(portal.open), reason: 'More users' })
    const { application, plan_requests: requests } = assignsOf(await call(visit, 'GET', '/admin')) as unknown as { application: Record<string, never>; plan_requests: unknown[] }
    // Reads only on this plan: the first rule is a POST and would be refused.
    expect(application.curl).toBe(`curl -i 'http://api-${portal.ctx.tenant.slug}.gw.localhost:3000/list?user_key=${made.userKey}'`)
    expect(application).toMatchObject({ user_key: made.userKey, key: made.userKey, application_id: '', base_url: `http://api-${portal.ctx.tenant.slug}.gw.localhost:3000`, usage: [{ metric: 'Hits', system_name: 'hits', period: 'month', limit: 200, used: 50, percent: 25, unlimited: false }] })
    expect(requests).toMatchObject([{ state: 'open', reason: { $typed: 'More users' }, plan: { name: 'Public' } }])
    expect(application.plan_request).toMatchObject({ state: 'open' })
  })

  it('keys in the clear are noted once per application, session and hour', async () => {
    const visit = await makeVisit(portal)
    const { id, userKey } = await makeApplication(portal.ctx, visit, portal.open)
    const entries = () => portal.ctx.db.auditEntry.findMany({ where: { action: 'credential.revealed', objectId: String(id) } })
    await call(visit, 'GET', '/admin/applications')
    expect(await entries()).toEqual([])
    for (const page of ['/admin', `/admin/applications/${id}`, '/admin']) await call(visit, 'GET', page)
    expect(await entries()).toMatchObject([{ actorKind: 'developer', actorId: visit.developer.id }])
    const colleague = await makeVisit(portal, { accountId: visit.developer.accountId })
    await call(colleague, 'GET', '/admin')
    const all = await entries()
    expect(all).toHaveLength(2)
    expect(JSON.stringify(all, (_name, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))).not.toContain(userKey)
  })

  it('asks the database as often for twenty applications as for one', async () => {
    const queriesOf = async (count: number) => {
      const visit = await makeVisit(portal)
      for (let made = 0; made < count; made++) await makeApplication(portal.ctx, visit, portal.trial, `App ${made}`)
      await call(visit, 'GET', '/admin') // what is read once a process is read
      let queries = 0
      const { db } = visit.ctx
      const counted = new Proxy(db, {
        get: (target, name) => {
          const model: unknown = Reflect.get(target, name)
          if (typeof model !== 'object' || model === null) return typeof model === 'function' ? (...args: unknown[]) => (queries++, (model as (...given: unknown[]) => unknown).apply(target, args)) : model
          return new Proxy(model, { get: (of, operation) => (...args: unknown[]) => (queries++, (Reflect.get(of, operation) as (...given: unknown[]) => unknown).apply(of, args)) })
        },
      })
      const answer = await call({ ...visit, ctx: { ...visit.ctx, db: counted } }, 'GET', '/admin')
      expect((assignsOf(answer).account as { applications: { $list: unknown[] } }).applications.$list).toHaveLength(count)
      return queries
    }
    const one = await queriesOf(1)
    expect(one).toBeGreaterThan(5)
    expect(await queriesOf(20)).toBe(one)
  })

  it('a partner makes an application on a published plan or the default one; keys, event and audit entry with it', async () => {
    const visit = await makeVisit(portal)
    const answer = await call(visit, 'POST', `/admin/applications?service_id=${portal.productId}`, form('Mine', { description: 'For maps', plan_id: String(portal.open) }))
    expect(answer).toMatchObject({ kind: 'redirect', to: expect.stringMatching(/^\/admin\/applications\/\d+$/) as string, flash: { type: 'success' } })
    const own = await portal.ctx.db.application.findMany({ where: { accountId: visit.developer.accountId }, include: { credentials: true } })
    expect(own).toMatchObject([{ name: 'Mine', description: 'For maps', planId: portal.open, state: 'live' }])
    expect(own[0]!.credentials.map(({ kind }) => kind).sort()).toEqual(['app_key', 'user_key'])
    expect(await portal.ctx.db.auditEntry.count({ where: { action: 'application.created', objectId: String(own[0]!.id), actorId: visit.developer.id } })).toBe(1)
    const byDefault = await makeVisit(portal)
    await call(byDefault, 'POST', '/admin/applications', form('Default'))
    expect(await portal.ctx.db.application.findFirst({ where: { accountId: byDefault.developer.accountId } })).toMatchObject({ planId: portal.trial })
  })

  it('ISO-10 a hidden plan is neither offered nor accepted, here or as a change of plan', async () => {
    const visit = await makeVisit(portal)
    const offered = await call(visit, 'GET', '/admin/applications/new')
    expect(JSON.stringify(plainOf(offered))).not.toContain('Secret')
    expect((assignsOf(offered).application as { choosable_plans: { name: string }[] }).choosable_plans.map(({ name }) => name)).toEqual(['Trial', 'Public'])
    for (const planId of [portal.hidden, 999_999n]) await expect(call(visit, 'POST', '/admin/applications', form('Sly', { plan_id: String(planId) }))).rejects.toMatchObject(notFound)
    const { id } = await makeApplication(portal.ctx, visit, portal.trial)
    expect(JSON.stringify(plainOf(await call(visit, 'GET', `/admin/applications/${id}`)))).not.toContain('Secret')
    for (const planId of [portal.hidden, 999_999n, 'x']) await expect(call(visit, 'PUT', `/admin/contracts/${id}`, { plan_id: String(planId) })).rejects.toMatchObject(notFound)
    expect(await portal.ctx.db.application.findUnique({ where: { id } })).toMatchObject({ planId: portal.trial })
  })

  it('one application each unless the tenant allows several; the server holds it, not the menu', async () => {
    const visit = await makeVisit(portal)
    await makeApplication(portal.ctx, visit, portal.open)
    expect(await call(visit, 'GET', '/admin/applications/new')).toMatchObject({ kind: 'redirect', to: '/admin/applications', flash: { type: 'info' } })
    expect(await call(visit, 'POST', '/admin/applications', form('Second'))).toMatchObject({ kind: 'redirect', flash: { type: 'danger' } })
    expect(await portal.ctx.db.application.count({ where: { accountId: visit.developer.accountId } })).toBe(1)
    const free = await makeVisit(several)
    for (const name of ['One', 'Two']) await call(free, 'POST', '/admin/applications', form(name))
    expect(await several.ctx.db.application.count({ where: { accountId: free.developer.accountId } })).toBe(2)
  })

  it('another product than the first can be chosen only where the tenant shows several', async () => {
    const more = await makePortalProduct(portal.ctx, 'maps')
    const visit = await makeVisit(portal)
    expect(await call(visit, 'GET', '/admin/applications/choose_service')).toMatchObject({ kind: 'redirect', to: '/admin/applications/new' })
    await expect(call(visit, 'GET', `/admin/applications/new?service_id=${more.productId}`)).rejects.toMatchObject(notFound)
    for (const fields of [form('Sly'), form('Sly', { plan_id: String(more.open) })]) await expect(call(visit, 'POST', `/admin/applications?service_id=${more.productId}`, fields)).rejects.toMatchObject(notFound)
    await expect(createOwnApplication(visit.ctx, { planId: more.open, fields: { name: 'Sly' } })).rejects.toMatchObject(notFound)

    const second = await makePortalProduct(several.ctx, 'maps')
    const free = await makeVisit(several)
    expect(await call(free, 'GET', '/admin/applications/new')).toMatchObject({ kind: 'redirect', to: '/admin/applications/choose_service' })
    const { services } = assignsOf(await call(free, 'GET', '/admin/applications/choose_service')) as unknown as { services: { $keys: string[] } }
    expect([...services.$keys].sort()).toEqual(['api', 'maps'])
    await call(free, 'POST', `/admin/applications?service_id=${second.productId}`, form('Maps', { plan_id: String(second.open) }))
    expect(await several.ctx.db.application.findFirst({ where: { accountId: free.developer.accountId } })).toMatchObject({ productId: second.productId })
    // The plan of one product does not fit another.
    await expect(call(free, 'POST', `/admin/applications?service_id=${several.productId}`, form('Mixed', { plan_id: String(second.open) }))).rejects.toMatchObject(notFound)
  })

  it('IDM-2 the same form sent twice, one after the other or at once, makes one application', async () => {
    const visit = await makeVisit(several)
    const send = () => call(visit, 'POST', `/admin/applications?service_id=${several.productId}`, form('Twice'))
    const answers = await Promise.all([send(), send(), send()])
    answers.push(await send())
    expect(new Set(answers.map((answer) => (answer.kind === 'redirect' ? answer.to : answer.kind))).size).toBe(1)
    expect(await several.ctx.db.application.count({ where: { accountId: visit.developer.accountId } })).toBe(1)
    const alone = await makeVisit(portal)
    const outcomes = await Promise.all(['A', 'B', 'C'].map((name) => call(alone, 'POST', '/admin/applications', form(name))))
    expect(outcomes.filter((answer) => flashOf(answer) === 'success')).toHaveLength(1)
    expect(await portal.ctx.db.application.count({ where: { accountId: alone.developer.accountId } })).toBe(1)
  })

  it('extra fields: required ones are asked for, read-only and hidden ones are never written, hidden ones never shown', async () => {
    const own = await makePortal({ multipleApplications: true })
    await createField(own.ctx, { target: 'application', name: 'kind', label: 'Type', choices: ['mobile', 'web'], required: true })
    await createField(own.ctx, { target: 'application', name: 'rating', label: 'Rating', readOnly: true })
    await createField(own.ctx, { target: 'application', name: 'secret_note', label: 'Inner note', hidden: true })
    const visit = await makeVisit(own)
    const refused = await call(visit, 'POST', '/admin/applications', form('', { kind: 'desktop', plan_id: String(own.open) }))
    expect(refused).toMatchObject({ kind: 'page', page: 'applications/new', status: 422 })
    const { application } = assignsOf(refused) as unknown as { application: { errors: Record<string, unknown>; choosable_plans: { name: string; 'selected?': boolean }[] } }
    expect(Object.keys(application.errors)).toEqual(expect.arrayContaining(['name', 'kind']))
    expect(application.choosable_plans).toMatchObject([{ name: 'Trial', 'selected?': false }, { name: 'Public', 'selected?': true }])

    await call(visit, 'POST', '/admin/applications', form('Good', { kind: 'web', rating: '5', secret_note: 'mine', state: 'suspended', accountId: '1' }))
    const row = await own.ctx.db.application.findFirstOrThrow({ where: { accountId: visit.developer.accountId } })
    expect(row).toMatchObject({ extra: { kind: 'web' }, state: 'live' })
    await own.ctx.db.application.update({ where: { id: row.id }, data: { extra: { kind: 'web', rating: 'gold', secret_note: 'they pay late' } } })
    expect(await call(visit, 'PUT', `/admin/applications/${row.id}`, form('Better', { kind: 'mobile', rating: '1', secret_note: '' }))).toMatchObject({ kind: 'redirect' })
    expect(await own.ctx.db.application.findUnique({ where: { id: row.id } })).toMatchObject({ name: 'Better', extra: { kind: 'mobile', rating: 'gold', secret_note: 'they pay late' } })
    const page = JSON.stringify(plainOf(await call(visit, 'GET', `/admin/applications/${row.id}`)))
    expect(page).toContain('gold')
    expect(page).not.toContain('they pay late')
    expect(page).not.toContain('Inner note')
    const again = await call(visit, 'PUT', `/admin/applications/${row.id}`, form('Best', { kind: 'fax' }))
    expect(again).toMatchObject({ kind: 'page', page: 'applications/edit', status: 422 })
    expect(JSON.stringify(plainOf(again))).toContain('Best')
  })

  it('OA-2 redirect URLs of an OAuth client are named on the form, checked, and shown to templates', async () => {
    const own = await makePortal({ multipleApplications: true })
    await own.ctx.db.product.update({ where: { id: own.productId }, data: { authenticationMode: 'oauth' } })
    await promoteConfig(own.ctx, { productId: own.productId })
    const visit = await makeVisit(own)
    const refused = await call(visit, 'POST', '/admin/applications', form('Bad', { redirect_url: 'http://app.example.com/cb' }))
    expect(refused).toMatchObject({ kind: 'page', page: 'applications/new', status: 422 })
    expect(JSON.stringify(plainOf(refused))).toContain('Only localhost may be plain http')
    expect(await own.ctx.db.application.count({ where: { accountId: visit.developer.accountId } })).toBe(0)
    await call(visit, 'POST', '/admin/applications', form('Good', { redirect_url: 'https://app.example.com/cb', client_type: 'public' }))
    const row = await own.ctx.db.application.findFirstOrThrow({ where: { accountId: visit.developer.accountId } })
    expect(row).toMatchObject({ redirectUris: ['https://app.example.com/cb'], clientType: 'public' })
    await call(visit, 'PUT', `/admin/applications/${row.id}`, form('Good', { redirect_url: 'https://app.example.com/cb\r\ncom.example.app:/cb' }))
    const { application } = assignsOf(await call(visit, 'GET', `/admin/applications/${row.id}`)) as unknown as { application: Record<string, unknown> }
    expect(application).toMatchObject({ 'oauth_mode?': true, 'app_id_mode?': false, client_type: 'public', redirect_url: { $typed: 'https://app.example.com/cb\ncom.example.app:/cb' } })
    const again = await call(visit, 'PUT', `/admin/applications/${row.id}`, form('Good', { redirect_url: 'javascript:alert(1)' }))
    expect(again).toMatchObject({ kind: 'page', page: 'applications/edit', status: 422 })
    expect(JSON.stringify(plainOf(again))).toContain('javascript:alert(1)')
  })

  it('ISO-5 ISO-10 another account’s application is answered like one that never was, by every route', async () => {
    const owner = await makeVisit(portal)
    const { id } = await makeApplication(portal.ctx, owner, portal.open)
    const elsewhere = await makePortal()
    const strangers = [await makeVisit(portal), await makeVisit(elsewhere)]
    const key = (await portal.ctx.db.credential.findFirstOrThrow({ where: { applicationId: id } })).id
    for (const stranger of strangers)
      for (const known of [String(id), '999999999', 'abc'])
        for (const [method, path, fields] of [
          ['GET', ''],
          ['GET', '/edit'],
          ['PUT', '', form('Taken')],
          ['DELETE', ''],
          ['PUT', '/user_key'],
          ['POST', '/keys'],
          ['DELETE', `/keys/${key}`],
          ['PUT', `/keys/${key}/regenerate`],
          ['GET', '/alerts'],
          ['PUT', '/alerts/all_read'],
          ['PUT', '/alerts/1/read'],
          ['DELETE', '/alerts/1'],
          ['DELETE', '/alerts/purge'],
        ] as const)
          await expect(call(stranger, method, `/admin/applications/${known}${path}`, fields ?? {}), `${method} ${path}`).rejects.toMatchObject({ code: 'not_found', publicMessage: 'Not found.' })
    for (const stranger of strangers) await expect(call(stranger, 'PUT', `/admin/contracts/${id}`, { plan_id: String(portal.trial) })).rejects.toMatchObject(notFound)
    expect(await portal.ctx.db.application.findUnique({ where: { id } })).toMatchObject({ name: 'Weather app', planId: portal.open })
  })

  it('an admin of the account deletes an application, a member does not', async () => {
    const visit = await makeVisit(portal)
    const { id } = await makeApplication(portal.ctx, visit, portal.open)
    const member = await makeVisit(portal, { role: 'member', accountId: visit.developer.accountId })
    await expect(call(member, 'DELETE', `/admin/applications/${id}`)).rejects.toMatchObject({ code: 'forbidden' })
    expect((assignsOf(await call(member, 'GET', `/admin/applications/${id}`)).application as { can: object }).can).toMatchObject({ 'be_destroyed?': false, 'manage_keys?': true })
    expect(await call(visit, 'DELETE', `/admin/applications/${id}`)).toMatchObject({ to: '/admin/applications', flash: { type: 'success' } })
    expect(await portal.ctx.db.application.findUnique({ where: { id } })).toBeNull()
  })

  it('the way to one’s credentials leads to the single application, and to the list otherwise', async () => {
    const visit = await makeVisit(several)
    expect(await call(visit, 'GET', '/admin/access_details')).toMatchObject({ to: '/admin/applications' })
    const { id } = await makeApplication(several.ctx, visit, several.open)
    expect(await call(visit, 'GET', '/admin/access_details')).toMatchObject({ to: `/admin/applications/${id}` })
    await makeApplication(several.ctx, visit, several.open)
    expect(await call(visit, 'GET', '/admin/access_details')).toMatchObject({ to: '/admin/applications' })
  })

  it('an application that waits shows no call, because none would pass', async () => {
    const visit = await makeVisit(portal)
    const { id } = await makeApplication(portal.ctx, visit, portal.open)
    await portal.ctx.db.application.update({ where: { id }, data: { state: 'pending' } })
    expect(assignsOf(await call(visit, 'GET', `/admin/applications/${id}`)).application).toMatchObject({ curl: '', 'pending?': true, 'can_change_plan?': false, choosable_plans: [] })
  })
})

/** Without the circles of drops that know each other. */
function plainOf(value: unknown, seen = new Set<object>()): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object' || value === null) return value
  if (seen.has(value)) return '(seen)'
  seen.add(value)
  return Array.isArray(value) ? value.map((item) => plainOf(item, seen)) : Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plainOf(item, seen)]))
}

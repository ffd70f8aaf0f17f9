import { beforeAll, describe, expect, it } from 'vitest'
import { approvePlanRequest, rejectPlanRequest } from '@/lib/applications/plan-requests'
import { testDatabase } from '@/lib/db/test-database'
import { assignsOf, call, makeApplication, makePortal, makeVisit } from '@/lib/portal/pages/signed-in.fixture'

type Portal = Awaited<ReturnType<typeof makePortal>>
type Visit = Awaited<ReturnType<typeof makeVisit>>

describe('another plan, and alerts', () => {
  testDatabase()
  let portal: Portal
  let direct: Portal
  let none: Portal
  beforeAll(async () => {
    portal = await makePortal()
    direct = await makePortal()
    none = await makePortal()
    await direct.ctx.db.product.update({ where: { id: direct.productId }, data: { planChangeMode: 'direct' } })
    await none.ctx.db.product.update({ where: { id: none.productId }, data: { planChangeMode: 'none' } })
  })
  const placed = async (at: Portal) => {
    const visit = await makeVisit(at)
    const { id } = await makeApplication(at.ctx, visit, at.trial)
    return { visit, id, ask: (planId = at.open) => call(visit, 'PUT', `/admin/contracts/${id}`, { plan_id: String(planId), reason: 'Launch in May' }) }
  }
  const application = async (visit: Visit, id: bigint) => assignsOf(await call(visit, 'GET', `/admin/applications/${id}`)).application as { plan: { name: string }; plan_request: { state: string; withdraw_url: string; answer: object } | null; choosable_plans: { name: string }[]; 'can_change_plan?': boolean }
  const requests = async (visit: Visit) => assignsOf(await call(visit, 'GET', '/admin/account/plan_changes')) as unknown as { plan_requests: { state: string; cancel_path: string }[]; plan_changes: object[] }

  it('a request is sent with its reason, answered or taken back; the key stays', async () => {
    const { visit, id, ask } = await placed(portal)
    expect(await ask()).toMatchObject({ kind: 'redirect', to: `/admin/applications/${id}`, flash: { text: expect.stringContaining('request for Public is sent') as string } })
    expect(await ask()).toMatchObject({ flash: { type: 'danger' } })
    const open = (await application(visit, id)).plan_request!
    expect(open).toMatchObject({ state: 'open', plan: { name: 'Public' }, reason: { $typed: 'Launch in May' } })
    expect(await call(visit, 'DELETE', open.withdraw_url)).toMatchObject({ to: '/admin/account/plan_changes', flash: { type: 'success' } })
    expect(await call(visit, 'DELETE', open.withdraw_url)).toMatchObject({ flash: { type: 'danger' } })
    expect((await application(visit, id)).plan_request).toBeNull()

    await ask()
    const row = () => portal.ctx.db.planRequest.findFirstOrThrow({ where: { applicationId: id, state: 'open' } })
    await rejectPlanRequest(portal.ctx, { requestId: (await row()).id, answer: 'Too early' })
    expect((await application(visit, id)).plan_request).toMatchObject({ state: 'rejected', answer: { $typed: 'Too early' }, withdraw_url: '' })
    await ask()
    const keyBefore = await portal.ctx.db.credential.findMany({ where: { applicationId: id } })
    await approvePlanRequest(portal.ctx, { requestId: (await row()).id })
    expect(await application(visit, id)).toMatchObject({ plan: { name: 'Public' }, plan_request: null })
    expect(await portal.ctx.db.credential.findMany({ where: { applicationId: id } })).toEqual(keyBefore)
    expect((await requests(visit)).plan_requests.map(({ state }) => state)).toEqual(['approved', 'rejected', 'withdrawn'])
    expect((await requests(visit)).plan_changes).toEqual([])
  })

  it('changes at once where the product has it so, not at all where it does not', async () => {
    const at = await placed(direct)
    expect(await at.ask()).toMatchObject({ flash: { text: expect.stringContaining('now Public') as string } })
    expect(await direct.ctx.db.application.findUnique({ where: { id: at.id } })).toMatchObject({ planId: direct.open })
    const closed = await placed(none)
    expect(await application(closed.visit, closed.id)).toMatchObject({ choosable_plans: [], 'can_change_plan?': false })
    await expect(closed.ask()).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('ROLE-1 an admin of the account decides about plans; ISO-5 requests of others are not found', async () => {
    const { visit, id, ask } = await placed(portal)
    await ask()
    const member = await makeVisit(portal, { role: 'member', accountId: visit.developer.accountId })
    await expect(call(member, 'PUT', `/admin/contracts/${id}`, { plan_id: String(portal.open) })).rejects.toMatchObject({ code: 'forbidden' })
    const [request] = (await requests(visit)).plan_requests
    await expect(call(member, 'DELETE', request!.cancel_path)).rejects.toMatchObject({ code: 'forbidden' })
    expect((await requests(member)).plan_requests).toMatchObject([{ state: 'open', cancel_path: '' }])
    for (const stranger of [await makeVisit(portal), await makeVisit(direct)]) {
      await expect(call(stranger, 'DELETE', `/admin/account/plan_changes/${(await portal.ctx.db.planRequest.findFirstOrThrow({ where: { applicationId: id } })).id}`)).rejects.toMatchObject({ code: 'not_found' })
      expect((await requests(stranger)).plan_requests).toEqual([])
    }
  })

  it('3scale’s plan widget leads to where the plan is chosen', async () => {
    const { visit, id } = await placed(portal)
    expect(await call(visit, 'GET', `/admin/services/${portal.productId}/plans_widget?application_id=${id}`)).toMatchObject({ to: `/admin/applications/${id}#plan` })
    expect(await call(visit, 'GET', `/admin/services/${portal.productId}/plans_widget`)).toMatchObject({ to: `/admin/applications/${id}#plan` })
    expect(await call(await makeVisit(portal), 'GET', `/admin/services/${portal.productId}/plans_widget`)).toMatchObject({ to: `/admin/applications/new?service_id=${portal.productId}` })
    expect(await call(visit, 'GET', '/admin/services/x/plans_widget?application_id=//evil.example')).toMatchObject({ to: '/admin/applications' })
  })

  it('alerts are listed, read and deleted by their own account', async () => {
    const { visit, id } = await placed(portal)
    const alert = (level: number) =>
      portal.ctx.db.limitAlert.create({ data: { tenantId: portal.ctx.tenant.id, productId: portal.productId, accountId: visit.developer.accountId, applicationId: id, metricId: portal.hitsId, period: 'month', windowAt: new Date('2026-11-01'), level, value: BigInt(level), limitValue: 100n } })
    const [low, high] = [await alert(80), await alert(100)]
    const path = `/admin/applications/${id}/alerts`
    const list = async () => (assignsOf(await call(visit, 'GET', path)) as unknown as { alerts: { level: number; 'unread?': boolean; dom_level: string; message: string; utilization: number; formatted_level: { $html: string }; read_alert_url: string }[] }).alerts
    expect(await list()).toMatchObject([
      { level: 100, 'unread?': true, dom_level: 'above-100', formatted_level: { $html: '&ge;&nbsp;100&nbsp;%' }, utilization: 100, message: 'Hits per month: 100 of 100' },
      { level: 80, 'unread?': true, dom_level: 'below-80', read_alert_url: `${path}/${low.id}/read` },
    ])
    await call(visit, 'PUT', `${path}/${low.id}/read`)
    expect((await list()).map((each) => each['unread?'])).toEqual([true, false])
    await call(visit, 'PUT', `${path}/all_read`)
    expect((await list()).map((each) => each['unread?'])).toEqual([false, false])
    await call(visit, 'DELETE', `${path}/${high.id}`)
    expect((await list()).map(({ level }) => level)).toEqual([80])
    await expect(call(visit, 'DELETE', `${path}/${high.id}`)).rejects.toMatchObject({ code: 'not_found' })
    // An alert of one application is not reached by way of another.
    const other = await placed(portal)
    for (const [method, end] of [['PUT', `/${low.id}/read`], ['DELETE', `/${low.id}`]] as const) await expect(call(other.visit, method, `/admin/applications/${other.id}/alerts${end}`)).rejects.toMatchObject({ code: 'not_found' })
    await call(visit, 'DELETE', `${path}/purge`)
    expect(await list()).toEqual([])
    // Or the same level would be told again.
    expect(await portal.ctx.db.limitAlert.count({ where: { applicationId: id } })).toBe(2)
  })
})

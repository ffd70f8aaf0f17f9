import { describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { recordAudit } from '@/lib/events/record-audit'
import { editOrganisation } from '@/lib/tenants/edit-organisation'
import { endOtherSessions, endOwnSession } from '@/lib/tenants/end-sessions'
import { listAudit } from '@/lib/tenants/list-audit'
import { contextOf, makeMember } from '@/lib/tenants/member.fixture'
import { createSession, listMemberSessions } from '@/lib/tenants/sessions'

testDatabase()

describe('the organisation', () => {
  it('changes name and time zone, and the audit log tells from what to what', async () => {
    const ctx = await makeTenant()
    await editOrganisation(ctx, { name: 'Acme Rockets', timezone: 'Europe/Lisbon' })
    expect(await ctx.db.tenant.findUnique({ where: { id: ctx.tenant.id } })).toMatchObject({ name: 'Acme Rockets', timezone: 'Europe/Lisbon' })
    const [entry] = (await listAudit(ctx)).items
    expect(entry).toMatchObject({ action: 'tenant.changed', before: { name: ctx.tenant.name }, after: { name: 'Acme Rockets', timezone: 'Europe/Lisbon' } })
    await editOrganisation(ctx, { name: 'Acme Rockets', timezone: 'Europe/Lisbon' })
    expect((await listAudit(ctx)).items).toHaveLength(1)
  })

  it('refuses a time zone nobody knows, by field', async () => {
    const ctx = await makeTenant()
    await expect(editOrganisation(ctx, { name: 'Acme', timezone: 'Moon/Tranquility' })).rejects.toMatchObject({ issues: [{ path: ['timezone'] }] })
  })
})

describe('the audit log on screen', () => {
  it('pages back and forth without a gap, the latest first', async () => {
    const ctx = await makeTenant()
    for (let number = 1; number <= 60; number++) await recordAudit(ctx.db, ctx.audit, { action: 'plan.changed', object: { kind: 'plan', id: number, name: `Plan ${number}` } })
    const first = await listAudit(ctx)
    const second = await listAudit(ctx, { cursor: first.nextCursor! })
    const third = await listAudit(ctx, { cursor: second.nextCursor! })
    const names = [first, second, third].flatMap(({ items }) => items.map(({ object }) => object.name))
    expect(names).toEqual(Array.from({ length: 60 }, (_, index) => `Plan ${60 - index}`))
    expect(first.previousCursor).toBeNull()
    expect(third.nextCursor).toBeNull()
    expect((await listAudit(ctx, { cursor: third.previousCursor! })).items).toEqual(second.items)
  })

  it('narrows by thing, by person, by time and by words', async () => {
    const ctx = await makeTenant()
    const grace = contextOf(ctx, await makeMember(ctx, { name: 'Grace' }))
    await recordAudit(ctx.db, grace.audit, { action: 'product.promoted', object: { kind: 'product', id: 1, name: 'Orders API' } })
    await recordAudit(ctx.db, ctx.audit, { action: 'plan.changed', object: { kind: 'plan', id: 2, name: 'Trial' } })
    const actions = async (input: Parameters<typeof listAudit>[1]) => (await listAudit(ctx, input)).items.map(({ action }) => action)
    expect(await actions({ noun: 'plan' })).toEqual(['plan.changed'])
    expect(await actions({ actor: `member:${grace.actor.id}` })).toEqual(['product.promoted'])
    expect(await actions({ search: 'orders' })).toEqual(['product.promoted'])
    expect(await actions({ since: 'day' })).toHaveLength(2)
    expect((await listAudit({ ...ctx, now: new Date(Date.now() + 2 * 86_400_000) }, { since: 'day' })).items).toEqual([])
    // A word of the address that no filter knows is ignored.
    expect(await actions({ noun: 'nonsense' as 'plan', actor: "member:1' OR 1=1" })).toHaveLength(2)
  })

  it('AUD-1 a tenant reads only its own entries', async () => {
    const [ctx, other] = [await makeTenant(), await makeTenant()]
    await recordAudit(other.db, other.audit, { action: 'plan.changed', object: { kind: 'plan', id: 1, name: 'Secret plan' } })
    expect((await listAudit(ctx, { search: 'Secret' })).items).toEqual([])
  })
})

describe('own sessions', () => {
  const origin = { address: '127.0.0.1', userAgent: 'test' }

  it('SES-4 a member ends one of their sessions, or all but this one', async () => {
    const ctx = await makeTenant()
    const ada = await makeMember(ctx)
    const at = { realm: 'admin', tenantId: ctx.tenant.id } as const
    const [here, phone, library] = [await createSession(at, { memberId: ada.id }, origin, ctx.now), await createSession(at, { memberId: ada.id }, origin, ctx.now), await createSession(at, { memberId: ada.id }, origin, ctx.now)]
    const asAda = contextOf(ctx, ada, here.id)
    const left = async () => (await listMemberSessions(ctx.tenant.id, ada.id, here.id, ctx.now)).map(({ id }) => id).sort()
    await endOwnSession(asAda, { sessionId: phone.id })
    expect(await left()).toEqual([here.id, library.id])
    expect(await endOtherSessions(asAda)).toEqual({ ended: 1 })
    expect(await left()).toEqual([here.id])
  })

  it("SES-4 a colleague's session is not found", async () => {
    const ctx = await makeTenant()
    const [ada, bob] = [await makeMember(ctx), await makeMember(ctx)]
    const theirs = await createSession({ realm: 'admin', tenantId: ctx.tenant.id }, { memberId: bob.id }, origin, ctx.now)
    await expect(endOwnSession(contextOf(ctx, ada), { sessionId: theirs.id })).rejects.toMatchObject({ code: 'not_found' })
  })
})

import { beforeAll, describe, expect, it } from 'vitest'
import { authorizeDeveloper } from '@/lib/accounts/authorize-developer'
import { editDeveloper } from '@/lib/accounts/change-developer'
import { changeOwnDetails } from '@/lib/accounts/change-own-details'
import { confirmDeveloper, isConfirmationGood } from '@/lib/accounts/confirm-developer'
import { isResetGood, requestDeveloperPasswordReset, resetDeveloperPassword } from '@/lib/accounts/reset-developer-password'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { logger } from '@/lib/logger'
import { goodPassword, makeDeveloper, makeLink } from '@/lib/accounts/developer.fixture'
import type { Ctx } from '@/lib/tenants/context'
import { visitorOf } from '@/lib/tenants/member.fixture'
import { findDeveloperSession } from '@/lib/tenants/sessions'

testDatabase()
beforeAll(() => void (logger.level = 'silent'))

const nextPassword = 'quiet harbour at noon'
const open = { accountApprovalRequired: false }
const at = (ctx: Ctx, ms: number): Ctx => ({ ...ctx, now: new Date(ctx.now.getTime() + ms) })
const signIn = (ctx: Ctx, login: string, password = goodPassword, address = '203.0.113.50') => authorizeDeveloper(visitorOf(ctx, address), { login, password, userAgent: 'test' })
const eventsOf = async (ctx: Ctx, type: string) => (await ctx.db.event.findMany({ where: { type } })).length

describe('signing in as a developer', () => {
  it('goes by e-mail and by user name, in any spelling of either', async () => {
    const ctx = await makeTenant()
    const { developer, account } = await makeDeveloper(ctx, { email: 'Ada@Example.com', userName: 'ada.l' })
    for (const login of ['ada@example.com', ' ADA@example.com ', 'Ada.L']) {
      const { sid, developer: who } = await signIn(ctx, login)
      expect(who).toEqual({ id: developer.id, accountId: account.id, email: 'Ada@Example.com' })
      expect(await findDeveloperSession(ctx.tenant.id, sid, ctx.now)).toMatchObject({ developer: { id: developer.id, accountId: account.id } })
    }
    expect(await eventsOf(ctx, 'developer.signed_in')).toBe(3)
  })

  it('PW-3 unknown, wrong, unconfirmed, suspended, and accounts that wait, were rejected or suspended answer alike', async () => {
    const ctx = await makeTenant()
    const cases: [string, string][] = [['nobody@example.com', goodPassword], ['no-such-name', goodPassword], ['', '']]
    const add = async (wanted: Parameters<typeof makeDeveloper>[1], password = goodPassword) => cases.push([(await makeDeveloper(ctx, wanted)).developer.email, password])
    await add({}, 'wrong password of mine')
    await add({ state: 'suspended' })
    await add({ state: 'pending', accountState: 'pending' })
    for (const accountState of ['pending', 'rejected', 'suspended']) await add({ accountState })
    for (const [index, [login, password]] of cases.entries())
      await expect(signIn(ctx, login, password, `203.0.113.${60 + index}`), login).rejects.toMatchObject({ code: 'wrong_credentials', publicMessage: 'Wrong e-mail or password.' })
    expect(await ctx.db.session.count()).toBe(0)
    // The mail tells who knows the password what is missing: the confirmation, or the approval.
    expect(await eventsOf(ctx, 'developer.confirmation_requested')).toBe(2)
    expect(await ctx.db.auditEntry.count({ where: { action: 'developer.sign_in_failed' } })).toBe(cases.length)
  })

  it('PW-2 five failures are free, then it waits, the same whether the login exists; a reset opens it', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx)
    for (const [login, net] of [[developer.email, 1], ['ghost@example.com', 2]] as const) {
      for (let i = 0; i < 5; i++) await expect(signIn(ctx, login, 'wrong password', `192.0.2.${net * 10 + i}`)).rejects.toMatchObject({ code: 'wrong_credentials' })
      await expect(signIn(ctx, login, goodPassword, `192.0.2.${net * 10 + 9}`)).rejects.toMatchObject({ code: 'too_many_requests', retryAfterSeconds: 1 })
    }
    const token = await makeLink(ctx, developer.id, 'reset_password')
    await resetDeveloperPassword(visitorOf(ctx), { token, password: nextPassword, settings: open })
    expect(await signIn(ctx, developer.email, nextPassword)).toMatchObject({ sid: expect.any(String) })
  })

  it('PW-2 a lock of a member is none of a developer with the same address, and the other way round', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx)
    const { bookSignInAttempt } = await import('@/lib/tenants/sign-in-failures')
    for (let i = 0; i < 5; i++) await bookSignInAttempt({ realm: 'admin', tenantId: ctx.tenant.id, login: developer.email, address: null }, ctx.now)
    expect(await signIn(ctx, developer.email)).toMatchObject({ sid: expect.any(String) })
  })

  it('PW-1 a password above 128 characters is refused before it is hashed', async () => {
    await expect(signIn(await makeTenant(), 'a@example.com', 'x'.repeat(129))).rejects.toMatchObject({ code: 'invalid' })
  })
})

describe('links of a developer’s mails', () => {
  it('PW-4 a confirmation works once, within the hour, at its tenant; a newer one voids it', async () => {
    const ctx = await makeTenant()
    const { developer, account } = await makeDeveloper(ctx, { state: 'pending', accountState: 'pending' })
    const first = await makeLink(ctx, developer.id, 'confirm_email')
    const second = await makeLink(ctx, developer.id, 'confirm_email')
    const confirm = (where: Ctx, token: string) => confirmDeveloper(visitorOf(where), { token, settings: open })
    await expect(confirm(ctx, first)).rejects.toMatchObject({ code: 'invalid' })
    await expect(confirm(await makeTenant(), second)).rejects.toMatchObject({ code: 'invalid' })
    await expect(confirm(at(ctx, 3_700_000), second)).rejects.toMatchObject({ code: 'invalid' })
    expect(await isConfirmationGood(visitorOf(ctx), second)).toBe(true)
    const answers = await Promise.allSettled([confirm(ctx, second), confirm(ctx, second)])
    expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await ctx.db.account.findUnique({ where: { id: account.id } })).toMatchObject({ state: 'approved' })
    expect(await isConfirmationGood(visitorOf(ctx), second)).toBe(false)
    expect(await signIn(ctx, developer.email)).toMatchObject({ sid: expect.any(String) })
  })

  it('with approval required the confirmed account waits', async () => {
    const ctx = await makeTenant()
    const { developer, account } = await makeDeveloper(ctx, { state: 'pending', accountState: 'pending' })
    const token = await makeLink(ctx, developer.id, 'confirm_email')
    expect(await confirmDeveloper(visitorOf(ctx), { token, settings: { accountApprovalRequired: true } })).toEqual({ accountState: 'pending' })
    expect(await ctx.db.account.findUnique({ where: { id: account.id } })).toMatchObject({ state: 'pending' })
    await expect(signIn(ctx, developer.email)).rejects.toMatchObject({ code: 'wrong_credentials' })
  })

  it('PW-4 a reset works once, not for another purpose or realm, and not for somebody suspended', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx)
    const reset = (token: string) => resetDeveloperPassword(visitorOf(ctx), { token, password: nextPassword, settings: open })
    await expect(reset(await makeLink(ctx, developer.id, 'confirm_email'))).rejects.toMatchObject({ code: 'invalid' })
    const token = await makeLink(ctx, developer.id, 'reset_password')
    await ctx.db.developer.update({ where: { id: developer.id }, data: { state: 'suspended' } })
    await expect(reset(token)).rejects.toMatchObject({ code: 'invalid' })
    await ctx.db.developer.update({ where: { id: developer.id }, data: { state: 'active' } })
    await expect(resetDeveloperPassword(visitorOf(ctx), { token, password: 'short', settings: open })).rejects.toMatchObject({ code: 'invalid', fields: { password: [expect.any(String)] } })
    await reset(token)
    await expect(reset(token)).rejects.toMatchObject({ code: 'invalid' })
  })

  it('PW-4 a link that was sent to an address is worth nothing once the address is another', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx)
    const token = await makeLink(ctx, developer.id, 'reset_password')
    await editDeveloper(ctx, { developerId: developer.id, firstName: 'Grace' })
    expect(await isResetGood(visitorOf(ctx), token)).toBe(true)
    await editDeveloper(ctx, { developerId: developer.id, email: 'elsewhere@partner.example' })
    expect(await isResetGood(visitorOf(ctx), token)).toBe(false)
  })

  it('SES-4 a reset and a change of the password end the other sessions', async () => {
    const ctx = await makeTenant()
    const { developer, account } = await makeDeveloper(ctx)
    const here = await signIn(ctx, developer.email)
    const there = await signIn(ctx, developer.email)
    const own: Ctx = { ...ctx, actor: { kind: 'developer', id: developer.id, accountId: account.id, name: '', email: developer.email, sessionId: here.sessionId } }
    await expect(changeOwnDetails(own, { currentPassword: 'not it at all', password: nextPassword })).rejects.toMatchObject({ code: 'invalid', fields: { current_password: [expect.any(String)] } })
    const { sid } = await changeOwnDetails(own, { currentPassword: goodPassword, password: nextPassword })
    const lives = async (each: string) => (await findDeveloperSession(ctx.tenant.id, each, ctx.now)) !== null
    expect([await lives(here.sid), await lives(there.sid), await lives(sid!)]).toEqual([false, false, true])
    await resetDeveloperPassword(visitorOf(ctx), { token: await makeLink(ctx, developer.id, 'reset_password'), password: goodPassword, settings: open })
    expect(await lives(sid!)).toBe(false)
  })

  it('PW-3 asking for a reset answers alike and leaves the same trace for a known and an unknown address', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx)
    for (const email of [developer.email, 'ghost@example.com']) expect(await requestDeveloperPasswordReset(visitorOf(ctx), { email })).toBeUndefined()
    expect(await requestDeveloperPasswordReset(visitorOf(ctx), { email: 'no address' })).toBeUndefined()
    expect(await eventsOf(ctx, 'developer.password_reset_requested')).toBe(2)
  })
})

import { describe, expect, it } from 'vitest'
import { tokenHash } from '@/lib/crypto'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { authorizeMember } from '@/lib/tenants/authorize-member'
import { changePassword, confirmPassword } from '@/lib/tenants/change-password'
import { confirmEmail, requestConfirmation } from '@/lib/tenants/confirm-email'
import { contextOf, goodPassword, makeMember, visitorOf } from '@/lib/tenants/member.fixture'
import { consumeOneTimeToken, findTokenHolder, makeOneTimeToken } from '@/lib/tenants/one-time-tokens'
import { requestPasswordReset, resetPassword } from '@/lib/tenants/reset-password'
import { createSession, findMemberSession } from '@/lib/tenants/sessions'

testDatabase()

const next = 'amber ferry at Oslo quay'
const later = (date: Date, ms: number) => new Date(date.getTime() + ms)

async function withToken(purpose: 'confirm_email' | 'reset_password', state: 'active' | 'pending' = 'active') {
  const ctx = await makeTenant()
  const member = await makeMember(ctx, { state })
  const token = await makeOneTimeToken(ctx.db, purpose, { tenantId: ctx.tenant.id, memberId: member.id }, ctx.now)
  return { ctx, member, token, visitor: visitorOf(ctx) }
}

describe('a link in a mail', () => {
  it('PW-4 is 32 random bytes of which only the hash is stored', async () => {
    const { ctx, token } = await withToken('reset_password')
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    expect(await ctx.db.oneTimeToken.findFirstOrThrow()).toMatchObject({ hash: tokenHash(token) })
  })

  it('PW-4 works once, of twenty uses at the same moment too', async () => {
    const { ctx, member, token } = await withToken('reset_password')
    const uses = await Promise.all(Array.from({ length: 20 }, () => consumeOneTimeToken(ctx.db, ctx.tenant.id, 'reset_password', token, ctx.now)))
    expect(uses.filter((holder) => holder !== null)).toEqual([member.id])
  })

  it('PW-4 is good for an hour, an invitation for seven days', async () => {
    const { ctx, member, token } = await withToken('reset_password')
    const invitation = await makeOneTimeToken(ctx.db, 'invitation', { tenantId: ctx.tenant.id, memberId: member.id }, ctx.now)
    const find = (purpose: 'reset_password' | 'invitation', text: string, ms: number) => findTokenHolder(ctx.db, ctx.tenant.id, purpose, text, later(ctx.now, ms))
    expect(await find('reset_password', token, 3_599_000)).toBe(member.id)
    expect(await find('reset_password', token, 3_600_000)).toBeNull()
    expect(await find('invitation', invitation, 7 * 86_400_000 - 1000)).toBe(member.id)
    expect(await find('invitation', invitation, 7 * 86_400_000)).toBeNull()
  })

  it('PW-4 is void as soon as a newer one is made, and good for its own purpose and tenant only', async () => {
    const { ctx, member, token } = await withToken('reset_password')
    const other = await makeTenant()
    expect(await findTokenHolder(other.db, other.tenant.id, 'reset_password', token, ctx.now)).toBeNull()
    expect(await findTokenHolder(ctx.db, ctx.tenant.id, 'confirm_email', token, ctx.now)).toBeNull()
    const newer = await makeOneTimeToken(ctx.db, 'reset_password', { tenantId: ctx.tenant.id, memberId: member.id }, ctx.now)
    expect(await consumeOneTimeToken(ctx.db, ctx.tenant.id, 'reset_password', token, ctx.now)).toBeNull()
    expect(await consumeOneTimeToken(ctx.db, ctx.tenant.id, 'reset_password', newer, ctx.now)).toBe(member.id)
  })
})

describe('a forgotten password', () => {
  it('PW-3 is asked for with the same outcome whether somebody has the address or not', async () => {
    const ctx = await makeTenant()
    const member = await makeMember(ctx)
    await requestPasswordReset(visitorOf(ctx), { email: member.email })
    await requestPasswordReset(visitorOf(ctx), { email: 'nobody@example.com' })
    const events = await ctx.db.event.findMany({ where: { type: 'member.password_reset_requested' }, orderBy: { id: 'asc' } })
    expect(events.map((event) => event.data)).toEqual([{ memberId: Number(member.id), email: member.emailNormal }, { memberId: null, email: 'nobody@example.com' }])
  })

  it.each([['known', true], ['unknown', false]])('PW-2 is asked for ten times an hour for one address of mail that is %s', async (_kind, known) => {
    const ctx = await makeTenant()
    const { email } = known ? await makeMember(ctx) : { email: 'nobody@example.com' }
    for (let i = 0; i < 10; i++) await requestPasswordReset(visitorOf(ctx, `192.0.2.${i}`), { email })
    await expect(requestPasswordReset(visitorOf(ctx, '192.0.2.99'), { email })).rejects.toMatchObject({ code: 'too_many_requests', retryAfterSeconds: expect.any(Number) })
  })

  it('PW-2 is asked for ten times an hour from one address of the network, and links are not tried without end', async () => {
    const ctx = await makeTenant()
    for (let i = 0; i < 10; i++) await requestPasswordReset(visitorOf(ctx, '192.0.2.200'), { email: `person${i}@example.com` })
    await expect(requestPasswordReset(visitorOf(ctx, '192.0.2.200'), { email: 'person99@example.com' })).rejects.toMatchObject({ code: 'too_many_requests' })
    for (let i = 0; i < 60; i++) await expect(confirmEmail(visitorOf(ctx, '192.0.2.201'), { token: 'x' })).rejects.toMatchObject({ code: 'invalid' })
    await expect(confirmEmail(visitorOf(ctx, '192.0.2.201'), { token: 'x' })).rejects.toMatchObject({ code: 'too_many_requests' })
  })

  it('SES-4 is replaced by the link, which signs out everywhere and lets the new one in', async () => {
    const { ctx, member, token, visitor } = await withToken('reset_password')
    const { sid } = await createSession({ realm: 'admin', tenantId: ctx.tenant.id }, { memberId: member.id }, { address: null, userAgent: '' }, ctx.now)
    await resetPassword(visitor, { token, password: next })
    expect(await findMemberSession(ctx.tenant.id, sid, ctx.now)).toBeNull()
    await expect(authorizeMember(visitor, { login: member.email, password: goodPassword, userAgent: '' })).rejects.toMatchObject({ code: 'wrong_credentials' })
    await authorizeMember(visitor, { login: member.email, password: next, userAgent: '' })
    await expect(resetPassword(visitor, { token, password: 'another good sentence' })).rejects.toMatchObject({ code: 'invalid' })
  })

  it('PW-4 keeps its link when the new password is refused', async () => {
    const { token, visitor } = await withToken('reset_password')
    await expect(resetPassword(visitor, { token, password: 'password1234' })).rejects.toMatchObject({ code: 'invalid', fields: { password: [expect.any(String)] } })
    await resetPassword(visitor, { token, password: next })
  })

  it('confirms the address as well, since the link proved it', async () => {
    const { ctx, member, token, visitor } = await withToken('reset_password', 'pending')
    await resetPassword(visitor, { token, password: next })
    expect(await ctx.db.member.findUnique({ where: { id: member.id } })).toMatchObject({ state: 'active', emailConfirmedAt: ctx.now })
  })
})

describe('confirming an e-mail', () => {
  it('opens the account once', async () => {
    const { ctx, member, token, visitor } = await withToken('confirm_email', 'pending')
    await expect(authorizeMember(visitor, { login: member.email, password: goodPassword, userAgent: '' })).rejects.toMatchObject({ code: 'wrong_credentials' })
    expect(await confirmEmail(visitor, { token })).toMatchObject({ id: member.id })
    await authorizeMember({ ...visitor, now: later(ctx.now, 1000) }, { login: member.email, password: goodPassword, userAgent: '' })
    await expect(confirmEmail(visitor, { token })).rejects.toMatchObject({ code: 'invalid' })
  })

  it('does not bring back a suspended member', async () => {
    const { ctx, member, token, visitor } = await withToken('confirm_email', 'pending')
    await ctx.db.member.update({ where: { id: member.id }, data: { state: 'suspended' } })
    await expect(confirmEmail(visitor, { token })).rejects.toMatchObject({ code: 'invalid' })
    expect(await findTokenHolder(ctx.db, ctx.tenant.id, 'confirm_email', token, ctx.now)).toBe(member.id)
  })

  it('PW-3 asks for the mail again with the same outcome for every address', async () => {
    const { ctx, member, visitor } = await withToken('confirm_email', 'pending')
    await requestConfirmation(visitor, { email: member.email })
    await requestConfirmation(visitor, { email: 'nobody@example.com' })
    expect(await ctx.db.event.count({ where: { type: 'member.confirmation_requested' } })).toBe(2)
  })
})

describe('the password again', () => {
  async function signedIn() {
    const ctx = await makeTenant()
    const member = await makeMember(ctx)
    const { id } = await createSession({ realm: 'admin', tenantId: ctx.tenant.id }, { memberId: member.id }, { address: null, userAgent: '' }, ctx.now)
    return { ctx, member, mine: contextOf(ctx, member, id) }
  }

  it('PW-6 opens sensitive actions for ten minutes', async () => {
    const { ctx, mine } = await signedIn()
    const { sid } = await confirmPassword(mine, { password: goodPassword })
    expect((await findMemberSession(ctx.tenant.id, sid, ctx.now))?.stepUpAt).toEqual(later(ctx.now, 600_000))
  })

  it('PW-6 is not guessed on an unlocked screen', async () => {
    const { mine } = await signedIn()
    for (let i = 0; i < 5; i++) await expect(confirmPassword(mine, { password: 'wrong words here' })).rejects.toMatchObject({ code: 'invalid', fields: { password: [expect.any(String)] } })
    await expect(confirmPassword(mine, { password: goodPassword })).rejects.toMatchObject({ code: 'too_many_requests' })
    await expect(changePassword(mine, { current: goodPassword, next })).rejects.toMatchObject({ code: 'too_many_requests' })
  })

  it('PW-2 a stranger cannot lock it by what he types as a login, and a reset opens it', async () => {
    const { ctx, mine: at, member } = await signedIn()
    // Without an address: those wait by themselves.
    const mine = { ...at, audit: { ...at.audit, address: null } }
    for (let i = 0; i < 5; i++) await expect(authorizeMember(visitorOf(ctx, null), { login: `member ${member.id}`, password: 'wrong words here', userAgent: '' })).rejects.toMatchObject({ code: 'wrong_credentials' })
    await confirmPassword(mine, { password: goodPassword })
    for (let i = 0; i < 5; i++) await expect(confirmPassword(mine, { password: 'wrong words here' })).rejects.toMatchObject({ code: 'invalid' })
    await expect(confirmPassword(mine, { password: goodPassword })).rejects.toMatchObject({ code: 'too_many_requests' })
    const token = await makeOneTimeToken(ctx.db, 'reset_password', { tenantId: ctx.tenant.id, memberId: member.id }, ctx.now)
    await resetPassword(visitorOf(ctx, null), { token, password: next })
    await expect(confirmPassword(mine, { password: 'wrong words here' })).rejects.toMatchObject({ code: 'invalid' })
  })

  it('AUD-1 a new password and a reset are in the audit log, the passwords are not', async () => {
    const { ctx, mine } = await signedIn()
    await changePassword(mine, { current: goodPassword, next })
    const entries = await ctx.db.auditEntry.findMany()
    expect(entries.map((entry) => entry.action)).toEqual(['member.password_changed'])
    expect(JSON.stringify(entries, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))).not.toMatch(/amber|violet|argon2/)
  })
})

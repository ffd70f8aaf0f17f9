import { beforeAll, describe, expect, it } from 'vitest'
import { acceptDeveloperInvitation } from '@/lib/accounts/accept-developer-invitation'
import { goodPassword, makeLink } from '@/lib/accounts/developer.fixture'
import { deleteDeveloperInvitation, inviteDeveloper, openInvitationsMax } from '@/lib/accounts/invite-developer'
import { testDatabase } from '@/lib/db/test-database'
import { createField } from '@/lib/fields/create-field'
import { verifyPassword } from '@/lib/passwords/hash-password'
import { assignsOf, call, flashOf, makePortal, makeVisit } from '@/lib/portal/pages/signed-in.fixture'
import type { FormTree } from '@/lib/portal/portal-route'
import { visitorOf } from '@/lib/tenants/member.fixture'
import { createSession, findDeveloperSession } from '@/lib/tenants/sessions'
import { windows } from '@/lib/throttle/buckets'

type Portal = Awaited<ReturnType<typeof makePortal>>
type Visit = Awaited<ReturnType<typeof makeVisit>>

describe('the people of an account', () => {
  testDatabase()
  let portal: Portal
  let single: Portal
  beforeAll(async () => {
    portal = await makePortal({ multipleUsers: true })
    single = await makePortal()
  })
  const notFound = { code: 'not_found' }
  const forbidden = { code: 'forbidden' }
  const person = (id: bigint) => portal.ctx.db.developer.findUnique({ where: { id } })
  const invite = (visit: Visit, email: string) => call(visit, 'POST', '/admin/account/invitations', { invitation: { email } })
  const listed = async (visit: Visit) => (assignsOf(await call(visit, 'GET', '/admin/account/invitations')).invitations as { $list: { email: { $typed: string }; 'accepted?': boolean; token: string; resend_url: string; url: string }[] }).$list
  const sessionsOf = (developerId: bigint) => portal.ctx.db.session.count({ where: { developerId, revokedAt: null } })

  describe('invitations', () => {
    it('an admin invites, sends again, and the invited joins the account', async () => {
      const visit = await makeVisit(portal)
      expect(await invite(visit, 'New@Friend.example')).toMatchObject({ kind: 'redirect', flash: { type: 'success' } })
      const [invitation] = await listed(visit)
      expect(invitation).toMatchObject({ email: { $typed: 'New@Friend.example' }, 'accepted?': false, token: '' })
      const invited = await portal.ctx.db.developer.findFirstOrThrow({ where: { emailNormal: 'new@friend.example' } })
      expect(invited).toMatchObject({ accountId: visit.developer.accountId, state: 'pending', role: 'member', passwordHash: null })
      const events = () => portal.ctx.db.event.count({ where: { type: 'developer.invited', data: { path: ['developerId'], equals: Number(invited.id) } } })
      expect(await events()).toBe(1)
      await call(visit, 'PUT', invitation!.resend_url)
      expect(await events()).toBe(2)
      const token = await makeLink(portal.ctx, invited.id, 'invitation')
      await acceptDeveloperInvitation(visitorOf(portal.ctx), { token, user: { password: goodPassword, first_name: 'Nia' } })
      expect(await person(invited.id)).toMatchObject({ state: 'active', accountId: visit.developer.accountId })
      expect(await listed(visit)).toMatchObject([{ 'accepted?': true }])
      expect(await call(visit, 'PUT', invitation!.resend_url)).toMatchObject({ flash: { type: 'danger' } })
      // Out of the list, and the colleague stays.
      await call(visit, 'DELETE', invitation!.url)
      expect([await listed(visit), (await person(invited.id))?.state]).toEqual([[], 'active'])
    })

    it('a deleted invitation is gone, and its address is free', async () => {
      const visit = await makeVisit(portal)
      await invite(visit, 'gone@friend.example')
      const [invitation] = await listed(visit)
      await call(visit, 'DELETE', invitation!.url)
      expect(await listed(visit)).toEqual([])
      await expect(call(visit, 'DELETE', invitation!.url)).rejects.toMatchObject(notFound)
      expect(await invite(visit, 'gone@friend.example')).toMatchObject({ flash: { type: 'success' } })
      expect(await portal.ctx.db.auditEntry.count({ where: { action: 'developer.deleted', actorId: visit.developer.id } })).toBe(1)
    })

    it('IDM-2 the same form sent twice makes one invitation and no error', async () => {
      const visit = await makeVisit(portal)
      const answers = await Promise.all([invite(visit, 'twice@friend.example'), invite(visit, 'twice@friend.example')])
      expect(answers.map((answer) => flashOf(answer))).toEqual(['success', 'success'])
      expect(await portal.ctx.db.developer.count({ where: { emailNormal: 'twice@friend.example' } })).toBe(1)
      expect(await portal.ctx.db.auditEntry.count({ where: { action: 'developer.invited', actorId: visit.developer.id } })).toBe(1)
    })

    it('an address that is no address or in use shows the form again', async () => {
      const visit = await makeVisit(portal)
      for (const email of ['nonsense', '', 'a@b.example, c@d.example', visit.developer.email]) expect(await invite(visit, email), email).toMatchObject({ kind: 'page', page: 'invitations/new', status: 422 })
      const elsewhere = await makeVisit(portal)
      expect(await invite(visit, elsewhere.developer.email)).toMatchObject({ kind: 'page', status: 422 })
      expect(await person(elsewhere.developer.id)).toMatchObject({ accountId: elsewhere.developer.accountId })
    })

    it('nobody sends mail to the whole world', async () => {
      const visit = await makeVisit(portal)
      for (let number = 0; number < openInvitationsMax; number++) await inviteDeveloper(visit.ctx, { email: `crowd${number}@friend.example` })
      expect(await invite(visit, 'onemore@friend.example')).toMatchObject({ kind: 'page', status: 409, flash: { type: 'danger' } })
    })

    it('PW-2 inviting and deleting in turns is throttled for the account', async () => {
      const visit = await makeVisit(portal)
      const send = async (number: number) => {
        const { id } = await inviteDeveloper(visit.ctx, { email: `turn${number}@friend.example` })
        await deleteDeveloperInvitation(visit.ctx, { developerId: id })
      }
      for (let number = 0; number < windows.invitation.limit; number++) await send(number)
      await expect(send(99)).rejects.toMatchObject({ code: 'too_many_requests' })
      expect(await invite(visit, 'turn99@friend.example')).toMatchObject({ kind: 'page', status: 429, flash: { type: 'danger' } })
      expect(await invite(await makeVisit(portal), 'turn99@friend.example')).toMatchObject({ flash: { type: 'success' } })
    })

    it('with the switch off nothing of it answers; the noun refuses too', async () => {
      const visit = await makeVisit(single)
      for (const [method, path] of [['GET', ''], ['GET', '/new'], ['POST', ''], ['PUT', '/1/resend']] as const) await expect(call(visit, method, `/admin/account/invitations${path}`, { invitation: { email: 'x@friend.example' } })).rejects.toMatchObject(forbidden)
      await expect(inviteDeveloper(visit.ctx, { email: 'x@friend.example' })).rejects.toMatchObject(forbidden)
    })

    it('ROLE-1 a member invites nobody, even with a session from before', async () => {
      const visit = await makeVisit(portal)
      const member = await makeVisit(portal, { role: 'member', accountId: visit.developer.accountId })
      await expect(invite(member, 'x@friend.example')).rejects.toMatchObject(forbidden)
      const stale = { ...member, developer: { ...member.developer, role: 'admin' as const } }
      await expect(invite(stale, 'x@friend.example')).rejects.toMatchObject(forbidden)
    })

    it('ISO-5 another account’s invitation is not found', async () => {
      const visit = await makeVisit(portal)
      await invite(visit, 'theirs@friend.example')
      const [invitation] = await listed(visit)
      const stranger = await makeVisit(portal)
      await expect(call(stranger, 'DELETE', invitation!.url)).rejects.toMatchObject(notFound)
      await expect(call(stranger, 'PUT', invitation!.resend_url)).rejects.toMatchObject(notFound)
      expect(await listed(stranger)).toEqual([])
    })
  })

  describe('colleagues', () => {
    const team = async () => {
      const admin = await makeVisit(portal)
      return { admin, member: await makeVisit(portal, { role: 'member', accountId: admin.developer.accountId }) }
    }
    const path = (visit: Visit) => `/admin/account/users/${visit.developer.id}`

    it('are listed for admins, without those who are only invited', async () => {
      const { admin, member } = await team()
      await invite(admin, 'soon@friend.example')
      const { users } = assignsOf(await call(admin, 'GET', '/admin/account/users')) as unknown as { users: { $list: { id: number; can: Record<string, boolean> }[] } }
      expect(users.$list).toMatchObject([
        { id: Number(admin.developer.id), can: { 'be_destroyed?': false, 'be_update_role?': false } },
        { id: Number(member.developer.id), can: { 'be_destroyed?': true, 'be_update_role?': true } },
      ])
      await expect(call(member, 'GET', '/admin/account/users')).rejects.toMatchObject(forbidden)
    })

    it('SES-3 ROLE-1 a new role signs the colleague out; the login stays the person’s own', async () => {
      const { admin, member } = await team()
      const { email } = member.developer
      await call(admin, 'PUT', path(member), { user: { role: 'admin', email: 'taken@over.example', username: 'owned' } })
      expect(await person(member.developer.id)).toMatchObject({ role: 'admin', email, userName: null })
      expect(await sessionsOf(member.developer.id)).toBe(0)
      expect(await portal.ctx.db.auditEntry.findFirst({ where: { action: 'developer.changed', objectId: String(member.developer.id) } })).toMatchObject({ before: { role: 'member' }, after: { role: 'admin' } })
    })

    it('ROLE-1 the last admin stays admin, and nobody demotes or removes themselves', async () => {
      const { admin, member } = await team()
      expect(await call(admin, 'PUT', path(admin), { user: { role: 'member' } })).toMatchObject({ kind: 'page', status: 422 })
      expect(await call(admin, 'DELETE', path(admin))).toMatchObject({ flash: { type: 'danger' } })
      const second = await makeVisit(portal, { accountId: admin.developer.accountId })
      expect(await call(admin, 'PUT', path(admin), { user: { role: 'member' } })).toMatchObject({ kind: 'page', status: 422 })
      // Two who demote each other at the same moment take turns.
      const answers = await Promise.allSettled([call(admin, 'PUT', path(second), { user: { role: 'member' } }), call(second, 'PUT', path(admin), { user: { role: 'member' } })])
      expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(1)
      expect(await portal.ctx.db.developer.count({ where: { accountId: admin.developer.accountId, role: 'admin' } })).toBe(1)
      expect(await person(member.developer.id)).not.toBeNull()
    })

    it('an admin removes a colleague with every session', async () => {
      const { admin, member } = await team()
      expect(await call(admin, 'DELETE', path(member))).toMatchObject({ flash: { type: 'success' } })
      expect(await person(member.developer.id)).toBeNull()
      expect(await sessionsOf(member.developer.id)).toBe(0)
    })

    it('ISO-5 people of other accounts are not found', async () => {
      const { admin } = await team()
      const stranger = await makeVisit(portal)
      const elsewhere = await makeVisit(await makePortal({ multipleUsers: true }))
      for (const [method, end] of [['GET', '/edit'], ['PUT', ''], ['DELETE', '']] as const)
        for (const victim of [stranger, elsewhere]) await expect(call(admin, method, `${path(victim)}${end}`, { user: { role: 'member' } })).rejects.toMatchObject(notFound)
      expect(await person(stranger.developer.id)).toMatchObject({ role: 'admin' })
    })
  })

  describe('the account', () => {
    it('is changed by its admins; read-only fields are left alone and hidden ones not shown', async () => {
      const own = await makePortal()
      await createField(own.ctx, { target: 'account', name: 'vat_code', builtIn: true })
      await createField(own.ctx, { target: 'account', name: 'tier', label: 'Tier', readOnly: true })
      await createField(own.ctx, { target: 'account', name: 'risk', label: 'Risk', hidden: true })
      const admin = await makeVisit(own)
      const { accountId } = admin.developer
      await own.ctx.db.account.update({ where: { id: accountId }, data: { extra: { tier: 'silver', risk: 'high' } } })
      const member = await makeVisit(own, { role: 'member', accountId })
      await expect(call(member, 'PUT', '/admin/account', { account: { org_name: 'Mine' } })).rejects.toMatchObject(forbidden)
      await expect(call(member, 'GET', '/admin/account/edit')).rejects.toMatchObject(forbidden)
      await call(admin, 'PUT', '/admin/account', { account: { org_name: 'Widget Works', vat_code: 'DE1', tier: 'gold', risk: 'low', state: 'suspended' } })
      expect(await own.ctx.db.account.findUnique({ where: { id: accountId } })).toMatchObject({ orgName: 'Widget Works', state: 'approved', extra: { vat_code: 'DE1', tier: 'silver', risk: 'high' } })
      const { account } = assignsOf(await call(member, 'GET', '/admin/account')) as unknown as { account: { fields: { $keys: string[] }; can: object; fields_plain_text: { $typed: string } } }
      expect(account.fields.$keys).toEqual(['org_name', 'vat_code', 'tier'])
      expect(account).toMatchObject({ name: { $typed: 'Widget Works' }, can: { 'be_updated?': false } })
      expect(account.fields_plain_text.$typed).not.toContain('high')
      expect(await call(admin, 'PUT', '/admin/account', { account: { org_name: '' } })).toMatchObject({ kind: 'page', page: 'account/edit', status: 422 })
    })
  })

  describe('personal details', () => {
    const path = '/admin/account/personal_details'
    const put = (visit: Visit, user: FormTree) => call(visit, 'PUT', path, { user })

    it('PW-6 e-mail and password ask for the present password, a name does not', async () => {
      const visit = await makeVisit(portal)
      await createField(portal.ctx, { target: 'user', name: 'first_name', builtIn: true }).catch(() => undefined)
      expect(await put(visit, { first_name: 'Ada', email: visit.developer.email })).toMatchObject({ kind: 'redirect', flash: { type: 'success' } })
      for (const change of [{ email: 'other@partner.example' }, { password: 'a brand new pass phrase' }] as Record<string, string>[])
        for (const current of [{}, { current_password: 'wrong one' }] as Record<string, string>[]) {
          const answer = await put(visit, { ...change, ...current })
          expect(answer).toMatchObject({ kind: 'page', page: 'user/show', status: 422 })
          expect((assignsOf(answer).user as { errors: object }).errors).toMatchObject({ current_password: [expect.anything()] })
        }
      expect(await person(visit.developer.id)).toMatchObject({ firstName: 'Ada', email: visit.developer.email })
    })

    it('SES-3 SES-4 a new password ends every other session and gives this one a new id', async () => {
      const visit = await makeVisit(portal)
      const at = { realm: 'portal', tenantId: portal.ctx.tenant.id } as const
      const other = await createSession(at, { developerId: visit.developer.id }, { address: null, userAgent: 'phone' }, visit.ctx.now)
      const answer = await put(visit, { current_password: goodPassword, password: 'seven green tea pots', email: 'fresh@partner.example' })
      const sid = (answer as { session?: { sid: string } }).session!.sid
      expect(await findDeveloperSession(portal.ctx.tenant.id, sid, visit.ctx.now)).toMatchObject({ id: visit.developer.sessionId, developer: { email: 'fresh@partner.example' } })
      expect(await findDeveloperSession(portal.ctx.tenant.id, other.sid, visit.ctx.now)).toBeNull()
      const row = await person(visit.developer.id)
      expect(await verifyPassword(row!.passwordHash, 'seven green tea pots')).toBe(true)
      expect(await portal.ctx.db.event.count({ where: { type: 'developer.password_changed', data: { path: ['developerId'], equals: Number(visit.developer.id) } } })).toBe(1)
    })

    it('PW-1 a weak password and a taken address are said at their fields', async () => {
      const visit = await makeVisit(portal)
      const taken = await makeVisit(portal)
      const errors = async (user: Record<string, string>) => Object.keys((assignsOf(await put(visit, { current_password: goodPassword, ...user })).user as { errors: Record<string, object> }).errors)
      expect(await errors({ password: 'short' })).toContain('password')
      expect(await errors({ password: 'a brand new pass phrase', password_confirmation: 'another' })).toContain('password_confirmation')
      expect(await errors({ email: taken.developer.email })).toContain('email')
    })

    it('SES-4 one sees and ends one’s own sessions and nobody else’s', async () => {
      const visit = await makeVisit(portal)
      const stranger = await makeVisit(portal)
      const { id } = await createSession({ realm: 'portal', tenantId: portal.ctx.tenant.id }, { developerId: visit.developer.id }, { address: '203.0.113.9', userAgent: 'phone' }, visit.ctx.now)
      const { sessions } = assignsOf(await call(visit, 'GET', path)) as unknown as { sessions: { id: number; 'current?': boolean }[] }
      expect(sessions.map((session) => [session.id, session['current?']]).sort()).toEqual([[Number(visit.developer.sessionId), true], [Number(id), false]].sort())
      await expect(call(stranger, 'DELETE', `/admin/account/sessions/${id}`)).rejects.toMatchObject(notFound)
      expect(await call(visit, 'DELETE', `/admin/account/sessions/${id}`)).toMatchObject({ flash: { type: 'success' } })
      expect(await sessionsOf(visit.developer.id)).toBe(1)
      expect(await call(visit, 'DELETE', '/admin/account/sessions')).toMatchObject({ flash: { type: 'success' } })
      expect(await call(visit, 'DELETE', `/admin/account/sessions/${visit.developer.sessionId}`)).toMatchObject({ to: '/login', session: 'end' })
      expect(await sessionsOf(stranger.developer.id)).toBe(1)
    })
  })
})

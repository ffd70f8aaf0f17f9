import { describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { createAccessToken, findAccessToken, listAccessTokens, revokeAccessToken } from '@/lib/tenants/access-tokens'
import { acceptInvitation, findInvitation, inviteMember, resendInvitation } from '@/lib/tenants/invite-member'
import { listMembers } from '@/lib/tenants/list-members'
import { changeMemberRole, removeMember, resumeMember, suspendMember } from '@/lib/tenants/manage-members'
import { contextOf, makeMember, visitorOf } from '@/lib/tenants/member.fixture'
import { makeOneTimeToken } from '@/lib/tenants/one-time-tokens'
import { findTenantIdByProviderKey, revealProviderKey, rotateProviderKey } from '@/lib/tenants/provider-key'
import { windows } from '@/lib/throttle/buckets'

testDatabase()

async function tenantWithAdmin() {
  const ctx = await makeTenant()
  const boss = await makeMember(ctx, { name: 'Boss' })
  return { ctx, boss, asBoss: contextOf(ctx, boss) }
}

describe('members', () => {
  it('ROLE-1 the last admin can be neither demoted, suspended nor removed', async () => {
    const { ctx, boss, asBoss } = await tenantWithAdmin()
    const helper = await makeMember(ctx, { role: 'admin', state: 'suspended' })
    // Even the system, and even though another admin exists who cannot sign in.
    for (const write of [() => changeMemberRole(ctx, { memberId: boss.id, role: 'member' }), () => suspendMember(ctx, { memberId: boss.id }), () => removeMember(ctx, { memberId: boss.id })])
      await expect(write()).rejects.toMatchObject({ code: 'last_admin', status: 422 })
    await resumeMember(asBoss, { memberId: helper.id })
    await changeMemberRole(contextOf(ctx, helper), { memberId: boss.id, role: 'member', permissions: ['plans'] })
    expect(await ctx.db.member.findUnique({ where: { id: boss.id } })).toMatchObject({ role: 'member', permissions: ['plans'] })
  })

  it('ROLE-1 two admins who demote each other at the same moment leave one', async () => {
    const { ctx, boss, asBoss } = await tenantWithAdmin()
    const other = await makeMember(ctx)
    const results = await Promise.allSettled([changeMemberRole(asBoss, { memberId: other.id, role: 'member' }), changeMemberRole(contextOf(ctx, other), { memberId: boss.id, role: 'member' })])
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    expect(await ctx.db.member.count({ where: { role: 'admin' } })).toBe(1)
  })

  it('ROLE-1 nobody grants what they do not hold, nor touches an admin without being one', async () => {
    const { ctx, boss } = await tenantWithAdmin()
    const clerk = await makeMember(ctx, { role: 'member', permissions: ['members', 'plans'] })
    const peer = await makeMember(ctx, { role: 'member' })
    const asClerk = contextOf(ctx, clerk)
    await changeMemberRole(asClerk, { memberId: peer.id, role: 'member', permissions: ['plans'] })
    for (const write of [
      () => changeMemberRole(asClerk, { memberId: peer.id, role: 'member', permissions: ['settings'] }),
      () => changeMemberRole(asClerk, { memberId: peer.id, role: 'admin' }),
      () => inviteMember(asClerk, { email: 'new@example.com', name: 'New', role: 'admin' }),
      () => inviteMember(asClerk, { email: 'new@example.com', name: 'New', permissions: ['gateway'] }),
      () => suspendMember(asClerk, { memberId: boss.id }),
      () => removeMember(asClerk, { memberId: boss.id }),
    ])
      await expect(write()).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('ROLE-1 nobody re-roles, suspends or removes themselves', async () => {
    const { ctx, boss, asBoss } = await tenantWithAdmin()
    await makeMember(ctx)
    for (const write of [() => changeMemberRole(asBoss, { memberId: boss.id, role: 'member' }), () => suspendMember(asBoss, { memberId: boss.id }), () => removeMember(asBoss, { memberId: boss.id })])
      await expect(write()).rejects.toMatchObject({ code: 'invalid' })
  })

  it('ISO-5 of another tenant are not found, as if they did not exist', async () => {
    const { asBoss } = await tenantWithAdmin()
    const other = await tenantWithAdmin()
    for (const memberId of [other.boss.id, 999_999_999n]) {
      await expect(changeMemberRole(asBoss, { memberId, role: 'member' })).rejects.toMatchObject({ code: 'not_found', publicMessage: 'Not found.' })
      await expect(suspendMember(asBoss, { memberId })).rejects.toMatchObject({ code: 'not_found' })
      await expect(removeMember(asBoss, { memberId })).rejects.toMatchObject({ code: 'not_found' })
      await expect(resendInvitation(asBoss, { memberId })).rejects.toMatchObject({ code: 'not_found' })
    }
  })

  it('AUD-1 changes are in the audit log with before and after', async () => {
    const { ctx, asBoss } = await tenantWithAdmin()
    const clerk = await makeMember(ctx, { role: 'member', permissions: ['plans'] })
    await changeMemberRole(asBoss, { memberId: clerk.id, role: 'admin' })
    expect(await ctx.db.auditEntry.findFirst({ where: { action: 'member.changed' } })).toMatchObject({
      actorKind: 'member', actorName: 'Boss', objectId: String(clerk.id), before: { role: 'member', permissions: ['plans'] }, after: { role: 'admin', permissions: [] },
    })
  })
})

describe('an invitation', () => {
  it('makes a pending member, who chooses name and password by the link and is active at once', async () => {
    const { ctx, asBoss } = await tenantWithAdmin()
    const { id } = await inviteMember(asBoss, { email: 'New@Example.com', name: 'New', permissions: ['plans'] })
    expect((await listMembers(asBoss)).find((member) => member.id === id)).toMatchObject({ state: 'invited', self: false })
    expect(await ctx.db.event.findFirst({ where: { type: 'member.invited' } })).toMatchObject({ data: { memberId: Number(id) } })
    const token = await makeOneTimeToken(ctx.db, 'invitation', { tenantId: ctx.tenant.id, memberId: id }, ctx.now)
    const visitor = visitorOf(ctx)
    expect(await findInvitation(visitor, token)).toEqual({ name: 'New', email: 'New@Example.com' })
    await expect(acceptInvitation(visitor, { token, name: 'Newton', password: 'short' })).rejects.toMatchObject({ fields: { password: [expect.any(String)] } })
    await acceptInvitation(visitor, { token, name: 'Newton', password: 'violet tram over Lyon' })
    expect((await listMembers(asBoss)).find((member) => member.id === id)).toMatchObject({ state: 'active', name: 'Newton', permissions: ['plans'] })
    await expect(acceptInvitation(visitor, { token, name: 'Again', password: 'violet tram over Lyon' })).rejects.toMatchObject({ code: 'invalid' })
    await expect(resendInvitation(asBoss, { memberId: id })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('PW-5 is refused for an address that is a member already, however it is typed', async () => {
    const { ctx, asBoss } = await tenantWithAdmin()
    await makeMember(ctx, { email: 'taken@example.com' })
    await expect(inviteMember(asBoss, { email: ' TAKEN@example.com', name: 'Twice' })).rejects.toMatchObject({ code: 'invalid', fields: { email: [expect.any(String)] } })
  })

  it('ISO-9 takes no field that it does not name', async () => {
    const { ctx, asBoss } = await tenantWithAdmin()
    const { id } = await inviteMember(asBoss, { email: 'new@example.com', name: 'New', state: 'active', tenantId: 1, passwordHash: 'x', emailConfirmedAt: new Date() } as never)
    expect(await ctx.db.member.findUnique({ where: { id } })).toMatchObject({ state: 'pending', tenantId: ctx.tenant.id, passwordHash: null, emailConfirmedAt: null, role: 'member' })
  })
})

describe('access tokens and the provider key', () => {
  it('are found by their value, until revoked, expired, or their member is suspended', async () => {
    const { ctx, boss, asBoss } = await tenantWithAdmin()
    await makeMember(ctx)
    const { id, token } = await createAccessToken(asBoss, { name: 'CI', permission: 'rw', scopes: ['account_management'], expiresAt: new Date(ctx.now.getTime() + 1000) })
    expect(await findAccessToken(ctx, token)).toMatchObject({ id, memberId: boss.id })
    expect(await findAccessToken({ ...ctx, now: new Date(ctx.now.getTime() + 1000) }, token)).toBeNull()
    expect(await findAccessToken(await makeTenant(), token)).toBeNull()
    expect(JSON.stringify(await listAccessTokens(asBoss), (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))).not.toContain(token.slice(3))
    await revokeAccessToken(asBoss, { accessTokenId: id })
    expect(await findAccessToken(ctx, token)).toBeNull()
    await expect(revokeAccessToken(asBoss, { accessTokenId: id })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('PW-2 an address that tries many unknown ones is slowed down, one that knows its own is not', async () => {
    const { ctx, asBoss } = await tenantWithAdmin()
    const { token } = await createAccessToken(asBoss, { name: 'CI', permission: 'ro', scopes: ['stats'] })
    const caller = { ...ctx, audit: { ...ctx.audit, address: '203.0.113.77' } }
    for (let i = 0; i < windows.access_token.limit; i++) expect(await findAccessToken(caller, `guess ${i}`)).toBeNull()
    await expect(findAccessToken(caller, 'one more')).rejects.toMatchObject({ code: 'too_many_requests' })
    expect(await findAccessToken(caller, token)).not.toBeNull()
  })

  it('a provider key can be shown and rotated; the old one is worth nothing', async () => {
    const { ctx, asBoss } = await tenantWithAdmin()
    const first = await rotateProviderKey(asBoss)
    expect(await findTenantIdByProviderKey(first)).toBe(ctx.tenant.id)
    expect(await revealProviderKey(asBoss)).toBe(first)
    const second = await rotateProviderKey(asBoss)
    expect(await findTenantIdByProviderKey(first)).toBeNull()
    expect(await findTenantIdByProviderKey(second)).toBe(ctx.tenant.id)
    expect(await ctx.db.auditEntry.count({ where: { action: 'provider_key.revealed' } })).toBe(1)
  })
})

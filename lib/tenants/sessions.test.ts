import { describe, expect, it } from 'vitest'
import { tokenHash } from '@/lib/crypto'
import { ownerPool } from '@/lib/db/system-db'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { env } from '@/lib/env'
import { changePassword, confirmPassword } from '@/lib/tenants/change-password'
import { changeMemberRole, suspendMember } from '@/lib/tenants/manage-members'
import { contextOf, goodPassword, makeMember } from '@/lib/tenants/member.fixture'
import { cookieNames, cookieOptions, decodeSessionCookie, encodeSessionCookie } from '@/lib/tenants/session-cookie'
import { createSession, deleteOldSessions, findMemberSession, listMemberSessions, revokeSession, revokeSessionBySid, revokeSessionsOf, rotateSession } from '@/lib/tenants/sessions'

testDatabase()

const now = new Date('2026-11-23T10:00:00Z')
const after = (ms: number) => new Date(now.getTime() + ms)
const HOUR = 3_600_000

async function signedIn(slug?: string) {
  const ctx = await makeTenant({ slug, now })
  const member = await makeMember(ctx)
  const at = { realm: 'admin', tenantId: ctx.tenant.id } as const
  const { id, sid } = await createSession(at, { memberId: member.id }, { address: '203.0.113.7', userAgent: 'Firefox' }, now)
  return { ctx, member, at, id, sid }
}

describe('a session', () => {
  it('SES-1 is a row that holds only the hash of 32 random bytes', async () => {
    const { sid, id } = await signedIn()
    expect(Buffer.from(sid, 'base64url')).toHaveLength(32)
    const { rows } = await ownerPool().query('SELECT * FROM sessions WHERE id = $1', [id])
    expect(rows[0].hash).toBe(tokenHash(sid))
    expect(JSON.stringify(rows[0])).not.toContain(sid)
    expect(rows[0]).toMatchObject({ realm: 'admin', ip: '203.0.113.7', userAgent: 'Firefox' })
  })

  it('SES-1 of one tenant or realm is none at another, whichever way the cookie gets there', async () => {
    const a = await signedIn()
    const b = await signedIn()
    const cookie = await encodeSessionCookie(a.at, a.sid)
    expect(await decodeSessionCookie(a.at, cookie)).toBe(a.sid)
    expect(await decodeSessionCookie(b.at, cookie)).toBeNull()
    expect(await decodeSessionCookie({ realm: 'portal', tenantId: a.ctx.tenant.id }, cookie)).toBeNull()
    expect(await findMemberSession(b.ctx.tenant.id, a.sid, now)).toBeNull()
  })

  it.each(['', 'x', 'a.b.c', '{"sid":"x"}'])('SES-3 a made-up cookie %j is nobody', async (cookie) => {
    const { at } = await signedIn()
    expect(await decodeSessionCookie(at, cookie)).toBeNull()
  })

  it('SES-2 no cookie name begins with another, none has a Domain, and https adds the __Host- prefix', async () => {
    const names = [1n, 12n, 123n].flatMap((tenantId) => (['admin', 'portal'] as const).flatMap((realm) => Object.values(cookieNames({ realm, tenantId }))))
    const all = [...new Set(names)]
    for (const one of all) for (const other of all) if (one !== other) expect(other.startsWith(one), `${other} begins with ${one}`).toBe(false)
    expect(cookieOptions()).toEqual({ httpOnly: true, sameSite: 'lax', path: '/', secure: false })
    Object.assign(env(), { PUBLIC_SCHEME: 'https' })
    try {
      expect(cookieNames({ realm: 'admin', tenantId: 1n }).session).toBe('__Host-adm.1.s')
      expect(cookieOptions().secure).toBe(true)
    } finally {
      Object.assign(env(), { PUBLIC_SCHEME: 'http' })
    }
  })

  it('SES-3 gets a new id on step-up and on a new password, and the old one dies at once', async () => {
    const { ctx, member, id, sid } = await signedIn()
    const mine = contextOf(ctx, member, id)
    const { sid: second } = await confirmPassword(mine, { password: goodPassword })
    expect(await findMemberSession(ctx.tenant.id, sid, now)).toBeNull()
    expect(await findMemberSession(ctx.tenant.id, second, now)).toMatchObject({ id })
    const { sid: third } = await changePassword(mine, { current: goodPassword, next: 'amber ferry at Oslo quay' })
    expect(await findMemberSession(ctx.tenant.id, second, now)).toBeNull()
    expect(await findMemberSession(ctx.tenant.id, third, now)).toMatchObject({ id })
  })

  it('SES-3 ends with a change of role', async () => {
    const { ctx, member, sid } = await signedIn()
    const boss = await makeMember(ctx)
    await changeMemberRole(contextOf(ctx, boss), { memberId: member.id, role: 'member', permissions: ['plans'] })
    expect(await findMemberSession(ctx.tenant.id, sid, now)).toBeNull()
  })

  it('SES-3 that was signed out stays so, also for a copy of the cookie', async () => {
    const { ctx, at, sid } = await signedIn()
    const cookie = await encodeSessionCookie(at, sid)
    await revokeSessionBySid(at, sid, now)
    expect(await findMemberSession(ctx.tenant.id, (await decodeSessionCookie(at, cookie))!, now)).toBeNull()
  })

  it('SES-4 idles out after 12 hours and ends after 7 days however busy', async () => {
    const { ctx, sid } = await signedIn()
    const find = (at: Date) => findMemberSession(ctx.tenant.id, sid, at)
    expect(await find(after(11 * HOUR))).not.toBeNull()
    expect(await find(after(22 * HOUR))).not.toBeNull()
    expect(await find(after(35 * HOUR))).toBeNull()
    const busy = await signedIn()
    for (let hour = 10; hour < 7 * 24; hour += 10) expect(await findMemberSession(busy.ctx.tenant.id, busy.sid, after(hour * HOUR))).not.toBeNull()
    expect(await findMemberSession(busy.ctx.tenant.id, busy.sid, after(7 * 24 * HOUR))).toBeNull()
  })

  it('SES-4 ends when its person or the tenant is suspended', async () => {
    const { ctx, member, sid } = await signedIn()
    const boss = await makeMember(ctx)
    const { sid: bossSid } = await createSession({ realm: 'admin', tenantId: ctx.tenant.id }, { memberId: boss.id }, { address: null, userAgent: '' }, now)
    await suspendMember(contextOf(ctx, boss), { memberId: member.id })
    expect(await findMemberSession(ctx.tenant.id, sid, now)).toBeNull()
    expect(await findMemberSession(ctx.tenant.id, bossSid, now)).not.toBeNull()
    await ownerPool().query(`UPDATE tenants SET state = 'suspended' WHERE id = $1`, [ctx.tenant.id])
    expect(await findMemberSession(ctx.tenant.id, bossSid, now)).toBeNull()
  })

  it('SES-4 can be listed and revoked by its owner, never by somebody else', async () => {
    const { ctx, at, member, id } = await signedIn()
    const other = await makeMember(ctx)
    await createSession(at, { memberId: member.id }, { address: '198.51.100.4', userAgent: 'Safari' }, after(1000))
    const list = await listMemberSessions(ctx.tenant.id, member.id, id, after(2000))
    expect(list.map(({ userAgent, current }) => ({ userAgent, current }))).toEqual([{ userAgent: 'Safari', current: false }, { userAgent: 'Firefox', current: true }])
    expect(await revokeSession(ctx.tenant.id, list[0]!.id, now, { memberId: other.id })).toBe(false)
    expect(await revokeSession((await makeTenant()).tenant.id, list[0]!.id, now, { memberId: member.id })).toBe(false)
    expect(await revokeSession(ctx.tenant.id, list[0]!.id, now, { memberId: member.id })).toBe(true)
    expect(await listMemberSessions(ctx.tenant.id, member.id, id, after(2000))).toHaveLength(1)
  })

  it('SES-4 a new password ends all others of the same person', async () => {
    const { ctx, at, member, id } = await signedIn()
    const { sid: elsewhere } = await createSession(at, { memberId: member.id }, { address: null, userAgent: '' }, now)
    await changePassword(contextOf(ctx, member, id), { current: goodPassword, next: 'amber ferry at Oslo quay' })
    expect(await findMemberSession(ctx.tenant.id, elsewhere, now)).toBeNull()
  })

  it('is not brought back by a rotation after it was revoked', async () => {
    const { ctx, id, member } = await signedIn()
    expect(await revokeSessionsOf(ctx.tenant.id, { memberId: member.id }, now)).toBe(1)
    expect(await rotateSession(ctx.tenant.id, id, now)).toBeNull()
  })

  it('is forgotten a month after its end', async () => {
    const { ctx, id } = await signedIn()
    await deleteOldSessions(after(36 * 24 * HOUR))
    expect(await ctx.db.session.findUnique({ where: { id } })).not.toBeNull()
    await deleteOldSessions(after(38 * 24 * HOUR))
    expect(await ctx.db.session.findUnique({ where: { id } })).toBeNull()
  })
})

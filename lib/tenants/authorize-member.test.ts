import { setTimeout as sleep } from 'node:timers/promises'
import { hash } from '@node-rs/argon2'
import { describe, expect, it } from 'vitest'
import { ownerPool } from '@/lib/db/system-db'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { authorizeMember } from '@/lib/tenants/authorize-member'
import type { Ctx } from '@/lib/tenants/context'
import { goodPassword, makeMember, visitorOf } from '@/lib/tenants/member.fixture'
import { findMemberSession } from '@/lib/tenants/sessions'
import { bookSignInAttempt, forgiveSignInFailures, unlockLogins } from '@/lib/tenants/sign-in-failures'
import { windows } from '@/lib/throttle/buckets'
import { throttle } from '@/lib/throttle/throttle'

testDatabase()

const at = (ctx: Ctx, seconds: number): Ctx => ({ ...ctx, now: new Date(ctx.now.getTime() + seconds * 1000) })
let addresses = 0
const newAddress = () => `198.51.${Math.floor(++addresses / 250)}.${addresses % 250}`
const tryIn = (ctx: Ctx, login: string, password: string) => authorizeMember(ctx, { login, password, userAgent: 'test' })
/** Five wrong passwords from an address: the sixth would wait. */
async function spoil(ctx: Ctx, address: string) {
  for (let i = 0; i < 5; i++) await expect(tryIn(visitorOf(ctx, address), `guess${i}@example.com`, 'wrong words here')).rejects.toMatchObject({ code: 'wrong_credentials' })
}

describe('signing in', () => {
  it('PW-5 works by e-mail and by user name, however they are typed', async () => {
    const ctx = await makeTenant()
    const member = await makeMember(ctx, { email: 'Mona.Fields@Example.com', userName: 'mona_f' })
    for (const login of ['Mona.Fields@Example.com', ' MONA.FIELDS@EXAMPLE.COM ', 'mona.fields@ｅxample.com', 'mona_f', 'Mona_F']) {
      const signIn = await tryIn(visitorOf(ctx, newAddress()), login, goodPassword)
      expect(signIn.member.id).toBe(member.id)
      expect(await findMemberSession(ctx.tenant.id, signIn.sid, ctx.now)).not.toBeNull()
    }
  })

  it('PW-3 answers alike for unknown, wrong, unconfirmed and suspended', async () => {
    const ctx = await makeTenant()
    await makeMember(ctx, { email: 'active@example.com' })
    await makeMember(ctx, { email: 'pending@example.com', state: 'pending' })
    await makeMember(ctx, { email: 'gone@example.com', state: 'suspended' })
    const answers = []
    for (const [login, password] of [['nobody@example.com', goodPassword], ['active@example.com', 'wrong words here'], ['pending@example.com', goodPassword], ['gone@example.com', goodPassword], ['no address', goodPassword]] as const)
      answers.push(await tryIn(visitorOf(ctx, newAddress()), login, password).catch((error: { code: string; status: number; publicMessage: string }) => ({ code: error.code, status: error.status, message: error.publicMessage })))
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set([JSON.stringify({ code: 'wrong_credentials', status: 401, message: 'Wrong e-mail or password.' })]))
    // Who knows the password of an unconfirmed account is told by mail what is missing.
    expect(await ctx.db.event.count({ where: { type: 'member.confirmation_requested' } })).toBe(1)
  })

  it('PW-1 refuses a password of more than 128 characters before it is hashed', async () => {
    const ctx = await makeTenant()
    await expect(tryIn(visitorOf(ctx), 'a@example.com', 'x'.repeat(129))).rejects.toMatchObject({ code: 'invalid' })
  })

  it('PW-1 hashes anew what was stored with weaker parameters', async () => {
    const ctx = await makeTenant()
    const member = await makeMember(ctx)
    const weak = await hash(goodPassword, { memoryCost: 8192, timeCost: 1, parallelism: 1 })
    await ctx.db.member.update({ where: { id: member.id }, data: { passwordHash: weak } })
    await tryIn(visitorOf(ctx, newAddress()), member.email, goodPassword)
    expect((await ctx.db.member.findUniqueOrThrow({ where: { id: member.id } })).passwordHash).toContain('m=19456,t=2')
  })

  it.each(['real', 'made up'])('PW-2 five failures are free, then the wait doubles up to 15 minutes, for a login that is %s', async (kind) => {
    const ctx = await makeTenant()
    const member = await makeMember(ctx)
    const login = kind === 'real' ? member.email : 'nobody@example.com'
    const wrong = (seconds: number) => tryIn(visitorOf(at(ctx, seconds), newAddress()), login, 'wrong words here').catch((error: { code: string; retryAfterSeconds?: number }) => ({ code: error.code, wait: error.retryAfterSeconds }))
    for (let i = 0; i < 5; i++) expect(await wrong(0)).toMatchObject({ code: 'wrong_credentials' })
    const waits: number[] = []
    let clock = 0
    for (let i = 0; i < 12; i++) {
      const refused = (await wrong(clock)) as { code: string; wait: number }
      expect(refused.code).toBe('too_many_requests')
      waits.push(refused.wait)
      clock += refused.wait
      expect(await wrong(clock)).toMatchObject({ code: 'wrong_credentials' })
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
  })

  it('PW-2 the right password waits as well, and then starts the count anew', async () => {
    const ctx = await makeTenant()
    const member = await makeMember(ctx)
    const address = newAddress()
    for (let i = 0; i < 5; i++) await expect(tryIn(visitorOf(ctx, address), member.email, 'wrong words here')).rejects.toMatchObject({ code: 'wrong_credentials' })
    await expect(tryIn(visitorOf(ctx, address), member.email, goodPassword)).rejects.toMatchObject({ code: 'too_many_requests', status: 429 })
    await tryIn(visitorOf(at(ctx, 3), address), member.email, goodPassword)
    for (let i = 0; i < 5; i++) await expect(tryIn(visitorOf(at(ctx, 4), address), member.email, 'wrong words here')).rejects.toMatchObject({ code: 'wrong_credentials' })
  })

  it('PW-2 one address that tries many logins is slowed down; its own success takes back its own failures only', async () => {
    const ctx = await makeTenant()
    const member = await makeMember(ctx)
    const address = newAddress()
    for (let i = 0; i < 4; i++) await expect(tryIn(visitorOf(ctx, address), `guess${i}@example.com`, 'wrong words here')).rejects.toMatchObject({ code: 'wrong_credentials' })
    await tryIn(visitorOf(ctx, address), member.email, goodPassword)
    await expect(tryIn(visitorOf(ctx, address), 'guess9@example.com', 'wrong words here')).rejects.toMatchObject({ code: 'wrong_credentials' })
    await expect(tryIn(visitorOf(ctx, address), member.email, goodPassword)).rejects.toMatchObject({ code: 'too_many_requests' })
    await tryIn(visitorOf(ctx, newAddress()), member.email, goodPassword)
  })

  it('PW-2 two who sign in at the same moment from one office both come in, however often others there were wrong', async () => {
    const ctx = await makeTenant()
    const [one, other] = [await makeMember(ctx), await makeMember(ctx)]
    const address = newAddress()
    await spoil(ctx, address)
    const later = at(ctx, 2)
    const lookedAt = await bookSignInAttempt({ realm: 'admin', tenantId: ctx.tenant.id, login: one.email, address }, later.now)
    const colleague = tryIn(visitorOf(later, address), other.email, goodPassword)
    const [signIn] = await Promise.all([colleague, sleep(200).then(() => forgiveSignInFailures(lookedAt))])
    expect(signIn.member.id).toBe(other.id)
  })

  it('PW-2 who signs in several times at once frees an address of nothing that was failed there', async () => {
    const ctx = await makeTenant()
    const member = await makeMember(ctx)
    const address = newAddress()
    await spoil(ctx, address)
    const later = visitorOf(at(ctx, 2), address)
    await Promise.allSettled(Array.from({ length: 4 }, () => tryIn(later, member.email, goodPassword)))
    await expect(tryIn(later, 'late@example.com', 'wrong words here')).rejects.toMatchObject({ code: 'wrong_credentials' })
    await expect(tryIn(later, 'later@example.com', 'wrong words here')).rejects.toMatchObject({ code: 'too_many_requests' })
  })

  it('PW-2 failures of an address are forgotten after an hour without one, also where others sign in all day', async () => {
    const ctx = await makeTenant()
    const member = await makeMember(ctx)
    const address = newAddress()
    await spoil(ctx, address)
    await tryIn(visitorOf(at(ctx, 1_800), address), member.email, goodPassword)
    for (let i = 0; i < 5; i++) await expect(tryIn(visitorOf(at(ctx, 3_601), address), `late${i}@example.com`, 'wrong words here')).rejects.toMatchObject({ code: 'wrong_credentials' })
  })

  it('PW-2 PW-6 strangers who fail at an address keep nobody there from saying the password again', async () => {
    const ctx = await makeTenant()
    const member = await makeMember(ctx)
    const address = newAddress()
    await spoil(ctx, address)
    const again = { realm: 'admin', tenantId: ctx.tenant.id, personId: member.id, address } as const
    await forgiveSignInFailures(await bookSignInAttempt(again, ctx.now))
    for (let i = 0; i < 5; i++) await bookSignInAttempt(again, ctx.now)
    await expect(bookSignInAttempt(again, ctx.now)).rejects.toMatchObject({ code: 'too_many_requests' })
  })

  it('PW-2 whoever has a whole network of IPv6 is slowed down as one address', async () => {
    const ctx = await makeTenant()
    const at = (last: number) => visitorOf(ctx, `2001:db8:${ctx.tenant.id.toString(16)}::${last}`)
    for (let i = 0; i < 5; i++) await expect(tryIn(at(i), `guess${i}@example.com`, 'wrong words here')).rejects.toMatchObject({ code: 'wrong_credentials' })
    await expect(tryIn(at(9), 'guess9@example.com', 'wrong words here')).rejects.toMatchObject({ code: 'too_many_requests' })
  })

  it('PW-2 one address that tries without end is refused before anything is hashed or written', async () => {
    const ctx = await makeTenant()
    const address = newAddress()
    for (let i = 0; i < windows.sign_in.limit; i++) await throttle().take('sign_in', address)
    await expect(tryIn(visitorOf(ctx, address), 'never-tried@example.com', 'wrong words here')).rejects.toMatchObject({ code: 'too_many_requests', retryAfterSeconds: expect.any(Number) })
    expect(await ctx.db.auditEntry.count()).toBe(0)
  })

  it('PW-2 a hundred failures lock the login until its password is reset', async () => {
    const ctx = await makeTenant()
    const member = await makeMember(ctx)
    const right = (seconds: number) => tryIn(visitorOf(at(ctx, seconds), newAddress()), member.email, goodPassword)
    await expect(tryIn(visitorOf(ctx, newAddress()), member.email, 'wrong words here')).rejects.toThrow()
    await ownerPool().query('UPDATE sign_in_failures SET failures = 99')
    await expect(tryIn(visitorOf(ctx, newAddress()), member.email, 'wrong words here')).rejects.toMatchObject({ code: 'wrong_credentials' })
    await expect(right(365 * 86_400)).rejects.toMatchObject({ code: 'too_many_requests' })
    await unlockLogins('admin', ctx.tenant.id, [member.emailNormal, null])
    await right(1)
  })

  it('PW-2 twenty guesses at the same moment count twenty', async () => {
    const ctx = await makeTenant()
    const member = await makeMember(ctx)
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => tryIn(visitorOf(ctx, null), member.email, 'wrong words here')))
    const codes = results.map((result) => (result.status === 'rejected' ? (result.reason as { code: string }).code : 'signed in'))
    expect(codes.filter((code) => code === 'wrong_credentials')).toHaveLength(5)
    expect(codes.filter((code) => code === 'too_many_requests')).toHaveLength(15)
  })

  it('AUD-1 good and bad sign-ins are in the audit log, without what was typed', async () => {
    const ctx = await makeTenant()
    const member = await makeMember(ctx)
    await expect(tryIn(visitorOf(ctx, '203.0.113.99'), 'typed-secret-here', 'wrong words here')).rejects.toThrow()
    await expect(tryIn(visitorOf(ctx, '203.0.113.99'), member.email, 'wrong words here')).rejects.toThrow()
    await tryIn(visitorOf(ctx, '203.0.113.99'), member.email, goodPassword)
    const entries = await ctx.db.auditEntry.findMany({ orderBy: { id: 'asc' } })
    expect(entries.map(({ action, objectId, actorKind, address }) => ({ action, objectId, actorKind, address }))).toEqual([
      { action: 'member.sign_in_failed', objectId: null, actorKind: 'visitor', address: '203.0.113.99' },
      { action: 'member.sign_in_failed', objectId: String(member.id), actorKind: 'visitor', address: '203.0.113.99' },
      { action: 'member.signed_in', objectId: String(member.id), actorKind: 'member', address: '203.0.113.99' },
    ])
    expect(JSON.stringify(entries, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))).not.toMatch(/typed-secret|wrong words|violet/)
  })
})

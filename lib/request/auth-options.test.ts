import { describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { getAdminTenant } from '@/lib/request/admin-context'
import { adminAuthOptions } from '@/lib/request/auth-options'
import { readIncoming } from '@/lib/request/incoming'
import { goodPassword, makeMember } from '@/lib/tenants/member.fixture'
import { decodeSessionCookie } from '@/lib/tenants/session-cookie'
import { findMemberSession } from '@/lib/tenants/sessions'

testDatabase()

async function optionsOf() {
  const ctx = await makeTenant()
  const member = await makeMember(ctx)
  const incoming = readIncoming(new Headers({ host: `${ctx.tenant.slug}.admin.localhost:3000`, 'x-forwarded-for': `198.51.100.${Number(ctx.tenant.id) % 250}` }), 'POST')
  const options = adminAuthOptions(incoming, await getAdminTenant(incoming), new Date())
  const authorize = (options.providers[0] as unknown as { options: { authorize(given: Record<string, string>): Promise<{ id: string } | null> } }).options.authorize
  return { ctx, member, options, authorize, origin: incoming.origin }
}

describe('next-auth of a dashboard', () => {
  it('SES-5 has secret and cookie names of its own tenant', async () => {
    const a = (await optionsOf()).options
    const b = (await optionsOf()).options
    expect(a.secret).not.toBe(b.secret)
    expect(a.cookies?.sessionToken?.name).not.toBe(b.cookies?.sessionToken?.name)
    for (const cookie of [a.cookies?.sessionToken, a.cookies?.csrfToken, a.cookies?.callbackUrl]) expect(cookie?.options).toEqual({ httpOnly: true, sameSite: 'lax', path: '/', secure: false })
  })

  it('SES-5 signs in by the same function and the same rows, and signs out by revoking the row', async () => {
    const { ctx, member, options, authorize } = await optionsOf()
    expect(await authorize({ login: member.email, password: 'wrong words here' })).toBeNull()
    const user = await authorize({ login: member.email, password: goodPassword })
    const token = await options.callbacks!.jwt!({ token: {}, user } as never)
    const cookie = await options.jwt!.encode!({ token, secret: '' })
    const sid = await decodeSessionCookie({ realm: 'admin', tenantId: ctx.tenant.id }, cookie)
    expect(await findMemberSession(ctx.tenant.id, sid!, new Date())).toMatchObject({ member: { id: member.id } })
    expect(await options.jwt!.decode!({ token: cookie, secret: '' })).toMatchObject({ sid, email: member.email })
    await options.events!.signOut!({ token: { sid } } as never)
    expect(await options.jwt!.decode!({ token: cookie, secret: '' })).toBeNull()
  })

  it('PW-2 is no way around the waits', async () => {
    const { member, authorize } = await optionsOf()
    for (let i = 0; i < 5; i++) expect(await authorize({ login: member.email, password: 'wrong words here' })).toBeNull()
    await expect(authorize({ login: member.email, password: goodPassword })).rejects.toThrow(/^too_many_requests$/)
  })

  it('RED-1 redirects to itself only', async () => {
    const { options, origin } = await optionsOf()
    const go = (url: string) => options.callbacks!.redirect!({ url, baseUrl: origin })
    expect(await go('/plans')).toBe(`${origin}/plans`)
    expect(await go(`${origin}/plans?x=1`)).toBe(`${origin}/plans?x=1`)
    for (const url of ['https://evil.example', '//evil.example', `${origin}.evil.example/`, `${origin}@evil.example/`, '/\\evil.example', `${origin}//evil.example`]) expect(await go(url)).toBe(`${origin}/`)
  })
})

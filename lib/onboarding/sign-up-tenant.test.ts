import { describe, expect, it } from 'vitest'
import { ownerPool } from '@/lib/db/system-db'
import { testDatabase } from '@/lib/db/test-database'
import { furnishTenant } from '@/lib/onboarding/furnish-tenant'
import { createTenant, signUpTenant } from '@/lib/onboarding/sign-up-tenant'
import { authorizeMember } from '@/lib/tenants/authorize-member'
import { findAccessToken } from '@/lib/tenants/access-tokens'
import { checkSlug, findSlugProblem } from '@/lib/tenants/check-slug'
import { goodPassword, visitorOf } from '@/lib/tenants/member.fixture'
import { findTenantIdByProviderKey } from '@/lib/tenants/provider-key'
import { findTenantByHost, findTenantBySlug } from '@/lib/tenants/queries'
import { systemContext } from '@/lib/tenants/system-context'

testDatabase()

const now = new Date('2026-11-23T10:00:00Z')
const origin = { address: '203.0.113.7', requestId: 'abcdefgh12345678' }
let count = 0
const form = (over: Record<string, unknown> = {}) => ({ organisation: 'Bluebird', slug: `bluebird${++count}`, name: 'Mona', email: 'mona@example.com', password: goodPassword, ...over })

describe('a tenant that signs up', () => {
  it('gets hosts, a month of trial, a product, two published plans, and an admin who must confirm the e-mail', async () => {
    const given = form()
    const { tenant, memberId } = await signUpTenant(given, origin, now)
    expect(tenant).toMatchObject({ slug: given.slug, name: 'Bluebird', trialEndsAt: new Date('2026-12-23T10:00:00Z') })
    expect(await findTenantByHost(`${given.slug}.admin.localhost`, 'admin')).toMatchObject({ id: tenant.id })
    expect(await findTenantByHost(`${given.slug}.portal.localhost`, 'portal')).toMatchObject({ id: tenant.id })
    expect(await findTenantByHost(`${given.slug}.portal.localhost`, 'admin')).toBeNull()
    const { db } = systemContext(tenant, now)
    expect(await db.member.findMany()).toMatchObject([{ id: memberId, role: 'admin', state: 'pending', emailNormal: 'mona@example.com' }])
    const products = await db.product.findMany({ include: { metrics: true, plans: { orderBy: { position: 'asc' } }, applications: true } })
    expect(products).toMatchObject([{ isDefault: true, metrics: [{ systemName: 'hits' }], applications: [{ kind: 'test', planId: null }] }])
    expect(products[0]!.plans.map(({ id, name, state }) => ({ name, state, isDefault: id === products[0]!.defaultPlanId }))).toEqual([{ name: 'Basic', state: 'published', isDefault: true }, { name: 'Unlimited', state: 'published', isDefault: false }])
    expect((await db.event.findMany({ select: { type: true } })).map(({ type }) => type)).toEqual(expect.arrayContaining(['tenant.created', 'member.confirmation_requested']))
    expect(await db.auditEntry.findFirst({ where: { action: 'tenant.created' } })).toMatchObject({ address: '203.0.113.7', requestId: 'abcdefgh12345678' })
  })

  it('is completed by a job where the sign-up was cut short, and not twice', async () => {
    const { tenant } = await signUpTenant(form(), origin, now)
    const ctx = systemContext(tenant, now)
    await ctx.db.product.deleteMany({})
    await furnishTenant(ctx)
    expect(await ctx.db.product.count()).toBe(0)
    await ctx.db.tenant.update({ where: { id: tenant.id }, data: { progress: { testedAt: 'kept' } } })
    await Promise.all([furnishTenant(ctx), furnishTenant(ctx)])
    expect([await ctx.db.product.count(), await ctx.db.plan.count()]).toEqual([1, 2])
    expect((await ctx.db.tenant.findUniqueOrThrow({ where: { id: tenant.id } })).progress).toEqual({ testedAt: 'kept', furnishedAt: now.toISOString() })
  })

  it('of two who want the same subdomain at the same moment gets it once', async () => {
    const slug = `wanted${++count}`
    const results = await Promise.allSettled([signUpTenant(form({ slug }), origin, now), signUpTenant(form({ slug, email: 'other@example.com' }), origin, now)])
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    expect(results.find((result) => result.status === 'rejected')).toMatchObject({ reason: { code: 'invalid', fields: { slug: [expect.any(String)] } } })
  })

  it('PW-1 is told by field what is wrong, before anything is made', async () => {
    await expect(signUpTenant(form({ slug: 'www', password: 'password1234' }), origin, now)).rejects.toMatchObject({ code: 'invalid', fields: { slug: [expect.any(String)], password: [expect.any(String)] } })
    expect(await findTenantBySlug('www')).toBeNull()
  })

  it('ISO-9 sets nothing of itself that the form does not ask', async () => {
    const { tenant } = await signUpTenant(form({ state: 'suspended', trialEndsAt: new Date('2099-01-01'), role: 'master', emailConfirmedAt: now, id: 1 }), origin, now)
    expect(tenant.trialEndsAt).toEqual(new Date('2026-12-23T10:00:00Z'))
    expect(await systemContext(tenant, now).db.member.findFirst()).toMatchObject({ emailConfirmedAt: null, state: 'pending', role: 'admin' })
  })

  it('AUD-1 leaves no password and no key in audit log and events', async () => {
    const { tenant } = await signUpTenant(form(), origin, now)
    const { rows } = await ownerPool().query(`SELECT before::text, after::text FROM audit_entries WHERE "tenantId" = $1 UNION ALL SELECT data::text, '' FROM events WHERE "tenantId" = $1`, [tenant.id])
    expect(JSON.stringify(rows)).not.toMatch(/violet|pk_|argon2/)
  })
})

describe('a tenant made by the command line', () => {
  it('can sign in at once, and its token and provider key work', async () => {
    const { ctx, memberId, accessToken, providerKey } = await createTenant(form({ email: 'cli@example.com' }), now)
    expect((await authorizeMember(visitorOf(ctx), { login: 'cli@example.com', password: goodPassword, userAgent: '' })).member.id).toBe(memberId)
    expect(await findAccessToken(ctx, accessToken)).toMatchObject({ memberId, permission: 'rw' })
    expect(await findTenantIdByProviderKey(providerKey)).toBe(ctx.tenant.id)
    expect(await ctx.db.event.count({ where: { type: 'member.confirmation_requested' } })).toBe(0)
  })
})

describe('a subdomain', () => {
  it.each(['acme', 'blue-bird', 'a1b', 'x'.repeat(30)])('%s is fine', (slug) => expect(findSlugProblem(slug)).toBeNull())
  it.each(['ab', 'x'.repeat(31), 'Acme', 'blue_bird', 'blue.bird', '-acme', 'acme-', '1acme', 'xn--acme', 'a--b', 'www', 'admin', 'accounting', 'portal', 'bläu', 'a b', ''])('%j is not', (slug) => expect(findSlugProblem(slug)).toMatch(/\.$/))

  it('that somebody has is taken', async () => {
    const { slug } = (await signUpTenant(form(), origin, now)).tenant
    expect(await checkSlug(slug)).toEqual({ available: false, reason: 'This name is taken. Choose another.' })
    expect(await checkSlug('free-as-a-bird')).toEqual({ available: true })
  })
})

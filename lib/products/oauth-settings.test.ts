import { beforeAll, describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { changeAuthenticationMode } from '@/lib/products/change-authentication-mode'
import { createMetrics } from '@/lib/products/create-metrics'
import { createProduct } from '@/lib/products/create-product'
import { diffConfigs } from '@/lib/products/diff-configs'
import { getOauthSettings, revealLoginSiteSecret, rotateLoginSiteSecret, setIntrospection, setOidcIssuers, updateOauthSettings } from '@/lib/products/oauth-settings'
import { readSnapshot } from '@/lib/products/promote-config'
import type { Ctx } from '@/lib/tenants/context'

testDatabase()

describe('OAuth settings of a product', () => {
  let ctx: Ctx
  let productId: bigint
  let methodId: bigint
  beforeAll(async () => {
    ctx = await makeTenant()
    productId = (await createProduct(ctx, { name: 'Orders' })).id
    await createMetrics(ctx, { productId, kind: 'method', items: [{ name: 'List' }] })
    methodId = (await ctx.db.metric.findFirstOrThrow({ where: { productId, name: 'List' } })).id
  })

  it('are saved part by part, shown to people who promote, and noted in the audit log', async () => {
    const before = await readSnapshot(ctx.db, productId)
    await updateOauthSettings(ctx, { productId, oauthLoginUrl: 'https://login.example.com/in?brand=acme' })
    await updateOauthSettings(ctx, { productId, clientCredentials: true, scopes: [{ name: 'orders:read', sentence: 'See your orders', methods: [Number(methodId)] }] })
    expect(await getOauthSettings(ctx, productId)).toMatchObject({ loginUrl: 'https://login.example.com/in?brand=acme', clientCredentials: true, classicClients: false, scopes: [{ name: 'orders:read', methods: [Number(methodId)] }] })
    expect(diffConfigs(before, await readSnapshot(ctx.db, productId))).toEqual(['OAuth login URL: none → https://login.example.com/in?brand=acme', '1 scope added: orders:read', 'Client credentials: off → on'])
    expect(await ctx.db.auditEntry.count({ where: { action: 'product.changed' } })).toBe(2)
    await updateOauthSettings(ctx, { productId, clientCredentials: true })
    expect(await ctx.db.auditEntry.count({ where: { action: 'product.changed' } })).toBe(2)
  })

  it.each(['not an address', 'ftp://login.example.com', 'https://login.example.com/?scope=x', 'https://login.example.com/?a=1&state=x', 'https://login.example.com/?tok=', 'https://login.example.com/#x', `https://login.example.com/${'x'.repeat(250)}`])(
    'a login URL like %s is refused',
    async (oauthLoginUrl) => {
      await expect(updateOauthSettings(ctx, { productId, oauthLoginUrl })).rejects.toThrow()
    },
  )

  it.each([
    ['without a sentence', [{ name: 'read', sentence: '', methods: 'all' }]],
    ['with a space in its name', [{ name: 'two words', sentence: 'x', methods: 'all' }]],
    ['with a quote in its name', [{ name: 'a"b', sentence: 'x', methods: 'all' }]],
    ['named twice', [{ name: 'a', sentence: 'x', methods: 'all' }, { name: 'a', sentence: 'y', methods: 'all' }]],
    ['with somebody else’s method', [{ name: 'a', sentence: 'x', methods: [999_999] }]],
  ])('a scope %s is refused', async (_, scopes) => {
    await expect(updateOauthSettings(ctx, { productId, scopes: scopes as never })).rejects.toThrow()
  })

  it('issuers are named once, and none of the algorithms is none or a shared secret', async () => {
    await setOidcIssuers(ctx, { productId, issuers: [{ issuer: 'https://id.example.com', algorithms: ['RS256'] }] })
    expect((await getOauthSettings(ctx, productId)).issuers).toEqual([{ issuer: 'https://id.example.com', audience: '', claim: 'azp', algorithms: ['RS256'] }])
    await expect(setOidcIssuers(ctx, { productId, issuers: [{ issuer: 'https://id.example.com' }, { issuer: 'https://id.example.com' }] })).rejects.toThrow()
    for (const algorithm of ['none', 'HS256']) await expect(setOidcIssuers(ctx, { productId, issuers: [{ issuer: 'https://id.example.com', algorithms: [algorithm as never] }] })).rejects.toThrow()
    await expect(setOidcIssuers(ctx, { productId, issuers: [{ issuer: 'http://127.0.0.1:6379' }] })).rejects.toMatchObject({ code: 'invalid' })
  })

  it('the secret for introspection is sealed, kept when left blank, and in no audit entry', async () => {
    const given = { productId, url: 'https://id.example.com/introspect', clientId: 'gate' }
    await expect(setIntrospection(ctx, given)).rejects.toMatchObject({ code: 'invalid' })
    await setIntrospection(ctx, { ...given, clientSecret: 'very-secret-words' })
    const { introspection } = await ctx.db.product.findUniqueOrThrow({ where: { id: productId } })
    await setIntrospection(ctx, { ...given, claim: 'azp' })
    expect(await ctx.db.product.findUniqueOrThrow({ where: { id: productId } })).toMatchObject({ introspection: { claim: 'azp', secretCipher: (introspection as { secretCipher: string }).secretCipher } })
    await expect(setIntrospection(ctx, { ...given, url: 'https://elsewhere.example.com/introspect' })).rejects.toMatchObject({ fields: { clientSecret: [expect.any(String)] } })
    await setIntrospection(ctx, { ...given, url: 'https://id.example.com/other' })
    await setIntrospection(ctx, { ...given, claim: 'azp' })
    expect(JSON.stringify(await getOauthSettings(ctx, productId))).not.toContain('secretCipher')
    const told = await ctx.db.auditEntry.findMany({ select: { before: true, after: true } })
    expect(JSON.stringify([introspection, told])).not.toContain('very-secret-words')
    await setIntrospection(ctx, { productId, url: '' })
    expect((await getOauthSettings(ctx, productId)).introspection).toBeNull()
  })

  it('the login-site secret is made once, revealed with a note, and replaced on demand', async () => {
    await changeAuthenticationMode(ctx, { productId, authenticationMode: 'oauth' })
    const { secret } = await revealLoginSiteSecret(ctx, { productId })
    expect(secret).toMatch(/^ls_[0-9A-Za-z]{36}$/)
    expect(await revealLoginSiteSecret(ctx, { productId })).toEqual({ secret })
    expect(await ctx.db.auditEntry.count({ where: { action: 'product.secret_revealed' } })).toBe(2)
    await changeAuthenticationMode(ctx, { productId, authenticationMode: 'user_key' })
    await changeAuthenticationMode(ctx, { productId, authenticationMode: 'oauth' })
    expect(await revealLoginSiteSecret(ctx, { productId })).toEqual({ secret })
    const { secret: next } = await rotateLoginSiteSecret(ctx, { productId })
    expect(next).not.toBe(secret)
    expect(await revealLoginSiteSecret(ctx, { productId })).toEqual({ secret: next })
  })
})

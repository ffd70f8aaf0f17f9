import { beforeAll, describe, expect, it } from 'vitest'
import { appKeyHash, userKeyHash } from '@/lib/applications/credential-hash'
import { listTestableApplications } from '@/lib/applications/queries'
import { decryptSecret } from '@/lib/crypto'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { changeAuthenticationMode } from '@/lib/products/change-authentication-mode'
import { createProduct } from '@/lib/products/create-product'
import { countDeletionImpact, deleteProduct } from '@/lib/products/delete-product'
import { findProductBySystemName, getProduct, listMappingRules, listMetrics, listProducts, readCallerApplication } from '@/lib/products/queries'
import { renameProduct } from '@/lib/products/rename-product'
import { revealSecretToken, rotateSecretToken } from '@/lib/products/rotate-secret-token'
import { serviceTokenHash, serviceTokenPlace } from '@/lib/products/secrets-of-product'
import type { Ctx } from '@/lib/tenants/context'

testDatabase()
let ctx: Ctx
let other: Ctx
beforeAll(async () => {
  ctx = await makeTenant({ slug: 'acme' })
  other = await makeTenant({ slug: 'rival' })
})

describe('a new product', () => {
  it('is born with Hits, a catch-all rule, hosts of both environments, tokens and a test application', async () => {
    const { id, hosts } = await createProduct(ctx, { name: 'Weather API' })
    expect(hosts).toEqual({ production: 'weather-api-acme.gw.localhost', staging: 'weather-api-acme.staging.gw.localhost' })
    expect(await getProduct(ctx, id)).toMatchObject({ systemName: 'weather_api', isDefault: true, authenticationMode: 'user_key', hosts, liveVersion: null })
    expect(await listMetrics(ctx, id)).toMatchObject([{ systemName: 'hits', name: 'Hits', parentId: null }])
    expect(await listMappingRules(ctx, id)).toMatchObject([{ verb: 'ANY', pattern: '/', delta: 1, last: false, metric: { systemName: 'hits', isMethod: false } }])

    const row = await ctx.db.product.findUniqueOrThrow({ where: { id } })
    const token = decryptSecret(row.serviceTokenCipher!, serviceTokenPlace(ctx.tenant.id, id))
    expect(token).toMatch(/^st_/)
    expect(row.serviceTokenHash).toBe(serviceTokenHash(token))

    const test = await readCallerApplication(ctx, id)
    const application = await ctx.db.application.findUniqueOrThrow({ where: { id: BigInt(test.id) }, include: { credentials: true } })
    expect(application).toMatchObject({ kind: 'test', accountId: null, planId: null, state: 'live' })
    expect(new Set(application.credentials.map((credential) => credential.hash))).toEqual(new Set([userKeyHash(id, test.userKey!), appKeyHash(id, test.id, test.appKey!)]))
    expect(await ctx.db.event.findFirst({ where: { type: 'product.created' } })).toMatchObject({ data: { productId: Number(id) } })
    expect(await ctx.db.change.count({ where: { topic: 'product', subjectId: id } })).toBe(1)
  })

  it('gets a free system name, and refuses a taken one', async () => {
    const first = await createProduct(ctx, { name: 'Maps' })
    const second = await createProduct(ctx, { name: 'Maps', systemName: '' })
    expect([first.systemName, second.systemName]).toEqual(['maps', 'maps_2'])
    await expect(createProduct(ctx, { name: 'Third', systemName: 'maps' })).rejects.toMatchObject({ code: 'invalid', fields: { systemName: [expect.any(String)] } })
    await expect(createProduct(ctx, { name: 'Third', systemName: 'Ma ps' })).rejects.toThrow(/small letters/)
    expect((await createProduct(ctx, { name: '地図' })).systemName).toBe('product')
  })

  it('takes another host name where the wanted one belongs to somebody else, 63 characters at most', async () => {
    const mine = await createProduct(ctx, { name: 'x', systemName: 'a-b' })
    const theirs = await makeTenant({ slug: 'b-acme' })
    const { hosts } = await createProduct(theirs, { name: 'x', systemName: 'a' })
    expect(mine.hosts.production).toBe('a-b-acme.gw.localhost')
    expect(hosts).toEqual({ production: 'a-b-acme-2.gw.localhost', staging: 'a-b-acme-2.staging.gw.localhost' })
    const long = await makeTenant({ slug: 'a-very-long-name-of-a-tenant-indeed-so' })
    const { hosts: cut } = await createProduct(long, { name: 'x', systemName: 'averylongnameofaproductaslongasitmaybe12' })
    expect(cut.production.split('.')[0]).toHaveLength(63)
  })

  it('ISO-9 writes nothing that its input does not name', async () => {
    const { id } = await createProduct(ctx, { name: 'Sly', tenantId: other.tenant.id, isDefault: true, state: 'suspended', liveVersion: 7 } as never)
    expect(await getProduct(ctx, id)).toMatchObject({ isDefault: false, state: 'active', liveVersion: null })
    expect((await listProducts(other)).map((product) => product.name)).toEqual([])
  })
})

describe('changing a product', () => {
  it('renames and describes it, and the system name stays', async () => {
    const { id } = await createProduct(ctx, { name: 'Before' })
    await renameProduct(ctx, { productId: id, name: 'After', description: 'Better' })
    expect(await getProduct(ctx, id)).toMatchObject({ name: 'After', description: 'Better', systemName: 'before' })
    expect(await ctx.db.auditEntry.findFirst({ where: { action: 'product.changed', objectId: String(id) } })).toMatchObject({ before: { name: 'Before' }, after: { name: 'After' } })
    await expect(renameProduct(ctx, { productId: id, name: ' ' })).rejects.toThrow(/name/)
  })

  it('changes the mode and tells how many partners hold no key of the new kind', async () => {
    const { id } = await createProduct(ctx, { name: 'Modes' })
    const account = await ctx.db.account.create({ data: { tenantId: ctx.tenant.id, orgName: 'Partner' } })
    await ctx.db.application.create({ data: { tenantId: ctx.tenant.id, productId: id, accountId: account.id, name: 'App', appId: 'a1' } })
    expect(await changeAuthenticationMode(ctx, { productId: id, authenticationMode: 'app_id_app_key' })).toEqual({ applicationsWithoutKey: 1 })
    expect((await getProduct(ctx, id)).authenticationMode).toBe('app_id_app_key')
    await expect(changeAuthenticationMode(ctx, { productId: id, authenticationMode: 'saml' as never })).rejects.toThrow()
  })

  it('shows the secret token on demand, notes who looked, and rotates it', async () => {
    const { id } = await createProduct(ctx, { name: 'Secretive' })
    const before = await revealSecretToken(ctx, { productId: id })
    expect(before.secretToken).toMatch(/^[\w-]{43}$/)
    expect(await ctx.db.auditEntry.count({ where: { action: 'product.secret_token_revealed', objectId: String(id) } })).toBe(1)
    const { secretToken } = await rotateSecretToken(ctx, { productId: id })
    expect(secretToken).not.toBe(before.secretToken)
    expect(await revealSecretToken(ctx, { productId: id })).toEqual({ secretToken })
    await rotateSecretToken(ctx, { productId: id, secretToken: 'a-value-of-my-own-1' })
    expect(await revealSecretToken(ctx, { productId: id })).toEqual({ secretToken: 'a-value-of-my-own-1' })
    const audit = JSON.stringify(await ctx.db.auditEntry.findMany({ where: { objectId: String(id) } }), (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
    expect(audit).not.toContain('a-value-of-my-own-1')
    await expect(rotateSecretToken(ctx, { productId: id, secretToken: 'with space and\nline' })).rejects.toThrow()
  })

  it('another tenant finds none of it', async () => {
    const { id } = await createProduct(ctx, { name: 'Mine' })
    const missing = { code: 'not_found' }
    await expect(getProduct(other, id)).rejects.toMatchObject(missing)
    await expect(renameProduct(other, { productId: id, name: 'Theirs' })).rejects.toMatchObject(missing)
    await expect(revealSecretToken(other, { productId: id })).rejects.toMatchObject(missing)
    await expect(rotateSecretToken(other, { productId: id })).rejects.toMatchObject(missing)
    await expect(readCallerApplication(other, id)).rejects.toMatchObject(missing)
    await expect(listMetrics(other, id)).rejects.toMatchObject(missing)
    expect(await findProductBySystemName(other, 'mine')).toBeNull()
  })
})

describe('who sends a test call', () => {
  it('ROLE-1 a member without partners sends it as the test application alone', async () => {
    const owner = await makeTenant()
    const { id } = await createProduct(owner, { name: 'Called' })
    const account = await owner.db.account.create({ data: { tenantId: owner.tenant.id, orgName: 'Partner' } })
    const partner = await owner.db.application.create({ data: { tenantId: owner.tenant.id, productId: id, accountId: account.id, name: 'App', appId: 'caller-1', state: 'live' } })
    const integrator: Ctx = { ...owner, permissions: new Set(['gateway']) }
    expect(await readCallerApplication(owner, id, partner.id)).toMatchObject({ name: 'App' })
    expect((await listTestableApplications(owner, id)).map(({ kind }) => kind)).toEqual(['test', 'partner'])
    await expect(readCallerApplication(integrator, id, partner.id)).rejects.toMatchObject({ code: 'not_found' })
    expect((await listTestableApplications(integrator, id)).map(({ kind }) => kind)).toEqual(['test'])
    expect(await readCallerApplication(integrator, id)).toMatchObject({ id: (await listTestableApplications(integrator, id))[0]!.id })
  })
})

describe('deleting a product', () => {
  it('wants its system name typed and takes everything along', async () => {
    const owner = await makeTenant()
    const first = await createProduct(owner, { name: 'First' })
    const second = await createProduct(owner, { name: 'Second' })
    const plan = await owner.db.plan.create({ data: { tenantId: owner.tenant.id, productId: first.id, name: 'Basic', systemName: 'basic' } })
    const account = await owner.db.account.create({ data: { tenantId: owner.tenant.id, orgName: 'Partner' } })
    await owner.db.application.create({ data: { tenantId: owner.tenant.id, productId: first.id, accountId: account.id, planId: plan.id, name: 'App', appId: 'a1' } })
    expect(await countDeletionImpact(owner, { productId: first.id })).toEqual({ applications: 1, plans: 1, methods: 0, isLast: false })
    await expect(deleteProduct(owner, { productId: first.id, confirmation: 'First' })).rejects.toMatchObject({ code: 'invalid', fields: { confirmation: ['Type first to delete this product.'] } })
    await deleteProduct(owner, { productId: first.id, confirmation: 'first' })
    expect(await owner.db.host.count({ where: { productId: first.id } })).toBe(0)
    expect(await owner.db.application.count({ where: { productId: first.id } })).toBe(0)
    expect(await getProduct(owner, second.id)).toMatchObject({ isDefault: true })
    await expect(deleteProduct(owner, { productId: second.id, confirmation: 'second' })).rejects.toMatchObject({ code: 'conflict' })
    await expect(deleteProduct(other, { productId: second.id, confirmation: 'second' })).rejects.toMatchObject({ code: 'not_found' })
  })
})

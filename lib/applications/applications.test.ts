import { beforeAll, describe, expect, it } from 'vitest'
import { suspendAccount } from '@/lib/accounts/change-account-state'
import { createAccount } from '@/lib/accounts/create-account'
import { addAppKey, regenerateUserKey, revealCredential, revokeCredential } from '@/lib/applications/change-credentials'
import { approveApplication, deleteApplication, rejectApplication, resumeApplication, suspendApplication } from '@/lib/applications/change-application'
import { changePlan, moveApplications } from '@/lib/applications/change-plan'
import { createApplication } from '@/lib/applications/create-application'
import { editApplicationValues } from '@/lib/applications/edit-application-values'
import { appKeyHash, userKeyHash } from '@/lib/applications/credential-hash'
import { getApplication, listApplications } from '@/lib/applications/queries'
import { decryptSecret } from '@/lib/crypto'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { hasValidChecksum } from '@/lib/ids'
import { createPlan } from '@/lib/plans/create-plan'
import { deletePlan } from '@/lib/plans/delete-plan'
import { listPlans } from '@/lib/plans/queries'
import { makeTestProduct } from '@/lib/plans/test-product'
import type { Ctx } from '@/lib/tenants/context'

describe('applications', () => {
  testDatabase()
  let ctx: Ctx
  let productId: bigint
  let accountId: bigint
  let developerId: bigint
  let published: bigint
  let hidden: bigint
  let byApproval: bigint
  let developer: Ctx
  let count = 0

  beforeAll(async () => {
    ctx = await makeTenant()
    productId = (await makeTestProduct(ctx)).productId
    const account = await createAccount(ctx, { orgName: 'Widget Works', developer: { email: 'ada@widgets.example' } })
    accountId = account.id
    developerId = account.developerId!
    published = (await createPlan(ctx, { productId, name: 'Public', state: 'published' })).id
    hidden = (await createPlan(ctx, { productId, name: 'Partner' })).id
    byApproval = (await createPlan(ctx, { productId, name: 'On request', state: 'published', approvalRequired: true })).id
    developer = asDeveloper(accountId)
  })

  const asDeveloper = (id: bigint): Ctx => ({ ...ctx, actor: { kind: 'developer', id: developerId, name: 'Ada', email: 'ada@widgets.example', accountId: id, sessionId: 1n } })
  const newApplication = (planId = published, by = ctx) => createApplication(by, { accountId, planId, name: `App ${++count}` })
  const changesOf = (id: bigint) => ctx.db.change.count({ where: { topic: 'application', subjectId: id } })
  const findByUserKey = (key: string) => ctx.db.credential.findFirst({ where: { hash: userKeyHash(productId, key), revokedAt: null } })

  it('KEY-1 a new application has keys of our format, found by hash and shown masked', async () => {
    const made = await newApplication()
    expect(made.userKey).toMatch(/^uk_[0-9A-Za-z]{36}$/)
    expect(made.appKey).toMatch(/^ak_[0-9A-Za-z]{36}$/)
    expect(hasValidChecksum(made.userKey) && hasValidChecksum(made.appKey)).toBe(true)
    expect(made.appId).toMatch(/^[0-9a-f]{8}$/)
    expect(made.state).toBe('live')
    expect(await findByUserKey(made.userKey)).toMatchObject({ applicationId: made.id, kind: 'user_key' })
    const shown = await getApplication(ctx, made.id)
    expect(shown).toMatchObject({ usable: true, plan: { name: 'Public' }, userKey: { hint: expect.stringContaining('…') as string }, appKeys: [{ lastUsedAt: null }] })
    expect(JSON.stringify(shown)).not.toContain(made.userKey)
  })

  it('KEY-2 a ciphertext copied to another row does not decrypt', async () => {
    const one = await newApplication()
    const two = await newApplication()
    const rowOf = (id: bigint) => ctx.db.credential.findFirstOrThrow({ where: { applicationId: id, kind: 'user_key' } })
    const [first, second] = [await rowOf(one.id), await rowOf(two.id)]
    const place = { tenantId: ctx.tenant.id, table: 'credentials', row: first.id, column: 'cipher' }
    expect(decryptSecret(first.cipher!, place)).toBe(one.userKey)
    expect(() => decryptSecret(second.cipher!, place)).toThrow()
    expect(first.hash).not.toContain(one.userKey)
  })

  it('KEY-4 a regenerated user key kills the old one at once and is news for the gateways', async () => {
    const { id, userKey } = await newApplication()
    const before = await changesOf(id)
    const { key } = await regenerateUserKey(ctx, { applicationId: id })
    expect(await findByUserKey(userKey)).toBeNull()
    expect(await findByUserKey(key)).toMatchObject({ applicationId: id })
    expect(await changesOf(id)).toBe(before + 1)
    expect(await getApplication(ctx, id)).toMatchObject({ revoked: [{ kind: 'user_key' }] })
  })

  it('KEY-4 an application holds up to five live application keys, also when many ask at once', async () => {
    const { id } = await newApplication()
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => addAppKey(ctx, { applicationId: id })))
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(4)
    for (const answer of answers) if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'conflict' })
    const { appKeys } = await getApplication(ctx, id)
    expect(appKeys).toHaveLength(5)
    await revokeCredential(ctx, { credentialId: appKeys[0]!.id })
    await addAppKey(ctx, { applicationId: id })
    expect((await getApplication(ctx, id)).appKeys).toHaveLength(5)
  })

  it('KEY-4 a revoked key cannot be looked up or shown again, and keeps when it was last used', async () => {
    const { id, appKey } = await newApplication()
    const [credential] = (await getApplication(ctx, id)).appKeys
    await ctx.db.credential.update({ where: { id: credential!.id }, data: { lastUsedAt: new Date('2026-11-20T10:00:00Z') } })
    await revokeCredential(ctx, { credentialId: credential!.id })
    expect(await ctx.db.credential.findFirst({ where: { hash: appKeyHash(productId, id, appKey) } })).toBeNull()
    await expect(revealCredential(ctx, { credentialId: credential!.id })).rejects.toMatchObject({ code: 'not_found' })
    await expect(revokeCredential(ctx, { credentialId: credential!.id })).rejects.toMatchObject({ code: 'not_found' })
    expect(await getApplication(ctx, id)).toMatchObject({ appKeys: [], revoked: [{ id: credential!.id, lastUsedAt: new Date('2026-11-20T10:00:00Z'), revokedAt: expect.any(Date) as Date }] })
    // Its text is free again, for a tenant who brings his keys along.
    await addAppKey(ctx, { applicationId: id, key: appKey })
  })

  it('custom keys: unique in the product as user key, unique in the application, without case, as application key', async () => {
    const one = await newApplication()
    const two = await newApplication()
    await regenerateUserKey(ctx, { applicationId: one.id, key: 'partner-key-1' })
    await expect(regenerateUserKey(ctx, { applicationId: two.id, key: 'partner-key-1' })).rejects.toMatchObject({ code: 'invalid', fields: { key: [expect.any(String)] } })
    expect(await findByUserKey(two.userKey)).toMatchObject({ applicationId: two.id })
    await addAppKey(ctx, { applicationId: one.id, key: 'Secret-Sauce' })
    await addAppKey(ctx, { applicationId: two.id, key: 'Secret-Sauce' })
    await expect(addAppKey(ctx, { applicationId: one.id, key: 'sECRET-sAUCE' })).rejects.toMatchObject({ code: 'invalid', fields: { key: [expect.any(String)] } })
    await expect(createApplication(ctx, { accountId, planId: published, name: 'Third', userKey: 'partner-key-1' })).rejects.toMatchObject({ fields: { userKey: [expect.any(String)] } })
    await expect(createApplication(ctx, { accountId, planId: published, name: 'Third', appId: one.appId })).rejects.toMatchObject({ fields: { appId: [expect.any(String)] } })
  })

  it('KEY-6 the same key text in another product or tenant is another key', async () => {
    expect(userKeyHash(1n, 'same')).not.toBe(userKeyHash(2n, 'same'))
    expect(appKeyHash(1n, 1n, 'same')).not.toBe(appKeyHash(1n, 2n, 'same'))
    const { productId: second } = await makeTestProduct(ctx, { systemName: 'second' })
    const plan = await createPlan(ctx, { productId: second, name: 'Basic' })
    const here = await createApplication(ctx, { accountId, planId: published, name: 'Here', userKey: 'shared-text' })
    const there = await createApplication(ctx, { accountId, planId: plan.id, name: 'There', userKey: 'shared-text' })
    expect(await findByUserKey('shared-text')).toMatchObject({ applicationId: here.id })
    expect(await ctx.db.credential.findFirst({ where: { hash: userKeyHash(second, 'shared-text') } })).toMatchObject({ applicationId: there.id })
  })

  it('KEY-5 no event, audit entry or change holds a key, and each reveal is audited', async () => {
    const made = await createApplication(ctx, { accountId, planId: published, name: 'Quiet', userKey: 'custom-user-key-77', appKey: 'custom-app-key-77' })
    const { userKey, appKeys } = await getApplication(ctx, made.id)
    expect(await revealCredential(ctx, { credentialId: userKey!.id })).toMatchObject({ key: 'custom-user-key-77', kind: 'user_key' })
    expect(await revealCredential(ctx, { credentialId: appKeys[0]!.id })).toMatchObject({ key: 'custom-app-key-77', kind: 'app_key' })
    expect(await ctx.db.auditEntry.count({ where: { action: 'credential.revealed', objectId: String(made.id) } })).toBe(2)
    const fresh = [(await regenerateUserKey(ctx, { applicationId: made.id })).key, (await addAppKey(ctx, { applicationId: made.id })).key]
    const written = JSON.stringify([await ctx.db.event.findMany({}), await ctx.db.auditEntry.findMany({}), await ctx.db.change.findMany({})], (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
    for (const key of ['custom-user-key-77', 'custom-app-key-77', ...fresh]) expect(written).not.toContain(key)
  })

  it('suspend, resume, edit and delete; deleting asks for the name', async () => {
    const { id } = await newApplication()
    await suspendApplication(ctx, { applicationId: id })
    expect(await getApplication(ctx, id)).toMatchObject({ state: 'suspended', usable: false })
    await expect(suspendApplication(ctx, { applicationId: id })).rejects.toMatchObject({ code: 'conflict' })
    await resumeApplication(ctx, { applicationId: id })
    await editApplicationValues(ctx, { applicationId: id, values: { name: 'Renamed', description: 'For the shop' } })
    await expect(deleteApplication(ctx, { applicationId: id, confirmation: 'renamed' })).rejects.toMatchObject({ code: 'invalid' })
    await deleteApplication(ctx, { applicationId: id, confirmation: 'Renamed' })
    await expect(getApplication(ctx, id)).rejects.toMatchObject({ code: 'not_found' })
    expect(await ctx.db.credential.count({ where: { applicationId: id } })).toBe(0)
    expect(await changesOf(id)).toBe(5)
  })

  it('a suspended account’s application is not usable, and the account gets no further one', async () => {
    const account = await createAccount(ctx, { orgName: 'Late payer' })
    const { id } = await createApplication(ctx, { accountId: account.id, planId: published, name: 'Shop' })
    await suspendAccount(ctx, { accountId: account.id })
    expect(await getApplication(ctx, id)).toMatchObject({ state: 'live', usable: false, account: { state: 'suspended' } })
    await expect(createApplication(ctx, { accountId: account.id, planId: published, name: 'Shop 2' })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('ISO-10 a hidden plan posted by a developer is answered like one that never was; the tenant places accounts on it', async () => {
    const refused = { code: 'not_found', publicMessage: 'Not found.' }
    await expect(newApplication(hidden, developer)).rejects.toMatchObject(refused)
    await expect(newApplication(999_999n, developer)).rejects.toMatchObject(refused)
    const { id } = await newApplication(published, developer)
    await expect(changePlan(developer, { applicationId: id, planId: hidden })).rejects.toMatchObject(refused)
    await expect(changePlan(developer, { applicationId: id, planId: 999_999n })).rejects.toMatchObject(refused)
    await expect(changePlan(developer, { applicationId: id, planId: byApproval })).rejects.toMatchObject({ code: 'forbidden' })
    await changePlan(ctx, { applicationId: id, planId: hidden })
    expect(await getApplication(developer, id)).toMatchObject({ plan: { name: 'Partner' } })
    expect((await newApplication(hidden)).state).toBe('live')
  })

  it('ISO-10 a developer sees and changes applications of the own account only', async () => {
    const neighbour = await createAccount(ctx, { orgName: 'Neighbour' })
    const { id } = await newApplication()
    const stranger = asDeveloper(neighbour.id)
    const [credential] = (await getApplication(ctx, id)).appKeys
    await expect(getApplication(stranger, id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(suspendApplication(stranger, { applicationId: id })).rejects.toMatchObject({ code: 'not_found' })
    await expect(addAppKey(stranger, { applicationId: id })).rejects.toMatchObject({ code: 'not_found' })
    await expect(revealCredential(stranger, { credentialId: credential!.id })).rejects.toMatchObject({ code: 'not_found' })
    await expect(revokeCredential(stranger, { credentialId: credential!.id })).rejects.toMatchObject({ code: 'not_found' })
    await expect(createApplication(stranger, { accountId, planId: published, name: 'Planted' })).rejects.toMatchObject({ code: 'not_found' })
    expect((await listApplications(stranger)).items).toEqual([])
  })

  it('a plan with approval lets a developer wait; approving makes it live, rejecting deletes it', async () => {
    const waiting = await newApplication(byApproval, developer)
    expect(waiting.state).toBe('pending')
    await approveApplication(ctx, { applicationId: waiting.id })
    expect((await getApplication(ctx, waiting.id)).state).toBe('live')
    await expect(rejectApplication(ctx, { applicationId: waiting.id })).rejects.toMatchObject({ code: 'conflict' })
    const another = await newApplication(byApproval, developer)
    await rejectApplication(ctx, { applicationId: another.id })
    await expect(getApplication(ctx, another.id)).rejects.toMatchObject({ code: 'not_found' })
    expect((await newApplication(byApproval)).state).toBe('live')
  })

  it('a plan that applications use is not deleted; moved away, it is', async () => {
    const own = await makeTestProduct(ctx, { systemName: 'moving' })
    const from = await createPlan(ctx, { productId: own.productId, name: 'Old' })
    const to = await createPlan(ctx, { productId: own.productId, name: 'New' })
    const ids = [await newApplication(from.id), await newApplication(from.id)].map((made) => made.id)
    await expect(deletePlan(ctx, { planId: from.id })).rejects.toMatchObject({ code: 'in_use', publicMessage: expect.stringMatching(/^2 applications use this plan/) as string, details: { applications: 2, endUsers: 0 } })
    await expect(moveApplications(ctx, { fromPlanId: from.id, toPlanId: published })).rejects.toMatchObject({ code: 'not_found' })
    await expect(moveApplications(ctx, { fromPlanId: from.id, toPlanId: from.id })).rejects.toMatchObject({ code: 'invalid' })
    expect(await moveApplications(ctx, { fromPlanId: from.id, toPlanId: to.id })).toEqual({ moved: 2 })
    for (const id of ids) expect(await changesOf(id)).toBe(2)
    await deletePlan(ctx, { planId: from.id })
    expect((await listPlans(ctx, own.productId)).plans).toMatchObject([{ name: 'New', users: 2 }])
  })

  it('an application stays within its product', async () => {
    const own = await makeTestProduct(ctx, { systemName: 'elsewhere' })
    const elsewhere = await createPlan(ctx, { productId: own.productId, name: 'Elsewhere' })
    const { id } = await newApplication()
    await expect(changePlan(ctx, { applicationId: id, planId: elsewhere.id })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('the built-in test application is in no list, no count, and cannot be opened like a partner’s', async () => {
    const own = await makeTestProduct(ctx, { systemName: 'tested' })
    const test = await ctx.db.application.create({ data: { tenantId: ctx.tenant.id, productId: own.productId, kind: 'test', name: 'Test application', appId: 'test' } })
    expect(await listApplications(ctx, { productId: own.productId })).toMatchObject({ items: [], total: 0 })
    await expect(getApplication(ctx, test.id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(deleteApplication(ctx, { applicationId: test.id, confirmation: test.name })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('the list pages by 25, filters and searches', async () => {
    const own = await makeTestProduct(ctx, { systemName: 'paged' })
    const plan = await createPlan(ctx, { productId: own.productId, name: 'Basic' })
    for (let number = 0; number < 27; number++)
      await ctx.db.application.create({ data: { tenantId: ctx.tenant.id, productId: own.productId, planId: plan.id, accountId, name: `Paged ${number % 5}`, appId: `paged${number}`, state: number === 3 ? 'suspended' : 'live' } })
    for (const sort of ['name', '-name', 'created', '-created'] as const) {
      const first = await listApplications(ctx, { productId: own.productId, sort })
      const second = await listApplications(ctx, { productId: own.productId, sort, cursor: first.nextCursor! })
      expect(new Set([...first.items, ...second.items].map((item) => item.id)).size, sort).toBe(27)
      expect(await listApplications(ctx, { productId: own.productId, sort, cursor: second.previousCursor! })).toEqual(first)
      expect(second.nextCursor).toBeNull()
    }
    expect((await listApplications(ctx, { planId: plan.id, state: 'suspended' })).items).toMatchObject([{ appId: 'paged3' }])
    expect((await listApplications(ctx, { search: 'paged26' })).items).toMatchObject([{ appId: 'paged26' }])
    expect((await listApplications(ctx, { productId: own.productId, search: 'widget' })).total).toBe(27)
    expect((await listApplications(ctx, { productId: own.productId, state: 'dead', sort: 'hash', search: { contains: '' } } as never)).total).toBe(27)
  })

  it('ISO-5 another tenant’s application and key are answered like ones that never were', async () => {
    const other = await makeTenant()
    const made = await newApplication()
    const { userKey } = await getApplication(ctx, made.id)
    for (const [applicationId, credentialId] of [[made.id, userKey!.id], [999_999n, 999_999n]] as const) {
      const refused = { code: 'not_found', publicMessage: 'Not found.' }
      await expect(getApplication(other, applicationId)).rejects.toMatchObject(refused)
      await expect(editApplicationValues(other, { applicationId, values: { name: 'Taken' } })).rejects.toMatchObject(refused)
      await expect(changePlan(other, { applicationId, planId: published })).rejects.toMatchObject(refused)
      await expect(regenerateUserKey(other, { applicationId })).rejects.toMatchObject(refused)
      await expect(revealCredential(other, { credentialId })).rejects.toMatchObject(refused)
      await expect(revokeCredential(other, { credentialId })).rejects.toMatchObject(refused)
      await expect(createApplication(other, { accountId, planId: published, name: 'Planted' })).rejects.toMatchObject(refused)
    }
    expect(await findByUserKey(made.userKey)).toMatchObject({ applicationId: made.id })
  })

  it('ISO-9 what a schema does not know is not written', async () => {
    const odd = { accountId, planId: published, name: 'Odd', state: 'suspended', kind: 'test', tenantId: 1, productId: 1, lastCallAt: new Date(0) }
    const made = await createApplication(ctx, odd as never)
    await editApplicationValues(ctx, { applicationId: made.id, state: 'suspended', values: { state: 'suspended', planId: String(hidden), accountId: '1', appId: 'mine' } } as never)
    expect(await getApplication(ctx, made.id)).toMatchObject({ state: 'live', plan: { name: 'Public' }, appId: made.appId, lastCallAt: null })
  })
})

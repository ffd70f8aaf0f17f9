import { beforeAll, describe, expect, it } from 'vitest'
import { addDeveloper } from '@/lib/accounts/add-developer'
import { approveAccount, rejectAccount, resumeAccount, suspendAccount } from '@/lib/accounts/change-account-state'
import { editDeveloper, removeDeveloper, resumeDeveloper, suspendDeveloper } from '@/lib/accounts/change-developer'
import { createAccount } from '@/lib/accounts/create-account'
import { deleteAccount } from '@/lib/accounts/delete-account'
import { editAccountValues } from '@/lib/accounts/edit-account-values'
import { findAccountsToChoose, getAccount, listAccounts } from '@/lib/accounts/queries'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { createField } from '@/lib/fields/create-field'
import { verifyPassword } from '@/lib/passwords/hash-password'
import type { Ctx } from '@/lib/tenants/context'

describe('accounts', () => {
  testDatabase()
  let ctx: Ctx
  let other: Ctx
  let count = 0

  beforeAll(async () => {
    ctx = await makeTenant()
    other = await makeTenant()
  })

  const newAccount = (by = ctx) => createAccount(by, { orgName: `Partner ${++count}`, developer: { email: `dev${count}@partner.example` } })
  const session = (developerId: bigint, hash: string) =>
    ctx.db.session.create({ data: { tenantId: ctx.tenant.id, hash, realm: 'portal', developerId, ip: '', userAgent: '', expiresAt: new Date(Date.now() + 1e6) } })

  it('an account made by the tenant is approved at once and its first developer active and admin', async () => {
    const made = await createAccount(ctx, { orgName: ' Widget Works ', developer: { email: 'Ada@Widgets.example', userName: 'Ada.L', firstName: 'Ada', password: 'correct horse battery' } })
    expect(await getAccount(ctx, made.id)).toMatchObject({ orgName: 'Widget Works', state: 'approved', developers: [{ email: 'Ada@Widgets.example', userName: 'Ada.L', role: 'admin', state: 'active' }] })
    const row = await ctx.db.developer.findUniqueOrThrow({ where: { id: made.developerId! } })
    expect(row).toMatchObject({ emailNormal: 'ada@widgets.example', userNameNormal: 'ada.l' })
    expect(await verifyPassword(row.passwordHash, 'correct horse battery')).toBe(true)
    expect(await ctx.db.event.findFirst({ where: { type: 'account.created' } })).toMatchObject({ data: { accountId: Number(made.id), developerId: Number(made.developerId) } })
    expect(JSON.stringify(await ctx.db.auditEntry.findMany({}), (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))).not.toContain('correct horse')
  })

  it('PW-5 an address is taken whatever its case or width, with a sentence at its field', async () => {
    await expect(createAccount(ctx, { orgName: 'Copycat', developer: { email: 'ADA@widgets.example' } })).rejects.toMatchObject({ code: 'invalid', fields: { 'developer.email': [expect.any(String)] } })
    const { id } = await newAccount()
    await expect(addDeveloper(ctx, { accountId: id, email: 'ａda@widgets.example' })).rejects.toMatchObject({ fields: { email: [expect.any(String)] } })
    await expect(addDeveloper(ctx, { accountId: id, email: 'x@y.example', userName: 'ADA.l' })).rejects.toMatchObject({ fields: { userName: [expect.any(String)] } })
    await expect(addDeveloper(ctx, { accountId: id, email: 'a@b.example,c@d.example' })).rejects.toThrow()
    expect(await ctx.db.account.count({ where: { orgName: 'Copycat' } })).toBe(0)
  })

  it('PW-1 a weak first password is refused before anything is written', async () => {
    const { id } = await newAccount()
    await expect(addDeveloper(ctx, { accountId: id, email: 'weak@partner.example', password: 'password' })).rejects.toMatchObject({ code: 'invalid', fields: { password: [expect.any(String)] } })
    expect((await getAccount(ctx, id)).developers).toHaveLength(1)
  })

  it('suspending tells the gateways of every application and signs everybody out; resuming revives no session', async () => {
    const { id, developerId } = await newAccount()
    const { id: productId } = await ctx.db.product.create({ data: { tenantId: ctx.tenant.id, name: 'P', systemName: 'p', errorAnswers: {}, secretTokenCipher: '' } })
    const application = await ctx.db.application.create({ data: { tenantId: ctx.tenant.id, productId, accountId: id, name: 'App', appId: 'abcd' } })
    await session(developerId!, 'one')
    await suspendAccount(ctx, { accountId: id })
    await resumeAccount(ctx, { accountId: id })
    expect(await ctx.db.change.count({ where: { topic: 'application', subjectId: application.id } })).toBe(2)
    expect((await ctx.db.session.findUniqueOrThrow({ where: { hash: 'one' } })).revokedAt).not.toBeNull()
    expect((await getAccount(ctx, id)).state).toBe('approved')
  })

  it('states follow one another as they should and nothing else', async () => {
    const { id } = await newAccount()
    const refused = { code: 'conflict' }
    await expect(approveAccount(ctx, { accountId: id })).rejects.toMatchObject(refused)
    await expect(resumeAccount(ctx, { accountId: id })).rejects.toMatchObject(refused)
    await rejectAccount(ctx, { accountId: id })
    await approveAccount(ctx, { accountId: id })
    await suspendAccount(ctx, { accountId: id })
    await expect(suspendAccount(ctx, { accountId: id })).rejects.toMatchObject(refused)
    await expect(rejectAccount(ctx, { accountId: id })).rejects.toMatchObject(refused)
  })

  it('a developer is edited, suspended, resumed and removed; a new role signs out (SES-3)', async () => {
    const { id, developerId } = await newAccount()
    await session(developerId!, 'two')
    await editDeveloper(ctx, { developerId: developerId!, firstName: 'Grace' })
    expect((await ctx.db.session.findUniqueOrThrow({ where: { hash: 'two' } })).revokedAt).toBeNull()
    await editDeveloper(ctx, { developerId: developerId!, role: 'member', userName: '' })
    expect((await ctx.db.session.findUniqueOrThrow({ where: { hash: 'two' } })).revokedAt).not.toBeNull()
    await suspendDeveloper(ctx, { developerId: developerId! })
    expect((await getAccount(ctx, id)).developers).toMatchObject([{ firstName: 'Grace', role: 'member', state: 'suspended', userName: null }])
    await resumeDeveloper(ctx, { developerId: developerId! })
    await removeDeveloper(ctx, { developerId: developerId! })
    expect((await getAccount(ctx, id)).developers).toEqual([])
  })

  it('PW-4 resuming somebody who never confirmed the e-mail does not confirm it', async () => {
    const { developerId } = await newAccount()
    await ctx.db.developer.update({ where: { id: developerId! }, data: { state: 'pending', emailConfirmedAt: null } })
    await suspendDeveloper(ctx, { developerId: developerId! })
    await resumeDeveloper(ctx, { developerId: developerId! })
    expect(await ctx.db.developer.findUniqueOrThrow({ where: { id: developerId! } })).toMatchObject({ state: 'pending' })
  })

  it('deleting asks for the name and takes the people and applications along', async () => {
    const { id } = await newAccount()
    await expect(deleteAccount(ctx, { accountId: id, confirmation: 'partner' })).rejects.toMatchObject({ code: 'invalid', fields: { confirmation: [expect.any(String)] } })
    const { orgName } = await getAccount(ctx, id)
    await deleteAccount(ctx, { accountId: id, confirmation: orgName })
    await expect(getAccount(ctx, id)).rejects.toMatchObject({ code: 'not_found' })
    expect(await ctx.db.developer.count({ where: { accountId: id } })).toBe(0)
  })

  it('ISO-9 what a schema does not know is not written', async () => {
    const odd = { orgName: 'Odd', state: 'suspended', tenantId: other.tenant.id, createdAt: new Date(0), developer: { email: 'odd@partner.example', state: 'suspended', emailConfirmedAt: null } }
    const { id } = await createAccount(ctx, odd as never)
    await editAccountValues(ctx, { accountId: id, state: 'rejected', values: { org_name: 'Still odd', state: 'rejected' } } as never)
    const account = await getAccount(ctx, id)
    expect(account).toMatchObject({ orgName: 'Still odd', state: 'approved', developers: [{ state: 'active' }] })
    expect(account.createdAt.getTime()).toBeGreaterThan(0)
    await expect(editDeveloper(ctx, { developerId: account.developers[0]!.id, accountId: 1, state: 'suspended' } as never)).resolves.toBeUndefined()
    expect((await getAccount(ctx, id)).developers).toMatchObject([{ state: 'active' }])
  })

  it('extra fields: the tenant writes every one, a developer what the portal shows as an input (ISO-9)', async () => {
    const extra = await makeTenant()
    await createField(extra, { target: 'account', name: 'rank', label: 'Rank', readOnly: true })
    await createField(extra, { target: 'account', name: 'city', builtIn: true, required: true })
    await createField(extra, { target: 'user', name: 'team', label: 'Team' })
    const made = await createAccount(extra, { orgName: 'Widget Works', values: { rank: 'gold' }, developer: { email: 'ada@widgets.example', values: { team: 'Blue' } } })
    expect(await getAccount(extra, made.id)).toMatchObject({ values: { org_name: 'Widget Works', rank: 'gold' }, developers: [{ values: { email: 'ada@widgets.example', team: 'Blue' } }] })
    const developer: Ctx = { ...extra, actor: { kind: 'developer', id: made.developerId!, name: 'D', email: 'd@x.example', accountId: made.id, sessionId: 1n } }
    await expect(editAccountValues(developer, { accountId: made.id, values: { org_name: 'Mine' } })).rejects.toMatchObject({ code: 'invalid', fields: { city: [expect.any(String)] } })
    await editAccountValues(developer, { accountId: made.id, values: { rank: 'platinum', city: 'Lyon', unheard: 'of' } })
    expect((await getAccount(extra, made.id)).values).toEqual({ org_name: 'Widget Works', rank: 'gold', city: 'Lyon' })
    await editAccountValues(extra, { accountId: made.id, values: { rank: 'silver', city: '' } })
    expect((await getAccount(extra, made.id)).values).toEqual({ org_name: 'Widget Works', rank: 'silver' })
    await editDeveloper(extra, { developerId: made.developerId!, firstName: 'Ada', values: { team: 'Red' } })
    expect((await getAccount(extra, made.id)).developers).toMatchObject([{ firstName: 'Ada', values: { first_name: 'Ada', team: 'Red' } }])
    expect(await extra.db.auditEntry.findFirst({ where: { action: 'account.changed' }, orderBy: { id: 'desc' } })).toMatchObject({ before: { city: 'Lyon' }, after: { rank: 'silver' } })
  })

  it('an account that nobody confirmed is told apart from one that waits for approval', async () => {
    const { id, developerId } = await newAccount()
    await ctx.db.account.update({ where: { id }, data: { state: 'pending' } })
    expect((await getAccount(ctx, id)).unconfirmed).toBe(false)
    await ctx.db.developer.update({ where: { id: developerId! }, data: { state: 'pending' } })
    expect((await getAccount(ctx, id)).unconfirmed).toBe(true)
  })

  it('ISO-9 filters and sorts that are not on the lists are ignored', async () => {
    const all = await listAccounts(ctx)
    expect((await listAccounts(ctx, { state: { not: 'approved' }, sort: 'passwordHash', search: ['x'], cursor: '{}', planId: { gt: 0 } } as never)).items).toEqual(all.items)
  })

  it('ISO-5 another tenant’s account and developer are answered like ones that never were', async () => {
    const foreign = await newAccount(other)
    for (const [accountId, developerId] of [[foreign.id, foreign.developerId!], [999_999n, 999_999n]] as const) {
      const refused = { code: 'not_found', publicMessage: 'Not found.' }
      await expect(getAccount(ctx, accountId)).rejects.toMatchObject(refused)
      await expect(editAccountValues(ctx, { accountId, values: { org_name: 'Taken' } })).rejects.toMatchObject(refused)
      await expect(suspendAccount(ctx, { accountId })).rejects.toMatchObject(refused)
      await expect(deleteAccount(ctx, { accountId, confirmation: '' })).rejects.toMatchObject(refused)
      await expect(addDeveloper(ctx, { accountId, email: 'mole@partner.example' })).rejects.toMatchObject(refused)
      await expect(editDeveloper(ctx, { developerId, role: 'admin' })).rejects.toMatchObject(refused)
      await expect(removeDeveloper(ctx, { developerId })).rejects.toMatchObject(refused)
    }
    expect((await listAccounts(ctx, { search: `Partner ${count}` })).items.some((item) => item.id === Number(foreign.id))).toBe(false)
  })

  it('ISO-10 a developer sees and changes the own account only', async () => {
    const own = await newAccount()
    const neighbour = await newAccount()
    const developer: Ctx = { ...ctx, actor: { kind: 'developer', id: own.developerId!, name: 'D', email: 'd@x.example', accountId: own.id, sessionId: 1n } }
    const visitor: Ctx = { ...ctx, actor: { kind: 'visitor', id: null, name: 'Visitor' } }
    expect((await listAccounts(developer)).items.map((item) => item.id)).toEqual([Number(own.id)])
    expect((await listAccounts(visitor)).items).toEqual([])
    await expect(getAccount(developer, neighbour.id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(editAccountValues(developer, { accountId: neighbour.id, values: { org_name: 'Taken' } })).rejects.toMatchObject({ code: 'not_found' })
    await expect(addDeveloper(developer, { accountId: neighbour.id, email: 'mole2@partner.example' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(removeDeveloper(developer, { developerId: neighbour.developerId! })).rejects.toMatchObject({ code: 'not_found' })
    await expect(editAccountValues(developer, { accountId: own.id, values: { org_name: 'Own name' } })).resolves.toBeUndefined()
  })

  it.each(['-created', 'created', 'name', '-name'] as const)('the list sorted by %s shows everybody once over its pages', async (sort) => {
    const by = await makeTenant()
    for (let number = 0; number < 30; number++) await by.db.account.create({ data: { tenantId: by.tenant.id, orgName: `Org ${number % 7}` } })
    const first = await listAccounts(by, { sort })
    const second = await listAccounts(by, { sort, cursor: first.nextCursor! })
    const items = [...first.items, ...second.items]
    expect({ total: first.total, pages: [first.items.length, second.items.length], next: second.nextCursor }).toEqual({ total: 30, pages: [25, 5], next: null })
    expect(new Set(items.map((item) => item.id)).size).toBe(30)
    const back = await listAccounts(by, { sort, cursor: second.previousCursor! })
    expect([back.items, back.previousCursor]).toEqual([first.items, null])
    const keys = items.map((item) => (sort.endsWith('name') ? item.orgName : String(item.id).padStart(9, '0')))
    expect(keys).toEqual(sort.startsWith('-') ? [...keys].sort().reverse() : [...keys].sort())
  })

  it('the list is searched by organisation, address, name, id and application id', async () => {
    const { id, developerId } = await createAccount(ctx, { orgName: 'Findme Ltd', developer: { email: 'needle@hay.example', firstName: 'Straw', lastName: 'Berry' } })
    const found = async (search: string) => (await listAccounts(ctx, { search })).items.some((item) => item.id === Number(id))
    expect(developerId).not.toBeNull()
    for (const search of ['findme', 'NEEDLE@', 'berry', String(id)]) expect(await found(search), search).toBe(true)
    expect(await found('nobody like this')).toBe(false)
  })

  it('select boxes offer approved accounts only', async () => {
    const by = await makeTenant()
    const first = await createAccount(by, { orgName: 'Beta' })
    await createAccount(by, { orgName: 'Alpha' })
    await suspendAccount(by, { accountId: (await createAccount(by, { orgName: 'Gone' })).id })
    expect((await findAccountsToChoose(by, { including: Number(first.id) })).map((account) => account.orgName)).toEqual(['Alpha', 'Beta'])
    expect(await findAccountsToChoose({ ...by, actor: { kind: 'visitor', id: null, name: 'Visitor' } })).toEqual([])
  })
})

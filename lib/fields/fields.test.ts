import { beforeAll, describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { findNameProblem, type FieldTarget } from '@/lib/fields/built-in'
import { createField } from '@/lib/fields/create-field'
import { deleteField } from '@/lib/fields/delete-field'
import { editField } from '@/lib/fields/edit-field'
import { orderFields } from '@/lib/fields/order-fields'
import { listAllFields, listFields } from '@/lib/fields/queries'
import type { FieldInput } from '@/lib/fields/schema'
import { signUpFields } from '@/lib/fields/sign-up-fields'
import type { Ctx } from '@/lib/tenants/context'

describe('field definitions', () => {
  testDatabase()
  let ctx: Ctx
  let other: Ctx

  beforeAll(async () => {
    ctx = await makeTenant()
    other = await makeTenant()
  })

  const names = async (target: FieldTarget, by = ctx) => (await listFields(by, target)).map(({ name }) => name)
  const idOf = async (target: FieldTarget, name: string) => (await listFields(ctx, target)).find((field) => field.name === name)!.id

  it('a tenant that never touched them has the defaults, made once however many ask first', async () => {
    await Promise.all([listAllFields(other), listAllFields(other), listAllFields(other)])
    expect(await names('account', other)).toEqual(['org_name'])
    expect(await names('user', other)).toEqual(['email'])
    expect(await names('application', other)).toEqual(['name', 'description'])
    expect(await listFields(other, 'user')).toMatchObject([{ label: 'Email', builtIn: true, fixed: true, required: true, position: 1 }])
  })

  it('new fields go last and the order is what was dragged, all or none', async () => {
    await createField(ctx, { target: 'user', name: 'first_name', builtIn: true, required: true })
    await createField(ctx, { target: 'user', name: 'last_name', builtIn: true, required: true })
    expect(await names('user')).toEqual(['email', 'first_name', 'last_name'])
    const [email, first, last] = (await listFields(ctx, 'user')).map(({ id }) => id) as [number, number, number]
    await orderFields(ctx, { target: 'user', fieldIds: [first, last, email] })
    expect(await names('user')).toEqual(['first_name', 'last_name', 'email'])
    for (const fieldIds of [[first, last], [first, last, first], [first, last, email, await idOf('account', 'org_name')]])
      await expect(orderFields(ctx, { target: 'user', fieldIds })).rejects.toMatchObject({ code: 'conflict' })
    expect(await names('user')).toEqual(['first_name', 'last_name', 'email'])
  })

  it('two orders that come together leave one of them whole', async () => {
    const ids = (await listFields(ctx, 'user')).map(({ id }) => id)
    const back = [...ids].reverse()
    await Promise.all([orderFields(ctx, { target: 'user', fieldIds: ids }), orderFields(ctx, { target: 'user', fieldIds: back })])
    const now = (await listFields(ctx, 'user')).map(({ id }) => id)
    expect([ids, back]).toContainEqual(now)
    expect((await listFields(ctx, 'user')).map(({ position }) => position)).toEqual([1, 2, 3])
    await orderFields(ctx, { target: 'user', fieldIds: [await idOf('user', 'first_name'), await idOf('user', 'last_name'), await idOf('user', 'email')] })
  })

  it.each<[string, FieldInput, string]>([
    ['a required field cannot be hidden', { target: 'account', name: 'a', label: 'A', required: true, hidden: true }, 'hidden'],
    ['a required field cannot be read-only', { target: 'account', name: 'a', label: 'A', required: true, readOnly: true }, 'readOnly'],
    ['a name begins with a letter', { target: 'account', name: '1a', label: 'A' }, 'name'],
    ['a name has no spaces', { target: 'account', name: 'a b', label: 'A' }, 'name'],
    ['a name of a built-in field is left to it', { target: 'account', name: 'city', label: 'A' }, 'name'],
    ['a name other attributes have is refused', { target: 'application', name: 'state', label: 'A' }, 'name'],
    ['a name JavaScript knows is refused', { target: 'application', name: 'constructor', label: 'A' }, 'name'],
    ['a built-in field is one of the list', { target: 'account', name: 'shoe_size', builtIn: true }, 'name'],
    ['a built-in field of another target is none', { target: 'account', name: 'first_name', builtIn: true }, 'name'],
    ['an own field needs a label', { target: 'account', name: 'a' }, 'label'],
    ['everybody has an own e-mail', { target: 'user', name: 'username', builtIn: true, choices: ['a'] }, 'choices'],
  ])('%s', async (_rule, input, field) => {
    await expect(createField(ctx, input)).rejects.toMatchObject({ code: 'invalid', fields: { [field]: [expect.any(String)] } })
  })

  it('a name is there once a target, also when two people add it at once', async () => {
    const make = () => createField(ctx, { target: 'application', name: 'type', label: 'Type', choices: 'mobile, web\ndesktop' as unknown as string[] })
    const outcomes = await Promise.allSettled([make(), make()])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(outcomes.find((each) => each.status === 'rejected')).toMatchObject({ reason: { code: 'invalid', fields: { name: [expect.any(String)] } } })
    expect((await listFields(ctx, 'application')).find(({ name }) => name === 'type')).toMatchObject({ choices: ['mobile', 'web', 'desktop'], fixed: false, builtIn: false })
    await createField(ctx, { target: 'account', name: 'type', label: 'Type' })
  })

  it('required built-in fields stay required and cannot be deleted; others can', async () => {
    const email = await idOf('user', 'email')
    await expect(deleteField(ctx, { fieldId: email })).rejects.toMatchObject({ code: 'conflict' })
    await expect(editField(ctx, { fieldId: email, required: false })).rejects.toMatchObject({ fields: { required: [expect.any(String)] } })
    await expect(editField(ctx, { fieldId: email, hidden: true })).rejects.toMatchObject({ fields: { hidden: [expect.any(String)] } })
    await editField(ctx, { fieldId: email, label: 'Work e-mail', hint: 'To sign in with' })
    expect((await listFields(ctx, 'user')).find(({ name }) => name === 'email')).toMatchObject({ label: 'Work e-mail', hint: 'To sign in with', required: true })
    await deleteField(ctx, { fieldId: await idOf('account', 'type') })
    expect(await names('account')).toEqual(['org_name'])
  })

  it('an edit is held against what the field is already', async () => {
    const type = await idOf('application', 'type')
    await editField(ctx, { fieldId: type, readOnly: true })
    await expect(editField(ctx, { fieldId: type, required: true })).rejects.toMatchObject({ fields: { readOnly: [expect.any(String)] } })
    await editField(ctx, { fieldId: type, readOnly: false, required: true })
    await editField(ctx, { fieldId: type, required: false })
  })

  it('ISO-5 the fields of another tenant are not there', async () => {
    const fieldId = await idOf('user', 'email')
    await expect(editField(other, { fieldId, label: 'Mine' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(deleteField(other, { fieldId })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('every change is told and kept in the log', async () => {
    const types = (await ctx.db.event.findMany({ where: { type: { startsWith: 'field_definition.' } } })).map(({ type }) => type)
    expect(new Set(types)).toEqual(new Set(['field_definition.created', 'field_definition.changed', 'field_definition.deleted', 'field_definition.ordered']))
    expect(await ctx.db.auditEntry.count({ where: { action: 'field_definition.changed', objectName: 'Email' } })).toBe(1)
  })

  it('sign-up asks for the person, the organisation and what an application needs, in the tenant’s order', async () => {
    await createField(ctx, { target: 'account', name: 'tax', label: 'Tax class', readOnly: true })
    await createField(ctx, { target: 'account', name: 'rank', label: 'Rank', hidden: true })
    await createField(ctx, { target: 'application', name: 'purpose', label: 'Purpose', required: true })
    const asked = signUpFields(await listAllFields(ctx))
    expect(asked.user.map(({ name }) => name)).toEqual(['first_name', 'last_name', 'email'])
    expect(asked.account.map(({ name }) => name)).toEqual(['org_name'])
    expect(asked.application.map(({ name }) => name)).toEqual(['purpose'])
  })

  it('names tell what is wrong with them', () => {
    expect(findNameProblem('user', 'Shoe_size-2')).toBeNull()
    expect(findNameProblem('user', '__proto__')).toContain('letter')
    expect(findNameProblem('user', 'Email')).toContain('built-in')
  })
})

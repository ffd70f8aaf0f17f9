import { describe, expect, it } from 'vitest'
import type { FieldDto } from '@/lib/fields/queries'
import { joinValues, mergeExtra, splitValues } from '@/lib/fields/split-values'
import { validateValues } from '@/lib/fields/validate-values'

const field = (name: string, more: Partial<FieldDto> = {}): FieldDto => ({
  id: 1, target: 'account', name, label: name, builtIn: false, fixed: false, required: false, hidden: false, readOnly: false, choices: [], hint: '', position: 1, ...more,
})

const orgName = field('org_name', { builtIn: true, fixed: true, required: true })
const email = field('email', { target: 'user', builtIn: true, fixed: true, required: true })
const firstName = field('first_name', { target: 'user', builtIn: true })
const type = field('type', { choices: ['mobile', 'web'] })
const needed = field('needed', { required: true })
const hidden = field('secret', { hidden: true })
const readOnly = field('rank', { readOnly: true })

const partner = { side: 'partner' } as const
const tenant = { side: 'tenant' } as const

describe('values of fields', () => {
  it.each([
    ['ISO-9 names that no field has are dropped', [orgName], { org_name: 'A', role: 'admin', tenantId: '1', state: 'approved' }, partner, { org_name: 'A' }, []],
    ['ISO-9 what a partner may not see is not written', [hidden, readOnly], { secret: 'x', rank: 'x' }, partner, {}, []],
    ['the tenant writes hidden and read-only fields', [hidden, readOnly], { secret: 'x', rank: 'y' }, tenant, { secret: 'x', rank: 'y' }, []],
    ['a partner must fill in what is required', [needed], {}, partner, {}, ['needed']],
    ['blanks are no value', [needed], { needed: '  ' }, partner, {}, ['needed']],
    ['an empty list is no value', [needed], { needed: [] }, partner, {}, ['needed']],
    ['the tenant need not fill in required fields of its own', [needed], { needed: '' }, tenant, { needed: '' }, []],
    ['nobody leaves out what the product needs', [orgName], { org_name: '' }, tenant, {}, ['org_name']],
    ['a choice is one of the choices', [type], { type: 'desktop' }, partner, {}, ['type']],
    ['a listed choice passes', [type], { type: 'web' }, partner, { type: 'web' }, []],
    ['no choice passes where none is required', [type], { type: '' }, partner, { type: '' }, []],
    ['several choices are each looked at', [type], { type: ['web', 'fridge'] }, partner, {}, ['type']],
    ['several listed choices pass', [type], { type: ['web', 'mobile', ''] }, partner, { type: ['web', 'mobile'] }, []],
    ['text is trimmed and line ends are ours', [type, needed], { needed: ' a\r\nb ' }, partner, { needed: 'a\nb' }, []],
    ['1000 characters are enough', [needed], { needed: 'x'.repeat(1001) }, partner, {}, ['needed']],
    ['1000 characters pass', [needed], { needed: 'x'.repeat(1000) }, partner, { needed: 'x'.repeat(1000) }, []],
    ['an organisation has 200', [orgName], { org_name: 'x'.repeat(201) }, partner, {}, ['org_name']],
    ['fifty values are enough', [needed], { needed: Array.from({ length: 51 }, String) }, partner, {}, ['needed']],
    ['a built-in field has one value', [orgName], { org_name: ['a', 'b'] }, partner, {}, ['org_name']],
    ['ML-1 no line breaks in names', [firstName], { first_name: 'Ada\nBcc: x' }, partner, {}, ['first_name']],
    ['PW-5 an e-mail is one', [email], { email: 'a@b.example,c@d.example' }, partner, {}, ['email']],
    ['anything but text is nothing', [needed], { needed: { not: 'x' } }, partner, {}, ['needed']],
    ['an inherited name is not a value', [field('toString', { required: true })], {}, partner, {}, ['toString']],
  ] as const)('%s', (_rule, fields, given, rules, values, errors) => {
    const found = validateValues([...fields], given, rules)
    expect(found.values).toEqual(values)
    expect(Object.keys(found.errors)).toEqual(errors)
  })

  it('at sign-up an application is asked for required fields only', () => {
    expect(validateValues([type, needed], { type: 'web', needed: 'x' }, { ...partner, only: 'required' })).toEqual({ values: { needed: 'x' }, errors: {} })
  })

  it('what was not sent keeps its value; what stands since before a rule is no reason to refuse', () => {
    expect(validateValues([needed, type], { type: 'fridge' }, { ...partner, current: { needed: 'x', type: 'fridge' } })).toEqual({ values: { type: 'fridge' }, errors: {} })
    expect(Object.keys(validateValues([needed], {}, { ...partner, current: {} }).errors)).toEqual(['needed'])
  })

  it('values find their columns and come back', () => {
    const split = splitValues('user', { email: 'a@b.example', username: '', first_name: 'Ada', shoe_size: '38', tags: ['a', 'b'] })
    expect(split).toEqual({ columns: { email: 'a@b.example', userName: null, firstName: 'Ada' }, extra: { shoe_size: '38', tags: ['a', 'b'] } })
    expect(joinValues('user', { ...split.columns, lastName: '', extra: split.extra })).toEqual({ email: 'a@b.example', first_name: 'Ada', shoe_size: '38', tags: ['a', 'b'] })
  })

  it('emptied fields go, fields nobody asked about stay', () => {
    expect(mergeExtra({ a: 'x', b: 'y', odd: 7 }, { a: '', c: 'z' })).toEqual({ b: 'y', c: 'z' })
  })
})

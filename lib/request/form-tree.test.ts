import { describe, expect, it } from 'vitest'
import { toFormTree } from '@/lib/request/form-tree'

const tree = (...fields: [string, string][]) => JSON.parse(JSON.stringify(toFormTree(fields))) as unknown

describe('form fields by their Rails names', () => {
  it.each([
    [[['a', '1'], ['a', '2']], { a: '2' }],
    [[['account[user][email]', 'x'], ['account[org_name]', 'y']], { account: { user: { email: 'x' }, org_name: 'y' } }],
    [[['plan_ids[]', '1'], ['plan_ids[]', '2']], { plan_ids: ['1', '2'] }],
    [[['a[b][]', '1'], ['a[b][]', '2']], { a: { b: ['1', '2'] } }],
    [[['a', '1'], ['a[b]', '2']], { a: '1' }],
    [[['a[b]', '2'], ['a', '1']], { a: { b: '2' } }],
    [[['a[][b]', '1'], ['a b', '1'], ['a[b', '1'], ['', '1'], ['a[b]c', '1'], ['[a]', '1']], {}],
    [[['a[b][c][d][e]', '1'], ['a[b][c][d][e][f]', '1']], { a: { b: { c: { d: { e: '1' } } } } }],
  ] as [[string, string][], unknown][])('%j', (fields, expected) => expect(tree(...fields)).toEqual(expected))

  it('ISO-9 have no prototype to reach', () => {
    const form = toFormTree([['__proto__', 'x'], ['constructor[prototype][polluted]', 'x'], ['a[__proto__][polluted]', 'x']])
    expect(Object.getPrototypeOf(form)).toBeNull()
    expect(Object.keys(form)).toEqual(['__proto__', 'constructor', 'a'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('are five hundred at most', () => {
    expect(() => toFormTree(Array.from({ length: 501 }, (): [string, string] => ['a', 'x']))).toThrow('at most 500')
  })
})

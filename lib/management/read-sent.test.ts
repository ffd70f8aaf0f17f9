import { describe, expect, it } from 'vitest'
import { readSent } from '@/lib/management/read-sent'

const form = (text: string) => readSent(new URL('http://management/'), 'application/x-www-form-urlencoded', new TextEncoder().encode(text))

describe('what a request of the management API sends', () => {
  it('a list of very many values is read while others are served: by anybody, before it is known who asks', async () => {
    const { fields } = await form('list[]=1&'.repeat(200_000))
    expect(fields.list).toHaveLength(200_000)
  })

  it('lists of query and body, lists in wrappers, and names that mean something to JavaScript', async () => {
    const { fields, credentials } = await readSent(new URL('http://management/?a[]=1&a[]=2&b=3'), '', new TextEncoder().encode('b[]=4&service[list][]=5&service[list][]=6&__proto__[]=7&constructor[]=8&access_token=at_x'))
    expect(fields).toMatchObject({ a: ['1', '2'], b: ['4'], list: ['5', '6'] })
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype)
    expect(Object.getOwnPropertyDescriptor(fields, '__proto__')?.value).toEqual(['7'])
    expect(credentials).toEqual({ accessToken: 'at_x', providerKey: null })
    expect('access_token' in fields).toBe(false)
  })
})

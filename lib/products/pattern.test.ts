import { describe, expect, it } from 'vitest'
import { isAppError } from '@/lib/errors'
import { parsePattern } from '@/lib/products/pattern'

describe('parsePattern', () => {
  it.each([
    '/', '/test/', '/foo/{bar}/baz/{foo}/quux', '/foo/{x}.json', '/foo$', '/foo$?bar=baz', '/$', '/a;{b};{c},{d}', '/foo{x}/', '/foo/{bar}k/baz',
    '/say-hello+$', '/a(b)*', '/files/{path+}', '/repos/{owner}/{repo}/contents/{path+}$', '/1.1/statuses/show/{id}.json$', '/a%20b', '/gists/{gist-id}',
    '/foo?bar={baz}', '/foo?a', '/x?a[]=1',
  ])('accepts %s', (pattern) => {
    expect(() => parsePattern(pattern)).not.toThrow()
  })

  it.each([
    ['', 'begins with /'],
    [' /foo', 'no spaces'],
    ['https://api.example.com/foo', 'without scheme and host'],
    ['foo', 'begins with /'],
    ['/micro$oft', 'directly at its end'],
    ['/foo$$', 'directly at its end'],
    ['/foo?{a}=bar', 'name of a query parameter is fixed'],
    ['/foo/{a}/{a}', 'stands there twice'],
    ['/foo?a=1&a=2', 'stands there twice'],
    ['/foo/{a}?b={a}', 'stands there twice'],
    ['/foo/{bar}?bar=baz', 'Rename the variable'],
    ['/foo?a={b}c', 'either fixed or one variable'],
    ['/foo/{}', 'no variable'],
    ['/foo/{a b}', 'no spaces'],
    ['/foo/{a', 'left open'],
    ['/foo/a}', 'left open'],
    ['/foo/{a{b}}', 'left open'],
    ['/foo%2', 'no percent-encoding'],
    ['/é', '%C3%A9'],
    ['/foo/../bar', 'resolved before'],
    ['/foo#bar', 'cannot stand'],
    ['/' + 'a'.repeat(255), 'at most 255'],
  ])('refuses %j and says why', (pattern, reason) => {
    try {
      parsePattern(pattern)
    } catch (error) {
      if (!isAppError(error)) throw error
      expect(error.code).toBe('invalid')
      expect(error.fields?.pattern?.[0]).toContain(reason)
      return
    }
    expect.unreachable('the pattern was accepted')
  })

  it('takes a pattern apart', () => {
    expect(parsePattern('//a//{b}.json/{c+}$?d=%20e&f={g}')).toEqual({
      path: ['/a/', { variable: 'b', multi: false }, '.json/', { variable: 'c', multi: true }],
      exact: true,
      query: [{ name: 'd', value: ' e' }, { name: 'f', value: null }],
    })
  })
})

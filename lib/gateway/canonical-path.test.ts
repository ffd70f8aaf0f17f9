import { describe, expect, it } from 'vitest'
import { canonicalTarget } from '@/lib/gateway/canonical-path'

describe('canonicalTarget', () => {
  it.each([
    ['/a/b', '/a/b', ''],
    ['/a/./b', '/a/b', ''],
    ['/a/../b', '/b', ''],
    ['/../../a', '/a', ''],
    ['/a/b/..', '/a/', ''],
    ['/a/.', '/a/', ''],
    ['/.well-known/x', '/.well-known/x', ''],
    ['/a/..b', '/a/..b', ''],
    ['/a%2Fb', '/a%2Fb', ''],
    ['/a%2f%2e%2e%2fb', '/a%2f%2e%2e%2fb', ''],
    ['/a//b', '/a//b', ''],
    ['/a//../b', '/a/b', ''],
    ['/a?x=1&y=%20&y=/../', '/a', 'x=1&y=%20&y=/../'],
    ['/a?x?y', '/a', 'x?y'],
    ['/%41', '/%41', ''],
  ])('GW-3 reads %s as %s for matching and forwarding alike', (target, path, query) => {
    expect(canonicalTarget(target)).toEqual({ path, query })
  })

  it.each(['/a/%2e%2e/b', '/a/.%2E/b', '/%2e', '/a%', '/a%zz', '/a%00', '/a\\b', '/a b', '/a\x00', '*', 'http://x/', '', '/a#b', '/a?b c', '/a?b\nc'])(
    'GW-3 has no reading of %j',
    (target) => {
      expect(canonicalTarget(target)).toBeNull()
    },
  )
})

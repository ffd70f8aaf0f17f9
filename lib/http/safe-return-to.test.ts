import { describe, expect, it } from 'vitest'
import { safeReturnTo } from '@/lib/http/safe-return-to'

const origin = 'http://acme.admin.localhost:3000'

describe('RED-1 where to go after signing in', () => {
  it.each([['/plans', '/plans'], ['/products/7?tab=limits#hits', '/products/7?tab=limits#hits'], ['/', '/'], ['/a/../b', '/b'], ['/%2F%2Fevil.example', '/%2F%2Fevil.example']])('RED-1 goes to %j', (wanted, target) => {
    expect(safeReturnTo(wanted, origin)).toBe(target)
  })

  it.each([
    '//evil.example', '/\\evil.example', '\\\\evil.example', '/\t/evil.example', '/\n/evil.example', '\u0000/x', '/x\r\nLocation: //evil.example', 'https://evil.example', 'http://acme.admin.localhost:3000/plans',
    'javascript:alert(1)', 'evil.example', '', ' /plans', '/.//evil.example', '/a/..//evil.example', '/./\\evil.example', '/\u2028/evil.example', 'x'.repeat(2100), null, undefined, 7, ['/plans'],
  ])('RED-1 ignores %j and goes home', (wanted) => {
    expect(safeReturnTo(wanted, origin)).toBe('/')
  })
})

import { describe, expect, it } from 'vitest'
import { isReferrerAllowed } from '@/lib/applications/match-referrer'

describe('referrer filters', () => {
  it.each([
    ['example.com', 'example.com', true],
    ['example.com', 'http://example.com', false],
    ['example.com', 'example.com:80', false],
    ['example.com', 'exampleXcom', false],
    ['*.example.org', 'api.example.org', true],
    ['*.example.org', 'example.org', false],
    ['*.example.org', 'a.b.example.org', true],
    ['*example.com*', 'http://example.com:80/x', true],
    ['*', '', true],
    ['*', 'anything', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-b-b-d', false],
    ['', 'x', false],
  ] as const)('%s and %s: %s', (filter, referrer, allowed) => {
    expect(isReferrerAllowed([filter], referrer)).toBe(allowed)
    expect(isReferrerAllowed(['nothing.like.it', filter], referrer)).toBe(allowed)
  })

  it('a filter of many stars costs no more than its length', () => {
    expect(isReferrerAllowed([`${'*a'.repeat(120)}b`], 'a'.repeat(8_000))).toBe(false)
  })
})

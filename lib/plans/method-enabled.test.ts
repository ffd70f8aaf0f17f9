import { describe, expect, it } from 'vitest'
import { isMethodEnabled, isRead } from '@/lib/plans/method-enabled'

describe('isMethodEnabled', () => {
  it.each([
    ['enabled', undefined, false, true],
    ['enabled', false, true, false],
    ['disabled', undefined, true, false],
    ['disabled', true, false, true],
    ['reads_only', undefined, true, true],
    ['reads_only', undefined, false, false],
    ['reads_only', true, false, true],
    ['reads_only', false, true, false],
    ['surprise', undefined, true, false],
  ])('new methods %s, own word %s, read %s: %s', (newMethods, explicit, read, expected) => {
    expect(isMethodEnabled({ newMethods, explicit, read })).toBe(expected)
  })
})

describe('isRead', () => {
  it.each([
    ['GET', [], true],
    ['HEAD', ['GET'], true],
    [null, ['GET', 'HEAD'], true],
    [null, [], false],
    ['GET', ['POST'], false],
    [null, ['GET', 'DELETE'], false],
    [null, ['ANY'], false],
    ['POST', [], false],
  ])('verb %s with rules %j: %s', (verb, rules, expected) => {
    expect(isRead(verb, rules)).toBe(expected)
  })
})

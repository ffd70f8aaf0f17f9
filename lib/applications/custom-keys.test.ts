import { describe, expect, it } from 'vitest'
import { findAppIdProblem, findAppKeyProblem, findUserKeyProblem } from '@/lib/applications/custom-keys'
import { newKey } from '@/lib/ids'

describe('keys a tenant brings along', () => {
  it.each(['a5b3c', '3f2504e04f8941d39a0c0305e82c3301', 'my.key_1-2', 'QUJDRA==', 'a'.repeat(256)])('takes %s as a user key', (key) => {
    expect(findUserKeyProblem(key)).toBeNull()
  })

  it.each(['', 'abcd', 'with space', 'a/b/c/d', 'schlüssel', 'line\nbreak', 'a'.repeat(257)])('refuses %j as a user key', (key) => {
    expect(findUserKeyProblem(key)).not.toBeNull()
  })

  it.each(['abcde', '!"#$%&/()=?', 'a'.repeat(255)])('takes %s as an application key', (key) => {
    expect(findAppKeyProblem(key)).toBeNull()
  })

  it.each(['abcd', 'with space', 'schlüssel', 'a'.repeat(256)])('refuses %j as an application key', (key) => {
    expect(findAppKeyProblem(key)).not.toBeNull()
  })

  it.each([
    ['abcd', true],
    ['12345678', true],
    ['abc', false],
    ['a b c d', false],
  ])('application id %j: %s', (appId, fine) => {
    expect(findAppIdProblem(appId) === null).toBe(fine)
  })

  it('KEY-1 takes a key of ours whole and refuses it with one letter changed, for the gateway would never look it up', () => {
    const key = newKey('uk')
    const broken = key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a')
    expect(findUserKeyProblem(key)).toBeNull()
    expect(findUserKeyProblem(broken)).toMatch(/letter changed/)
    expect(findAppKeyProblem(broken)).toMatch(/letter changed/)
  })
})

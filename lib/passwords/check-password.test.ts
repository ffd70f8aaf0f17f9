import { describe, expect, it } from 'vitest'
import { findPasswordProblem, isTooLong } from '@/lib/passwords/check-password'
import { commonPasswords } from '@/lib/passwords/common-passwords'

const email = 'mona.fields@bluebird.example'
const problemOf = (password: string, kind: 'member' | 'developer' = 'member') => findPasswordProblem(password, { kind, email })

describe('PW-1 new passwords', () => {
  it.each(['violet tram over Lyon', 'ünïcödé wörds gö hérè', 'xK9-mm2-Qp7-tt4', '夏目漱石は東京で猫を飼っていました', 'mona walks nineteen dogs'])('PW-1 accepts %s', (password) => {
    expect(problemOf(password)).toBeNull()
  })

  it.each([
    'password1234', 'Password2026!', 'P4ssw0rd2026', 'passwordpassword', '123456789012', 'qwertyuiop123', 'aaaaaaaaaaaa', 'abcabcabcabc', 'abcdefghijklm', 'Welcome-2026!!', 'letmeinplease', 'administrator1',
  ])('PW-1 refuses the common %s', (password) => {
    expect(problemOf(password)).toMatch(/common/)
  })

  it.each(['mona.fields@bluebird.example', 'monafields2026', 'Bluebird-Mona-1', 'fieldsfields12'])('PW-1 refuses %s, made of the e-mail', (password) => {
    expect(problemOf(password)).toMatch(/e-mail/)
  })

  it('PW-1 asks members for 12 characters and developers for 8, counted as people count', () => {
    expect(problemOf('tram🦜lyon🦜x')).toMatch(/at least 12/)
    expect(problemOf('tram🦜lyon🦜xy')).toBeNull()
    expect(problemOf('tram🦜lyx', 'developer')).toBeNull()
    expect(problemOf('tram🦜ly', 'developer')).toMatch(/at least 8/)
  })

  it('PW-1 takes 128 characters and no more', () => {
    const long = 'violet tram over Lyon '.repeat(6)
    expect(problemOf(long.slice(0, 128))).toBeNull()
    expect(problemOf(long.slice(0, 129))).toMatch(/at most 128/)
    expect(isTooLong(long.slice(0, 128))).toBe(false)
    expect(isTooLong(long.slice(0, 129))).toBe(true)
  })

  it('PW-1 knows several hundred common passwords, all in the form they are compared in', () => {
    expect(commonPasswords.size).toBeGreaterThan(400)
    for (const entry of commonPasswords) expect(entry).toBe(entry.toLowerCase().normalize('NFKC'))
  })
})

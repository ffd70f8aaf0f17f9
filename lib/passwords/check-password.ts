import { commonPasswords } from '@/lib/passwords/common-passwords'

/** Members sign in to a dashboard that holds other people's keys, so they need more than developers (PW-1). */
const passwordLengthMin = { member: 12, developer: 8 } as const
const passwordLengthMax = 128

/**
 * What is wrong with a new password, in a sentence for its owner; null if nothing is. Whole Unicode, no rules about
 * kinds of characters; refused are common passwords, simple patterns and the e-mail's own parts (PW-1).
 */
export function findPasswordProblem(password: string, who: { kind: 'member' | 'developer'; email: string }): string | null {
  const length = [...password.normalize('NFC')].length
  const least = passwordLengthMin[who.kind]
  if (length < least) return `Use at least ${least} characters. A few words in a row work well.`
  if (length > passwordLengthMax) return `Use at most ${passwordLengthMax} characters.`
  const plain = password.normalize('NFKC').toLowerCase()
  if (isCommon(plain)) return 'This password is on every list of common passwords. Choose one that others would not think of.'
  if (isMostlyEmail(plain, who.email)) return 'This password is mostly your e-mail address. Choose one that does not follow from it.'
  return null
}

/** Longer than any password of ours: refused before hashing, at sign-in as well. */
export function isTooLong(password: string): boolean {
  return password.length > passwordLengthMax * 2 || [...password].length > passwordLengthMax
}

function isCommon(plain: string): boolean {
  const letters = plain.replace(/[^\p{L}\p{N}]/gu, '')
  const candidates = [plain, letters, letters.replace(/\d+$/, ''), letters.replace(/^\d+/, ''), undoLeet(letters), undoLeet(letters).replace(/\d+$/, '')]
  return candidates.some((candidate) => commonPasswords.has(candidate) || commonPasswords.has(unitOf(candidate))) || isPattern(letters || plain)
}

/** `passwordpassword` → `password`; `abcabcabc` → `abc`; otherwise the text itself. */
function unitOf(text: string): string {
  for (let size = 1; size <= text.length / 2; size++)
    if (text.length % size === 0 && text === text.slice(0, size).repeat(text.length / size)) return text.slice(0, size)
  return text
}

const ROWS = ['abcdefghijklmnopqrstuvwxyz', '01234567890123456789', '1234567890qwertyuiopasdfghjklzxcvbnm', 'qwertzuiopasdfghjklyxcvbnm', 'azertyuiopqsdfghjklmwxcvbn', 'qwertyuiop1234567890', '1qaz2wsx3edc4rfv5tgb6yhn7ujm']

/** One short unit over and over, or a run along the alphabet or the keyboard. */
function isPattern(text: string): boolean {
  if (unitOf(text).length <= 3) return true
  return ROWS.some((row) => row.includes(text) || [...row].reverse().join('').includes(text))
}

function undoLeet(text: string): string {
  const letters: Record<string, string> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't' }
  return text.replace(/[013457](?=.*\p{L})/gu, (digit) => letters[digit] ?? digit)
}

function isMostlyEmail(plain: string, email: string): boolean {
  const parts = email.toLowerCase().normalize('NFKC').split(/[^\p{L}\p{N}]+/u).filter((part) => part.length >= 3).sort((a, b) => b.length - a.length)
  let rest = plain.replace(/[^\p{L}\p{N}]/gu, '')
  const before = rest
  for (const part of parts) rest = rest.replaceAll(part, '')
  return rest !== before && rest.length < 8
}

import { z } from 'zod'

/**
 * An e-mail as the key of a person (PW-5): NFKC, trimmed, lower case; null for anything with two `@`, commas, spaces,
 * quotes or control characters, where look-alikes and lists have fooled sign-ins before. 6 to 255 characters.
 */
export function normalEmail(typed: string): string | null {
  const email = typed.normalize('NFKC').trim().toLowerCase()
  if (email.length < 6 || email.length > 255) return null
  if (/[\s,;:"'`<>()[\]\\\p{C}]/u.test(email)) return null
  const parts = email.split('@')
  if (parts.length !== 2) return null
  const [local, domain] = parts as [string, string]
  if (local.length === 0 || local.length > 64 || local.startsWith('.') || local.endsWith('.') || local.includes('..')) return null
  return /^(?=.{3,253}$)([\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)*[\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u.test(domain) ? email : null
}

/** A user name as a key: 3 to 40 letters, digits, `.`, `_`, `-`; null otherwise. */
export function normalUserName(typed: string): string | null {
  const name = typed.normalize('NFKC').trim().toLowerCase()
  return /^[\p{L}\p{N}._-]{3,40}$/u.test(name) ? name : null
}

/** An e-mail in a form: kept as typed but trimmed, as long as its normal form exists. */
export const emailInput = z
  .string({ error: 'Write an address like name@example.com.' })
  .trim()
  .max(255, 'An e-mail address has at most 255 characters.')
  .refine((typed) => normalEmail(typed) !== null, 'Write an address like name@example.com.')

/** A person's name in a form; line breaks and control characters have no business in a mail header (ML-1). */
export const personNameInput = z
  .string({ error: 'Write a name.' })
  .trim()
  .min(1, 'Write a name.')
  .max(100, 'Use at most 100 characters.')
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'Leave out line breaks and control characters.')

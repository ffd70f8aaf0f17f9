import { hasValidChecksum } from '@/lib/ids'

/**
 * Keys a tenant brings along (reference portal 1.6). Each answers a sentence about what is wrong, or null. A text with
 * the shape of our own keys must carry our checksum: the gateway refuses it unseen otherwise (KEY-1).
 */
export function findUserKeyProblem(key: string): string | null {
  if (key.length < 5 || key.length > 256) return 'Use 5 to 256 characters.'
  if (!/^[\w.+=-]+$/.test(key)) return 'Use letters, digits and the characters _ . - + = only.'
  return findShapeProblem(key)
}

export function findAppKeyProblem(key: string): string | null {
  if (key.length < 5 || key.length > 255) return 'Use 5 to 255 characters.'
  if (!/^[\x21-\x7e]+$/.test(key)) return 'Use letters, digits and punctuation without spaces.'
  return findShapeProblem(key)
}

export function findAppIdProblem(appId: string): string | null {
  if (appId.length < 4 || appId.length > 255) return 'Use 4 to 255 characters.'
  return /^[\x21-\x7e]+$/.test(appId) ? null : 'Use letters, digits and punctuation without spaces.'
}

function findShapeProblem(key: string): string | null {
  return hasValidChecksum(key) ? null : 'This looks like a key of ours with a letter changed. Copy it again, or choose another beginning.'
}

/** Longest request target, in bytes. */
const TARGET_BYTES_MAX = 8 * 1024

export type TargetProblem = 'too_long' | 'malformed'

const SLASH = 0x2f
const PERCENT = 0x25
const QUESTION = 0x3f
const DOT = 0x2e

/**
 * What may not stand in a request line (HTTP-2): another form than `/path?query`, a second slash at the start, a
 * malformed escape, `%00`, an encoded dot segment, a backslash or a fragment. One pass, no allocation: every gateway call comes by.
 */
export function checkTarget(target: string): TargetProblem | null {
  const length = target.length
  if (length > TARGET_BYTES_MAX) return 'too_long'
  if (target.charCodeAt(0) !== SLASH || target.charCodeAt(1) === SLASH) return 'malformed'
  let inQuery = false
  // Of the segment being read: only dots so far, and whether one of them was spelled %2e.
  let onlyDots = true
  let encodedDot = false
  for (let i = 1; i < length; i++) {
    const code = target.charCodeAt(i)
    if (code <= 0x20 || code >= 0x7f || code === 0x23) return 'malformed'
    if (code === PERCENT) {
      const high = hexOf(target.charCodeAt(i + 1))
      const low = hexOf(target.charCodeAt(i + 2))
      if (high < 0 || low < 0 || (high === 0 && low === 0)) return 'malformed'
      i += 2
      if (inQuery) continue
      if (high === 2 && low === 14) encodedDot = true
      else onlyDots = false
    } else if (inQuery) {
      continue
    } else if (code === SLASH || code === QUESTION) {
      if (onlyDots && encodedDot) return 'malformed'
      onlyDots = true
      encodedDot = false
      inQuery = code === QUESTION
    } else if (code === 0x5c) {
      return 'malformed'
    } else if (code !== DOT) {
      onlyDots = false
    }
  }
  return onlyDots && encodedDot ? 'malformed' : null
}

function hexOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

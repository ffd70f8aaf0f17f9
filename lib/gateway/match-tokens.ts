import type { ParsedPattern } from '@/lib/products/pattern'

/** One or more characters of one segment. */
export const ONE = 1
/** One or more characters, slashes too. */
export const MANY = 2

export type Token = string | typeof ONE | typeof MANY

export function tokensOf(pattern: ParsedPattern): Token[] {
  return pattern.path.map((part) => (typeof part === 'string' ? part : part.multi ? MANY : ONE))
}

/**
 * Whether `tokens` match `text` from `from`: up to `to` where `exact`, else any beginning of it. Works on the set of
 * reachable positions instead of backtracking: the time is tokens × text, whatever a pattern or a caller thinks up.
 */
export function matchTokens(tokens: readonly Token[], text: string, from: number, to: number, exact: boolean): boolean {
  const first = tokens[0]
  if (first === undefined) return !exact || from === to
  if (tokens.length === 1 && (first === MANY || (first === ONE && !exact))) return from < to && (first === MANY || text.charCodeAt(from) !== SLASH)

  let reached = new Uint8Array(to - from + 1)
  reached[0] = 1
  for (const token of tokens) {
    const next = new Uint8Array(reached.length)
    let any = false
    // Inside a variable: some earlier position was reached and nothing has ended the run since.
    let running = false
    for (let i = 0; i < reached.length; i++) {
      if (typeof token === 'string') {
        if (reached[i] && from + i + token.length <= to && text.startsWith(token, from + i)) any = Boolean((next[i + token.length] = 1))
        continue
      }
      if (running) any = Boolean((next[i] = 1))
      running ||= reached[i] === 1
      if (token === ONE && text.charCodeAt(from + i) === SLASH) running = false
    }
    if (!any) return false
    reached = next
  }
  return exact ? reached[to - from] === 1 : true
}

const SLASH = 47

/**
 * The order in which exact rules are tried: like a tree of folders, at every segment the literal before the variable
 * before what crosses slashes, so that `/gists/public$` stands before `/gists/{gist_id}$`.
 */
export function compareRules(one: { verb: string; pattern: string }, other: { verb: string; pattern: string }): number {
  return comparePatterns(one.pattern, other.pattern) || VERBS.indexOf(one.verb) - VERBS.indexOf(other.verb)
}

const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ANY']

export function comparePatterns(one: string, other: string): number {
  const [left, right] = [segmentsOf(one), segmentsOf(other)]
  let crossed = false
  for (let i = 0; i < Math.min(left.segments.length, right.segments.length); i++) {
    // After a variable that crosses slashes any number of segments may have been eaten: the longer rest says more.
    if (crossed && left.segments.length !== right.segments.length) return right.segments.length - left.segments.length
    const [a, b] = [left.segments[i]!, right.segments[i]!]
    const difference = rankOf(a) - rankOf(b) || lettersOf(b) - lettersOf(a) || compareText(nameless(a), nameless(b))
    if (difference !== 0) return difference
    crossed ||= rankOf(a) === 3
  }
  const difference = left.segments.length - right.segments.length
  // With the same path the one that asks for more query parameters is tried first.
  return (crossed ? -difference : difference) || right.query - left.query
}

function segmentsOf(pattern: string): { segments: string[]; query: number } {
  const [path, query] = pattern.split('?') as [string, string | undefined]
  return { segments: path.replace(/\$$/, '').split('/').slice(1), query: query ? query.split('&').length : 0 }
}

/** 0 literal, 1 literal and variable, 2 variable, 3 crosses slashes. */
function rankOf(segment: string): number {
  if (/\{[^{}]*\+\}/.test(segment)) return 3
  if (!segment.includes('{')) return 0
  return /^\{[^{}]*\}$/.test(segment) ? 2 : 1
}

/** Of `{id}.json` and `{id}` the one with more letters of its own is narrower. Literals are told apart by text alone. */
function lettersOf(segment: string): number {
  return segment.includes('{') ? nameless(segment).replaceAll('{}', '').length : 0
}

const nameless = (segment: string) => segment.replace(/\{[^{}]*\}/g, '{}')

const compareText = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

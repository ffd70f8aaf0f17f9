/**
 * One reading of the request target, used for matching *and* forwarding (GW-3): two views of one path are how rules
 * get bypassed. Plain dot segments are resolved; everything else stays byte for byte: `%2F` is not decoded, `//` is
 * kept, the query is untouched. Null where the target has no safe reading: a broken or NUL escape, an encoded dot
 * segment, a backslash, a control character.
 */
export function canonicalTarget(target: string): { path: string; query: string } | null {
  const questionMark = target.indexOf('?')
  const path = questionMark === -1 ? target : target.slice(0, questionMark)
  const query = questionMark === -1 ? '' : target.slice(questionMark + 1)
  if (path.charCodeAt(0) !== 47 || (query !== '' && CONTROL.test(query))) return null
  // Nearly every path is plain; one look says so.
  if (!UNUSUAL.test(path)) return { path, query }
  if (FORBIDDEN.test(path) || hasEncodedDots(path)) return null
  return { path: resolveDots(path), query }
}

const UNUSUAL = /%|\\|#|\/\.|[\x00-\x20\x7f]/
const FORBIDDEN = /%(?![0-9A-Fa-f]{2})|%00|\\|#|[\x00-\x20\x7f]/
const CONTROL = /[\x00-\x20\x7f#]/

/** A segment of dots of which at least one is encoded: `%2e`, `.%2E`, `%2e%2e`. */
function hasEncodedDots(path: string): boolean {
  return /(^|\/)(?=[^/]*%)(\.|%2e){1,2}(?=\/|$)/i.test(path)
}

/** RFC 3986, 5.2.4, but empty segments are segments: `/a//../b` is `/a/b`. */
function resolveDots(path: string): string {
  if (!path.includes('/.')) return path
  const kept: string[] = []
  const segments = path.slice(1).split('/')
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1
    if (segment === '..') kept.pop()
    if (segment !== '.' && segment !== '..') kept.push(segment)
    else if (isLast) kept.push('')
  }
  return '/' + kept.join('/')
}

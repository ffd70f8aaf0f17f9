import { invalid } from '@/lib/errors'

/**
 * The pattern of a mapping rule: `/path/{name}/rest{path+}$?key=value&other={any}`. Everything but a variable and the
 * final `$` is literal: `.`, `+`, `(` and `*` mean themselves (where 3scale lets some of them act as a regular
 * expression). Without `$` a pattern matches every path that begins with it.
 */
export type ParsedPattern = {
  /** Text and variables in order; runs of `/` in the pattern are one `/`. */
  path: PatternPart[]
  /** True with `$`: the path ends where the pattern ends. */
  exact: boolean
  /** Query parameters that must be there; `value` null: with any value. Decoded. */
  query: { name: string; value: string | null }[]
}

/** Literal text, or a variable: one or more characters of one segment, with `multi` (`{name+}`) across slashes too. */
export type PatternPart = string | { variable: string; multi: boolean }

export const patternLengthMax = 255

/** Takes a pattern apart. Throws `AppError('invalid')` with the reason under the field `pattern`. */
export function parsePattern(pattern: string): ParsedPattern {
  const refuse = (reason: string): never => {
    throw invalid({ pattern: [reason] }, reason)
  }
  if (pattern === '') refuse('Write a path that begins with /, like /orders/{id}.')
  if (pattern.length > patternLengthMax) refuse(`A pattern has at most ${patternLengthMax} characters; this one has ${pattern.length}.`)
  if (/\s/.test(pattern)) refuse('A pattern has no spaces. Write %20 for a space in the path.')
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(pattern)) refuse('Write the path only, without scheme and host: /orders, not https://api.example.com/orders.')
  if (pattern[0] !== '/') refuse('A pattern begins with /.')
  const strange = /[^\x21-\x7e]/.exec(pattern)
  if (strange) refuse(`Write "${strange[0]}" percent-encoded: ${encodeURIComponent(strange[0].toWellFormed())}.`)
  const forbidden = /[#"<>\\^`|]/.exec(pattern)
  if (forbidden) refuse(`"${forbidden[0]}" cannot stand in a path.`)

  const questionMark = pattern.indexOf('?')
  let path = questionMark === -1 ? pattern : pattern.slice(0, questionMark)
  const exact = path.endsWith('$')
  if (exact) path = path.slice(0, -1)
  if (path.includes('$')) refuse('$ marks the end of the path and stands once, directly at its end: /orders$.')
  assertEscapes(path, refuse)
  if (/\/\.{1,2}(\/|$)/.test(path)) refuse('A path has no . or .. segments: they are resolved before rules are matched.')

  const names = new Set<string>()
  const nameVariable = (name: string) => {
    if (names.has(name)) refuse(`The variable {${name}} stands there twice. Give each its own name.`)
    names.add(name)
  }
  const parts = splitVariables(path.replace(/\/{2,}/g, '/'), refuse)
  for (const part of parts) if (typeof part !== 'string') nameVariable(part.variable)
  return { path: parts, exact, query: questionMark === -1 ? [] : parseQuery(pattern.slice(questionMark + 1), names, nameVariable, refuse) }
}

/** The pattern a backend's rule has within a product: `/statuses` and `/{id}$` give `/statuses/{id}$`. */
export function mountedPattern(path: string, pattern: string): string {
  return path === '/' ? pattern : path + pattern
}

/** Throws `AppError('invalid')` where `pattern` is none. */
export function assertPattern(pattern: string): void {
  parsePattern(pattern)
}

type Refuse = (reason: string) => never

function splitVariables(path: string, refuse: Refuse): PatternPart[] {
  const parts: PatternPart[] = []
  for (const piece of path.split(/(\{[^{}]*\})/)) {
    if (piece === '') continue
    if (!/[{}]/.test(piece)) {
      parts.push(piece)
      continue
    }
    const variable = /^\{([A-Za-z0-9_.-]+)(\+?)\}$/.exec(piece)
    if (variable) parts.push({ variable: variable[1]!, multi: variable[2] === '+' })
    else if (/^\{.*\}$/.test(piece)) refuse(`"${piece}" is no variable. A name has letters, digits, _ - and . only: {id}, or {path+} to match across slashes.`)
    else refuse('A { or } is left open. A variable is written {id}.')
  }
  return parts
}

function parseQuery(query: string, variables: ReadonlySet<string>, nameVariable: (name: string) => void, refuse: Refuse): ParsedPattern['query'] {
  if (query === '') return []
  if (query.includes('?')) refuse('A pattern has one ? only.')
  assertEscapes(query, refuse)
  const inPath = new Set(variables)
  const seen = new Set<string>()
  return query.split('&').map((pair) => {
    const equals = pair.indexOf('=')
    const name = equals === -1 ? pair : pair.slice(0, equals)
    const value = equals === -1 ? '' : pair.slice(equals + 1)
    if (name === '') refuse('A query parameter needs a name: ?status=open.')
    if (/[{}]/.test(name)) refuse(`The name of a query parameter is fixed: ?status={any}, not ?${name}=....`)
    if (seen.has(name)) refuse(`The query parameter "${name}" stands there twice.`)
    if (inPath.has(name)) refuse(`"${name}" names a variable of the path and a query parameter. Rename the variable.`)
    seen.add(name)
    const variable = /^\{([A-Za-z0-9_.-]+)\}$/.exec(value)
    if (variable) nameVariable(variable[1]!)
    else if (/[{}]/.test(value)) refuse(`The value of "${name}" is either fixed or one variable: ?${name}=open or ?${name}={any}.`)
    return { name: decodeQueryText(name), value: variable ? null : decodeQueryText(value) }
  })
}

function assertEscapes(text: string, refuse: Refuse): void {
  const broken = /%(?![0-9A-Fa-f]{2})[^{}]{0,2}/.exec(text)
  if (broken) refuse(`"${broken[0]}" is no percent-encoding. Write %25 for a percent sign.`)
}

/** `+` and `%20` are a space; what does not decode stays as it stands. */
export function decodeQueryText(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    // Bytes that are no UTF-8: the text as sent is the only thing both sides can agree on.
    return spaced
  }
}

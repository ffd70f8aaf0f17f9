/**
 * A JSON scanner that knows where it stands: `JSON.parse` is fast but tells neither the place of every mistake nor
 * where a value was written. Without recursion, so that deep nesting cannot exhaust the stack. Runs only when there
 * is something to complain about.
 */
export type JsonPath = (string | number)[]

export type ScanResult = { ok: true; offset: number | null } | { ok: false; offset: number; reason: string }

/** `onPath`: the container lies on the wanted path; `matched`: so does its present member. */
type Frame = { array: boolean; index: number; onPath: boolean; matched: boolean }

const NUMBER = /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const LITERAL = /true|false|null/y
const SPACE = /[ \t\r\n]*/y

/** Offset where the value at `path` begins (of an object member: its key), or the first offence against JSON. */
export function scanJson(text: string, path: JsonPath | null = null): ScanResult {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let found: number | null = path?.length === 0 ? at : null
  const stack: Frame[] = []

  const skip = () => {
    SPACE.lastIndex = at
    SPACE.test(text)
    at = SPACE.lastIndex
  }
  const fail = (reason: string, offset = at): ScanResult => ({ ok: false, offset, reason })
  const here = () => (at >= text.length ? 'the end of the text' : `"${text[at]}"`)

  const readString = (): string | ScanResult => {
    const start = at++
    for (;;) {
      const code = text.charCodeAt(at)
      if (Number.isNaN(code)) return fail('this string is never closed', start)
      if (code === 0x22) break
      if (code < 0x20) return fail('a line break or control character inside a string')
      if (code === 0x5c) {
        const next = text[at + 1] ?? ''
        if (next === 'u') {
          if (!/^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6))) return fail('an incomplete \\u escape')
          at += 4
        } else if (!'"\\/bfnrt'.includes(next) || next === '') return fail(`an unknown escape \\${next}`)
        at++
      }
      at++
    }
    at++
    return text.slice(start, at)
  }

  const visit = (step: string | number, offset: number): boolean => {
    const matches = stack.at(-1)!.onPath && path?.[stack.length - 1] === step
    if (matches && stack.length === path?.length) found ??= offset
    return matches
  }

  for (;;) {
    skip()
    // A value is due here.
    const char = text[at]
    let opened = false
    if (char === '{' || char === '[') {
      at++
      skip()
      if (text[at] === (char === '[' ? ']' : '}')) at++
      else {
        const parent = stack.at(-1)
        stack.push({ array: char === '[', index: 0, onPath: parent ? parent.matched : path !== null, matched: false })
        opened = true
      }
    } else if (char === '"') {
      const read = readString()
      if (typeof read !== 'string') return read
    } else {
      const pattern = char === '-' || (char !== undefined && char >= '0' && char <= '9') ? NUMBER : LITERAL
      pattern.lastIndex = at
      if (!pattern.test(text)) return fail(`expected a value, found ${here()}`)
      at = pattern.lastIndex
    }

    // After a value: go up through closed containers, or on to the next member.
    for (;;) {
      const frame = stack.at(-1)
      if (!frame) {
        skip()
        return at < text.length ? fail(`expected the end of the text, found ${here()}`) : { ok: true, offset: found }
      }
      if (!opened) {
        skip()
        const closing = frame.array ? ']' : '}'
        if (text[at] === closing) {
          at++
          stack.pop()
          continue
        }
        if (text[at] !== ',') return fail(`expected "," or "${closing}", found ${here()}`)
        at++
        skip()
        if (text[at] === closing) return fail(`"${closing}" after a comma: remove the comma`)
      }
      opened = false
      if (frame.array) {
        frame.matched = visit(frame.index++, at)
      } else {
        if (text[at] !== '"') return fail(`expected a name in double quotes, found ${here()}`)
        const start = at
        const read = readString()
        if (typeof read !== 'string') return read
        // Only keys that could match are unescaped.
        frame.matched = path !== null && visit(read.includes('\\') ? (JSON.parse(read) as string) : read.slice(1, -1), start)
        skip()
        if (text[at] !== ':') return fail(`expected ":" after a name, found ${here()}`)
        at++
      }
      break
    }
  }
}

/** The path of the innermost value that begins on or before `line` (from 1) of pretty-printed JSON with one member a line. */
export function pathOfPrettyLine(lines: string[], line: number): JsonPath {
  const path: JsonPath = []
  const arrays: boolean[] = []
  const next: number[] = []
  for (let i = 0; i < Math.min(line, lines.length); i++) {
    const text = lines[i]!.trim()
    if (/^[\]}]/.test(text)) {
      arrays.pop()
      next.pop()
      path.length = Math.max(0, arrays.length - (arrays.length > 0 ? 1 : 0))
      continue
    }
    if (arrays.length > 0) {
      path.length = arrays.length - 1
      const inArray = arrays.at(-1)!
      path.push(inArray ? next[next.length - 1]!++ : (JSON.parse(/^"(?:[^"\\]|\\.)*"/.exec(text)?.[0] ?? '""') as string))
    }
    if (/[[{]$/.test(text)) {
      arrays.push(text.endsWith('['))
      next.push(0)
    }
  }
  return path
}

/** Line and column, from 1, of an offset. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  let line = 1
  let start = 0
  for (let next = text.indexOf('\n'); next !== -1 && next < offset; next = text.indexOf('\n', next + 1)) {
    line++
    start = next + 1
  }
  return { line, column: offset - start + 1 }
}

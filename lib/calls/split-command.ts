/** The words of one command line, and the shell variables met outside single quotes. */
export type SplitCommand = { words: string[]; variables: string[] }

/**
 * What a shell would make of a pasted command: a Unix shell's quotes, or those of Windows' cmd where the text is written
 * for it (`^"` as browsers copy it). Lines go on after `\`, `^` and PowerShell's backtick, also where blanks got in behind
 * them. Null: a quote is never closed. Nothing is run, no variable is filled in.
 */
export function splitCommand(text: string): SplitCommand | null {
  return WRITTEN_FOR_CMD.test(text) ? splitForWindows(text) : splitForUnix(text)
}

const WRITTEN_FOR_CMD = /\^["&|<>]/
const LINE_GOES_ON = /[\\^`][ \t]*\r?\n/y
const VARIABLE = /\$(?:\{\w+\}|[A-Za-z_]\w*)/y

/** Single and double quotes, `$'…'`, backslashes. */
function splitForUnix(text: string): SplitCommand | null {
  const words: string[] = []
  const variables = new Set<string>()
  let word: string | null = null
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!
    if (sign === "'" || (sign === '$' && text[at + 1] === "'")) {
      const quoted = sign === '$' ? readAnsiQuote(text, at + 2) : readPlainQuote(text, at + 1)
      if (!quoted) return null
      word = (word ?? '') + quoted.text
      at = quoted.end
    } else if (sign === '"') {
      let end = at + 1
      word ??= ''
      for (; end < text.length && text[end] !== '"'; end++) {
        if (text[end] === '\\' && /["\\$`\n]/.test(text[end + 1] ?? '')) word += text[++end] === '\n' ? '' : text[end]
        else {
          noteVariable(text, end, variables)
          word += text[end]
        }
      }
      if (end >= text.length) return null
      at = end
    } else if ((sign === '\\' || sign === '^' || sign === '`') && lengthAt(LINE_GOES_ON, text, at) > 0) {
      at += lengthAt(LINE_GOES_ON, text, at) - 1
    } else if (sign === '\\') {
      word = (word ?? '') + (text[++at] ?? '')
    } else if (/\s/.test(sign)) {
      if (word !== null) words.push(word)
      word = null
    } else if (words.length > 0 && word === null && /[|;&>]/.test(sign)) {
      // What the answer is piped into, or where it goes: no part of the call.
      break
    } else {
      noteVariable(text, at, variables)
      word = (word ?? '') + sign
    }
  }
  if (word !== null) words.push(word)
  return { words, variables: [...variables] }
}

type Quoted = { text: string; end: number }

function readPlainQuote(text: string, from: number): Quoted | null {
  const end = text.indexOf("'", from)
  return end === -1 ? null : { text: text.slice(from, end), end }
}

const ANSI_SIGNS: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', e: '\x1b' }
const ANSI_CODE = /u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|x([0-9a-fA-F]{1,2})/y

function readAnsiQuote(text: string, from: number): Quoted | null {
  let quoted = ''
  let end = from
  for (; end < text.length && text[end] !== "'"; end++) {
    if (text[end] !== '\\') {
      quoted += text[end]
      continue
    }
    end++
    ANSI_CODE.lastIndex = end
    const code = ANSI_CODE.exec(text)
    const point = code ? Number.parseInt(code[1] ?? code[2] ?? code[3]!, 16) : null
    if (code && point! <= 0x10ffff) {
      quoted += String.fromCodePoint(point!)
      end += code[0].length - 1
    } else quoted += ANSI_SIGNS[text[end] ?? ''] ?? text[end] ?? ''
  }
  return end >= text.length ? null : { text: quoted, end }
}

/** In two passes, as Windows does: cmd takes its carets away, then the program splits what is left at its quotes. */
function splitForWindows(text: string): SplitCommand | null {
  return splitArguments(withoutCarets(text))
}

function withoutCarets(text: string): string {
  let line = ''
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!
    const goesOn = sign === '^' ? lengthAt(LINE_GOES_ON, text, at) : 0
    if (goesOn > 0) {
      at += goesOn - 1
      // A line that ends twice is a line's end that belongs to the text.
      if (text[at + 1] === '\n') line += text[++at]
    } else if (sign === '^' && !quoted) line += text[++at] ?? ''
    else {
      if (sign === '"') quoted = !quoted
      line += sign
    }
  }
  return line
}

/** Backslashes are special before a quote only; two quotes within quotes are one. */
function splitArguments(line: string): SplitCommand | null {
  const words: string[] = []
  let word: string | null = null
  let quoted = false
  for (let at = 0; at < line.length; at++) {
    const sign = line[at]!
    if (sign === '\\') {
      let end = at
      while (line[end] === '\\') end++
      const count = end - at
      const isBeforeQuote = line[end] === '"'
      word = (word ?? '') + '\\'.repeat(isBeforeQuote ? Math.floor(count / 2) : count)
      if (isBeforeQuote && count % 2 === 1) word += line[end++]
      at = end - 1
    } else if (sign === '"') {
      word ??= ''
      if (quoted && line[at + 1] === '"') word += line[++at]
      else quoted = !quoted
    } else if (!quoted && /\s/.test(sign)) {
      if (word !== null) words.push(word)
      word = null
    } else word = (word ?? '') + sign
  }
  if (quoted) return null
  if (word !== null) words.push(word)
  return { words, variables: [] }
}

function noteVariable(text: string, at: number, variables: Set<string>): void {
  if (text[at] !== '$' || variables.size >= 5) return
  const length = lengthAt(VARIABLE, text, at)
  if (length > 0) variables.add(text.slice(at, at + length))
}

/** How much of the text matches from here on; 0 where nothing does. */
function lengthAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0].length ?? 0
}

import { escapeHtml, escapeOnce } from '../escape.ts'
import { isEmpty, LiquidText, numberOf, textOf } from '../wrap.ts'
import { assertTextFits, joinTexts, markup, type FilterCall, type LiquidFilter } from './filter.ts'

/** A filter of a text that keeps markup markup: what it takes away cannot open a tag. */
function trimming(trim: (text: string) => string): LiquidFilter {
  return (input) => (input instanceof LiquidText ? new LiquidText(trim(input.text), input) : trim(textOf(input)))
}

function plain(change: (text: string, ...args: string[]) => string): LiquidFilter {
  return (input, { args }) => change(textOf(input), ...args.map(textOf))
}

/** Markup as it is, anything else escaped, the whole marked as markup where output is escaped. */
function escaping(escape: (text: string) => string): LiquidFilter {
  return (input, { context }) => {
    if (input instanceof LiquidText && input.safe) return input
    if (context.job.input.mode === 'mail') return input
    return new LiquidText(escape(textOf(input)), { safe: true, typed: input instanceof LiquidText && input.typed })
  }
}

export const textFilters: Record<string, LiquidFilter> = {
  append: (input, call) => concat([input, call.args[0]], call),
  prepend: (input, call) => concat([call.args[0], input], call),
  capitalize: plain((text) => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase()),
  downcase: plain((text) => text.toLowerCase()),
  upcase: plain((text) => text.toUpperCase()),
  strip: trimming((text) => text.trim()),
  lstrip: trimming((text) => text.trimStart()),
  rstrip: trimming((text) => text.trimEnd()),
  strip_newlines: trimming((text) => text.replace(/\r?\n/g, '')),
  squish: trimming((text) => text.trim().replace(/\s+/g, ' ')),
  strip_html: plain((text) => text.replace(/<(script|style)\b[\s\S]*?<\/\1\s*>|<!--[\s\S]*?-->|<[^>]*>/gi, '')),
  newline_to_br: (input, { context }) => {
    const typed = input instanceof LiquidText && input.typed
    return new LiquidText(context.print(input).replace(/\r?\n/g, '<br />\n'), { safe: true, typed })
  },
  escape: escaping(escapeHtml),
  h: escaping(escapeHtml),
  xml_escape: escaping(escapeHtml),
  escape_once: escaping(escapeOnce),
  // A lone surrogate has no encoding.
  url_encode: plain((text) => encodeURIComponent(text.toWellFormed()).replace(/%20/g, '+')),
  url_decode: plain((text) => decodeOrKeep(text.replace(/\+/g, ' '))),
  base64_encode: plain((text) => Buffer.from(text, 'utf8').toString('base64')),
  base64_decode: plain((text) => Buffer.from(text, 'base64').toString('utf8')),
  base64_url_safe_encode: plain((text) => Buffer.from(text, 'utf8').toString('base64url')),
  base64_url_safe_decode: plain((text) => Buffer.from(text, 'base64url').toString('utf8')),
  replace: plain((text, search = '', replacement = '') => replaceAll(text, search, replacement)),
  replace_first: plain((text, search = '', replacement = '') => replaceAt(text, text.indexOf(search), search, replacement)),
  replace_last: plain((text, search = '', replacement = '') => replaceAt(text, text.lastIndexOf(search), search, replacement)),
  remove: plain((text, search = '') => replaceAll(text, search, '')),
  remove_first: plain((text, search = '') => replaceAt(text, text.indexOf(search), search, '')),
  remove_last: plain((text, search = '') => replaceAt(text, text.lastIndexOf(search), search, '')),
  truncate: (input, { args }) => truncate(textOf(input), args[0] === undefined ? 50 : numberOf(args[0]), args[1] === undefined ? '...' : textOf(args[1])),
  truncatewords: (input, { args }) => {
    const words = textOf(input).split(/\s+/).filter(Boolean)
    const most = Math.max(1, args[0] === undefined ? 15 : numberOf(args[0]))
    return words.length <= most ? textOf(input) : words.slice(0, most).join(' ') + (args[1] === undefined ? '...' : textOf(args[1]))
  },
  split: (input, { args }) => {
    const parts = textOf(input).split(args[0] === undefined || textOf(args[0]) === ' ' ? /\s+/ : textOf(args[0]))
    while (parts.length > 0 && parts.at(-1) === '') parts.pop()
    return parts
  },
  default: (input, { args, options }) => (input === null || input === undefined || (input === false && options.allow_false !== true) || isEmpty(input) ? args[0] : input),
  html_safe: safe,
  raw: safe,
  pluralize: plain(pluralize),
}

/** Words of a developer stay what they are, whatever the template says of them (LQ-4). */
function safe(input: unknown): unknown {
  if (input instanceof LiquidText) return input.safe || input.typed ? input : markup(input.text)
  return typeof input === 'string' ? markup(input) : input
}

function concat(parts: unknown[], { context }: FilterCall): unknown {
  const joined = joinTexts(parts, '', context)
  if (joined !== null) return joined
  const texts = parts.map(textOf)
  assertTextFits(texts[0]!.length + texts[1]!.length)
  return texts.join('')
}

function replaceAll(text: string, search: string, replacement: string): string {
  const parts = text.split(search)
  // Looked at before it is made: a megabyte for each letter of another megabyte.
  assertTextFits(text.length + (parts.length - 1) * replacement.length)
  return parts.join(replacement)
}

function replaceAt(text: string, at: number, search: string, replacement: string): string {
  return at === -1 ? text : text.slice(0, at) + replacement + text.slice(at + search.length)
}

function truncate(text: string, most: number, end: string): string {
  const characters = [...text]
  return characters.length <= most ? text : characters.slice(0, Math.max(0, most - [...end].length)).join('') + end
}

function decodeOrKeep(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // not an encoding
  }
}

const irregular: Record<string, string> = { person: 'people', child: 'children', man: 'men', woman: 'women', mouse: 'mice', foot: 'feet', tooth: 'teeth', index: 'indices', series: 'series', news: 'news' }

/** The English plural of a word. */
export function pluralize(word: string): string {
  const last = /[A-Za-z]+$/.exec(word)?.[0] ?? ''
  const known = irregular[last.toLowerCase()]
  if (known) return word.slice(0, word.length - last.length) + (last[0] === last[0]!.toUpperCase() ? known[0]!.toUpperCase() + known.slice(1) : known)
  if (/[^aeiou]y$/i.test(word)) return `${word.slice(0, -1)}ies`
  if (/(s|x|z|ch|sh)$/i.test(word)) return `${word}es`
  return word === '' ? '' : `${word}s`
}

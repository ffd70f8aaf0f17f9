import { createHash, createHmac } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { Liquid, tags as stockTags, type Template } from 'liquidjs'
import { compilePlainTemplate } from '@/lib/products/plain-template'
import { STEPS_PER_PLAIN_TEXT, STEPS_PER_TEXT, takeSteps } from '@/lib/products/policy-budget'

/**
 * Liquid in policies: short texts rendered in the middle of a call, so parsed once at promotion and rendered at once, in
 * this thread. What could take long is not of this language: there are no loops, no partials, no captures; a text is
 * short, and time and memory of a render are bounded besides. Variables are read from own properties only.
 */
export type PolicyTemplate = (scope: object) => string

/** What is wrong with a text, as a sentence for whoever wrote it. */
export class TemplateProblem extends Error {}

const SOURCE_MAX = 2_000
const RESULT_MAX = 8_192
/** The last word only: a pause of the machine must not empty a text. */
const RENDER_MS = 500
const MEMORY_MAX = 200_000

const keptTags = ['if', 'unless', 'case', 'assign', 'comment', 'raw', '#'] as const
const keptFilters = [
  'abs', 'append', 'at_least', 'at_most', 'capitalize', 'ceil', 'date', 'default', 'divided_by', 'downcase', 'escape', 'first', 'floor', 'join', 'last', 'lstrip', 'minus', 'modulo',
  'plus', 'prepend', 'remove', 'remove_first', 'replace', 'replace_first', 'reverse', 'round', 'rstrip', 'size', 'slice', 'split', 'strip', 'strip_newlines', 'times', 'truncate', 'upcase', 'url_decode', 'url_encode',
]

/** Throws `TemplateProblem`. A render never throws: a text that fails in the middle of a call is empty. */
export function compileTemplate(source: string): PolicyTemplate {
  if (source.length > SOURCE_MAX) throw new TemplateProblem(`Use at most ${SOURCE_MAX} characters.`)
  if (!source.includes('{{') && !source.includes('{%')) return () => source
  let templates: Template[]
  try {
    templates = engine().parse(source)
  } catch (error) {
    throw new TemplateProblem(`This Liquid cannot be read: ${sentenceOf(error)}`)
  }
  const plain = compilePlainTemplate(source)
  return (scope) => {
    try {
      if (plain) {
        if (!takeSteps(STEPS_PER_PLAIN_TEXT)) return ''
        const written = plain(scope)
        if (written !== null) return written.length <= RESULT_MAX ? written : ''
      }
      if (!takeSteps(STEPS_PER_TEXT)) return ''
      const text: unknown = engine().renderSync(templates, scope)
      return typeof text === 'string' && text.length <= RESULT_MAX ? text : ''
    } catch {
      // Over its bounds, or a filter on something it is not made for: the call goes on without this value.
      return ''
    }
  }
}

let made: Liquid | null = null

function engine(): Liquid {
  if (made) return made
  made = new Liquid({ ownPropertyOnly: true, strictFilters: true, strictVariables: false, relativeReference: false, fs: noFiles, timezoneOffset: 0, locale: 'en-US', renderLimit: RENDER_MS, memoryLimit: MEMORY_MAX })
  for (const name of Object.keys(made.tags)) delete made.tags[name]
  for (const name of keptTags) made.registerTag(name, stockTags[name]!)
  for (const name of Object.keys(made.filters)) if (!keptFilters.includes(name)) delete made.filters[name]
  for (const [name, filter] of Object.entries(ownFilters)) made.registerFilter(name, filter)
  return made
}

const text = (value: unknown) => (value === null || value === undefined ? '' : String(value)).slice(0, RESULT_MAX)
const digest = (algorithm: string) => (value: unknown) => createHash(algorithm).update(text(value)).digest('hex')
const hmac = (algorithm: string) => (value: unknown, key: unknown) => createHmac(algorithm, text(key)).update(text(value)).digest('base64')
const now = () => new Date().toISOString().slice(0, 19).replace('T', ' ')

/** APIcast's own filters, as far as they fit between two strings. */
const ownFilters: Record<string, (...values: unknown[]) => unknown> = {
  md5: digest('md5'),
  sha1: digest('sha1'),
  sha256: digest('sha256'),
  hmac_sha1: hmac('sha1'),
  hmac_sha256: hmac('sha256'),
  crc32: (value) => crc32(text(value)),
  encode_base64: (value) => Buffer.from(text(value)).toString('base64'),
  decode_base64: (value) => Buffer.from(text(value), 'base64').toString('utf8'),
  escape_uri: (value) => encodeURIComponent(text(value)),
  unescape_uri: (value) => {
    try {
      return decodeURIComponent(text(value))
    } catch {
      // Broken escapes stay as they are.
      return text(value)
    }
  },
  utctime: now,
  localtime: now,
  today: () => now().slice(0, 10),
  time: () => Math.floor(Date.now() / 1000),
  now: () => Date.now() / 1000,
  http_time: (value) => new Date(Number(value) * 1000 || Date.now()).toUTCString(),
}

function sentenceOf(error: unknown): string {
  const [first = ''] = String((error as Error).message).split('\n')
  const loop = /tag "(for|tablerow|while|include|render|capture|cycle|layout|block|increment|decrement|liquid|echo)"/.exec(first)
  return loop ? `the tag ${loop[1]} is not available in policies.` : `${first.replace(/, line:\d+, col:\d+$/, '')}.`
}

const noFiles = {
  readFile: () => Promise.reject(new Error('Templates are not read from files.')),
  readFileSync: (): string => {
    throw new Error('Templates are not read from files.')
  },
  exists: () => Promise.resolve(false),
  existsSync: () => false,
  resolve: (_folder: string, file: string) => file,
}

import type { HeaderPair } from '@/lib/calls/call-record'
import { decodeQueryText } from '@/lib/products/pattern'
import { maskKey } from '@/lib/ids'

/** Names a product gives its credentials; the public application id may be shown. */
export type SecretNames = { userKeyName: string; appKeyName: string }

export type RedactedHead = { target: string; head: HeaderPair[] }

export const MASK = '••••••••'

const HEADERS_MAX = 60
const VALUE_MAX = 500
const TARGET_MAX = 2_000
/** A masked value this long is looked for in everything else as well; shorter ones would black out whole words. */
const WORTH_SEARCHING = 8

// By name: what carries a secret in somebody's API, whatever this product calls its own.
const SECRET_HEADER = /^(proxy-authorization|cookie2?|set-cookie2?|x-3scale-.*|x-gatehouse-.*|x-amz-security-token|dpop)$|(^|[-_])(key|sig|pin|otp|sid|jwt)$|api-?key|token|secret|passw|credential|signature|session|assertion|csrf|xsrf|auth(?!or|enticated)/i
const SECRET_PARAM = /^(code|state|nonce)$|(^|[-_.[])(key|sig|pin|otp|sid|jwt)\]?$|api-?_?key|user_?key|app_?key|token|secret|passw|credential|signature|session|assertion|verifier|auth(?!or)/i
// By look: keys of ours, and signed tokens, wherever they stand.
const OWN_KEY = /\b(?:uk|ak|at|pk|st|cs|oc|ot|or)_[0-9A-Za-z]{20,}/g
// What begins like one is taken whole, dots or not: so no text is ever searched twice.
const SIGNED_TOKEN = /\beyJ[\w-]{5,}(?:\.[\w-]*)*/g

/**
 * The head of a request without anything one could call with (KEY-5): values of secret names, keys by their look, and
 * whatever was masked in one place in all others. `rawHeaders` is the flat list as sent, `target` path and query.
 * What is long is cut, so that a row stays small.
 */
export function redactHead(names: SecretNames, target: string, rawHeaders: readonly string[]): RedactedHead {
  const secrets = new Set<string>()
  const own = new Set([names.userKeyName.toLowerCase(), names.appKeyName.toLowerCase()])
  const maskedTarget = maskTarget(target, own, secrets)
  const masked: HeaderPair[] = []
  for (let i = 0; i < rawHeaders.length && masked.length < HEADERS_MAX; i += 2) {
    const name = rawHeaders[i]!
    const value = maskHeader(name.toLowerCase(), rawHeaders[i + 1]!, own, secrets)
    // What we say to ourselves on calls of the dashboard tells nobody anything.
    if (!/^x-gatehouse-/i.test(name)) masked.push([plain(name), value])
  }
  return {
    target: plain(cut(withoutSecrets(maskedTarget, secrets), TARGET_MAX)),
    head: masked.map(([name, value]) => [name, plain(cut(withoutSecrets(value, secrets), VALUE_MAX))]),
  }
}

/** Of the answer only what explains it; a redirect may carry a code or a token in its query. */
export function redactAnswerHead(headers: Iterable<readonly [name: string, value: string]>): HeaderPair[] {
  const shown: HeaderPair[] = []
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (!ANSWER_HEADERS.has(lower)) continue
    shown.push([lower, plain(cut(withoutSecrets(lower === 'location' ? maskTarget(value, new Set(), new Set()) : value, new Set()), VALUE_MAX))])
  }
  return shown
}

const ANSWER_HEADERS = new Set(['content-type', 'content-length', 'content-encoding', 'cache-control', 'location', 'retry-after', 'ratelimit', 'ratelimit-policy', 'www-authenticate', 'allow', 'x-request-id'])

function maskHeader(name: string, value: string, own: ReadonlySet<string>, secrets: Set<string>): string {
  if (name === 'authorization') return maskAuthorization(value, secrets)
  if (own.has(name) || SECRET_HEADER.test(name)) return maskValue(value, secrets)
  // Addresses of other pages, with queries of their own.
  return name === 'referer' || name === 'x-original-url' || name === 'x-rewrite-url' ? maskTarget(value, own, secrets) : value
}

/** The scheme says which kind of credential it was; the rest is the credential. */
function maskAuthorization(value: string, secrets: Set<string>): string {
  const space = value.indexOf(' ')
  if (space === -1) return maskValue(value, secrets)
  const rest = value.slice(space + 1).trim()
  if (/^basic$/i.test(value.slice(0, space))) for (const part of Buffer.from(rest, 'base64').toString('utf8').split(':')) note(part, secrets)
  return `${value.slice(0, space)} ${maskValue(rest, secrets)}`
}

/** Parameters by name; the path as it is, but for what looks like a key. Cut at the fragment, which no server needs. */
function maskTarget(target: string, own: ReadonlySet<string>, secrets: Set<string>): string {
  const mark = target.search(/[?#]/)
  if (mark === -1) return target
  const parts = target.slice(mark + 1).split(/[&#]/).map((pair) => {
    const equals = pair.indexOf('=')
    if (equals === -1) return pair
    const name = decodeQueryText(pair.slice(0, equals))
    if (!own.has(name.toLowerCase()) && !SECRET_PARAM.test(name)) return pair
    const value = pair.slice(equals + 1)
    note(decodeQueryText(value), secrets)
    return `${pair.slice(0, equals)}=${maskValue(value, secrets)}`
  })
  return `${target.slice(0, mark)}?${parts.join('&')}`
}

/** Keys of ours keep their first and last characters, as everywhere they are listed; of others nothing is shown. */
function maskValue(value: string, secrets: Set<string>): string {
  if (value === '') return value
  note(value, secrets)
  return /^(uk|ak)_[0-9A-Za-z]{36}$/.test(value) ? maskKey(value) : MASK
}

function note(value: string, secrets: Set<string>): void {
  if (value.isWellFormed() && value.length >= WORTH_SEARCHING && secrets.size < 20) secrets.add(value)
}

function withoutSecrets(text: string, secrets: ReadonlySet<string>): string {
  let clean = text
  for (const value of secrets) for (const spelling of [value, encodeURIComponent(value)]) if (clean.includes(spelling)) clean = clean.replaceAll(spelling, MASK)
  return clean.replace(OWN_KEY, (key) => maskOwn(key)).replace(SIGNED_TOKEN, MASK)
}

const maskOwn = (key: string) => (/^(uk|ak)_[0-9A-Za-z]{36}$/.test(key) ? maskKey(key) : `${key.slice(0, 3)}${MASK}`)

// Postgres keeps neither NUL nor half a character in JSON.
const plain = (text: string) => text.replace(/[\x00-\x1f\x7f]/g, ' ').toWellFormed()
const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most)}…` : text)

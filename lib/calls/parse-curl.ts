import { invalid } from '@/lib/errors'

/** A call as a curl command line describes it. */
export type CurlCall = {
  method: string
  /** Host with port, as it would be sent. */
  host: string
  /** Path and query. */
  target: string
  headers: [name: string, value: string][]
  /** Null: none. Files are not read, so a body from a file is unknown. */
  body: string | null
  bodyUnknown: boolean
}

/** Options that take a value and do not change what is asked; those without one are left out of the list and ignored. */
const WITH_VALUE = new Set(
  '-o --output -m --max-time --connect-timeout -w --write-out --resolve --connect-to -x --proxy -U --proxy-user --cacert --capath -E --cert --key --cert-type --key-type --pass --retry --retry-delay --retry-max-time -c --cookie-jar -D --dump-header --interface --limit-rate -C --continue-at -K --config -r --range -t --telnet-option -y --speed-time -Y --speed-limit -z --time-cond --ciphers --tls-max --stderr --trace --trace-ascii --unix-socket --noproxy --dns-servers --max-redirs --max-filesize'.split(' '),
)
const LONG: Record<string, string> = { '--request': '-X', '--header': '-H', '--data': '-d', '--data-raw': '-d', '--data-ascii': '-d', '--data-binary': '-d', '--user': '-u', '--get': '-G', '--head': '-I', '--user-agent': '-A', '--referer': '-e', '--cookie': '-b', '--form': '-F', '--form-string': '-F', '--upload-file': '-T' }
const SHORT_WITH_VALUE = /^-[XHduAebFToUmwxEcDCKrtyYz]$/
const LENGTH_MAX = 64 * 1024

/**
 * Reads a pasted curl: quotes, line continuations, -X -H -d --data-urlencode --json -u --url -G -I -A -e -b. Throws
 * `invalid` by field `source` with what is in the way. Nothing is run and no file is read.
 */
export function parseCurl(text: string): CurlCall {
  if (text.length > LENGTH_MAX) throw unreadable('This is longer than a call can be.')
  const words = splitWords(text)
  if (words[0] === '$') words.shift()
  if (words.shift() !== 'curl') throw unreadable('Begin with curl, as in: curl https://api.example.com/orders -H "X-Api-Key: …"')

  let method: string | null = null
  let url: string | null = null
  let inQuery = false
  let isHead = false
  let bodyUnknown = false
  const headers: [string, string][] = []
  const data: string[] = []
  const add = (name: string, value: string) => void headers.push([name, value])
  const has = (name: string) => headers.some(([each]) => each.toLowerCase() === name)
  const addData = (value: string) => {
    if (value.startsWith('@')) bodyUnknown = true
    else data.push(value)
  }

  for (let at = 0; at < words.length; at++) {
    const { option, value: joined } = readOption(words[at]!)
    if (option === null) {
      url ??= words[at]!
      continue
    }
    const rest = [joined, ...(joined === null ? [words[at + 1] ?? null] : [])].find((each) => each !== null) ?? null
    const takes = /^(-X|-H|-d|-u|-A|-e|-b|-F|-T|--url|--json|--data-urlencode|--url-query)$/.test(option) || WITH_VALUE.has(option)
    if (takes && rest === null) throw unreadable(`${option} wants a value after it.`)
    if (takes && joined === null) at++
    const value = rest ?? ''
    if (option === '-X') method = value.toUpperCase()
    else if (option === '--url') url ??= value
    else if (option === '-H') {
      const colon = value.indexOf(':')
      // `Name;` sends an empty header, `Name:` takes one away: neither says who calls.
      if (colon > 0 && value.slice(colon + 1).trim() !== '') add(value.slice(0, colon).trim(), value.slice(colon + 1).trim())
    } else if (option === '-d') addData(value)
    else if (option === '--data-urlencode') addData(encodeData(value))
    else if (option === '--json') {
      addData(value)
      if (!has('content-type')) add('Content-Type', 'application/json')
    } else if (option === '-u') add('Authorization', `Basic ${Buffer.from(value.includes(':') ? value : `${value}:`).toString('base64')}`)
    else if (option === '-A') add('User-Agent', value)
    else if (option === '-e') add('Referer', value)
    else if (option === '-b') add('Cookie', value)
    else if (option === '-F' || option === '-T') {
      bodyUnknown = true
      if (option === '-T') method ??= 'PUT'
      else if (!has('content-type')) add('Content-Type', 'multipart/form-data')
    } else if (option === '--url-query') data.push(value)
    else if (option === '-G') inQuery = true
    else if (option === '-I') isHead = true
  }

  if (!url) throw unreadable('There is no address in it.')
  const { host, target } = splitUrl(url, inQuery ? data : [])
  const hasBody = !inQuery && (data.length > 0 || bodyUnknown)
  if (hasBody && data.length > 0 && !has('content-type')) add('Content-Type', 'application/x-www-form-urlencoded')
  const named = headers.findIndex(([name]) => name.toLowerCase() === 'host')
  const sentHost = named === -1 ? host : headers.splice(named, 1)[0]![1]
  return { method: method ?? (isHead ? 'HEAD' : hasBody ? 'POST' : 'GET'), host: sentHost, target, headers, body: hasBody && data.length > 0 ? data.join('&') : null, bodyUnknown }
}

/** An option in its short spelling; `value` where it stands in the same word (`-XPOST`, `--request=POST`). Null: no option. */
function readOption(word: string): { option: string | null; value: string | null } {
  if (word.startsWith('--')) {
    const equals = word.indexOf('=')
    const name = equals === -1 ? word : word.slice(0, equals)
    return { option: LONG[name] ?? name, value: equals === -1 ? null : word.slice(equals + 1) }
  }
  if (!/^-[A-Za-z#0-9]/.test(word)) return { option: null, value: null }
  // Several letters in one word: flags, until one that takes a value.
  for (let at = 1; at < word.length; at++) {
    const letter = `-${word[at]}`
    if (SHORT_WITH_VALUE.test(letter)) return { option: letter, value: at + 1 < word.length ? word.slice(at + 1) : null }
    if ((letter === '-G' || letter === '-I') && at + 1 === word.length) return { option: letter, value: null }
  }
  return { option: /[GI]/.exec(word) ? `-${/[GI]/.exec(word)![0]}` : word, value: null }
}

function splitUrl(url: string, query: string[]): { host: string; target: string } {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`
  const match = /^https?:\/\/(?:[^/?#@]*@)?([^/?#]+)([^#]*)/i.exec(whole)
  if (!match) throw unreadable('This address is none that a gateway answers: it begins with http:// or https://.')
  const [, host, rest] = match as unknown as [string, string, string]
  // As sent: a URL object would rewrite escapes that the gateway matches on. curl itself escapes nothing but spaces it refuses.
  const path = rest.startsWith('/') ? rest : `/${rest}`
  return { host: host.toLowerCase(), target: query.length === 0 ? path : `${path}${path.includes('?') ? '&' : '?'}${query.join('&')}` }
}

/** `name=value`, `=value` and `value`: what comes after the first `=` is escaped. */
function encodeData(value: string): string {
  if (/^[^=]*@/.test(value)) return '@'
  const equals = value.indexOf('=')
  if (equals === -1) return encodeURIComponent(value)
  return equals === 0 ? encodeURIComponent(value.slice(1)) : `${value.slice(0, equals)}=${encodeURIComponent(value.slice(equals + 1))}`
}

/** A shell's words: single and double quotes, `$'…'`, backslashes, lines continued with `\` (or `^` as on Windows). */
function splitWords(text: string): string[] {
  const words: string[] = []
  let word: string | null = null
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!
    if (sign === "'" || (sign === '$' && text[at + 1] === "'")) {
      const escaped = sign === '$'
      let end = at + (escaped ? 2 : 1)
      let quoted = ''
      for (; end < text.length && text[end] !== "'"; end++) {
        if (escaped && text[end] === '\\') quoted += { n: '\n', t: '\t', r: '\r' }[text[++end] ?? ''] ?? text[end] ?? ''
        else quoted += text[end]
      }
      if (end >= text.length) throw unreadable('A quote is opened and never closed.')
      word = (word ?? '') + quoted
      at = end
    } else if (sign === '"') {
      let end = at + 1
      word ??= ''
      for (; end < text.length && text[end] !== '"'; end++) {
        if (text[end] === '\\' && /["\\$`\n]/.test(text[end + 1] ?? '')) word += text[++end] === '\n' ? '' : text[end]
        else word += text[end]
      }
      if (end >= text.length) throw unreadable('A quote is opened and never closed.')
      at = end
    } else if ((sign === '\\' || sign === '^') && /^\r?\n/.test(text.slice(at + 1, at + 3))) {
      at += text[at + 1] === '\r' ? 2 : 1
    } else if (sign === '\\') {
      word = (word ?? '') + (text[++at] ?? '')
    } else if (/\s/.test(sign)) {
      if (word !== null) words.push(word)
      word = null
    } else if (word === null && /[|;&>]/.test(sign)) {
      // What the answer is piped into, or where it goes: no part of the call.
      break
    } else word = (word ?? '') + sign
  }
  if (word !== null) words.push(word)
  return words
}

const unreadable = (message: string) => invalid({ source: [message] })

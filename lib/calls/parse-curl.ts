import { splitCommand } from '@/lib/calls/split-command'
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
  /** Shell variables in it, as `$KEY`: what they stand for is unknown here. */
  variables: string[]
}

/** Options that take a value and do not change what is asked; those without one are left out of the list and ignored. */
const WITH_VALUE = new Set(
  '-o --output -m --max-time --connect-timeout -w --write-out --resolve --connect-to -x --proxy -U --proxy-user --cacert --capath -E --cert --key --cert-type --key-type --pass --retry --retry-delay --retry-max-time -c --cookie-jar -D --dump-header --interface --limit-rate -C --continue-at -K --config -r --range -t --telnet-option -y --speed-time -Y --speed-limit -z --time-cond --ciphers --tls-max --stderr --trace --trace-ascii --unix-socket --noproxy --dns-servers --max-redirs --max-filesize --proto --proto-redir --proto-default --doh-url --pinnedpubkey --etag-save --etag-compare --local-port --expect100-timeout --keepalive-time --output-dir --rate --socks5 --socks5-hostname --proxy-header --netrc-file --tls13-ciphers --curves --aws-sigv4 --happy-eyeballs-timeout-ms --hsts --alt-svc --crlfile'.split(
    ' ',
  ),
)
const LONG: Record<string, string> = { '--request': '-X', '--header': '-H', '--data': '-d', '--data-ascii': '-d', '--data-binary': '-d', '--user': '-u', '--get': '-G', '--head': '-I', '--user-agent': '-A', '--referer': '-e', '--cookie': '-b', '--form': '-F', '--form-string': '-F', '--upload-file': '-T' }
const SHORT_WITH_VALUE = /^-[XHduAebFToUmwxEcDCKrtyYz]$/
const CHANGES_THE_CALL = /^(-X|-H|-d|-u|-A|-e|-b|-F|-T|--url|--json|--data-raw|--data-urlencode|--url-query|--oauth2-bearer)$/
const LENGTH_MAX = 64 * 1024
/** A prompt, variables of this one command, and what may stand before its name. */
const BEFORE_CURL = /^([$%#>]|sudo|time|[A-Za-z_]\w*=.*)$/s

/**
 * Reads a pasted curl of a Unix shell, of cmd or of PowerShell: quotes, line continuations, -X -H -d --data-raw
 * --data-urlencode --json -u --oauth2-bearer --url --url-query -G -I -A -e -b; an address alone is a GET. Of several
 * calls (`--next`) the first. Throws `invalid` by field `source` with what is in the way. Nothing is run and no file is read.
 */
export function parseCurl(text: string): CurlCall {
  if (text.length > LENGTH_MAX) throw unreadable('This is longer than a call can be.')
  const split = splitCommand(text)
  if (!split) throw unreadable('A quote is opened and never closed.')
  const { variables } = split
  const begin = split.words.findIndex((word) => !BEFORE_CURL.test(word))
  const words = begin === -1 ? [] : split.words.slice(begin)
  if (words.length === 1 && /^https?:\/\//i.test(words[0]!)) words.unshift('curl')
  if (!/^(?:.*[\\/>])?curl(?:\.exe)?$/i.test(words.shift() ?? '')) throw unreadable('Begin with curl, as in: curl https://api.example.com/orders -H "X-Api-Key: …"')

  let method: string | null = null
  let url: string | null = null
  let inQuery = false
  let isHead = false
  let bodyUnknown = false
  let authorization: string | null = null
  const headers: [string, string][] = []
  const data: string[] = []
  const query: string[] = []
  let isJson = false
  let hasParts = false
  const add = (name: string, value: string) => void headers.push([name, value])
  const has = (name: string) => headers.some(([each]) => each.toLowerCase() === name)
  const addData = (value: string) => {
    if (value.startsWith('@')) bodyUnknown = true
    else data.push(value)
  }

  for (let at = 0; at < words.length; at++) {
    const { option, flags, value: joined } = readOption(words[at]!)
    if (flags.includes('G') || option === '-G') inQuery = true
    if (flags.includes('I') || option === '-I') isHead = true
    if (option === '--next' || option === '-:') break
    if (option === null) {
      url ??= words[at]!
      continue
    }
    const rest = [joined, ...(joined === null ? [words[at + 1] ?? null] : [])].find((each) => each !== null) ?? null
    const takes = CHANGES_THE_CALL.test(option) || WITH_VALUE.has(option)
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
    else if (option === '--data-raw') data.push(value)
    else if (option === '--data-urlencode') addData(encodeData(value))
    else if (option === '--json') {
      // Several pieces of JSON are one body, without the `&` of a form.
      if (isJson && data.length > 0 && !value.startsWith('@')) data.push(`${data.pop()}${value}`)
      else addData(value)
      isJson = true
    } else if (option === '-u') authorization = basicOf(value)
    else if (option === '--oauth2-bearer') authorization = `Bearer ${value}`
    else if (option === '-A') add('User-Agent', value)
    else if (option === '-e') add('Referer', value)
    else if (option === '-b' && value.includes('=')) add('Cookie', value)
    else if (option === '-F' || option === '-T') {
      bodyUnknown = true
      if (option === '-T') method ??= 'PUT'
      else hasParts = true
    } else if (option === '--url-query') query.push(value.startsWith('+') ? value.slice(1) : encodeData(value))
  }

  if (!url) throw unreadable('There is no address in it.')
  const { host, target, user } = splitUrl(url, inQuery ? [...query, ...data] : query)
  authorization ??= user === null ? null : basicOf(user)
  // A header that is written out wins over what an option would have made.
  if (authorization !== null && !has('authorization')) add('Authorization', authorization)
  const hasBody = !inQuery && (data.length > 0 || bodyUnknown)
  if (hasParts && !has('content-type')) add('Content-Type', 'multipart/form-data')
  if (isJson && !has('content-type')) add('Content-Type', 'application/json')
  if (hasBody && data.length > 0 && !has('content-type')) add('Content-Type', 'application/x-www-form-urlencoded')
  const named = headers.findIndex(([name]) => name.toLowerCase() === 'host')
  const sentHost = named === -1 ? host : headers.splice(named, 1)[0]![1]
  return { method: method ?? (isHead ? 'HEAD' : hasBody ? 'POST' : 'GET'), host: sentHost, target, headers, body: hasBody && data.length > 0 ? data.join('&') : null, bodyUnknown, variables }
}

/** An option in its short spelling, `value` where it stands in the same word (`-XPOST`, `--request=POST`), and the flags before it (`-sG`). Null: no option. */
function readOption(word: string): { option: string | null; flags: string; value: string | null } {
  if (word.startsWith('--')) {
    const equals = word.indexOf('=')
    const name = equals === -1 ? word : word.slice(0, equals)
    return { option: LONG[name] ?? name, flags: '', value: equals === -1 ? null : word.slice(equals + 1) }
  }
  if (!/^-[A-Za-z#0-9:]/.test(word)) return { option: null, flags: '', value: null }
  // Several letters in one word: flags, until one that takes a value.
  for (let at = 1; at < word.length; at++) {
    const letter = `-${word[at]}`
    if (SHORT_WITH_VALUE.test(letter)) return { option: letter, flags: word.slice(1, at), value: at + 1 < word.length ? word.slice(at + 1) : null }
  }
  return { option: word, flags: word.slice(1), value: null }
}

/** `user`: what stands before the `@`, which curl sends as Basic. */
function splitUrl(url: string, query: string[]): { host: string; target: string; user: string | null } {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`
  const match = /^https?:\/\/(?:([^/?#@]*)@)?([^/?#]+)([^#]*)/i.exec(whole)
  if (!match) throw unreadable('This address is none that a gateway answers: it begins with http:// or https://.')
  const [, user = null, host, rest] = match as unknown as [string, string | null | undefined, string, string]
  // As sent: a URL object would rewrite escapes that the gateway matches on. curl itself escapes nothing but spaces it refuses.
  const path = rest.startsWith('/') ? rest : `/${rest}`
  return { user: user === null ? null : decoded(user), host: host.toLowerCase(), target: query.length === 0 ? path : `${path}${path.includes('?') ? '&' : '?'}${query.join('&')}` }
}

/** `name=value`, `=value` and `value`: what comes after the first `=` is escaped. */
function encodeData(value: string): string {
  if (/^[^=]*@/.test(value)) return '@'
  const equals = value.indexOf('=')
  if (equals === -1) return encodeURIComponent(value)
  return equals === 0 ? encodeURIComponent(value.slice(1)) : `${value.slice(0, equals)}=${encodeURIComponent(value.slice(equals + 1))}`
}

const basicOf = (user: string) => `Basic ${Buffer.from(user.includes(':') ? user : `${user}:`).toString('base64')}`

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // not escaped at all
  }
}

const unreadable = (message: string) => invalid({ source: [message] })

import { sameSecret } from '@/lib/crypto'
import { decodeQueryText } from '@/lib/products/pattern'
import type { Call } from '@/lib/gateway/call'
import type { CredentialNames } from '@/lib/gateway/compile-product'

/** How a caller says who it is; `appId` null in `user_key` mode. */
export type Credentials = { appId: string | null; key: string }

/** `missing`: nothing of what the product asks for was sent. `malformed`: sent, but it cannot be read in one way only. */
export type CredentialsProblem = 'missing' | 'malformed'

/**
 * Reads what the product asks for from where it asks for it (reference gateway 2.1). Whatever cannot be parsed, or is
 * there twice with different values, is a failure and never skipped (GW-2). `query` is the raw text, `form` that of an
 * urlencoded body or null.
 */
export function readCredentials(names: CredentialNames, call: Call, query: string, form: string | null): Credentials | CredentialsProblem {
  if (names.mode !== 'user_key' && names.mode !== 'app_id_app_key') return readToken(names, call, query, form)
  if (names.location === 'basic') {
    const authorization = onlyHeader(call, 'authorization')
    return authorization === MALFORMED ? 'malformed' : authorization === null ? 'missing' : readBasic(names, authorization)
  }
  const { location } = names
  const read = (name: string, header: string) => readOne(location, name, header, call, query, form)
  if (names.mode === 'user_key') {
    const key = read(names.userKeyName, names.userKeyHeader)
    return key === MALFORMED ? 'malformed' : key === null ? 'missing' : { appId: null, key }
  }
  const appId = read(names.appIdName, names.appIdHeader)
  const key = read(names.appKeyName, names.appKeyHeader)
  if (appId === MALFORMED || key === MALFORMED) return 'malformed'
  return appId === null || key === null ? 'missing' : { appId, key }
}

/** Whether an urlencoded body may hold the credentials, that is, whether it is worth reading: the URL is looked at first. */
export function needsFormForCredentials(names: CredentialNames, query: string): boolean {
  if (names.location !== 'query') return false
  if (names.mode !== 'user_key' && names.mode !== 'app_id_app_key') return findParam(query, TOKEN_NAME) === null
  const isThere = (name: string) => findParam(query, name) !== null
  return names.mode === 'user_key' ? !isThere(names.userKeyName) : !isThere(names.appIdName) || !isThere(names.appKeyName)
}

const MALFORMED = Symbol('malformed')

/** 3scale's name for a token outside `Authorization`, in the query, a form or a header as the product says. */
const TOKEN_NAME = 'access_token'

/** A bearer token (RFC 6750): `Authorization: Bearer` counts whatever the product says, and two tokens are none. */
function readToken({ location }: CredentialNames, call: Call, query: string, form: string | null): Credentials | CredentialsProblem {
  const authorization = onlyHeader(call, 'authorization')
  const elsewhere = location === 'basic' ? null : readOne(location, TOKEN_NAME, TOKEN_NAME, call, query, form)
  if (authorization === MALFORMED || elsewhere === MALFORMED) return 'malformed'
  const [, scheme, token] = /^(\S+)(?: +(.*))?$/s.exec(authorization ?? '') ?? []
  // Another scheme may be the API's own business.
  if (scheme?.toLowerCase() !== 'bearer') return elsewhere === null ? 'missing' : elsewhere === '' ? 'malformed' : { appId: null, key: elsewhere }
  if (!token || !/^[\x21-\x2b\x2d-\x7e]+$/.test(token) || (elsewhere !== null && !sameSecret(elsewhere, token))) return 'malformed'
  return { appId: null, key: token }
}

function readOne(location: 'query' | 'headers', name: string, header: string, call: Call, query: string, form: string | null): string | null | typeof MALFORMED {
  const inHeader = onlyHeader(call, header)
  const inQuery = query === '' ? null : findParam(query, name)
  const inForm = form === null ? null : findParam(form, name)
  // The place the product does not use counts as well: two different values are two answers to "who is calling?".
  const first = location === 'headers' ? inHeader : (inQuery ?? inForm)
  if (first === null || first === MALFORMED) return first
  const disagrees = (other: string | null | typeof MALFORMED) => other !== null && other !== first
  return disagrees(inHeader) || disagrees(inQuery) || disagrees(inForm) ? MALFORMED : first
}

/**
 * A header's value, null without one, MALFORMED where it is there twice with different values. Read from the list as
 * sent, since Node drops a second `Authorization` without a word; what some door has joined with comma and space
 * (which no key of ours holds) is taken apart again.
 */
function onlyHeader({ rawHeaders }: Call, name: string): string | null | typeof MALFORMED {
  let found: string | null = null
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const each = rawHeaders[i]!
    if (each.length !== name.length || each.toLowerCase() !== name) continue
    const values = rawHeaders[i + 1]!
    for (const value of values.includes(', ') ? values.split(', ') : [values]) {
      if (found !== null && found !== value) return MALFORMED
      found = value
    }
  }
  return found
}

/** The value of a parameter in raw query text; null where it is absent, MALFORMED where two values differ or one does not decode. */
function findParam(query: string, name: string): string | null | typeof MALFORMED {
  // A spelled-out name is found at once; only a query with escapes may hide it in another spelling.
  if (!query.includes(name) && !query.includes('%') && !query.includes('+')) return null
  let found: string | null = null
  for (let from = 0; from <= query.length; ) {
    const ampersand = query.indexOf('&', from)
    const to = ampersand === -1 ? query.length : ampersand
    const equals = query.indexOf('=', from)
    const nameEnd = equals === -1 || equals > to ? to : equals
    if (decodeQueryText(query.slice(from, nameEnd)) === name) {
      const value = decodeStrictly(query.slice(Math.min(nameEnd + 1, to), to))
      if (value === null || (found !== null && found !== value)) return MALFORMED
      found = value
    }
    from = to + 1
  }
  return found
}

function decodeStrictly(text: string): string | null {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // Not UTF-8: no key looks like that, and guessing is not reading.
    return null
  }
}

/**
 * HTTP Basic, split at the last colon. `user_key` mode takes the user name, where that is empty the password, and
 * a Bearer token as well.
 */
function readBasic(names: CredentialNames, authorization: string): Credentials | CredentialsProblem {
  const space = authorization.indexOf(' ')
  const scheme = (space === -1 ? authorization : authorization.slice(0, space)).toLowerCase()
  const rest = space === -1 ? '' : authorization.slice(space + 1).trim()
  if (scheme === 'bearer' && names.mode === 'user_key') return rest !== '' && !/[\s,]/.test(rest) ? { appId: null, key: rest } : 'malformed'
  if (scheme !== 'basic') return 'missing'
  // Node's decoder skips what is no base64; we do not.
  if (rest === '' || rest.length % 4 === 1 || !/^[A-Za-z0-9+/]+={0,2}$/.test(rest)) return 'malformed'
  const decoded = Buffer.from(rest, 'base64').toString('utf8')
  const colon = decoded.lastIndexOf(':')
  if (colon === -1 || decoded.includes('\ufffd')) return 'malformed'
  const userId = decoded.slice(0, colon)
  const password = decoded.slice(colon + 1)
  return names.mode === 'user_key' ? { appId: null, key: userId || password } : { appId: userId, key: password }
}

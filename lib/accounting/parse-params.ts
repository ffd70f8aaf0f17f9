import { isUtf8 } from 'node:buffer'
import { badSyntax, requestError } from '@/lib/accounting/accounting-error'

/** A parameter as sent: text, `null` where it had no `=`, a list (`a[]=`) or named parts (`a[b]=`). */
export type Value = string | null | Value[] | Params
export type Params = Map<string, Value>
/** `utf8` false: some name or value was not UTF-8. */
export type Parsed = { params: Params; utf8: boolean }

/** Reference gateway 4.4. */
export const PARAMS_MAX = 4096
export const BYTES_MAX = 4 * 1024 * 1024
const DEPTH_MAX = 32

/**
 * Nested parameters as Rack reads them (reference gateway 4.2): `usage[hits]=1`, also percent-encoded. `text` holds bytes
 * as Latin-1, as Node shows a target. Throws `bad_request` where names contradict each other, an escape is broken, or
 * there is too much of it.
 */
export function parseParams(text: string): Parsed {
  const parsed: Parsed = { params: new Map(), utf8: true }
  if (text === '') return parsed
  if (text.length > BYTES_MAX) throw tooLarge()
  const pairs = text.split('&')
  assertCount(pairs.length)
  for (const pair of pairs) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    if (equals === -1) put(parsed.params, decode(pair, parsed), null, 0)
    else put(parsed.params, decode(pair.slice(0, equals), parsed), decode(pair.slice(equals + 1), parsed), 0)
  }
  return parsed
}

/** One named value into its place; names as in `a`, `a[b]`, `a[]`, `a[][b]`. */
export function putParam(params: Params, name: string, value: Value): void {
  put(params, name, value, 0)
}

export function assertCount(count: number): void {
  if (count > PARAMS_MAX) throw requestError(`total number of query parameters (${count}) exceeds limit (${PARAMS_MAX})`)
}

export function tooLarge() {
  return requestError(`total query size exceeds limit (${BYTES_MAX})`)
}

function decode(token: string, parsed: Parsed): string {
  if (!/[%+\x80-\xff]/.test(token)) return token
  const spaced = token.replaceAll('+', ' ')
  if (/%(?![0-9a-fA-F]{2})/.test(spaced)) throw requestError('Invalid query parameters: invalid %-encoding')
  const bytes = Buffer.from(spaced.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))), 'latin1')
  if (!isUtf8(bytes)) parsed.utf8 = false
  return bytes.toString('utf8')
}

function put(params: Params, name: string, value: Value, depth: number): void {
  if (depth >= DEPTH_MAX) throw badSyntax()
  const [key, rest] = depth === 0 ? splitOuter(name) : splitInner(name)
  if (key === '') return
  if (rest === '') params.set(key, value)
  else if (rest === '[') params.set(name, value)
  else if (rest === '[]') listAt(params, key).push(value)
  else if (rest.startsWith('[]')) putIntoList(listAt(params, key), rest.slice(2), value, depth)
  else put(partsAt(params, key), rest, value, depth + 1)
}

/** A bracket at the very beginning is part of the name. */
function splitOuter(name: string): [key: string, rest: string] {
  const bracket = name.indexOf('[', 1)
  return bracket === -1 ? [name, ''] : [name.slice(0, bracket), name.slice(bracket)]
}

function splitInner(name: string): [key: string, rest: string] {
  const end = name.startsWith('[') ? name.indexOf(']', 1) : -1
  return end === -1 ? [name, ''] : [name.slice(1, end), name.slice(end + 1)]
}

/** `[][b]=`: goes into the last element as long as that has no `b` yet, then begins another. */
function putIntoList(list: Value[], name: string, value: Value, depth: number): void {
  const last = list.at(-1)
  if (last instanceof Map && !has(last, name.split(/[[\]]+/).filter((part) => part !== ''))) return put(last, name, value, depth + 1)
  const element: Params = new Map()
  put(element, name, value, depth + 1)
  list.push(element)
}

function has(params: Params, path: readonly string[]): boolean {
  let held: Value | undefined = params
  for (const part of path) {
    if (!(held instanceof Map) || !held.has(part)) return false
    held = held.get(part)
  }
  return true
}

function listAt(params: Params, key: string): Value[] {
  const held = params.get(key) ?? []
  if (!Array.isArray(held)) throw badSyntax()
  params.set(key, held)
  return held
}

function partsAt(params: Params, key: string): Params {
  const held = params.get(key) ?? new Map<string, Value>()
  if (!(held instanceof Map)) throw badSyntax()
  params.set(key, held)
  return held
}

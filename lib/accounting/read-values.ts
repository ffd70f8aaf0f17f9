import type { Params } from '@/lib/accounting/parse-params'

/** A parameter that names something: empty, blank and nested values count as none, all others are taken literally (reference gateway 4.2). */
export function textOf(params: Params, name: string): string | null {
  const value = params.get(name)
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

/** Text as it came, empty included; null for everything that is none. */
export function rawTextOf(params: Params, name: string): string | null {
  const value = params.get(name)
  return typeof value === 'string' ? value : null
}

/** `log[code]`: the status of the answer the customer's API gave; null where there is no such number of three digits. */
export function logCodeOf(params: Params): number | null {
  const log = params.get('log')
  const code = log instanceof Map ? log.get('code') : null
  return typeof code === 'string' && /^\s*[1-5]\d\d\s*$/.test(code) ? Number(code) : null
}

/** A product id; of `name-123` the part behind the last dash (reference gateway 4.2). Null for what can be none. */
export function serviceIdOf(text: string): number | null {
  const digits = text.slice(text.lastIndexOf('-') + 1)
  return /^\d{1,15}$/.test(digits) ? Number(digits) : null
}

import { AccountingError } from '@/lib/accounting/accounting-error'

const PAST_SECONDS = 86_400
const FUTURE_SECONDS = 3_600
const DATE_TIME = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T\s]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?)?\s*(Z|UTC|GMT|[+-]\d{1,2}:?\d{2})?$/i

/**
 * When a reported call was made (reference gateway 4.8), in milliseconds since 1970: Unix seconds, or date and time with
 * or without offset (without: UTC). What is blank or cannot be read means now. Throws where it lies outside the window
 * of a day back and an hour ahead, both ends included.
 */
export function readTimestamp(text: string | null, now: number): number {
  const at = text === null ? null : parseTime(text.trim())
  if (at === null) return now
  // Whole seconds, as callers count them.
  const age = Math.floor(now / 1000) - Math.floor(at / 1000)
  if (age > PAST_SECONDS) throw new AccountingError('transaction_timestamp_too_old', `reporting transactions older than ${PAST_SECONDS} seconds is not allowed`)
  if (-age > FUTURE_SECONDS) throw new AccountingError('transaction_timestamp_too_new', `reporting transactions more than ${FUTURE_SECONDS} seconds in the future is not allowed`)
  return at
}

function parseTime(text: string): number | null {
  if (/^-?\d{1,15}$/.test(text)) return Number(text) * 1000
  const found = DATE_TIME.exec(text)
  if (!found) return null
  const [year, month, day, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map((part) => (part === undefined ? undefined : Number(part)))
  const at = Date.UTC(year!, month! - 1, day, hour, minute, second)
  const date = new Date(at)
  // The 31st of April is no day, and so no time.
  if (date.getUTCMonth() !== month! - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 60) return null
  return at - offsetOf(found[7]) * 60_000
}

/** In minutes. */
function offsetOf(zone: string | undefined): number {
  const found = zone === undefined ? null : /^([+-])(\d{1,2}):?(\d{2})$/.exec(zone)
  if (!found) return 0
  return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]))
}

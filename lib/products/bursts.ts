import { z } from 'zod'
import { fieldsOfBursts } from '@/lib/products/burst-fields'
import type { Bursts } from '@/lib/products/gateway-config'

/** Calls a sliding window may hold: each that counts is remembered. */
const WINDOW_CALLS_MAX = 10_000

const whole = (max: number, what: string) => z.coerce.number().int(`${what} is a whole number.`).min(1, `${what} is at least 1.`).max(max, `${what} is at most ${max.toLocaleString('en')}.`)

const none = (value: unknown) => value === '' || value === null || value === undefined

/** A field left empty counts as none. */
const optional = <Schema extends z.ZodType>(schema: Schema) => z.preprocess((value) => (none(value) ? null : value), schema.nullable())

/** Bursts as a form sends them, five flat fields, each of which may be empty, or as they are stored; all parts empty: null. */
export const burstFields = z.preprocess(
  (value) => (value === null ? {} : isStored(value) ? fieldsOfBursts(value) : value),
  z
    .object({
      bucketPerSecond: optional(z.coerce.number('Calls per second is a number.').min(0.01, 'Calls per second is at least 0.01.').max(100_000, 'Calls per second is at most 100,000.')),
      bucketSize: optional(whole(1_000_000, 'The number of calls at once')),
      windowCalls: optional(whole(WINDOW_CALLS_MAX, 'The number of calls')),
      windowSeconds: optional(whole(3_600, 'The number of seconds')),
      concurrency: optional(whole(100_000, 'The number of calls under way')),
    })
    .superRefine(({ bucketPerSecond, bucketSize, windowCalls, windowSeconds }, check) => {
      const miss = (path: string, message: string) => check.addIssue({ code: 'custom', path: [path], message })
      if (bucketPerSecond !== null && bucketSize === null) miss('bucketSize', 'Say how many calls may come at once.')
      if (bucketPerSecond === null && bucketSize !== null) miss('bucketPerSecond', 'Say how many calls a second are let in on average.')
      if (windowCalls !== null && windowSeconds === null) miss('windowSeconds', 'Say how many seconds the window is long.')
      if (windowCalls === null && windowSeconds !== null) miss('windowCalls', 'Say how many calls the window holds.')
    })
    .transform(({ bucketPerSecond, bucketSize, windowCalls, windowSeconds, concurrency }): Bursts | null => {
      const bucket = bucketPerSecond === null || bucketSize === null ? null : { perSecond: bucketPerSecond, size: bucketSize }
      const window = windowCalls === null || windowSeconds === null ? null : { calls: windowCalls, seconds: windowSeconds }
      return bucket || window || concurrency !== null ? { bucket, window, concurrency } : null
    }),
)

/** What was parsed once may be parsed again. */
const isStored = (value: unknown): value is Bursts => typeof value === 'object' && value !== null && ('bucket' in value || 'window' in value)

/** In words, for lists of changes and plan cards; "none" where there are none. */
export function describeBursts(value: Bursts | null): string {
  if (!value) return 'none'
  const said: string[] = []
  if (value.bucket) said.push(`${value.bucket.perSecond} calls a second, ${value.bucket.size} at once`)
  if (value.window) said.push(`${value.window.calls} calls within any ${value.window.seconds === 1 ? 'second' : `${value.window.seconds} seconds`}`)
  if (value.concurrency !== null) said.push(`${value.concurrency} under way`)
  return said.join('; ')
}

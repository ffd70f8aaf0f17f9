import { z } from 'zod'
import { patternLengthMax } from '@/lib/products/pattern'
import { idInput } from '@/lib/tenants/id-input'

/** Fields that products and backends share: a backend is named, counted and matched as a product is. */
export const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ANY'] as const

/** A name of 1 to 255 characters; `what` is who has it: "Give the product a name." */
export const nameInput = (what: string) =>
  z
    .string({ error: `Give the ${what} a name.` })
    .trim()
    .min(1, `Give the ${what} a name.`)
    .max(255, 'Use at most 255 characters.')

export const descriptionInput = z.string().trim().max(2000, 'Use at most 2000 characters.')

/** Of a product it is a part of host names, so: lower case, digits, single dashes or underscores between. Empty: one is made. */
export const systemNameInput = z.union([
  z.literal('').transform(() => undefined),
  z
    .string()
    .trim()
    .max(40, 'Use at most 40 characters.')
    .regex(/^[a-z0-9]+([_-][a-z0-9]+)*$/, 'Use small letters and digits, with single - or _ between them.'),
])

/** As 3scale's: API clients and other gateways name metrics so. Empty: one is made. */
export const metricSystemNameInput = z.union([
  z.literal('').transform(() => undefined),
  z
    .string()
    .trim()
    .max(255, 'Use at most 255 characters.')
    .regex(/^[A-Za-z0-9][A-Za-z0-9_./-]*$/, 'Use letters, digits, _ - . and / only, beginning with a letter or digit.'),
])

/** What a metric counts in, in the singular. */
export const unitInput = z.string().trim().min(1, 'Name the unit, like hit or megabyte.').max(40, 'Use at most 40 characters.')

/** Empty: the upstream's own. */
export const hostHeaderInput = z
  .string()
  .trim()
  .max(255, 'Use at most 255 characters.')
  .regex(/^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*(:\d{1,5})?)?$/, 'Write a host name, like api.example.com or api.example.com:8443.')

/** Both bounds included; `unit` is said behind them, with its space: ` ms`. */
export const wholeNumberInput = (least: number, most: number, unit = '') =>
  z.coerce
    .number({ error: 'Write a whole number.' })
    .int('Write a whole number.')
    .min(least, `Use at least ${least.toLocaleString('en')}${unit}.`)
    .max(most, `Use at most ${most.toLocaleString('en')}${unit}.`)

/** A mapping rule; the pattern's form is checked by `assertPattern`. */
export const ruleFields = {
  verb: z.enum(verbs, { error: 'Choose a verb.' }),
  pattern: z.string().trim().min(1, 'Write a path that begins with /, like /orders/{id}.').max(patternLengthMax, `Use at most ${patternLengthMax} characters.`),
  metricId: idInput,
  delta: wholeNumberInput(1, 1_000_000),
  last: z.boolean(),
}

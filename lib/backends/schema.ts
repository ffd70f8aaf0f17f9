import { z } from 'zod'
import { patternLengthMax } from '@/lib/products/pattern'
import { metricSystemName, verbs } from '@/lib/products/schema'
import { idInput } from '@/lib/tenants/id-input'

/** Inputs of this noun. Allow-lists: what is not named here is never written (ISO-9). */
const name = z.string({ error: 'Give the backend a name.' }).trim().min(1, 'Give the backend a name.').max(255, 'Use at most 255 characters.')
const description = z.string().trim().max(2000, 'Use at most 2000 characters.')
const address = z.string({ error: 'Write a whole address, like https://api.example.com.' }).trim().min(1, 'Write a whole address, like https://api.example.com.').max(2000, 'Use at most 2000 characters.')

const between = (least: number, most: number, unit = '') =>
  z.coerce
    .number({ error: 'Write a whole number.' })
    .int('Write a whole number.')
    .min(least, `Use at least ${least.toLocaleString('en')}${unit}.`)
    .max(most, `Use at most ${most.toLocaleString('en')}${unit}.`)

const systemName = z
  .string()
  .trim()
  .max(40, 'Use at most 40 characters.')
  .regex(/^[a-z0-9]+([_-][a-z0-9]+)*$/, 'Use small letters and digits, with single - or _ between them.')

const optionalHost = z
  .string()
  .trim()
  .max(255, 'Use at most 255 characters.')
  .regex(/^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*(:\d{1,5})?)?$/, 'Write a host name, like api.example.com or api.example.com:8443.')

export const backendInput = z.object({
  name,
  systemName: z.union([z.literal('').transform(() => undefined), systemName]).optional(),
  description: description.default(''),
  privateBaseUrl: address,
})
export type BackendInput = z.input<typeof backendInput>

export const serverLine = z.object({ url: address, weight: between(1, 100).default(1) })

export const healthCheckInput = z.object({
  path: z
    .string()
    .trim()
    .max(255, 'Use at most 255 characters.')
    .regex(/^\/[\x21-\x7e]*$/, 'Write a path that begins with /, like /healthz.')
    .refine((path) => !path.includes('#'), 'Leave out what follows the #.'),
  intervalSeconds: between(2, 300, ' seconds').default(10),
  timeoutMs: between(100, 10_000, ' ms').default(2000),
  unhealthyAfter: between(1, 10).default(3),
  healthyAfter: between(1, 10).default(2),
})

/** Every field may be left out: it stays as it is. */
export const backendEditInput = z.object({
  backendId: idInput,
  name: name.optional(),
  description: description.optional(),
  /** The first server's address, where there are several. */
  privateBaseUrl: address.optional(),
  /** All servers that share the calls by weight; the first one is the private base URL. */
  servers: z.array(serverLine).min(1, 'Name at least one server.').max(20, 'Name at most 20 servers.').optional(),
  /** Empty: the server's own. */
  hostHeader: optionalHost.optional(),
  /** Null: servers are taken for healthy. */
  healthCheck: healthCheckInput.nullable().optional(),
})
export type BackendEditInput = z.input<typeof backendEditInput>

export const backendRef = z.object({ backendId: idInput })
export type BackendRef = z.input<typeof backendRef>

const unit = z.string().trim().min(1, 'Name the unit, like hit or megabyte.').max(40, 'Use at most 40 characters.')

export const backendMetricInput = z.object({
  backendId: idInput,
  /** A method counts towards the backend's hits as well. */
  kind: z.enum(['method', 'metric']).default('method'),
  name: z.string().trim().min(1, 'Give it a name.').max(200, 'Use at most 200 characters.'),
  systemName: z.union([z.literal('').transform(() => undefined), metricSystemName]).optional(),
  description: description.default(''),
  unit: unit.default('hit'),
})
export type BackendMetricInput = z.input<typeof backendMetricInput>

export const backendMetricEditInput = z.object({
  metricId: idInput,
  name: z.string().trim().min(1, 'Give it a name.').max(200, 'Use at most 200 characters.').optional(),
  description: description.optional(),
  unit: unit.optional(),
})
export type BackendMetricEditInput = z.input<typeof backendMetricEditInput>

export const backendMetricRef = z.object({ metricId: idInput })
export type BackendMetricRef = z.input<typeof backendMetricRef>

const ruleFields = {
  verb: z.enum(verbs, { error: 'Choose a verb.' }),
  pattern: z.string().trim().min(1, 'Write a path that begins with /, like /orders/{id}.').max(patternLengthMax, `Use at most ${patternLengthMax} characters.`),
  metricId: idInput,
  delta: between(1, 1_000_000),
  last: z.boolean(),
  /** Counted from 1. */
  position: between(1, 5000),
}

export const backendRuleInput = z.object({
  backendId: idInput,
  ...ruleFields,
  delta: ruleFields.delta.default(1),
  last: ruleFields.last.default(false),
  position: ruleFields.position.optional(),
})
export type BackendRuleInput = z.input<typeof backendRuleInput>

export const backendRuleEditInput = z.object({ ruleId: idInput, ...z.object(ruleFields).partial().shape })
export type BackendRuleEditInput = z.input<typeof backendRuleEditInput>

export const backendRuleRef = z.object({ ruleId: idInput })
export type BackendRuleRef = z.input<typeof backendRuleRef>

/** Every rule of the backend, in the new order. */
export const backendRuleOrderInput = z.object({ backendId: idInput, ruleIds: z.array(idInput).max(5000) })
export type BackendRuleOrderInput = z.input<typeof backendRuleOrderInput>

/** `/`, `statuses`, `/statuses/`: what comes out begins with a slash and ends with none but for the root. */
export const mountPath = z
  .string({ error: 'Write a path, like /statuses.' })
  .trim()
  .max(200, 'Use at most 200 characters.')
  .transform((path) => `/${path.replace(/^\/+|\/+$/g, '')}`)
  .refine((path) => path === '/' || /^(\/[A-Za-z0-9_.~@:-]+)+$/.test(path), 'Use letters, digits and - _ . ~ between slashes, without variables.')
  .refine((path) => !/\/\.{1,2}(\/|$)/.test(path), 'A path has no . or .. segments.')

export const mountInput = z.object({ productId: idInput, backendId: idInput, path: mountPath })
export type MountInput = z.input<typeof mountInput>

export const mountEditInput = z.object({ usageId: idInput, path: mountPath })
export type MountEditInput = z.input<typeof mountEditInput>

export const mountRef = z.object({ usageId: idInput })
export type MountRef = z.input<typeof mountRef>

export const backendBounds = { backendsMax: 1000, metricsMax: 1000, mappingRulesMax: 2000, mountsMax: 100 } as const

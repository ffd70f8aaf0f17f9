import { z } from 'zod'
import { descriptionInput, hostHeaderInput, metricSystemNameInput, nameInput, ruleFields, systemNameInput, unitInput, wholeNumberInput } from '@/lib/products/field-inputs'
import { idInput } from '@/lib/tenants/id-input'

/** Inputs of this noun. Allow-lists: what is not named here is never written (ISO-9). */
const address = z.string({ error: 'Write a whole address, like https://api.example.com.' }).trim().min(1, 'Write a whole address, like https://api.example.com.').max(2000, 'Use at most 2000 characters.')

export const backendInput = z.object({
  name: nameInput('backend'),
  systemName: systemNameInput.optional(),
  description: descriptionInput.default(''),
  privateBaseUrl: address,
})
export type BackendInput = z.input<typeof backendInput>

const serverLine = z.object({ url: address, weight: wholeNumberInput(1, 100).default(1) })

const healthCheckInput = z.object({
  path: z
    .string()
    .trim()
    .max(255, 'Use at most 255 characters.')
    .regex(/^\/[\x21-\x7e]*$/, 'Write a path that begins with /, like /healthz.')
    .refine((path) => !path.includes('#'), 'Leave out what follows the #.'),
  intervalSeconds: wholeNumberInput(2, 300, ' seconds').default(10),
  timeoutMs: wholeNumberInput(100, 10_000, ' ms').default(2000),
  unhealthyAfter: wholeNumberInput(1, 10).default(3),
  healthyAfter: wholeNumberInput(1, 10).default(2),
})

/** Every field may be left out: it stays as it is. */
export const backendEditInput = z.object({
  backendId: idInput,
  name: nameInput('backend').optional(),
  description: descriptionInput.optional(),
  /** The first server's address, where there are several. */
  privateBaseUrl: address.optional(),
  /** All servers that share the calls by weight; the first one is the private base URL. */
  servers: z.array(serverLine).min(1, 'Name at least one server.').max(20, 'Name at most 20 servers.').optional(),
  /** Empty: the server's own. */
  hostHeader: hostHeaderInput.optional(),
  /** Null: servers are taken for healthy. */
  healthCheck: healthCheckInput.nullable().optional(),
})
export type BackendEditInput = z.input<typeof backendEditInput>

export const backendRef = z.object({ backendId: idInput })
export type BackendRef = z.input<typeof backendRef>

export const backendMetricInput = z.object({
  backendId: idInput,
  /** A method counts towards the backend's hits as well. */
  kind: z.enum(['method', 'metric']).default('method'),
  name: z.string().trim().min(1, 'Give it a name.').max(200, 'Use at most 200 characters.'),
  systemName: metricSystemNameInput.optional(),
  description: descriptionInput.default(''),
  unit: unitInput.default('hit'),
})
export type BackendMetricInput = z.input<typeof backendMetricInput>

export const backendMetricEditInput = z.object({
  metricId: idInput,
  name: z.string().trim().min(1, 'Give it a name.').max(200, 'Use at most 200 characters.').optional(),
  description: descriptionInput.optional(),
  unit: unitInput.optional(),
})
export type BackendMetricEditInput = z.input<typeof backendMetricEditInput>

export const backendMetricRef = z.object({ metricId: idInput })
export type BackendMetricRef = z.input<typeof backendMetricRef>

/** Counted from 1. */
const position = wholeNumberInput(1, 5000)

export const backendRuleInput = z.object({
  backendId: idInput,
  ...ruleFields,
  delta: ruleFields.delta.default(1),
  last: ruleFields.last.default(false),
  position: position.optional(),
})
export type BackendRuleInput = z.input<typeof backendRuleInput>

export const backendRuleEditInput = z.object({ ruleId: idInput, ...z.object({ ...ruleFields, position }).partial().shape })
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

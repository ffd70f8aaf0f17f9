import { z } from 'zod'
import { burstFields } from '@/lib/products/bursts'
import { descriptionInput, hostHeaderInput, metricSystemNameInput, nameInput, ruleFields, systemNameInput, unitInput, wholeNumberInput } from '@/lib/products/field-inputs'
import { idInput } from '@/lib/tenants/id-input'

/** Inputs of this noun. Allow-lists: what is not named here is never written (ISO-9). */
export const authenticationModes = ['user_key', 'app_id_app_key', 'oauth', 'oidc', 'introspection'] as const
const credentialsLocations = ['query', 'headers', 'basic'] as const
export const refusalStyles = ['text', 'problem'] as const

const authenticationMode = z.enum(authenticationModes, { error: 'Choose how callers prove themselves.' })

export const productInput = z.object({
  name: nameInput('product'),
  systemName: systemNameInput.optional(),
  description: descriptionInput.default(''),
  authenticationMode: authenticationMode.default('user_key'),
})
export type ProductInput = z.input<typeof productInput>

export const productRef = z.object({ productId: idInput })
export type ProductRef = z.input<typeof productRef>

export const productNamingInput = z.object({ productId: idInput, name: nameInput('product'), description: descriptionInput.default('') })
export type ProductNamingInput = z.input<typeof productNamingInput>

export const authenticationModeInput = z.object({ productId: idInput, authenticationMode })
export type AuthenticationModeInput = z.input<typeof authenticationModeInput>

export const productDeletionInput = z.object({ productId: idInput, confirmation: z.string().trim() })
export type ProductDeletionInput = z.input<typeof productDeletionInput>

// What a gateway sets or drops itself: a credential or an end user cannot travel there.
const RESERVED_HEADER =
  /^(host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-.*|accept|accept-.*|authorization|cookie|set-cookie|date|via|forwarded|proxy-.*|x-forwarded-.*|x-real-ip|x-request-id|x-3scale-.*)$/i

const credentialName = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'Use letters, digits, - and _ only, at most 64.')
  .refine((value) => !RESERVED_HEADER.test(value), 'This header has another purpose. Choose a name of your own, like X-Api-Key.')
const headerName = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9-]{1,64}$/, 'Use letters, digits and - only, at most 64.')
  .refine((value) => !RESERVED_HEADER.test(value), 'This header has another purpose. Choose a name of your own, like X-End-User.')
const HEADER_TOKEN = "[A-Za-z0-9!#$&^_.+'*`|~-]+"
const CONTENT_TYPE = new RegExp(`^${HEADER_TOKEN}/${HEADER_TOKEN}(; ?${HEADER_TOKEN}=(${HEADER_TOKEN}|"[^"\\\\\\x00-\\x1f\\x7f]*"))*$`)

const errorAnswer = z
  .object({
    status: wholeNumberInput(200, 599),
    contentType: z.string().trim().max(100, 'Use at most 100 characters.').regex(CONTENT_TYPE, 'Write a content type, like text/plain; charset=utf-8.'),
    body: z.string().refine((text) => Buffer.byteLength(text) <= 8192, 'Use at most 8 KB.').refine((text) => !/\u0000/.test(text), 'Leave out the null character.'),
  })
  .refine(({ status, body }) => ![204, 205, 304].includes(status) || body === '', { path: ['body'], message: 'An answer with this status has no body. Choose another status, or empty the body.' })

/** Where the API is, how callers prove themselves, what they are told. Every field may be left out: it stays as it is. */
export const gatewayInput = z.object({
  productId: idInput,
  /** Empty: not named yet. */
  privateBaseUrl: z.string().trim().max(2000, 'Use at most 2000 characters.').optional(),
  /** Empty: the upstream's own. */
  hostHeader: hostHeaderInput.optional(),
  endUserHeader: headerName.optional(),
  credentialsLocation: z.enum(credentialsLocations, { error: 'Choose where callers put their credentials.' }).optional(),
  userKeyName: credentialName.optional(),
  appIdName: credentialName.optional(),
  appKeyName: credentialName.optional(),
  rateLimitHeaders: z.boolean().optional(),
  /** Credentials are taken off a call before it goes upstream. */
  stripCredentials: z.boolean().optional(),
  /** Applications that name referrers are held to them. */
  referrerFiltersRequired: z.boolean().optional(),
  refusalStyle: z.enum(refusalStyles, { error: 'Choose how refusals are worded.' }).optional(),
  callSamplePercent: wholeNumberInput(0, 100, ' %').optional(),
  /** Of the product as a whole; every field empty: none. */
  bursts: burstFields.optional(),
  errorAnswers: z.object({ authMissing: errorAnswer, authFailed: errorAnswer, noMatch: errorAnswer, limitsExceeded: errorAnswer }).partial().optional(),
  bodyBytesMax: wholeNumberInput(1024, 1024 ** 3, ' bytes').optional(),
  connectTimeoutMs: wholeNumberInput(100, 30_000, ' ms').optional(),
  firstByteTimeoutMs: wholeNumberInput(100, 300_000, ' ms').optional(),
  idleTimeoutMs: wholeNumberInput(100, 300_000, ' ms').optional(),
  totalTimeoutMs: wholeNumberInput(1000, 600_000, ' ms').optional(),
  concurrencyMax: wholeNumberInput(1, 1000, ' calls at once').optional(),
})
export type GatewayInput = z.input<typeof gatewayInput>

/** Read by `parsePolicies`, which says what is wrong field by field. */
export const policiesInput = z.object({
  productId: idInput,
  policies: z.unknown(),
  /** Version of the chain this one was made from; without it whatever is there is replaced. */
  seen: z.string().max(100).optional(),
})
export type PoliciesInput = z.input<typeof policiesInput>

export const secretTokenInput = z.object({
  productId: idInput,
  /** A value of the tenant's own; without it one is made. */
  secretToken: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]{16,255}$/, 'Use 16 to 255 characters without spaces.')
    .optional(),
})
export type SecretTokenInput = z.input<typeof secretTokenInput>

const metricItem = z.object({
  name: nameInput('method'),
  systemName: metricSystemNameInput.optional(),
  description: descriptionInput.default(''),
  unit: unitInput.default('hit'),
})

export const metricsInput = z.object({
  productId: idInput,
  /** A method counts towards Hits as well; a metric counts for itself. */
  kind: z.enum(['method', 'metric']),
  items: z.array(metricItem).min(1, 'Name at least one.').max(500, 'Create at most 500 at once.'),
})
export type MetricsInput = z.input<typeof metricsInput>

export const metricEditInput = z.object({ metricId: idInput, name: nameInput('method'), description: descriptionInput.optional(), unit: metricItem.shape.unit.optional() })
export type MetricEditInput = z.input<typeof metricEditInput>

export const metricDeletionInput = z.object({ productId: idInput, metricIds: z.array(idInput).min(1, 'Choose at least one.').max(5000) })
export type MetricDeletionInput = z.input<typeof metricDeletionInput>

export const mappingRuleInput = z.object({ productId: idInput, ...ruleFields, delta: ruleFields.delta.default(1), last: ruleFields.last.default(false) })
export type MappingRuleInput = z.input<typeof mappingRuleInput>

export const mappingRuleEditInput = z.object({ ruleId: idInput, ...z.object(ruleFields).partial().shape })
export type MappingRuleEditInput = z.input<typeof mappingRuleEditInput>

export const mappingRuleDeletionInput = z.object({ productId: idInput, ruleIds: z.array(idInput).min(1, 'Choose at least one.').max(5000) })
export type MappingRuleDeletionInput = z.input<typeof mappingRuleDeletionInput>

/** Every rule of the product, in the new order. */
export const mappingRuleOrderInput = z.object({ productId: idInput, ruleIds: z.array(idInput).max(5000) })
export type MappingRuleOrderInput = z.input<typeof mappingRuleOrderInput>

export const rollBackInput = z.object({ productId: idInput, version: z.coerce.number().int().min(1) })
export type RollBackInput = z.input<typeof rollBackInput>

export const importOptions = z.object({
  /** `path`: methods are named `GET statuses/mentions_timeline`; `summary`: by the document's summaries. */
  naming: z.enum(['path', 'summary']).default('path'),
  /** Whether methods of an earlier import that this document lacks go. */
  removeMissing: z.boolean().default(true),
})
export type ImportOptions = z.input<typeof importOptions>

/** Bounds of one product: everything of it is compiled into one snapshot. */
export const productBounds = { metricsMax: 5000, mappingRulesMax: 5000, productsMax: 500 } as const

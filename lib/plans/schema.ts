import { z } from 'zod'
import { periods } from '@/lib/metering/periods'
import { burstFields } from '@/lib/products/bursts'
import { idInput } from '@/lib/tenants/id-input'

const planKinds = ['application', 'end_user'] as const
export type PlanKind = (typeof planKinds)[number]

/** What happens to methods that have no word of their own on the plan, those added later above all. */
const newMethodsChoices = ['enabled', 'disabled', 'reads_only'] as const
export type NewMethods = (typeof newMethodsChoices)[number]

const planStates = ['hidden', 'published'] as const
export type PlanState = (typeof planStates)[number]

const name = z.string().trim().min(1, 'Give the plan a name.').max(100, 'Use at most 100 characters.')
const description = z.string().trim().max(2000, 'Use at most 2000 characters.')
const feature = z.string().trim().min(1, 'Write what the plan offers, or remove the line.').max(200, 'Use at most 200 characters.')
const limitValue = z
  .number({ error: 'Write a whole number, 0 or more.' })
  .int('Write a whole number, 0 or more.')
  .min(0, 'Write a whole number, 0 or more.')
  .max(Number.MAX_SAFE_INTEGER, 'This number is too large.')
const limitPeriod = z.enum(periods, { error: 'Choose a period from the list.' })

const systemName = z
  .string()
  .trim()
  .max(80, 'Use at most 80 characters.')
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'Use letters, digits, _ - and . only, beginning with a letter or digit.')

export const planInput = z.object({
  productId: idInput,
  /** Made from the name where left out; it stays. */
  systemName: systemName.optional(),
  kind: z.enum(planKinds).default('application'),
  name,
  description: description.default(''),
  state: z.enum(planStates).default('hidden'),
  approvalRequired: z.boolean().default(false),
  endUserRequired: z.boolean().default(false),
  newMethods: z.enum(newMethodsChoices).default('enabled'),
  features: z.array(feature).max(50, 'List at most 50 features.').default([]),
})
export type PlanInput = z.input<typeof planInput>

export const planEditInput = z.object({
  planId: idInput,
  name: name.optional(),
  description: description.optional(),
  approvalRequired: z.boolean().optional(),
  endUserRequired: z.boolean().optional(),
  newMethods: z.enum(newMethodsChoices).optional(),
})
export type PlanEditInput = z.input<typeof planEditInput>

export const planRef = z.object({ planId: idInput })
export type PlanRef = z.input<typeof planRef>

export const planOrderInput = z.object({ productId: idInput, kind: z.enum(planKinds).default('application'), planIds: z.array(idInput).max(1000) })
export type PlanOrderInput = z.input<typeof planOrderInput>

export const defaultPlanInput = z.object({ productId: idInput, kind: z.enum(planKinds).default('application'), planId: idInput.nullable() })
export type DefaultPlanInput = z.input<typeof defaultPlanInput>

export const featuresInput = z.object({ planId: idInput, features: z.array(feature).max(50, 'List at most 50 features.') })
export type FeaturesInput = z.input<typeof featuresInput>

export const methodEnabledInput = z.object({ planId: idInput, metricId: idInput, enabled: z.boolean() })
export type MethodEnabledInput = z.input<typeof methodEnabledInput>

const methodSelections = ['all', 'none', 'reads_only'] as const
export type MethodSelection = (typeof methodSelections)[number]
export const methodSelectionInput = z.object({ planId: idInput, selection: z.enum(methodSelections) })
export type MethodSelectionInput = z.input<typeof methodSelectionInput>

const limitLine = z.object({ period: limitPeriod, value: limitValue })

/** New limits of one metric; one per period. */
export const limitsInput = z.object({ planId: idInput, metricId: idInput, limits: z.array(limitLine).min(1, 'Add at least one limit.').max(periods.length, 'One limit per period is enough.') })
export type LimitsInput = z.input<typeof limitsInput>

/** Every limit of one metric, as they shall be. */
export const limitListInput = z.object({ planId: idInput, metricId: idInput, limits: z.array(limitLine).max(periods.length, 'One limit per period is enough.') })
export type LimitListInput = z.input<typeof limitListInput>

/** One cell of the matrix; `value: null` removes the limit. */
export const limitCellInput = z.object({ planId: idInput, metricId: idInput, period: limitPeriod, value: limitValue.nullable() })
export type LimitCellInput = z.input<typeof limitCellInput>

export const limitEditInput = z.object({ planId: idInput, limitId: idInput, period: limitPeriod.optional(), value: limitValue.optional() })
export type LimitEditInput = z.input<typeof limitEditInput>

export const limitRef = z.object({ planId: idInput, limitId: idInput })
export type LimitRef = z.input<typeof limitRef>

/** Ids of end users are the caller's own: any text without control characters. */
const externalId = z
  .string()
  .min(1, 'Write the id your API client sends for this user.')
  .max(255, 'Use at most 255 characters.')
  .regex(/^[^\p{Cc}]*$/u, 'Leave out line breaks and control characters.')

export const endUserInput = z.object({ productId: idInput, externalId, planId: idInput.optional() })
export type EndUserInput = z.input<typeof endUserInput>

export const endUserRef = z.object({ endUserId: idInput })
export type EndUserRef = z.input<typeof endUserRef>

/** The limits of one end user in place of the plan's, all of them; none: the plan's alone hold. */
export const endUserLimitsInput = z.object({ endUserId: idInput, limits: z.array(limitLine.extend({ metricId: idInput })).max(500, 'Use at most 500 limits.') })
export type EndUserLimitsInput = z.input<typeof endUserLimitsInput>

/** Bursts of each application or end user on the plan, as the form sends them. */
export const planBurstsInput = z.object({ planId: idInput, bursts: burstFields })
export type PlanBurstsInput = z.input<typeof planBurstsInput>

export const endUserPlanInput = z.object({ endUserId: idInput, planId: idInput })
export type EndUserPlanInput = z.input<typeof endUserPlanInput>

export const moveEndUsersInput = z.object({ fromPlanId: idInput, toPlanId: idInput })
export type MoveEndUsersInput = z.input<typeof moveEndUsersInput>

export const registrationInput = z.object({ productId: idInput, required: z.boolean() })
export type RegistrationInput = z.input<typeof registrationInput>

/** Whether an end user's limits count over all applications of the product, or in each of them anew. */
export const endUserCountersInput = z.object({ productId: idInput, counters: z.enum(['shared', 'per_application'], { error: 'Choose how end users are counted.' }) })
export type EndUserCountersInput = z.input<typeof endUserCountersInput>

/** Query parameters of a list arrive as text; what is not on the list of allowed words is ignored (ISO-9). */
export const endUserListInput = z.object({
  search: z.string().trim().max(255).catch('').default(''),
  planId: idInput.optional().catch(undefined),
  state: z.enum(['active', 'suspended']).optional().catch(undefined),
  cursor: z.string().max(200).optional().catch(undefined),
})
export type EndUserListInput = z.input<typeof endUserListInput>

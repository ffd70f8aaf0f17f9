import { z } from 'zod'
import { fieldValuesInput } from '@/lib/fields/schema'
import { idInput } from '@/lib/tenants/id-input'
import { emailInput, normalUserName, personNameInput } from '@/lib/tenants/login-names'

export const accountStates = ['pending', 'approved', 'rejected', 'suspended'] as const
export type AccountState = (typeof accountStates)[number]

export const developerStates = ['pending', 'active', 'suspended'] as const
export type DeveloperState = (typeof developerStates)[number]

export const developerRoles = ['admin', 'member'] as const
export type DeveloperRole = (typeof developerRoles)[number]

const orgName = z.string().trim().min(1, 'Write the name of the organisation.').max(200, 'Use at most 200 characters.')

const userName = z
  .string()
  .trim()
  .refine((typed) => normalUserName(typed) !== null, 'Use 3 to 40 letters, digits, dots, dashes or underscores.')

/** First and last names may stay empty. */
const personName = z.union([z.literal(''), personNameInput])

const developerFields = {
  email: emailInput,
  userName: z.preprocess((value) => (value === '' ? null : value), userName.nullable()).optional(),
  firstName: personName.optional(),
  lastName: personName.optional(),
  role: z.enum(developerRoles).optional(),
  /** Fields without a column of their own, by name. */
  values: fieldValuesInput.optional(),
}

/** An account made by the tenant, with its first developer when an e-mail is given. */
export const accountInput = z.object({ orgName, values: fieldValuesInput.default({}), developer: z.object({ ...developerFields, password: z.string().optional() }).optional() })
export type AccountInput = z.input<typeof accountInput>

/** Fields by name, built-in and own. */
export const accountValuesInput = z.object({ accountId: idInput, values: fieldValuesInput.default({}) })
export type AccountValuesInput = z.input<typeof accountValuesInput>

export const accountRef = z.object({ accountId: idInput })
export type AccountRef = z.input<typeof accountRef>

/** `reason` goes into the mail to the partner. */
export const accountRejectInput = z.object({ accountId: idInput, reason: z.string().trim().max(1000, 'Use at most 1000 characters.').default('') })
export type AccountRejectInput = z.input<typeof accountRejectInput>

/** `confirmation` is the organisation's name, typed. */
export const accountDeleteInput = z.object({ accountId: idInput, confirmation: z.string() })
export type AccountDeleteInput = z.input<typeof accountDeleteInput>

export const developerInput = z.object({ accountId: idInput, ...developerFields, password: z.string().optional() })
export type DeveloperInput = z.input<typeof developerInput>

export const developerEditInput = z.object({ developerId: idInput, ...developerFields, email: emailInput.optional() })
export type DeveloperEditInput = z.input<typeof developerEditInput>

export const developerRef = z.object({ developerId: idInput })
export type DeveloperRef = z.input<typeof developerRef>

const accountSorts = ['created', 'name', '-created', '-name'] as const

/** Query parameters of the list. Words that are not on the lists are ignored (ISO-9). */
export const accountListInput = z.object({
  search: z.string().trim().max(255).catch('').default(''),
  state: z.enum(accountStates).optional().catch(undefined),
  planId: idInput.optional().catch(undefined),
  sort: z.enum(accountSorts).catch('-created').default('-created'),
  cursor: z.string().max(1000).optional().catch(undefined),
})
export type AccountListInput = z.input<typeof accountListInput>

import { z } from 'zod'
import { findAppIdProblem, findAppKeyProblem, findUserKeyProblem } from '@/lib/applications/custom-keys'
import { fieldValuesInput } from '@/lib/fields/schema'
import { idInput } from '@/lib/tenants/id-input'

const applicationStates = ['pending', 'live', 'suspended'] as const
export type ApplicationState = (typeof applicationStates)[number]

const name = z.string().trim().min(1, 'Give the application a name.').max(100, 'Use at most 100 characters.')
const description = z.string().trim().max(2000, 'Use at most 2000 characters.')

/** A key somebody chose; blank: we make one. */
const customKey = (findProblem: (key: string) => string | null) =>
  z.preprocess(
    (value) => (value === '' ? undefined : value),
    z
      .string()
      .superRefine((key, context) => {
        const problem = findProblem(key)
        if (problem) context.addIssue({ code: 'custom', message: problem })
      })
      .optional(),
  )

/** A new application; the keys are made by us unless the tenant brings them along. */
export const applicationInput = z.object({
  accountId: idInput,
  planId: idInput,
  name,
  description: description.default(''),
  /** Own fields by name. */
  values: fieldValuesInput.default({}),
  appId: customKey(findAppIdProblem),
  userKey: customKey(findUserKeyProblem),
  appKey: customKey(findAppKeyProblem),
})
export type ApplicationInput = z.input<typeof applicationInput>

/** Fields by name, built-in and own. */
export const applicationValuesInput = z.object({ applicationId: idInput, values: fieldValuesInput.default({}) })
export type ApplicationValuesInput = z.input<typeof applicationValuesInput>

export const applicationRef = z.object({ applicationId: idInput })
export type ApplicationRef = z.input<typeof applicationRef>

/** `reason` goes into the mail to the partner. */
export const applicationRejectInput = z.object({ applicationId: idInput, reason: z.string().trim().max(1000, 'Use at most 1000 characters.').default('') })
export type ApplicationRejectInput = z.input<typeof applicationRejectInput>

/** `confirmation` is the application's name, typed. */
export const applicationDeleteInput = z.object({ applicationId: idInput, confirmation: z.string() })
export type ApplicationDeleteInput = z.input<typeof applicationDeleteInput>

export const applicationPlanInput = z.object({ applicationId: idInput, planId: idInput })
export type ApplicationPlanInput = z.input<typeof applicationPlanInput>

export const moveInput = z.object({ fromPlanId: idInput, toPlanId: idInput })
export type MoveInput = z.input<typeof moveInput>

export const userKeyInput = z.object({ applicationId: idInput, key: customKey(findUserKeyProblem) })
export type UserKeyInput = z.input<typeof userKeyInput>

export const appKeyInput = z.object({ applicationId: idInput, key: customKey(findAppKeyProblem) })
export type AppKeyInput = z.input<typeof appKeyInput>

export const credentialRef = z.object({ credentialId: idInput })
export type CredentialRef = z.input<typeof credentialRef>

const applicationSorts = ['created', 'name', '-created', '-name'] as const

/** Query parameters of the list. Words that are not on the lists are ignored (ISO-9). */
export const applicationListInput = z.object({
  search: z.string().trim().max(255).catch('').default(''),
  state: z.enum(applicationStates).optional().catch(undefined),
  productId: idInput.optional().catch(undefined),
  planId: idInput.optional().catch(undefined),
  accountId: idInput.optional().catch(undefined),
  sort: z.enum(applicationSorts).catch('-created').default('-created'),
  cursor: z.string().max(1000).optional().catch(undefined),
})
export type ApplicationListInput = z.input<typeof applicationListInput>

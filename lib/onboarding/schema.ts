import { z } from 'zod'
import { emailInput, personNameInput } from '@/lib/tenants/login-names'

export const organisationInput = z
  .string({ error: 'Write the name of your organisation.' })
  .trim()
  .min(1, 'Write the name of your organisation.')
  .max(100, 'Use at most 100 characters.')
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'Leave out line breaks and control characters.')

export const slugInput = z.string({ error: 'Choose a subdomain.' }).trim().toLowerCase().max(63, 'Use at most 30 characters.')

export const signUpInput = z.object({
  organisation: organisationInput,
  slug: slugInput,
  name: personNameInput,
  email: emailInput,
  password: z.string({ error: 'Choose a password.' }),
})
export type SignUpInput = z.input<typeof signUpInput>

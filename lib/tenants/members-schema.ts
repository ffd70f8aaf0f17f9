import { z } from 'zod'
import { permissions } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'
import { emailInput, personNameInput } from '@/lib/tenants/login-names'

export const memberRef = z.object({ memberId: idInput })
export type MemberRef = z.input<typeof memberRef>

export const memberRoleInput = z.object({
  memberId: idInput,
  role: z.enum(['admin', 'member'], { error: 'Choose admin or member.' }),
  permissions: z.array(z.enum(permissions)).default([]),
})
export type MemberRoleInput = z.input<typeof memberRoleInput>

export const invitationInput = z.object({
  email: emailInput,
  name: personNameInput,
  role: z.enum(['admin', 'member'], { error: 'Choose admin or member.' }).default('member'),
  permissions: z.array(z.enum(permissions)).default([]),
})
export type InvitationInput = z.input<typeof invitationInput>

export const acceptInvitationInput = z.object({ token: z.string().max(100), name: personNameInput, password: z.string({ error: 'Choose a password.' }) })
export type AcceptInvitationInput = z.input<typeof acceptInvitationInput>

'use server'

import { z } from 'zod'
import { adminAction } from '@/lib/request/admin-action'
import { getAdminTenant, readSid, visitorContext } from '@/lib/request/admin-context'
import { publicAction, type PublicCtx } from '@/lib/request/public-action'
import { safeReturnTo } from '@/lib/http/safe-return-to'
import { clearSessionCookie, storeSessionCookie } from '@/lib/request/session-cookie-store'
import { authorizeMember } from '@/lib/tenants/authorize-member'
import { changePassword, confirmPassword } from '@/lib/tenants/change-password'
import { confirmEmail, requestConfirmation } from '@/lib/tenants/confirm-email'
import type { Ctx } from '@/lib/tenants/context'
import { acceptInvitation } from '@/lib/tenants/invite-member'
import { emailInput } from '@/lib/tenants/login-names'
import { acceptInvitationInput } from '@/lib/tenants/members-schema'
import { requestPasswordReset, resetPassword } from '@/lib/tenants/reset-password'
import { revokeSessionBySid } from '@/lib/tenants/sessions'
import { signOut } from '@/lib/tenants/sign-out'
import { startMemberSession } from '@/lib/tenants/start-session'

const password = z.string({ error: 'Enter your password.' }).min(1, 'Enter your password.')
const token = z.string().max(100)

/** To the page that was wanted, or Home. */
export const signInAction = publicAction(
  { input: z.object({ login: z.string({ error: 'Enter your e-mail or user name.' }).trim().min(1, 'Enter your e-mail or user name.'), password, returnTo: z.string().optional() }) },
  async (door, { login, password, returnTo }) => {
    const ctx = await visitorOf(door)
    const { sid } = await authorizeMember(ctx, { login, password, userAgent: door.incoming.userAgent })
    await replaceSession(door, ctx, sid)
    return { goTo: safeReturnTo(returnTo, door.incoming.origin) }
  },
)

export const signOutAction = adminAction({ can: undefined, input: z.object({}) }, async (ctx) => {
  await signOut(ctx)
  await clearSessionCookie({ realm: 'admin', tenantId: ctx.tenant.id })
  return { goTo: '/sign-in' }
})

/** Opens the account of a confirmation link and signs in: the link has just proved the mailbox. */
export const confirmEmailAction = publicAction({ input: z.object({ token }) }, async (door, input) => {
  const ctx = await visitorOf(door)
  const member = await confirmEmail(ctx, input)
  const { sid } = await startMemberSession(ctx, member, door.incoming.userAgent)
  await replaceSession(door, ctx, sid)
  return { goTo: '/' }
})

export const requestConfirmationAction = publicAction({ input: z.object({ email: emailInput }) }, async (door, input) => {
  await requestConfirmation(await visitorOf(door), input)
  return {}
})

export const requestPasswordResetAction = publicAction({ input: z.object({ email: emailInput }) }, async (door, input) => {
  await requestPasswordReset(await visitorOf(door), input)
  return {}
})

export const resetPasswordAction = publicAction({ input: z.object({ token, password }) }, async (door, input) => {
  const ctx = await visitorOf(door)
  await resetPassword(ctx, input)
  await clearSessionCookie({ realm: 'admin', tenantId: ctx.tenant.id })
  return { goTo: '/sign-in?reset=done' }
})

export const acceptInvitationAction = publicAction({ input: acceptInvitationInput }, async (door, input) => {
  const ctx = await visitorOf(door)
  const member = await acceptInvitation(ctx, input)
  const { sid } = await startMemberSession(ctx, member, door.incoming.userAgent)
  await replaceSession(door, ctx, sid)
  return { goTo: '/' }
})

/** Step-up: call it after an action answered `step_up_required`, then call that action again. */
export const confirmPasswordAction = adminAction({ can: undefined, input: z.object({ password }) }, async (ctx, input) => {
  const { sid } = await confirmPassword(ctx, input)
  await storeSessionCookie({ realm: 'admin', tenantId: ctx.tenant.id }, sid)
  return {}
})

export const changePasswordAction = adminAction({ can: undefined, input: z.object({ current: password, next: password }) }, async (ctx, input) => {
  const { sid } = await changePassword(ctx, input)
  await storeSessionCookie({ realm: 'admin', tenantId: ctx.tenant.id }, sid)
  return {}
})

async function visitorOf({ incoming, now }: PublicCtx): Promise<Ctx> {
  return visitorContext(await getAdminTenant(incoming), incoming, now)
}

/** The new session's cookie; whoever was signed in with this browser before is signed out (SES-3). */
async function replaceSession({ incoming, now }: PublicCtx, ctx: Ctx, sid: string): Promise<void> {
  const at = { realm: 'admin', tenantId: ctx.tenant.id } as const
  const old = await readSid(incoming, ctx.tenant.id)
  if (old) await revokeSessionBySid(at, old, now)
  await storeSessionCookie(at, sid)
}

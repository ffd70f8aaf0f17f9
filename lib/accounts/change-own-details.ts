import { z } from 'zod'
import { saveDeveloper, signDeveloperOut } from '@/lib/accounts/change-developer'
import { checkOwnPassword } from '@/lib/accounts/check-own-password'
import { emailTakenOr } from '@/lib/accounts/taken'
import { writeDeveloper } from '@/lib/accounts/write-account'
import { sameSecret } from '@/lib/crypto'
import { AppError, invalid } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { checkValues } from '@/lib/fields/check-values'
import { fieldValuesInput } from '@/lib/fields/schema'
import { joinValues, mergeExtra } from '@/lib/fields/split-values'
import { findPasswordProblem } from '@/lib/passwords/check-password'
import { hashPassword } from '@/lib/passwords/hash-password'
import type { Ctx } from '@/lib/tenants/context'
import { rotateSession } from '@/lib/tenants/sessions'

const ownDetailsInput = z.object({
  values: fieldValuesInput.default({}),
  currentPassword: z.string().default(''),
  /** Empty: it stays. */
  password: z.string().default(''),
  passwordConfirmation: z.string().optional(),
})
export type OwnDetailsInput = z.input<typeof ownDetailsInput>

/**
 * A developer's own fields and password. E-mail, user name and password ask for the present password (PW-6); a new
 * e-mail or password ends every other session and gives this one a new id, answered as `sid` for the cookie (SES-3,
 * SES-4). Throws `invalid` by field name, `too_many_requests` for a guesser.
 */
export async function changeOwnDetails(ctx: Ctx, raw: OwnDetailsInput): Promise<{ sid: string | null }> {
  const { values, currentPassword, password, passwordConfirmation } = ownDetailsInput.parse(raw)
  const { actor } = ctx
  if (actor.kind !== 'developer') throw new AppError('unauthenticated')
  const stored = await ctx.db.developer.findUnique({ where: { id: actor.id } })
  if (!stored) throw new AppError('unauthenticated')
  const { columns, extra } = await checkValues(ctx, 'user', values, { current: joinValues('user', stored) })
  const email = columns.email && columns.email !== stored.email ? columns.email : undefined
  const userName = columns.userName !== undefined && columns.userName !== stored.userName ? columns.userName : undefined
  const sensitive = email !== undefined || userName !== undefined || password !== ''
  if (sensitive && currentPassword === '') throw invalid({ current_password: ['Write your present password to change this.'] })
  if (sensitive) await checkOwnPassword(ctx, currentPassword)
  const passwordHash = password === '' ? null : await hashNewPassword(password, passwordConfirmation, email ?? stored.email)

  await writeDeveloper(ctx, actor.id, 'developer.changed', async (tx, developer) => {
    const before = joinValues('user', developer)
    const saved = await saveDeveloper(tx, ctx, developer, { ...columns, email, userName }, mergeExtra(developer.extra, extra))
    if (passwordHash !== null) {
      await tx.developer.update({ where: { id: developer.id }, data: { passwordHash } })
      await tx.oneTimeToken.updateMany({ where: { developerId: developer.id, purpose: 'reset_password', usedAt: null }, data: { usedAt: ctx.now } })
      await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'developer.password_changed', data: { developerId: Number(developer.id), accountId: Number(developer.accountId) } })
      await recordAudit(tx, ctx.audit, { action: 'developer.password_changed', object: { kind: 'developer', id: developer.id, name: developer.email } })
    }
    if (email !== undefined || passwordHash !== null) {
      await signDeveloperOut(tx, ctx, developer.id)
      // Everywhere but here: the person who knows the password stays.
      await tx.session.updateMany({ where: { id: actor.sessionId, developerId: developer.id }, data: { revokedAt: null } })
    }
    return { result: undefined, before, after: joinValues('user', saved) }
  }).catch(emailTakenOr('', { userName: 'username' }))
  if (email === undefined && passwordHash === null) return { sid: null }
  return { sid: await rotateSession(ctx.tenant.id, actor.sessionId, ctx.now) }
}

async function hashNewPassword(password: string, confirmation: string | undefined, email: string): Promise<string> {
  const problem = findPasswordProblem(password, { kind: 'developer', email })
  if (problem) throw invalid({ password: [problem] })
  if (confirmation !== undefined && !sameSecret(confirmation, password)) throw invalid({ password_confirmation: ['The two passwords differ.'] })
  return hashPassword(password)
}

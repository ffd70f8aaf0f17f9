import { emailTakenOr } from '@/lib/accounts/taken'
import { sameSecret } from '@/lib/crypto'
import { invalid } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { listFields } from '@/lib/fields/queries'
import { mergeExtra, splitValues } from '@/lib/fields/split-values'
import { validateValues } from '@/lib/fields/validate-values'
import { findPasswordProblem } from '@/lib/passwords/check-password'
import { hashPassword } from '@/lib/passwords/hash-password'
import { deadLink } from '@/lib/tenants/confirm-email'
import type { Ctx } from '@/lib/tenants/context'
import { assertMayTryLinks } from '@/lib/tenants/link-throttle'
import { normalUserName } from '@/lib/tenants/login-names'
import { consumeOneTimeToken, findTokenHolder } from '@/lib/tenants/one-time-tokens'

export type DeveloperInvitation = { id: bigint; accountId: bigint; email: string; orgName: string }

/** Whom a link invites to which account, for the page that greets them; null for a dead link. Changes nothing. */
export async function findDeveloperInvitation(ctx: Ctx, token: string): Promise<DeveloperInvitation | null> {
  await assertMayTryLinks(ctx)
  const id = await findTokenHolder(ctx.db, ctx.tenant.id, 'invitation', token, ctx.now, 'portal')
  const row = id === null ? null : await ctx.db.developer.findFirst({ where: { id, state: 'pending' }, select: { id: true, accountId: true, email: true, account: { select: { orgName: true } } } })
  return row && { id: row.id, accountId: row.accountId, email: row.email, orgName: row.account.orgName }
}

/**
 * The invited fill in what the tenant asks of a person, choose a password and are active at once: the link has proved
 * the address, which therefore stays what it is. Throws `invalid` with keys `user.<field>`.
 */
export async function acceptDeveloperInvitation(ctx: Ctx, { token, user }: { token: string; user: Record<string, string | string[]> }): Promise<{ id: bigint; accountId: bigint; email: string }> {
  const dead = () => deadLink('Ask a colleague to invite you again.')
  const invited = await findDeveloperInvitation(ctx, token)
  if (!invited) throw dead()
  const asked = (await listFields(ctx, 'user')).filter(({ name }) => name !== 'email')
  const { values, errors } = validateValues(asked, user, { side: 'partner' })
  const password = typeof user.password === 'string' ? user.password : ''
  const problem = findPasswordProblem(password, { kind: 'developer', email: invited.email })
  if (problem) errors.password = [problem]
  else if (user.password_confirmation !== undefined && !sameSecret(String(user.password_confirmation), password)) errors.password_confirmation = ['The two passwords differ.']
  if (Object.keys(errors).length > 0) throw invalid(prefixed(errors))
  const passwordHash = await hashPassword(password)
  const { id, accountId, email } = invited
  const { columns, extra } = splitValues('user', values)
  const { userName, firstName, lastName } = columns
  return ctx.db
    .$transaction(async (tx) => {
      if ((await consumeOneTimeToken(tx, ctx.tenant.id, 'invitation', token, ctx.now, 'portal')) !== id) throw dead()
      const row = await tx.developer.findUniqueOrThrow({ where: { id }, select: { extra: true } })
      await tx.developer.update({
        where: { id },
        data: {
          passwordHash,
          state: 'active',
          emailConfirmedAt: ctx.now,
          firstName,
          lastName,
          ...(userName !== undefined && { userName: userName || null, userNameNormal: userName ? normalUserName(userName) : null }),
          extra: mergeExtra(row.extra, extra),
        },
      })
      await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'developer.created', data: { developerId: Number(id), accountId: Number(accountId) } })
      await recordAudit(tx, { ...ctx.audit, actor: { kind: 'developer', id, name: email } }, { action: 'developer.invitation_accepted', object: { kind: 'developer', id, name: email } })
      return { id, accountId, email }
    })
    .catch(emailTakenOr('user.', { userName: 'username' }))
}

function prefixed(errors: Record<string, string[]>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(errors).map(([name, messages]) => [`user.${name}`, messages]))
}

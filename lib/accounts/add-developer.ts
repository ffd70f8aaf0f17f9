import { hashPasswordFor } from '@/lib/accounts/hash-password-for'
import { insertDeveloper } from '@/lib/accounts/insert-developer'
import { assertOwnAccount } from '@/lib/accounts/own-account'
import { developerInput, type DeveloperInput } from '@/lib/accounts/schema'
import { emailTakenOr } from '@/lib/accounts/taken'
import { notFound } from '@/lib/errors'
import { checkValues } from '@/lib/fields/check-values'
import { mergeExtra } from '@/lib/fields/split-values'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'

/** Another person of the account, active at once. Throws `not_found`, and `invalid` for a taken e-mail or user name. */
export async function addDeveloper(ctx: Ctx, raw: DeveloperInput): Promise<{ id: bigint }> {
  const { accountId, values = {}, ...input } = developerInput.parse(raw)
  const passwordHash = await hashPasswordFor(input)
  return ctx.db
    .$transaction(async (tx) => {
      const account = await tx.account.findUnique({ where: { id: accountId }, select: { orgName: true } })
      if (!account) throw notFound()
      assertOwnAccount(ctx, accountId)
      const { extra } = await checkValues({ ...ctx, db: tx }, 'user', { ...values, email: input.email }, { prefix: 'values.' })
      const developer = await insertDeveloper(tx, ctx, accountId, { ...input, extra: mergeExtra({}, extra) }, passwordHash)
      await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'developer.created', data: { developerId: Number(developer.id), accountId: Number(accountId) } })
      await recordAudit(tx, ctx.audit, {
        action: 'developer.created',
        object: { kind: 'developer', id: developer.id, name: input.email },
        after: { account: account.orgName, email: input.email, role: input.role ?? 'member' },
      })
      return developer
    })
    .catch(emailTakenOr())
}

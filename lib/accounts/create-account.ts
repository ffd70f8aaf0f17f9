import { accountInput, type AccountInput } from '@/lib/accounts/schema'
import { insertDeveloper } from '@/lib/accounts/insert-developer'
import { emailTakenOr } from '@/lib/accounts/taken'
import type { TenantTx } from '@/lib/db/tenant-db'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { checkValues } from '@/lib/fields/check-values'
import { mergeExtra } from '@/lib/fields/split-values'
import type { FieldValues } from '@/lib/fields/validate-values'
import { hashPasswordFor } from '@/lib/accounts/hash-password-for'
import type { Ctx } from '@/lib/tenants/context'

/**
 * A partner made by the tenant: approved at once, its first developer active and admin (reference portal 1.3). Throws
 * `invalid` for an e-mail or user name that is taken and for a weak password.
 */
export async function createAccount(ctx: Ctx, raw: AccountInput): Promise<{ id: bigint; developerId: bigint | null }> {
  const { orgName, values, developer } = accountInput.parse(raw)
  const passwordHash = developer ? await hashPasswordFor(developer, 'developer.password') : null
  return ctx.db
    .$transaction(async (tx) => {
      const { extra } = await checkValues({ ...ctx, db: tx }, 'account', { ...values, org_name: orgName }, { prefix: 'values.' })
      const account = await tx.account.create({ data: { tenantId: ctx.tenant.id, orgName, state: 'approved', extra: mergeExtra({}, extra) } })
      const person = developer && (await insertDeveloper(tx, ctx, account.id, { role: 'admin', ...developer, extra: await extraOf(tx, developer) }, passwordHash))
      await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'account.created', data: { accountId: Number(account.id), ...(person && { developerId: Number(person.id) }) } })
      await recordAudit(tx, ctx.audit, { action: 'account.created', object: { kind: 'account', id: account.id, name: orgName }, after: { orgName, developer: developer?.email ?? null } })
      return { id: account.id, developerId: person?.id ?? null }
    })
    .catch(emailTakenOr('developer.'))

  async function extraOf(tx: TenantTx, { email, values: given = {} }: { email: string; values?: FieldValues }) {
    return mergeExtra({}, (await checkValues({ ...ctx, db: tx }, 'user', { ...given, email }, { prefix: 'developer.values.' })).extra)
  }
}

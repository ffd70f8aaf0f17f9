import { z } from 'zod'
import { saveDeveloper } from '@/lib/accounts/change-developer'
import { emailTakenOr } from '@/lib/accounts/taken'
import { writeAccount, writeDeveloper } from '@/lib/accounts/write-account'
import { checkValues } from '@/lib/fields/check-values'
import { fieldValuesInput } from '@/lib/fields/schema'
import { joinValues, mergeExtra } from '@/lib/fields/split-values'
import type { Ctx } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'

export const accountValuesInput = z.object({ accountId: idInput, values: fieldValuesInput })
export type AccountValuesInput = z.input<typeof accountValuesInput>

export const developerValuesInput = z.object({ developerId: idInput, values: fieldValuesInput })
export type DeveloperValuesInput = z.input<typeof developerValuesInput>

/**
 * The fields of an account by their names, built-in and own; what is not sent stays. A developer writes what the portal
 * shows as an input, the tenant everything. Throws `not_found`, and `invalid` by field name.
 */
export async function editAccountValues(ctx: Ctx, raw: AccountValuesInput): Promise<void> {
  const { accountId, values } = accountValuesInput.parse(raw)
  await writeAccount(ctx, accountId, 'account.changed', async (tx, account) => {
    const current = joinValues('account', account)
    const { columns, extra } = await checkValues({ ...ctx, db: tx }, 'account', values, { current })
    const updated = await tx.account.update({ where: { id: accountId }, data: { ...(columns.orgName && { orgName: columns.orgName }), extra: mergeExtra(account.extra, extra) } })
    return { result: undefined, before: current, after: joinValues('account', updated) }
  })
}

/** The same for a person. A new address signs the person out (SES-3). Throws `not_found`, and `invalid` by field name, a taken e-mail or user name included. */
export async function editDeveloperValues(ctx: Ctx, raw: DeveloperValuesInput): Promise<void> {
  const { developerId, values } = developerValuesInput.parse(raw)
  await writeDeveloper(ctx, developerId, 'developer.changed', async (tx, developer) => {
    const current = joinValues('user', developer)
    const { columns, extra } = await checkValues({ ...ctx, db: tx }, 'user', values, { current })
    const { email, userName, firstName, lastName } = columns
    const updated = await saveDeveloper(tx, ctx, developer, { email: email || undefined, userName, firstName, lastName }, mergeExtra(developer.extra, extra))
    return { result: undefined, before: current, after: joinValues('user', updated) }
  }).catch(emailTakenOr('', { userName: 'username' }))
}

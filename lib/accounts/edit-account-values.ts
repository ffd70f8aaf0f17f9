import { accountValuesInput, type AccountValuesInput } from '@/lib/accounts/schema'
import { writeAccount } from '@/lib/accounts/write-account'
import { checkValues } from '@/lib/fields/check-values'
import { joinValues, mergeExtra } from '@/lib/fields/split-values'
import type { Ctx } from '@/lib/tenants/context'

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

import { accountEditInput, type AccountEditInput } from '@/lib/accounts/schema'
import { writeAccount } from '@/lib/accounts/write-account'
import type { Ctx } from '@/lib/tenants/context'

/** Renames the organisation. Throws `not_found`. */
export async function editAccount(ctx: Ctx, raw: AccountEditInput): Promise<void> {
  const { accountId, orgName } = accountEditInput.parse(raw)
  await writeAccount(ctx, accountId, 'account.changed', async (tx, account) => {
    await tx.account.update({ where: { id: accountId }, data: { orgName } })
    return { result: undefined, before: { orgName: account.orgName }, after: { orgName } }
  })
}

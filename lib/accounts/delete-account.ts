import { accountDeleteInput, type AccountDeleteInput } from '@/lib/accounts/schema'
import { tellGateways } from '@/lib/accounts/tell-gateways'
import { writeAccount } from '@/lib/accounts/write-account'
import { invalid } from '@/lib/errors'
import type { Ctx } from '@/lib/tenants/context'

/** Deletes the account with its people, applications and keys; what they used stays counted. Throws `not_found`, and `invalid` unless the name was typed. */
export async function deleteAccount(ctx: Ctx, raw: AccountDeleteInput): Promise<void> {
  const { accountId, confirmation } = accountDeleteInput.parse(raw)
  await writeAccount(ctx, accountId, 'account.deleted', async (tx, account) => {
    if (confirmation.trim() !== account.orgName) throw invalid({ confirmation: [`Type ${account.orgName} to confirm.`] })
    await tellGateways(tx, ctx, accountId)
    const applications = await tx.application.count({ where: { accountId } })
    const developers = await tx.developer.count({ where: { accountId } })
    await tx.account.delete({ where: { id: accountId } })
    return { result: undefined, before: { orgName: account.orgName, state: account.state, applications, developers } }
  })
}

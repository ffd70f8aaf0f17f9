import { z } from 'zod'
import { approveAccount, makeAccountPending, rejectAccount, resumeAccount, suspendAccount } from '@/lib/accounts/change-account-state'
import { deleteAccount } from '@/lib/accounts/delete-account'
import { editAccountValues } from '@/lib/accounts/edit-account-values'
import { accountStates, type AccountRef } from '@/lib/accounts/schema'
import { notFound } from '@/lib/errors'
import { accountAnswer, accountJson, fieldValues, getAccountRow } from '@/lib/management/account-json'
import { id, requiredText, text } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import type { Ctx } from '@/lib/tenants/context'
import { normalEmail, normalUserName } from '@/lib/tenants/login-names'

const common = { scope: 'account_management', may: 'partners', formats: ['json', 'xml'], tag: 'Accounts' } as const
const one = { kind: 'one', name: 'account', schema: accountAnswer, status: 200 } as const
const empty = z.object({})

/** Partners, by the paths of reference portal 8.2. */
export const accountRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/accounts',
    summary: 'List the accounts',
    input: z.object({ state: z.enum(accountStates, { error: `Choose one of ${accountStates.join(', ')}.` }).optional() }),
    paged: true,
    answers: { kind: 'many', name: 'accounts', each: 'account', schema: accountAnswer },
    async handle({ ctx, input, page, origin }) {
      const where = { state: input.state }
      const rows = await ctx.db.account.findMany({ where, orderBy: { id: 'asc' }, skip: page.skip, take: page.take })
      return { items: rows.map((row) => accountJson(row, origin)), total: await ctx.db.account.count({ where }) }
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/accounts/find',
    summary: 'Find an account by one of its users',
    input: z.object({ username: text().optional(), email: text().optional(), user_id: id().optional() }),
    answers: one,
    async handle({ ctx, input, origin }) {
      const { username, email, user_id: userId } = input
      const by = [
        ...(userId === undefined ? [] : [{ id: userId }]),
        ...(email === undefined ? [] : [{ emailNormal: normalEmail(email) ?? '' }]),
        // Whoever has no user name signs in by e-mail, and is told by it.
        ...(username === undefined ? [] : [{ OR: [{ userNameNormal: normalUserName(username) ?? '' }, { emailNormal: normalEmail(username) ?? '' }] }]),
      ]
      const person = by.length === 0 ? null : await ctx.db.developer.findFirst({ where: { AND: by }, orderBy: { id: 'asc' }, include: { account: true } })
      if (!person) throw notFound()
      return accountJson(person.account, origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/accounts/:account_id',
    summary: 'Read an account',
    input: empty,
    answers: one,
    handle: ({ ctx, ids, origin }) => read(ctx, ids.account_id!, origin),
  }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: '/admin/api/accounts/:account_id',
    summary: 'Change the fields of an account',
    input: z.object({ org_name: requiredText(200).optional() }),
    answers: one,
    async handle({ ctx, ids, sent, origin }) {
      await editAccountValues(ctx, { accountId: ids.account_id!, values: fieldValues(sent) })
      return read(ctx, ids.account_id!, origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: '/admin/api/accounts/:account_id',
    summary: 'Delete an account with its users, applications and keys',
    input: empty,
    answers: { kind: 'nothing' },
    async handle({ ctx, ids }) {
      const { orgName } = await getAccountRow(ctx, ids.account_id!)
      await deleteAccount(ctx, { accountId: ids.account_id!, confirmation: orgName })
    },
  }),
  move('approve', 'Approve an account', approveAccount),
  move('reject', 'Reject an account', rejectAccount),
  move('make_pending', 'Put an account on the waiting list', makeAccountPending),
  move('suspend', 'Suspend an account: its users cannot sign in, its keys are refused', suspendAccount),
  move('resume', 'Resume a suspended account', resumeAccount),
]

function move(verb: string, summary: string, act: (ctx: Ctx, ref: AccountRef) => Promise<void>): ManagementRoute {
  return managementRoute({
    ...common,
    method: 'PUT',
    path: `/admin/api/accounts/:account_id/${verb}`,
    summary,
    input: empty,
    answers: one,
    async handle({ ctx, ids, origin }) {
      await act(ctx, { accountId: ids.account_id! })
      return read(ctx, ids.account_id!, origin)
    },
  })
}

async function read(ctx: Ctx, accountId: bigint, origin: string) {
  return accountJson(await getAccountRow(ctx, accountId), origin)
}

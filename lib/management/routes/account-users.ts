import { z } from 'zod'
import { activateDeveloper } from '@/lib/accounts/activate-developer'
import { addDeveloper } from '@/lib/accounts/add-developer'
import { editDeveloper, removeDeveloper, resumeDeveloper, suspendDeveloper } from '@/lib/accounts/change-developer'
import { developerRoles, developerStates } from '@/lib/accounts/schema'
import { setDeveloperPassword } from '@/lib/accounts/set-developer-password'
import { fieldValues, getAccountRow, getDeveloperRow, userAnswer, userJson } from '@/lib/management/account-json'
import { requiredText, text } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import type { Ctx } from '@/lib/tenants/context'

const common = { scope: 'account_management', may: 'partners', formats: ['json', 'xml'], tag: 'Users of accounts', errorNames: { userName: 'username' } } as const
const one = { kind: 'one', name: 'user', schema: userAnswer, status: 200 } as const
const empty = z.object({})
const users = '/admin/api/accounts/:account_id/users'

const person = { username: text(40).optional(), first_name: text(100).optional(), last_name: text(100).optional() }

/** The people of a partner. */
export const accountUserRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: users,
    summary: 'List the users of an account',
    input: z.object({ state: z.enum(developerStates).optional(), role: z.enum(developerRoles).optional() }),
    paged: true,
    answers: { kind: 'many', name: 'users', each: 'user', schema: userAnswer },
    async handle({ ctx, ids, input, page, origin }) {
      await getAccountRow(ctx, ids.account_id!)
      const where = { accountId: ids.account_id!, state: input.state, role: input.role }
      const rows = await ctx.db.developer.findMany({ where, orderBy: { id: 'asc' }, skip: page.skip, take: page.take })
      return { items: rows.map((row) => userJson(row, origin)), total: await ctx.db.developer.count({ where }) }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: users,
    summary: 'Add a user to an account, active at once',
    input: z.object({ ...person, email: requiredText(), password: z.string().max(1000).optional(), role: z.enum(developerRoles).optional() }),
    answers: { ...one, status: 201 },
    async handle({ ctx, ids, input, sent, origin }) {
      const { email, password, role, username, first_name: firstName, last_name: lastName } = input
      const { id } = await addDeveloper(ctx, { accountId: ids.account_id!, email, password, role, userName: username, firstName, lastName, values: fieldValues(sent) })
      return read(ctx, ids.account_id!, id, origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: `${users}/:user_id`,
    summary: 'Read a user of an account',
    input: empty,
    answers: one,
    handle: ({ ctx, ids, origin }) => read(ctx, ids.account_id!, ids.user_id!, origin),
  }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: `${users}/:user_id`,
    summary: 'Change a user of an account',
    input: z.object({ ...person, email: requiredText().optional(), password: z.string().max(1000).optional() }),
    answers: one,
    async handle({ ctx, ids, input, sent, origin }) {
      const { email, password, username, first_name: firstName, last_name: lastName } = input
      const { id: developerId } = await getDeveloperRow(ctx, ids.account_id!, ids.user_id!)
      const { email: _email, ...values } = fieldValues(sent)
      await editDeveloper(ctx, { developerId, email, userName: username, firstName, lastName, values })
      if (password) await setDeveloperPassword(ctx, { developerId, password })
      return read(ctx, ids.account_id!, developerId, origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: `${users}/:user_id`,
    summary: 'Remove a user from an account',
    input: empty,
    answers: { kind: 'nothing' },
    async handle({ ctx, ids }) {
      const { id: developerId } = await getDeveloperRow(ctx, ids.account_id!, ids.user_id!)
      await removeDeveloper(ctx, { developerId })
    },
  }),
  change('activate', 'Activate a user who has not confirmed the e-mail', (ctx, developerId) => activateDeveloper(ctx, { developerId })),
  change('admin', 'Make a user an admin of the account', (ctx, developerId) => editDeveloper(ctx, { developerId, role: 'admin' })),
  change('member', 'Make a user a member of the account', (ctx, developerId) => editDeveloper(ctx, { developerId, role: 'member' })),
  change('suspend', 'Suspend a user', (ctx, developerId) => suspendDeveloper(ctx, { developerId })),
  change('unsuspend', 'Let a suspended user in again', (ctx, developerId) => resumeDeveloper(ctx, { developerId })),
]

function change(verb: string, summary: string, act: (ctx: Ctx, developerId: bigint) => Promise<void>): ManagementRoute {
  return managementRoute({
    ...common,
    method: 'PUT',
    path: `${users}/:user_id/${verb}`,
    summary,
    input: empty,
    answers: one,
    async handle({ ctx, ids, origin }) {
      const { id } = await getDeveloperRow(ctx, ids.account_id!, ids.user_id!)
      await act(ctx, id)
      return read(ctx, ids.account_id!, id, origin)
    },
  })
}

async function read(ctx: Ctx, accountId: bigint, developerId: bigint, origin: string) {
  return userJson(await getDeveloperRow(ctx, accountId, developerId), origin)
}

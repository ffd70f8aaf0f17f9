import { z } from 'zod'
import { createAccount } from '@/lib/accounts/create-account'
import { createApplication } from '@/lib/applications/create-application'
import { invalid } from '@/lib/errors'
import { accountAnswer, accountJson, fieldValues, getAccountRow } from '@/lib/management/account-json'
import { id, requiredText, text } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { findSignUpPlans } from '@/lib/onboarding/find-sign-up-plans'
import { getPortalSettings } from '@/lib/tenants/portal-settings'
import type { Ctx } from '@/lib/tenants/context'

/** A partner with its first user and its first applications, in one request. */
export const signupRoutes: ManagementRoute[] = [
  managementRoute({
    scope: 'account_management',
    may: 'partners',
    formats: ['json', 'xml'],
    tag: 'Accounts',
    errorNames: { userName: 'username' },
    method: 'POST',
    path: '/admin/api/signup',
    summary: 'Sign a partner up: account, first user, an application on each default plan',
    input: z.object({
      org_name: requiredText(200),
      username: text(40).optional(),
      email: requiredText(),
      password: requiredText(1000),
      first_name: text(100).optional(),
      last_name: text(100).optional(),
      application_plan_id: id().optional(),
    }),
    answers: { kind: 'one', name: 'account', schema: accountAnswer, status: 201 },
    async handle({ ctx, input, sent, origin }) {
      const { org_name: orgName, username, email, password, first_name: firstName, last_name: lastName, application_plan_id: planId } = input
      const plans = await plansOf(ctx, planId)
      const values = fieldValues(sent)
      const { id: accountId } = await createAccount(ctx, { orgName, values, developer: { email, password, userName: username, firstName, lastName, values } })
      for (const plan of plans) await createApplication(ctx, { accountId, planId: plan.id, name: `${orgName}'s App`.slice(0, 100), values })
      return accountJson(await getAccountRow(ctx, accountId), origin)
    },
  }),
]

/** The plan asked for, whoever may see it, and the default plans of the other products (reference portal 1.7). */
async function plansOf(ctx: Ctx, planId: bigint | undefined): Promise<{ id: bigint; productId: bigint }[]> {
  const defaults = await findSignUpPlans(ctx, [], await getPortalSettings(ctx))
  if (planId === undefined) return defaults
  const wanted = await ctx.db.plan.findFirst({ where: { id: planId, kind: 'application', originalId: null } })
  if (!wanted) throw invalid({ application_plan_id: ['There is no such application plan.'] })
  return [wanted, ...defaults.filter(({ productId }) => productId !== wanted.productId)]
}

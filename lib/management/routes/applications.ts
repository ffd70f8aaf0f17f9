import { z } from 'zod'
import { approveApplication, deleteApplication, resumeApplication, suspendApplication } from '@/lib/applications/change-application'
import { addAppKey, regenerateUserKey } from '@/lib/applications/change-credentials'
import { changePlan } from '@/lib/applications/change-plan'
import { createApplication } from '@/lib/applications/create-application'
import { userKeyHash } from '@/lib/applications/credential-hash'
import { customizePlan, decustomizePlan } from '@/lib/applications/customize-plan'
import { editApplicationValues } from '@/lib/applications/edit-application-values'
import { setOauthClient } from '@/lib/applications/set-oauth-client'
import { sameSecret } from '@/lib/crypto'
import type { Prisma } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { fieldValues, getAccountRow } from '@/lib/management/account-json'
import { applicationAnswer, applicationsJson, getApplicationRow, listApplicationRows, oneApplicationJson, plainKey, type ApplicationRow } from '@/lib/management/application-json'
import { id, moment, requiredText, text, texts } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { planAnswer, planJson } from '@/lib/management/plan-json'
import type { Ctx } from '@/lib/tenants/context'

const errorNames = { planId: 'plan_id', appId: 'application_id', appKey: 'application_key', userKey: 'user_key', redirectUris: 'redirect_url' }
const common = { scope: 'account_management', may: 'partners', formats: ['json', 'xml'], tag: 'Applications', errorNames } as const
const one = { kind: 'one', name: 'application', schema: applicationAnswer, status: 200 } as const
const many = { kind: 'many', name: 'applications', each: 'application', schema: applicationAnswer } as const
const empty = z.object({})
const ofAccount = '/admin/api/accounts/:account_id/applications'

/** What partners built on the tenant's products. */
export const applicationRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/applications',
    summary: 'List the applications of all accounts',
    input: z.object({
      service_id: id().optional(),
      plan_id: id().optional(),
      plan_type: z.enum(['free', 'paid'], { error: 'Choose free or paid.' }).optional(),
      active_since: moment().optional(),
      inactive_since: moment().optional(),
    }),
    paged: true,
    answers: many,
    async handle({ ctx, input, page, origin }) {
      const { rows, total } = await listApplicationRows(ctx, whereOf(input), page)
      return { items: await applicationsJson(ctx, rows, origin), total }
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/applications/find',
    summary: 'Find an application by its id or one of its keys',
    input: z.object({ application_id: id().optional(), app_id: text().optional(), user_key: text(256).optional(), service_id: id().optional() }),
    answers: one,
    async handle({ ctx, input, origin }) {
      const { application_id: applicationId, app_id: appId, user_key: userKey, service_id: productId } = input
      const by: Prisma.ApplicationWhereInput[] = [
        ...(applicationId === undefined ? [] : [{ id: applicationId }]),
        ...(appId === undefined ? [] : [{ appId }]),
        ...(userKey === undefined ? [] : [{ credentials: { some: { kind: 'user_key', revokedAt: null, hash: { in: await hashesOf(ctx, userKey, productId) } } } }]),
      ]
      if (by.length === 0) throw notFound()
      return oneApplicationJson(ctx, await getApplicationRow(ctx, { AND: by, productId }), origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: ofAccount,
    summary: 'List the applications of an account',
    input: empty,
    paged: true,
    answers: many,
    async handle({ ctx, ids, page, origin }) {
      await getAccountRow(ctx, ids.account_id!)
      const { rows, total } = await listApplicationRows(ctx, { accountId: ids.account_id! }, page)
      return { items: await applicationsJson(ctx, rows, origin), total }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: ofAccount,
    summary: 'Create an application on a plan',
    input: z.object({
      plan_id: id(),
      name: requiredText(100),
      description: text(2000).optional(),
      user_key: text(256).optional(),
      application_id: text().optional(),
      application_key: texts(5).optional(),
      redirect_url: text(2000).optional(),
    }),
    answers: { ...one, status: 201 },
    async handle({ ctx, ids, input, sent, origin }) {
      const { plan_id: planId, name, description, user_key: userKey, application_id: appId, application_key: appKeys = [], redirect_url: redirectUrl } = input
      const [appKey, ...more] = appKeys
      const { id: applicationId } = await createApplication(ctx, { accountId: ids.account_id!, planId, name, description, values: fieldValues(sent), userKey, appId, appKey })
      for (const key of more) await addAppKey(ctx, { applicationId, key })
      if (redirectUrl) await setOauthClient(ctx, { applicationId, redirectUris: [redirectUrl] })
      return read(ctx, ids.account_id!, applicationId, origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: `${ofAccount}/:application_id`,
    summary: 'Read an application',
    input: empty,
    answers: one,
    handle: ({ ctx, ids, origin }) => read(ctx, ids.account_id!, ids.application_id!, origin),
  }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: `${ofAccount}/:application_id`,
    summary: 'Change the fields of an application; another user key ends the one it had',
    errorNames: { ...errorNames, key: 'user_key' },
    input: z.object({ name: requiredText(100).optional(), description: text(2000).optional(), redirect_url: text(2000).optional(), user_key: text(256).optional() }),
    answers: one,
    async handle({ ctx, ids, input, sent, origin }) {
      const row = await getApplicationRow(ctx, { id: ids.application_id!, accountId: ids.account_id! })
      const { id: applicationId } = row
      await editApplicationValues(ctx, { applicationId, values: fieldValues(sent) })
      if (input.user_key && !holdsUserKey(ctx, row, input.user_key)) await regenerateUserKey(ctx, { applicationId, key: input.user_key })
      if (input.redirect_url !== undefined) await setOauthClient(ctx, { applicationId, redirectUris: input.redirect_url === '' ? [] : [input.redirect_url] })
      return read(ctx, ids.account_id!, applicationId, origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: `${ofAccount}/:application_id`,
    summary: 'Delete an application and its keys',
    input: empty,
    answers: { kind: 'nothing' },
    async handle({ ctx, ids }) {
      const { id: applicationId, name } = await getApplicationRow(ctx, { id: ids.application_id!, accountId: ids.account_id! })
      await deleteApplication(ctx, { applicationId, confirmation: name })
    },
  }),
  move('accept', 'Accept an application that waits for approval', (ctx, applicationId) => approveApplication(ctx, { applicationId })),
  move('suspend', 'Suspend an application: its keys are refused', (ctx, applicationId) => suspendApplication(ctx, { applicationId })),
  move('resume', 'Resume a suspended application', (ctx, applicationId) => resumeApplication(ctx, { applicationId })),
  managementRoute({
    ...common,
    method: 'PUT',
    path: `${ofAccount}/:application_id/change_plan`,
    summary: 'Place an application on another plan of its product',
    input: z.object({ plan_id: id() }),
    answers: one,
    async handle({ ctx, ids, input, origin }) {
      const { id: applicationId } = await getApplicationRow(ctx, { id: ids.application_id!, accountId: ids.account_id! })
      await changePlan(ctx, { applicationId, planId: input.plan_id })
      return read(ctx, ids.account_id!, applicationId, origin)
    },
  }),
  customize('customize_plan', 'Give an application a plan of its own, a copy of the one it is on', customizePlan),
  customize('decustomize_plan', 'Put an application back on the plan its own one was made from', decustomizePlan),
]

function move(verb: string, summary: string, act: (ctx: Ctx, applicationId: bigint) => Promise<unknown>): ManagementRoute {
  return managementRoute({
    ...common,
    method: 'PUT',
    path: `${ofAccount}/:application_id/${verb}`,
    summary,
    input: empty,
    answers: one,
    async handle({ ctx, ids, origin }) {
      const { id: applicationId } = await getApplicationRow(ctx, { id: ids.application_id!, accountId: ids.account_id! })
      await act(ctx, applicationId)
      return read(ctx, ids.account_id!, applicationId, origin)
    },
  })
}

/** Both answer the plan the application is on then. */
function customize(verb: string, summary: string, act: (ctx: Ctx, ref: { applicationId: bigint }) => Promise<{ planId: bigint }>): ManagementRoute {
  return managementRoute({
    ...common,
    method: 'PUT',
    path: `${ofAccount}/:application_id/${verb}`,
    summary,
    input: empty,
    answers: { kind: 'one', name: 'application_plan', schema: planAnswer, status: 200, xml: 'plan' },
    async handle({ ctx, ids, origin }) {
      const { id: applicationId } = await getApplicationRow(ctx, { id: ids.application_id!, accountId: ids.account_id! })
      const { planId } = await act(ctx, { applicationId })
      const plan = await ctx.db.plan.findUniqueOrThrow({ where: { id: planId }, include: { product: { select: { defaultPlanId: true } } } })
      return planJson(plan, { isDefault: plan.product.defaultPlanId === plan.id, origin })
    },
  })
}

type Filters = { service_id?: bigint; plan_id?: bigint; plan_type?: 'free' | 'paid'; active_since?: Date; inactive_since?: Date }

function whereOf({ service_id: productId, plan_id: planId, plan_type: planType, active_since: activeSince, inactive_since: inactiveSince }: Filters): Prisma.ApplicationWhereInput {
  const paid: Prisma.PlanWhereInput = { OR: [{ setupFee: { gt: 0 } }, { costPerMonth: { gt: 0 } }, { pricingRules: { some: {} } }] }
  return {
    AND: [
      { productId, planId },
      planType === undefined ? {} : { plan: planType === 'paid' ? paid : { NOT: paid } },
      activeSince ? { lastCallAt: { gte: activeSince } } : {},
      inactiveSince ? { OR: [{ lastCallAt: null }, { lastCallAt: { lt: inactiveSince } }] } : {},
    ],
  }
}

/** A user key's look-up is bound to its product: one for each. */
async function hashesOf(ctx: Ctx, userKey: string, productId: bigint | undefined): Promise<string[]> {
  const products = productId === undefined ? await ctx.db.product.findMany({ select: { id: true }, take: 10_000 }) : [{ id: productId }]
  return products.map(({ id: product }) => userKeyHash(product, userKey))
}

/** Clients that keep an application as they want it send its key each time. */
function holdsUserKey(ctx: Ctx, { credentials }: ApplicationRow, userKey: string): boolean {
  return credentials.some((credential) => credential.kind === 'user_key' && sameSecret(plainKey(ctx, credential) ?? '', userKey))
}

async function read(ctx: Ctx, accountId: bigint, applicationId: bigint, origin: string) {
  return oneApplicationJson(ctx, await getApplicationRow(ctx, { id: applicationId, accountId }), origin)
}

import type { Client } from 'pg'
import { addDeveloper } from '@/lib/accounts/add-developer'
import { createAccount } from '@/lib/accounts/create-account'
import { createApplication } from '@/lib/applications/create-application'
import { addAppKey } from '@/lib/applications/change-credentials'
import { changePlanAsDeveloper } from '@/lib/applications/plan-requests'
import { makePreviewToken } from '@/lib/cms/preview-token'
import { createPlan } from '@/lib/plans/create-plan'
import { setFeatures } from '@/lib/plans/set-features'
import type { Ctx } from '@/lib/tenants/context'
import { makeOneTimeToken } from '@/lib/tenants/one-time-tokens'
import { editPortalSettings } from '@/lib/tenants/portal-settings'
import { createSession } from '@/lib/tenants/sessions'
import { canaryOf, markRows, ofAccount } from '@/e2e/isolation/canaries'
import { seedCall } from '@/e2e/isolation/seed-call'
import type { Ids, PortalIds, SeededPortal, SignedIn } from '@/e2e/isolation/seeded-world'

const password = 'another winding password'
const now = new Date()

type Opened = (holder: { developerId: bigint }) => Promise<SignedIn>

/** Completes the seed's account for the portal and makes a second one of the same kind. Before the canaries; `mark` comes after them. */
export async function seedPortal(ctx: Ctx, ids: Ids, firstDeveloper: bigint, open: Opened): Promise<{ portal: SeededPortal; mark: (db: Client) => Promise<void> }> {
  const { slug } = ctx.tenant
  await editPortalSettings(ctx, { multipleUsers: true, multipleApplications: true, multipleProducts: true })
  const own = await completeAccount(ctx, ids, { accountId: BigInt(ids.account), admin: firstDeveloper, name: 'one', application: BigInt(ids.application), keyed: BigInt(ids.keyedApplication), spare: BigInt(ids.spareApplication) })

  const second = await createAccount(ctx, { orgName: 'Partner', developer: { email: `admin-two@${slug}.example`, userName: `admin-two-${slug}`, firstName: 'Edsger', lastName: 'Dijkstra', password } })
  const [application, spare] = [await make(second.id, ids.plan, 'First application'), await make(second.id, ids.plan, 'Spare')]
  const { planId: keyedPlan } = await ctx.db.application.findUniqueOrThrow({ where: { id: BigInt(ids.keyedApplication) }, select: { planId: true } })
  const keyed = await make(second.id, Number(keyedPlan), 'Keyed application')
  for (const applicationId of [application, spare]) await changePlanAsDeveloper(ctx, { applicationId, planId: BigInt(ids.otherPlan), reason: 'We grow' })
  const others = await completeAccount(ctx, ids, { accountId: second.id, admin: second.developerId!, name: 'two', application, keyed, spare })
  // A plan nobody sees but the account that has an application on it.
  const hiddenPlan = await createPlan(ctx, { productId: BigInt(ids.product), name: 'Hidden', description: 'Hidden', state: 'hidden' })
  await setFeatures(ctx, { planId: hiddenPlan.id, features: ['Hidden'] })
  await make(second.id, Number(hiddenPlan.id), 'On the hidden plan')

  const suspended = await addDeveloper(ctx, { accountId: BigInt(ids.account), email: `suspended-one@${slug}.example` })
  await ctx.db.developer.update({ where: { id: suspended.id }, data: { state: 'suspended' } })
  const ofSuspendedAccount = await addDeveloper(ctx, { accountId: BigInt(ids.suspendedAccount), email: `of-suspended@${slug}.example` })

  // They are good for ten minutes, and on a slow machine it takes longer until they are tried.
  const inAnHour = { ...ctx, now: new Date(now.getTime() + 3_600_000) }
  // What stands for a person or a link of the tenant is of no account: whoever holds it may use it, at this portal.
  const sharedTexts = { activationCode: own.activationCode, invitationToken: own.invitationToken, resetToken: own.resetToken, login: '', spec: '' }
  const one: PortalIds = { ...own, ...sharedTexts }
  const portal: SeededPortal = {
    one,
    two: { ...others, ...sharedTexts },
    colleagues: { ...one, session: Number((await sessionOf(BigInt(ids.developer))).id) },
    hidden: { ...one, plan: Number(hiddenPlan.id) },
    people: {
      accountAdmin: await open({ developerId: firstDeveloper }),
      member: await open({ developerId: BigInt(ids.developer) }),
      otherAdmin: await open({ developerId: second.developerId! }),
      suspended: await open({ developerId: suspended.id }),
      ofSuspendedAccount: await open({ developerId: ofSuspendedAccount.id }),
      spare: [await open({ developerId: firstDeveloper }), await open({ developerId: firstDeveloper }), await open({ developerId: firstDeveloper }), await open({ developerId: firstDeveloper })],
    },
    accountIds: [ids.account, Number(second.id)],
    accountTables: [],
    previews: { visitor: makePreviewToken(inAnHour), developer: makePreviewToken(inAnHour, { developerId: firstDeveloper }) },
    password,
  }
  return { portal, mark: (db) => mark(db, portal) }

  async function make(accountId: bigint, planId: number, name: string): Promise<bigint> {
    return (await createApplication(ctx, { accountId, planId: BigInt(planId), name, description: name })).id
  }

  function sessionOf(developerId: bigint) {
    return createSession({ realm: 'portal', tenantId: ctx.tenant.id }, { developerId }, { address: '203.0.113.9', userAgent: 'Elsewhere' }, now)
  }

  async function mark(db: Client, portal: SeededPortal): Promise<void> {
    const tenantId = Number(ctx.tenant.id)
    portal.accountTables = await markRows(db, tenantId, slug, 'CANARY2', ofAccount(second.id))
    await markRows(db, tenantId, slug, 'HIDDEN', (table, columns) => {
      if (table === 'plans') return `id = ${hiddenPlan.id}`
      if (table === 'api_specs') return `id = ${ids.spareSpec}`
      return table === 'plan_features' && columns.includes('planId') ? `"planId" = ${hiddenPlan.id}` : null
    })
    const { rows: specs } = await db.query<{ id: string; systemName: string }>(`SELECT id, "systemName" FROM api_specs WHERE "tenantId" = $1`, [tenantId])
    const nameOf = (id: number) => specs.find((spec) => Number(spec.id) === id)!.systemName
    const login = `${canaryOf(slug, 'developers').toLowerCase()}-${firstDeveloper}@example.com`
    for (const each of [portal.one, portal.two, portal.colleagues, portal.hidden]) Object.assign(each, { spec: nameOf(ids.spec), login })
    portal.hidden.spec = nameOf(ids.spareSpec)
  }
}

type Account = { accountId: bigint; admin: bigint; name: string; application: bigint; keyed: bigint; spare: bigint }

/** People, invitations, alerts, keys, links and a second device of one account. */
async function completeAccount(ctx: Ctx, ids: Ids, { accountId, admin, name, application, keyed, spare }: Account): Promise<PortalIds> {
  const tenantId = ctx.tenant.id
  const { slug } = ctx.tenant
  const person = (who: string) => addDeveloper(ctx, { accountId, email: `${who}-${name}@${slug}.example` })
  const pending = (who: string, invitedAt: Date | null) => {
    const email = `${who}-${name}@${slug}.example`
    return ctx.db.developer.create({ data: { tenantId, accountId, email, emailNormal: email, role: 'member', state: 'pending', invitedAt }, select: { id: true } })
  }
  const [colleague, otherColleague] = [await person('colleague'), await person('other-colleague')]
  const [invitation, otherInvitation, invited, confirming] = [await pending('invited', now), await pending('other-invited', now), await pending('joining', now), await pending('confirming', null)]
  const link = (purpose: 'confirm_email' | 'invitation' | 'reset_password', developerId: bigint) => ctx.db.$transaction((tx) => makeOneTimeToken(tx, purpose, { tenantId, developerId }, now))
  const alertOf = (level: number) =>
    ctx.db.limitAlert.create({ data: { tenantId, productId: BigInt(ids.product), accountId, applicationId: application, metricId: BigInt(ids.method), period: 'hour', windowAt: new Date('2026-01-01T00:00:00Z'), level, value: level, limitValue: 100 }, select: { id: true } })
  const { credentialId } = await addAppKey(ctx, { applicationId: keyed })
  const firstKey = await ctx.db.credential.findFirstOrThrow({ where: { applicationId: keyed, kind: 'app_key', revokedAt: null }, orderBy: { id: 'asc' }, select: { id: true } })
  const request = await ctx.db.planRequest.findFirstOrThrow({ where: { openApplicationId: spare }, select: { id: true } })
  const session = await createSession({ realm: 'portal', tenantId }, { developerId: admin }, { address: '203.0.113.9', userAgent: 'Elsewhere' }, now)
  const numbers = {
    product: ids.product, otherProduct: ids.otherProduct, plan: ids.planToMove, method: ids.method, application, keyedApplication: keyed, spareApplication: spare, appKey: firstKey.id, otherAppKey: credentialId,
    alert: (await alertOf(80)).id, otherAlert: (await alertOf(90)).id, planRequest: request.id, colleague: colleague.id, otherColleague: otherColleague.id, invitation: invitation.id, otherInvitation: otherInvitation.id, session: session.id,
    call: await seedCall(ctx, { productId: BigInt(ids.product), applicationId: application }),
  }
  return {
    ...(Object.fromEntries(Object.entries(numbers).map(([key, id]) => [key, Number(id)])) as Record<keyof typeof numbers, number>),
    spec: '', login: '',
    activationCode: await link('confirm_email', confirming.id), invitationToken: await link('invitation', invited.id), resetToken: await link('reset_password', colleague.id),
  }
}

import { changePlanAsDeveloper } from '@/lib/applications/plan-requests'
import { createApplication } from '@/lib/applications/create-application'
import { createAccount } from '@/lib/accounts/create-account'
import { saveFile } from '@/lib/cms/save-file'
import { addDomain } from '@/lib/domains/add-domain'
import { createContentPage } from '@/lib/portal/content/create-content'
import { publishContent } from '@/lib/portal/content/save-content'
import { getHits } from '@/lib/products/queries'
import { csrfTokenFor } from '@/lib/request/csrf'
import type { Ctx } from '@/lib/tenants/context'
import { makeOneTimeToken } from '@/lib/tenants/one-time-tokens'
import { cookieNames, encodeSessionCookie } from '@/lib/tenants/session-cookie'
import { createSession } from '@/lib/tenants/sessions'
import { sendTest } from '@/lib/webhooks/resend-delivery'
import { createEndpoint } from '@/lib/webhooks/write-endpoint'
import type { DemoPlans } from '@/scripts/demo/load-plans'
import { loadPortal } from '@/scripts/demo/load-portal'
import type { PortalIds, SignedIn } from '@/e2e/isolation/seeded-world'

type Given = { restApiId: bigint; collectionsApiId: bigint; plans: DemoPlans; account: bigint; application: bigint; receiver: string }

export type PortalContent = { ids: Record<string, number | string>; portal: { ids: Partial<PortalIds>; partner: SignedIn } }

/** What the portal and its places of the dashboard show once a tenant is at work: fields, documents, texts, requests, alerts, deliveries, and a partner signed in. */
export async function fillPortal(ctx: Ctx, { restApiId, collectionsApiId, plans, account, application, receiver }: Given): Promise<PortalContent> {
  const tenantId = ctx.tenant.id
  await loadPortal(ctx, { restApiId, collectionsApiId })
  const spec = await ctx.db.apiSpec.findFirstOrThrow({ where: { productId: restApiId }, select: { id: true, systemName: true } })

  const file = await saveFile(ctx, { path: '/css/extra.css', bytes: new TextEncoder().encode('main { hyphens: auto }\n') })
  await createContentPage(ctx, { title: 'Getting started', path: '/getting-started' })
  const { systemName, updatedAt: basedOn } = await ctx.db.portalTemplate.findFirstOrThrow({ where: { kind: 'page' } })
  await publishContent(ctx, { kind: 'page', systemName, body: '<div class="wide page"><h1>Getting started</h1><p>{% if current_user %}Your key waits on the dashboard.{% else %}Sign up first.{% endif %}</p></div>', basedOn })
  const endpoint = await createEndpoint(ctx, { url: `${receiver}/hooks/content`, events: ['account.created'] })
  await sendTest(ctx, { endpointId: endpoint.id })
  await addDomain(ctx, { name: `developers.${ctx.tenant.slug}.example` })

  const waiting = await createAccount(ctx, { orgName: 'Tidewater Maps', developer: { email: `mara@${ctx.tenant.slug}.example`, firstName: 'Mara', lastName: 'Quist', password: 'another winding password' } })
  await ctx.db.account.update({ where: { id: waiting.id }, data: { state: 'pending' } })
  await createApplication(ctx, { accountId: account, planId: plans.trial, name: 'Archive', description: 'Old articles, found again.' })
  await changePlanAsDeveloper(ctx, { applicationId: application, planId: plans.public, reason: 'Our newsroom opens on Monday: about 40,000 calls a day.' })
  const { id: metricId } = await getHits(ctx.db, restApiId)
  for (const level of [80, 100])
    await ctx.db.limitAlert.create({ data: { tenantId, productId: restApiId, accountId: account, applicationId: application, metricId, period: 'day', windowAt: new Date(ctx.now.getTime() - ctx.now.getTime() % 86_400_000), level, value: BigInt(500 * level), limitValue: 50_000n } })

  const pending = (name: string, invitedAt: Date | null) => {
    const email = `${name}@${ctx.tenant.slug}.example`
    return ctx.db.developer.create({ data: { tenantId, accountId: account, email, emailNormal: email, role: 'member', state: 'pending', invitedAt }, select: { id: true } })
  }
  const people = await ctx.db.developer.findMany({ where: { accountId: account }, orderBy: { id: 'asc' }, select: { id: true } })
  const [partner, colleague] = people.map(({ id }) => id) as [bigint, bigint]
  const link = (purpose: 'confirm_email' | 'invitation' | 'reset_password', developerId: bigint) => ctx.db.$transaction((tx) => makeOneTimeToken(tx, purpose, { tenantId, developerId }, ctx.now))
  const ids: Partial<PortalIds> = {
    product: Number(restApiId),
    plan: Number(plans.public),
    application: Number(application),
    colleague: Number(colleague),
    spec: spec.systemName,
    activationCode: await link('confirm_email', (await pending('confirming', null)).id),
    invitationToken: await link('invitation', (await pending('invited', ctx.now)).id),
    resetToken: await link('reset_password', colleague),
  }

  const at = { realm: 'portal', tenantId } as const
  const session = await createSession(at, { developerId: partner }, { address: '127.0.0.1', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0' }, ctx.now)
  return {
    ids: { spec: Number(spec.id), portalFile: Number(file.id), endpoint: Number(endpoint.id), '...name': `page/${systemName}` },
    portal: { ids, partner: { cookieName: cookieNames(at).session, cookie: await encodeSessionCookie(at, session.sid), csrf: csrfTokenFor({ tenantId, id: session.id }) } },
  }
}

import '@/scripts/gatehouse/keep-output-clean'
import { closeDatabase } from '@/lib/db/connect'
import { createTenant } from '@/lib/onboarding/sign-up-tenant'
import { createEndUser } from '@/lib/plans/create-end-user'
import { csrfTokenFor } from '@/lib/request/csrf'
import { inviteMember } from '@/lib/tenants/invite-member'
import { cookieNames, encodeSessionCookie } from '@/lib/tenants/session-cookie'
import { createSession } from '@/lib/tenants/sessions'
import { systemContext } from '@/lib/tenants/system-context'
import { openInstallation } from '@/scripts/gatehouse/open-installation'
import { loadPartners } from '@/scripts/demo/load-partners'
import { loadBetaPlan, loadPlans } from '@/scripts/demo/load-plans'
import { loadProducts } from '@/scripts/demo/load-products'
import { seedGateway } from '@/e2e/harness/seed-gateway'
import type { Content } from '@/e2e/harness/content'
import { fillPortal } from '@/e2e/harness/seed-portal-content'

// Run by content.ts: a tenant as full as the demo's (83 methods, plans, partners, a month of usage), its admin signed in.
const { CONTENT_SLUG = '', CONTENT_UPSTREAM = '', CONTENT_SECRET = '', CONTENT_RECEIVER = '' } = process.env
const now = new Date()

try {
  await openInstallation()
  process.stdout.write(JSON.stringify(await seed()))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 1
} finally {
  await closeDatabase()
}

async function seed(): Promise<Content> {
  const made = await createTenant({ slug: CONTENT_SLUG, organisation: 'Birdsong', name: 'Ada Finch', email: `ada@${CONTENT_SLUG}.example`, password: 'a long and winding password' }, now)
  const ctx = systemContext(made.ctx.tenant, now, { name: 'Content' })
  const { restApiId, collectionsApiId } = await loadProducts(ctx, { url: CONTENT_UPSTREAM, secret: CONTENT_SECRET })
  const plans = await loadPlans(ctx, restApiId)
  await loadBetaPlan(ctx, collectionsApiId)
  await loadPartners(ctx, restApiId, plans, 'another winding password')
  const endUserPlan = await ctx.db.plan.findFirstOrThrow({ where: { productId: restApiId, kind: 'end_user' }, select: { id: true } })
  for (const externalId of ['kestrel', 'wren', 'swift']) await createEndUser(ctx, { productId: restApiId, planId: endUserPlan.id, externalId })
  const endUser = await ctx.db.endUser.findFirstOrThrow({ where: { productId: restApiId }, select: { id: true } })
  await inviteMember(ctx, { email: `grace@${CONTENT_SLUG}.example`, name: 'Grace Hopper', permissions: ['plans', 'partners'] })
  const mail = await ctx.db.mail.create({ data: { tenantId: ctx.tenant.id, kind: 'invitation', recipient: `grace@${CONTENT_SLUG}.example`, subject: 'An invitation', text: 'Come in.', html: '<p>Come in.</p>', state: 'kept' } })
  const application = await ctx.db.application.findFirstOrThrow({ where: { productId: restApiId, kind: 'partner', account: { developers: { some: { role: 'member' } } } }, select: { id: true, accountId: true } })
  const { ids, portal } = await fillPortal(ctx, { restApiId, collectionsApiId, plans, account: application.accountId!, application: application.id, receiver: CONTENT_RECEIVER })

  const { call, ...gateway } = await seedGateway(ctx, { productId: restApiId, oauthProductId: collectionsApiId, memberId: made.memberId, applicationId: application.id, upstream: CONTENT_UPSTREAM })

  const at = { realm: 'admin', tenantId: ctx.tenant.id } as const
  const session = await createSession(at, { memberId: made.memberId }, { address: '127.0.0.1', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0' }, now)
  return {
    slug: CONTENT_SLUG,
    ids: { ...ids, product: Number(restApiId), plan: Number(plans.public), account: Number(application.accountId), application: Number(application.id), id: Number(mail.id), endUser: Number(endUser.id), call, ...gateway },
    admin: { cookieName: cookieNames(at).session, cookie: await encodeSessionCookie(at, session.sid), csrf: csrfTokenFor({ tenantId: ctx.tenant.id, id: session.id }) },
    portal: { ...portal, ids: { ...portal.ids, call } },
  }
}

import { addDeveloper } from '@/lib/accounts/add-developer'
import { createAccount } from '@/lib/accounts/create-account'
import { createApplication } from '@/lib/applications/create-application'
import { ownerPool } from '@/lib/db/pools'
import { fillSampleUsage } from '@/lib/metering/sample-usage'
import { getHits } from '@/lib/products/queries'
import type { Ctx } from '@/lib/tenants/context'
import type { DemoPlans } from '@/scripts/demo/load-plans'

type Person = { firstName: string; lastName: string; email: string }
type Partner = { orgName: string; people: [Person, ...Person[]]; application: string; description: string; plan: keyof DemoPlans; callsPerDay: number; daysAgo: number }

const partners: Partner[] = [
  {
    orgName: 'Paperboat Studio',
    people: [{ firstName: 'Nora', lastName: 'Lind', email: 'nora@paperboat.example' }],
    application: 'Paperboat Reader',
    description: 'A quiet reader for the weekend.',
    plan: 'trial',
    callsPerDay: 2,
    daysAgo: 33,
  },
  {
    orgName: 'Brightside Analytics',
    people: [{ firstName: 'Tomás', lastName: 'Vega', email: 'tomas@brightside.example' }],
    application: 'Brightside Trends',
    description: 'What people talk about, city by city.',
    plan: 'public',
    callsPerDay: 420,
    daysAgo: 96,
  },
  {
    orgName: 'Larkfield Media',
    people: [
      { firstName: 'Ines', lastName: 'Okafor', email: 'ines@larkfield.example' },
      { firstName: 'Jonas', lastName: 'Weiss', email: 'jonas@larkfield.example' },
    ],
    application: 'Larkfield Newsroom',
    description: 'Timelines beside the articles of three newspapers.',
    plan: 'partner',
    callsPerDay: 1_900,
    daysAgo: 210,
  },
]

/** Who signs in to the portal in the demo. */
export const portalDeveloper = 'ines@larkfield.example'

/** What partners of such an API call most, the favourites first. */
const favourites = ['GET statuses/user_timeline', 'GET search/tweets', 'GET statuses/home_timeline', 'GET users/show', 'GET statuses/show/{id}', 'GET trends/place', 'GET users/lookup', 'GET followers/ids', 'GET lists/statuses', 'GET favorites/list', 'GET statuses/mentions_timeline', 'GET geo/search']

/** Three accounts, one per plan, with a month of usage marked as sample. Partners that are there already are left alone. */
export async function loadPartners(ctx: Ctx, productId: bigint, plans: DemoPlans, password: string): Promise<void> {
  // The oldest first: lists of the newest go by their numbers.
  for (const partner of partners.toReversed()) await loadPartner(ctx, productId, plans[partner.plan], partner, password)
  const methods = await ctx.db.metric.findMany({ where: { productId, name: { in: favourites } }, select: { id: true, name: true } })
  const applications = await ctx.db.application.findMany({ where: { productId, kind: 'partner' }, select: { id: true, name: true } })
  await fillSampleUsage(ownerPool(), ctx.now, {
    tenantId: ctx.tenant.id,
    productId,
    hitsId: (await getHits(ctx.db, productId)).id,
    methods: methods.sort((one, other) => favourites.indexOf(one.name) - favourites.indexOf(other.name)).map(({ id }) => id),
    applications: partners.flatMap(({ application, callsPerDay }) => applications.filter(({ name }) => name === application).map(({ id }) => ({ id, callsPerDay }))),
  })
}

async function loadPartner(ctx: Ctx, productId: bigint, planId: bigint, partner: Partner, password: string): Promise<void> {
  const { orgName, people, application: name, description, daysAgo } = partner
  const [first, ...others] = people
  const there = await ctx.db.account.findFirst({ where: { orgName }, select: { id: true } })
  const accountId = there?.id ?? (await createAccount(ctx, { orgName, developer: { ...first, ...(first.email === portalDeveloper && { password }) } })).id
  for (const person of others)
    if (!(await ctx.db.developer.findFirst({ where: { emailNormal: person.email }, select: { id: true } }))) await addDeveloper(ctx, { accountId, ...person })
  if (!(await ctx.db.application.findFirst({ where: { accountId, productId, name }, select: { id: true } }))) await createApplication(ctx, { accountId, planId, name, description })
  // Their history begins before today; so do they.
  const createdAt = new Date(ctx.now.getTime() - daysAgo * 86_400_000)
  await ctx.db.account.update({ where: { id: accountId }, data: { createdAt } })
  await ctx.db.application.updateMany({ where: { accountId, productId, name }, data: { createdAt } })
}

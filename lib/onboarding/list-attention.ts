import { listOpenRequests, type OpenRequest } from '@/lib/applications/list-requests'
import { listLimitHits } from '@/lib/metering/limit-hits'
import type { ProductActivity } from '@/lib/metering/usage-overview'
import type { Ctx, Permission } from '@/lib/tenants/context'

/** One thing that waits for a person of the tenant. `href` is where it is settled, `action` the verb on its button. */
export type Attention = { key: string; tone: 'bad' | 'warn' | 'neutral'; title: string; detail: string; href: string; action: string }

/** Below this a failing call is an accident, above it a state. */
const FAILURE_SHARE = 0.05
const FAILURES_LEAST = 5
const EACH_MOST = 3

/**
 * Home's list of what needs somebody: broken first, then who waits, then who is held up. Only what this member may
 * settle. `activity` is that of the last 24 hours, which Home has read already.
 */
export async function listAttention(ctx: Ctx, activity: ProductActivity[]): Promise<Attention[]> {
  const may = (permission: Permission) => ctx.permissions.has(permission)
  const [broken, silent, waiting, limited, near] = await Promise.all([
    may('gateway') || may('analytics') ? findBroken(ctx, activity, may) : [],
    may('settings') ? findFailingWebhooks(ctx) : [],
    may('partners') ? findWaiting(ctx) : [],
    may('partners') ? listLimitHits(ctx, { limit: EACH_MOST }) : [],
    may('analytics') ? findNearLimit(ctx) : [],
  ])
  return [
    ...broken,
    ...silent,
    ...waiting,
    ...limited.map(
      ({ applicationId, name, accountName, planName, refusals }): Attention => ({
        key: `limit ${applicationId}`,
        tone: 'warn',
        title: `${name} of ${accountName} ran into a limit`,
        detail: `${refusals === 1 ? 'One call was' : `${count(refusals)} calls were`} refused in the last 24 hours${planName ? ` on ${planName}` : ''}. Perhaps it is time for a bigger plan.`,
        href: `/applications/${applicationId}`,
        action: 'See its limits',
      }),
    ),
    ...near,
  ]
}

async function findBroken(ctx: Ctx, activity: ProductActivity[], may: (permission: Permission) => boolean): Promise<Attention[]> {
  const products = await ctx.db.product.findMany({ orderBy: { id: 'asc' }, select: { id: true, name: true, lastTest: true } })
  const failing = activity.filter(({ calls, failures }) => failures >= FAILURES_LEAST && failures / calls >= FAILURE_SHARE)
  return products.flatMap(({ id, name, lastTest }) => {
    const test = lastTest as { ok?: boolean; problem?: string | null } | null
    const share = failing.find(({ productId }) => productId === Number(id))
    return [
      ...(test?.ok === false && may('gateway')
        ? [{ key: `test ${id}`, tone: 'bad', title: `${name}: the last test call failed`, detail: test.problem ?? 'The Gateway page shows at which step.', href: `/products/${id}/gateway#test`, action: 'See what failed' } as const]
        : []),
      ...(share && may('analytics')
        ? [
            {
              key: `failures ${id}`,
              tone: 'bad',
              title: `${name}: ${Math.round((share.failures / share.calls) * 100)} % of calls failed`,
              detail: `${count(share.failures)} of ${count(share.calls)} calls in the last 24 hours ended with a server error, from your API or on the way to it.`,
              href: `/products/${id}/analytics?period=24h`,
              action: 'See when',
            } as const,
          ]
        : []),
    ]
  })
}

/** Who reached a level of a limit lately; refusals, which weigh more, are listed by application. */
async function findNearLimit(ctx: Ctx): Promise<Attention[]> {
  const rows = await ctx.db.limitAlert.groupBy({ by: ['applicationId'], where: { createdAt: { gt: new Date(ctx.now.getTime() - 24 * 3_600_000) } } })
  const [first] = rows
  if (!first) return []
  const application = rows.length === 1 ? await ctx.db.application.findUnique({ where: { id: first.applicationId }, select: { name: true } }) : null
  const title = application ? `${application.name} reached a level of a limit` : `${count(rows.length)} applications reached a level of a limit`
  return [{ key: 'alerts', tone: 'neutral', title, detail: 'In the last 24 hours. A word before calls are refused is worth a lot.', href: '/alerts', action: 'See the alerts' }]
}

/** Endpoints that we switched off, and those where nothing has arrived lately. */
async function findFailingWebhooks(ctx: Ctx): Promise<Attention[]> {
  const endpoints = await ctx.db.webhookEndpoint.findMany({
    where: { OR: [{ disabledBecause: { not: null } }, { active: true, failingSince: { not: null } }] },
    orderBy: { id: 'asc' },
    take: EACH_MOST,
    select: { id: true, url: true, disabledBecause: true },
  })
  return endpoints.map(({ id, url, disabledBecause }): Attention => {
    const host = URL.canParse(url) ? new URL(url).host : url
    return disabledBecause === null
      ? { key: `webhook ${id}`, tone: 'bad', title: `Webhooks to ${host} are failing`, detail: 'They are tried again, with growing pauses. The answers of the receiver tell why.', href: `/settings/webhooks/${id}`, action: 'See the answers' }
      : {
          key: `webhook ${id}`,
          tone: 'bad',
          title: `Webhooks to ${host} were switched off`,
          detail: disabledBecause === 'gone' ? 'The receiver said that it is gone for good.' : 'Nothing has arrived there for days.',
          href: `/settings/webhooks/${id}`,
          action: 'Switch on again',
        }
  })
}

async function findWaiting(ctx: Ctx): Promise<Attention[]> {
  const partner = { kind: 'partner' }
  const [{ items }, suspendedAccounts, suspendedApplications] = await Promise.all([
    listOpenRequests(ctx),
    ctx.db.account.count({ where: { state: 'suspended' } }),
    ctx.db.application.count({ where: { ...partner, state: 'suspended' } }),
  ])
  const list: Attention[] = []
  const wait = (kind: OpenRequest['kind'], words: (one: OpenRequest) => [title: string, detail: string], many: [title: string, detail: string]) => {
    const [first, ...others] = items.filter((item) => item.kind === kind)
    if (!first) return
    const [title, detail] = others.length === 0 ? words(first) : [`${count(others.length + 1)} ${many[0]}`, many[1]]
    list.push({ key: `open ${kind}`, tone: 'warn', title, detail, href: '/requests', action: 'Review' })
  }
  wait('account', ({ account }) => [`${account.orgName} waits for your approval`, 'Its people cannot sign in and its keys are refused until you decide.'], ['accounts wait for your approval', 'Their people cannot sign in and their keys are refused until you decide.'])
  wait(
    'application',
    ({ application, account, toPlan }) => [`${application!.name} waits for your approval`, `${account.orgName} asks for ${toPlan ?? 'a plan'}. Its keys are refused until you decide.`],
    ['applications wait for your approval', 'Their keys are refused until you decide.'],
  )
  wait(
    'plan_request',
    ({ application, account, fromPlan, toPlan }) => [`${account.orgName} asks for ${toPlan ?? 'another plan'}`, `${application!.name} stays on ${fromPlan ?? 'its plan'} until you decide; its key stays the same.`],
    ['requests for another plan', 'The applications stay on their plans until you decide.'],
  )
  const suspended = [suspendedAccounts > 0 && counted(suspendedAccounts, 'account'), suspendedApplications > 0 && counted(suspendedApplications, 'application')].filter((text) => text !== false)
  if (suspended.length > 0)
    list.push({
      key: 'suspended',
      tone: 'neutral',
      title: `${suspended.join(' and ')} suspended`,
      detail: 'Calls with their keys are refused until you resume them.',
      href: suspendedAccounts > 0 ? '/accounts?state=suspended' : '/applications?state=suspended',
      action: 'Look at them',
    })
  return list
}

const count = (value: number) => value.toLocaleString('en')

const counted = (value: number, noun: string) => `${count(value)} ${noun}${value === 1 ? '' : 's'}`

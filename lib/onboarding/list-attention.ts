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
  const [broken, waiting, limited] = await Promise.all([
    may('gateway') || may('analytics') ? findBroken(ctx, activity, may) : [],
    may('partners') ? findWaiting(ctx) : [],
    may('partners') ? listLimitHits(ctx, { limit: EACH_MOST }) : [],
  ])
  return [
    ...broken,
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
              href: `/products/${id}/usage?by=hour`,
              action: 'See when',
            } as const,
          ]
        : []),
    ]
  })
}

async function findWaiting(ctx: Ctx): Promise<Attention[]> {
  const partner = { kind: 'partner' }
  const [accounts, applications, suspendedAccounts, suspendedApplications, firstAccount, firstApplication] = await Promise.all([
    ctx.db.account.count({ where: { state: 'pending' } }),
    ctx.db.application.count({ where: { ...partner, state: 'pending' } }),
    ctx.db.account.count({ where: { state: 'suspended' } }),
    ctx.db.application.count({ where: { ...partner, state: 'suspended' } }),
    ctx.db.account.findFirst({ where: { state: 'pending' }, orderBy: { id: 'asc' }, select: { id: true, orgName: true } }),
    ctx.db.application.findFirst({ where: { ...partner, state: 'pending' }, orderBy: { id: 'asc' }, select: { id: true, name: true, account: { select: { orgName: true } }, plan: { select: { name: true } } } }),
  ])
  const list: Attention[] = []
  if (firstAccount)
    list.push({
      key: 'pending accounts',
      tone: 'warn',
      title: accounts === 1 ? `${firstAccount.orgName} waits for your approval` : `${count(accounts)} accounts wait for your approval`,
      detail: 'Their people cannot sign in and their keys are refused until you decide.',
      href: accounts === 1 ? `/accounts/${firstAccount.id}` : '/accounts?state=pending',
      action: 'Review',
    })
  if (firstApplication)
    list.push({
      key: 'pending applications',
      tone: 'warn',
      title: applications === 1 ? `${firstApplication.name} waits for your approval` : `${count(applications)} applications wait for your approval`,
      detail: applications === 1 ? `${firstApplication.account?.orgName ?? 'A partner'} asks for ${firstApplication.plan?.name ?? 'a plan'}. Its keys are refused until you decide.` : 'Their keys are refused until you decide.',
      href: applications === 1 ? `/applications/${firstApplication.id}` : '/applications?state=pending',
      action: 'Review',
    })
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

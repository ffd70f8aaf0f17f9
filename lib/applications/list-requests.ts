import { waitsForApproval } from '@/lib/accounts/activate-account'
import type { Prisma } from '@/lib/db/generated/client'
import { decodeCursor, pageSize, takePage } from '@/lib/tenants/cursor'
import type { Ctx } from '@/lib/tenants/context'

export const requestKinds = ['account', 'application', 'plan_request'] as const
export type RequestKind = (typeof requestKinds)[number]

/** Something a partner waits for. `id` is the account's, the application's or the plan request's. */
export type OpenRequest = {
  kind: RequestKind
  id: number
  account: { id: number; orgName: string }
  /** Who asks, where that is known. */
  who: string
  application: { id: number; name: string } | null
  fromPlan: string | null
  toPlan: string | null
  reason: string
  at: Date
}

const SHOWN_MAX = 200

/** Sign-ups, applications and plan changes that wait for the tenant, the longest waiting first; at most 200 of each kind, with how many there are of all. */
export async function listOpenRequests(ctx: Pick<Ctx, 'db'>): Promise<{ items: OpenRequest[]; total: number }> {
  const accounts = await ctx.db.account.findMany({
    where: waitsForApproval,
    orderBy: { id: 'asc' },
    take: SHOWN_MAX,
    include: { developers: { orderBy: { id: 'asc' }, take: 1 }, applications: { where: { kind: 'partner' }, orderBy: { id: 'asc' }, take: 1, include: { plan: { select: { name: true } } } } },
  })
  const applications = await ctx.db.application.findMany({ where: pendingApplications, orderBy: { id: 'asc' }, take: SHOWN_MAX, include: { account: { include: { developers: { orderBy: { id: 'asc' }, take: 1 } } }, plan: { select: { name: true } } } })
  const requests = await ctx.db.planRequest.findMany({ where: { state: 'open' }, orderBy: { id: 'asc' }, take: SHOWN_MAX, include: { account: { select: { id: true, orgName: true } }, application: { select: { id: true, name: true } }, plan: { select: { name: true } } } })
  const namesOfPlans = await readPlanNames(ctx, requests.flatMap(({ fromPlanId }) => fromPlanId ?? []))
  const items: OpenRequest[] = [
    ...accounts.map(({ id, orgName, developers, applications: [application], createdAt }) => ({
      kind: 'account' as const,
      id: Number(id),
      account: { id: Number(id), orgName },
      who: nameOf(developers[0]),
      application: application ? { id: Number(application.id), name: application.name } : null,
      fromPlan: null,
      toPlan: application?.plan?.name ?? null,
      reason: '',
      at: createdAt,
    })),
    ...applications.map(({ id, name, account, plan, createdAt }) => ({
      kind: 'application' as const,
      id: Number(id),
      account: { id: Number(account!.id), orgName: account!.orgName },
      who: nameOf(account!.developers[0]),
      application: { id: Number(id), name },
      fromPlan: null,
      toPlan: plan?.name ?? null,
      reason: '',
      at: createdAt,
    })),
    ...requests.map(({ id, account, application, fromPlanId, plan, developerName, reason, createdAt }) => ({
      kind: 'plan_request' as const,
      id: Number(id),
      account: { id: Number(account.id), orgName: account.orgName },
      who: developerName,
      application: { id: Number(application.id), name: application.name },
      fromPlan: (fromPlanId !== null && namesOfPlans.get(fromPlanId)) || null,
      toPlan: plan.name,
      reason,
      at: createdAt,
    })),
  ]
  return { items: items.sort((one, other) => one.at.getTime() - other.at.getTime()), total: await countOpenRequests(ctx) }
}

/** How many things wait for the tenant. */
export async function countOpenRequests(ctx: Pick<Ctx, 'db'>): Promise<number> {
  const accounts = await ctx.db.account.count({ where: waitsForApproval })
  const applications = await ctx.db.application.count({ where: pendingApplications })
  return accounts + applications + (await ctx.db.planRequest.count({ where: { state: 'open' } }))
}

/** An application of an account that waits itself is part of that account's row. */
const pendingApplications = { kind: 'partner', state: 'pending', account: { state: 'approved' } } satisfies Prisma.ApplicationWhereInput

/** What was decided, as the audit log has it: rejected applications are gone, their entry stays. */
export type DecidedRequest = { id: number; kind: RequestKind; outcome: 'approved' | 'rejected' | 'withdrawn'; objectId: number | null; name: string; toPlan: string | null; answer: string; by: string; at: Date }

const decisions = ['account.approved', 'account.rejected', 'application.approved', 'application.rejected', 'plan_request.approved', 'plan_request.rejected']

/** Decisions, the latest first, 25 a page. An account that went live with its admin's e-mail was nobody's decision. */
export async function listDecidedRequests(ctx: Pick<Ctx, 'db'>, { cursor }: { cursor?: string } = {}): Promise<{ items: DecidedRequest[]; nextCursor: string | null; previousCursor: string | null }> {
  const at = decodeCursor(cursor)
  const found = await ctx.db.auditEntry.findMany({
    where: { OR: [{ action: { in: decisions }, actorKind: { in: ['member', 'system'] } }, { action: 'plan_request.withdrawn' }], ...(at && { id: at.back ? { gt: at.id } : { lt: at.id } }) },
    orderBy: { id: at?.back ? 'asc' : 'desc' },
    take: pageSize + 1,
  })
  const { rows, next, previous } = takePage(found, at)
  const factsOf = rows.map(({ after }) => (after !== null && typeof after === 'object' && !Array.isArray(after) ? after : {}))
  const plans = await readPlanNames(ctx, factsOf.flatMap(({ planId }) => (typeof planId === 'number' ? [BigInt(planId)] : [])))
  return {
    items: rows.map((row, index) => {
      const { planId, answer, reason } = factsOf[index]!
      const [kind, outcome] = row.action.split('.') as [RequestKind, DecidedRequest['outcome']]
      return {
        id: Number(row.id),
        kind,
        outcome,
        objectId: row.objectId === null ? null : Number(row.objectId),
        name: row.objectName ?? '',
        toPlan: (typeof planId === 'number' && plans.get(BigInt(planId))) || null,
        answer: typeof answer === 'string' ? answer : typeof reason === 'string' ? reason : '',
        by: row.actorName,
        at: row.createdAt,
      }
    }),
    nextCursor: next,
    previousCursor: previous,
  }
}

async function readPlanNames(ctx: Pick<Ctx, 'db'>, planIds: bigint[]): Promise<Map<bigint, string>> {
  if (planIds.length === 0) return new Map()
  const rows = await ctx.db.plan.findMany({ where: { id: { in: planIds } }, select: { id: true, name: true } })
  return new Map(rows.map(({ id, name }) => [id, name]))
}

function nameOf(person: { firstName: string; lastName: string; email: string } | undefined): string {
  return person ? `${person.firstName} ${person.lastName}`.trim() || person.email : ''
}

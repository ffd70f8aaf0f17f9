import { tenantDb } from '@/lib/db/tenant-db'
import type { EventType } from '@/lib/events/event-types'
import type { EventJob } from '@/lib/jobs/job-names'
import { describeAlert } from '@/lib/analytics/limit-alerts'
import { queueMail } from '@/lib/mail/queue-mail'
import type { MailFacts, MailKind } from '@/lib/mail/render-mail'
import type { Ctx, Permission } from '@/lib/tenants/context'
import { getPortalSettings } from '@/lib/tenants/portal-settings'
import { publicOrigin } from '@/lib/zones/public-origin'

type News = { developerId?: number; accountId?: number; applicationId?: number; planRequestId?: number; alertId?: number; endpointId?: number; because?: string; automatic?: boolean }
type Notice = { kind: MailKind; can: Permission; path: string; facts: MailFacts }
type Db = Ctx['db']

/** What members are told of by mail, and whoever of them. State is looked at again (JOB-1). */
const writers: Partial<Record<EventType, (db: Db, news: News) => Promise<Notice | null>>> = {
  // Told when the address is confirmed, not at sign-up: a form that a robot fills in is nobody's news.
  'account.approved': async (db, { accountId, automatic }) => {
    const account = automatic ? await findAccount(db, accountId) : null
    return account && { kind: 'partner-signed-up', can: 'partners', path: `/accounts/${account.id}`, facts: { partner: account.orgName } }
  },
  'developer.confirmed': async (db, { accountId, developerId }) => {
    const account = await findAccount(db, accountId)
    const person = developerId ? await db.developer.findUnique({ where: { id: BigInt(developerId) }, select: { role: true } }) : null
    return account?.state === 'pending' && person?.role === 'admin' ? { kind: 'partner-waiting', can: 'partners', path: '/requests', facts: { partner: account.orgName } } : null
  },
  'application.created': async (db, news) => {
    const found = await findApplication(db, news)
    // Of an account that waits itself, its people are what is decided first.
    if (!found || found.state !== 'pending' || found.account?.state !== 'approved') return null
    return { kind: 'application-waiting', can: 'partners', path: '/requests', facts: namesOf(found) }
  },
  'plan_request.created': async (db, { planRequestId }) => {
    const request = planRequestId ? await db.planRequest.findUnique({ where: { id: BigInt(planRequestId) }, include: { plan: true, account: true, application: true } }) : null
    if (request?.state !== 'open') return null
    return { kind: 'plan-requested', can: 'partners', path: '/requests', facts: { partner: request.account.orgName, application: request.application.name, plan: request.plan.name, reason: request.reason } }
  },
  'limit_alert.reached': async (db, { alertId, applicationId }) => {
    const { alertMembers } = await getPortalSettings({ db })
    const alert = alertMembers && alertId ? await db.limitAlert.findUnique({ where: { id: BigInt(alertId) } }) : null
    const found = alert && (await findApplication(db, { applicationId }))
    if (!alert || !found) return null
    const metric = await db.metric.findUnique({ where: { id: alert.metricId }, select: { id: true, name: true, verb: true } })
    const [value, limit] = [Number(alert.value), Number(alert.limitValue)]
    const percent = limit > 0 ? Math.floor((value * 100) / limit) : 100
    const words = describeAlert({ percent, limit, metric: { id: Number(alert.metricId), name: metric?.name ?? null, verb: metric?.verb ?? null }, period: alert.period as Parameters<typeof describeAlert>[0]['period'] })
    return { kind: 'limit-reached', can: 'analytics', path: `/applications/${found.id}`, facts: { ...namesOf(found), percent, limit: words } }
  },
  'webhook_endpoint.disabled': async (db, { endpointId, because }) => {
    const endpoint = endpointId ? await db.webhookEndpoint.findUnique({ where: { id: BigInt(endpointId) }, select: { url: true, active: true } }) : null
    if (!endpoint || endpoint.active) return null
    const words = because === 'gone' ? 'the receiver said that it is gone for good (410)' : 'deliveries have failed for days'
    return { kind: 'webhook-disabled', can: 'settings', path: '/settings/webhooks', facts: { endpoint: endpoint.url.replace(/^https?:\/\//, '').replace(/\?.*$/, ''), because: words } }
  },
}

export const memberNoticeEvents = Object.keys(writers) as EventType[]

/** One mail to each active member who holds the permission (admins hold all), once for each event. */
export async function mailToMembers({ tenantId, eventId, type }: EventJob, { now }: { now: Date }): Promise<void> {
  const write = writers[type]
  if (!write) return
  const db = tenantDb(BigInt(tenantId))
  const event = await db.event.findUnique({ where: { id: BigInt(eventId) }, select: { data: true } })
  const tenant = await db.tenant.findFirst({ where: { id: BigInt(tenantId), state: 'active' }, select: { id: true, name: true } })
  const host = await db.host.findFirst({ where: { zone: 'admin' }, orderBy: { id: 'asc' }, select: { name: true } })
  const notice = event && tenant && host ? await write(db, event.data as News) : null
  if (!notice || !tenant || !host) return
  const { kind, can, path, facts } = notice
  const members = await db.member.findMany({ where: { state: 'active', OR: [{ role: 'admin' }, { permissions: { has: can } }] }, orderBy: { id: 'asc' } })
  for (const member of members)
    await db.$transaction((tx) =>
      queueMail(tx, {
        tenantId: tenant.id,
        kind,
        to: member.email,
        facts: { ...facts, name: member.name, organisation: tenant.name, link: publicOrigin(host.name) + path },
        madeFor: `event ${eventId} to member ${member.id}`,
        now,
      }),
    )
}

async function findAccount(db: Db, accountId: number | undefined) {
  return accountId ? db.account.findUnique({ where: { id: BigInt(accountId) } }) : null
}

async function findApplication(db: Db, { applicationId }: News) {
  return applicationId ? db.application.findFirst({ where: { id: BigInt(applicationId), kind: 'partner' }, include: { account: true, plan: true } }) : null
}

function namesOf({ name, account, plan }: NonNullable<Awaited<ReturnType<typeof findApplication>>>): MailFacts {
  return { application: name, partner: account?.orgName ?? '', plan: plan?.name ?? '' }
}

import type { Developer } from '@/lib/db/generated/client'
import { listAllFields } from '@/lib/fields/queries'
import { joinValues } from '@/lib/fields/split-values'
import type { Drop, LiquidValue } from '@/lib/liquid/values'
import { loadCatalogue } from '@/lib/portal/assigns/catalogue'
import { catalogueDrops } from '@/lib/portal/assigns/service-drops'
import { accountDrop } from '@/lib/portal/drops/account-drop'
import { alertDrop } from '@/lib/portal/drops/alert-drop'
import { applicationParts, loadApplicationDrops } from '@/lib/portal/drops/load-application-drops'
import { userDrop } from '@/lib/portal/drops/user-drop'
import type { Visit } from '@/lib/portal/portal-route'

export type MailSubject = { person: Developer | null; accountId: bigint | null; applicationId?: bigint | null; alertId?: bigint }

type Assigns = Record<string, LiquidValue>

/**
 * What a mail may speak of besides the portal's globals, by the names of reference portal 3.7: the person, the account,
 * an application with its plan and service, an alert. Rows that are gone are empty. Keys are never more than their ends.
 */
export async function mailAssigns(visit: Visit, { person, accountId, applicationId, alertId }: MailSubject): Promise<Assigns> {
  const { ctx, settings, origin } = visit
  const fields = await listAllFields(ctx)
  const row = accountId === null ? null : await ctx.db.account.findUnique({ where: { id: accountId } })
  const account =
    row &&
    accountDrop({
      id: Number(row.id),
      orgName: row.orgName,
      state: row.state,
      createdAt: row.createdAt,
      timezone: ctx.tenant.timezone,
      values: joinValues('account', row),
      fields: fields.account,
      mayEdit: false,
      multipleApplications: settings.multipleApplications,
      approvalRequired: settings.accountApprovalRequired,
    })
  const assigns: Assigns = {
    account,
    buyer: account,
    buyer_account: account,
    user_account: account,
    account_name: account?.name ?? '',
    domain: new URL(origin).hostname,
    portal_url: origin,
    support_email: settings.contactEmail ?? '',
    user: person && personDrop(person, account),
  }
  if (account && applicationId) Object.assign(assigns, await applicationAssigns(visit, account, applicationId))
  if (alertId) Object.assign(assigns, await alertAssigns(visit, alertId))
  return assigns

  function personDrop({ id, email, userName, firstName, lastName, role, state, passwordHash, extra }: Developer, of: Drop | null): Drop {
    const values = joinValues('user', { email, userName, firstName, lastName, extra })
    const can = { beManaged: false, beDestroyed: false, changeRole: false }
    return userDrop({ id: Number(id), email, userName, firstName, lastName, role: role === 'admin' ? 'admin' : 'member', state, hasPassword: passwordHash !== null, values, fields: fields.user, account: of, can })
  }
}

async function applicationAssigns(visit: Visit, account: Drop, applicationId: bigint): Promise<Assigns> {
  const { ctx, settings } = visit
  const row = await ctx.db.application.findFirst({ where: { id: applicationId, kind: 'partner' }, include: applicationParts })
  if (!row) return {}
  const fields = await listAllFields(ctx)
  const facts = await loadCatalogue(ctx, { limits: true, metrics: true })
  const catalogue = catalogueDrops(facts, { supportEmail: settings.contactEmail ?? '' })
  const { applications } = await loadApplicationDrops(visit, [row], { account, fields: fields.application, catalogue, facts, isAdmin: true, reveal: false })
  const application = applications[0]!
  return { application, cinstance: application, contract: application, service: application.service as Drop, plan: application.plan as Drop | null }
}

async function alertAssigns({ ctx }: Visit, alertId: bigint): Promise<Assigns> {
  const alert = await ctx.db.limitAlert.findUnique({ where: { id: alertId } })
  if (!alert) return {}
  const metric = await ctx.db.metric.findUnique({ where: { id: alert.metricId }, select: { name: true } })
  const { id, applicationId, period, level, value, limitValue, readAt, createdAt } = alert
  return { alert: alertDrop({ id: Number(id), applicationId: Number(applicationId), metric: metric?.name ?? 'calls', period, level, value: Number(value), limit: Number(limitValue), readAt, createdAt }) }
}

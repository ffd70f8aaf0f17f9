import type { TenantDb } from '@/lib/db/tenant-db'
import type { EventType } from '@/lib/events/event-types'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
type Fields = { [name: string]: Json }

/**
 * The body of an event: `{ type, timestamp, sequence, data: { account?, user?, application?, plan_request?, limit_alert? } }`.
 * Rows as they are now, extra fields flat inside their object; never a key (KEY-5). A row that is gone is told by the id
 * and the name its event kept. An account comes with its first user and, when it has just been made, its application.
 */
export async function buildPayload(db: TenantDb, event: { id: bigint; type: string; data: unknown; createdAt: Date }): Promise<string> {
  const said = (event.data ?? {}) as Record<string, Json | undefined>
  const data = await dataOf(db, event.type as EventType, said)
  return JSON.stringify({ type: event.type, timestamp: event.createdAt.toISOString(), sequence: Number(event.id), data })
}

async function dataOf(db: TenantDb, type: EventType, said: Record<string, Json | undefined>): Promise<Fields> {
  const accountId = idOf(said.accountId)
  const applicationId = idOf(said.applicationId)
  const developerId = idOf(said.developerId)
  const data: Fields = {}
  if (accountId !== null) data.account = (await accountFields(db, accountId)) ?? { id: Number(accountId), ...(typeof said.orgName === 'string' && { org_name: said.orgName }) }
  const user = developerId !== null ? await userFields(db, { id: developerId }) : type.startsWith('account.') && accountId !== null ? await userFields(db, { accountId }) : null
  if (user) data.user = user
  else if (developerId !== null) data.user = { id: Number(developerId), ...(typeof said.email === 'string' && { email: said.email }) }
  const application = applicationId !== null ? await applicationFields(db, { id: applicationId }) : type === 'account.created' && accountId !== null ? await applicationFields(db, { accountId }) : null
  if (application) data.application = application
  else if (applicationId !== null) data.application = { id: Number(applicationId), ...(typeof said.name === 'string' && { name: said.name }) }
  const requestId = idOf(said.planRequestId)
  if (requestId !== null) data.plan_request = (await requestFields(db, requestId)) ?? { id: Number(requestId) }
  const alertId = idOf(said.alertId)
  if (alertId !== null) data.limit_alert = (await alertFields(db, alertId)) ?? { id: Number(alertId) }
  const credentialId = idOf(said.credentialId)
  if (credentialId !== null) data.credential = { id: Number(credentialId), ...(typeof said.kind === 'string' && { kind: said.kind }) }
  return data
}

async function accountFields(db: TenantDb, id: bigint): Promise<Fields | null> {
  const row = await db.account.findUnique({ where: { id } })
  return row && { ...extraOf(row.extra), id: Number(row.id), org_name: row.orgName, state: row.state, created_at: row.createdAt.toISOString() }
}

async function userFields(db: TenantDb, where: { id: bigint } | { accountId: bigint }): Promise<Fields | null> {
  const row = await db.developer.findFirst({ where, orderBy: [{ role: 'asc' }, { id: 'asc' }] })
  if (!row) return null
  const { email, userName: username, firstName: first_name, lastName: last_name, role, state } = row
  return { ...extraOf(row.extra), id: Number(row.id), email, username, first_name, last_name, role, state, created_at: row.createdAt.toISOString() }
}

async function applicationFields(db: TenantDb, where: { id: bigint } | { accountId: bigint }): Promise<Fields | null> {
  const row = await db.application.findFirst({
    where: { ...where, kind: 'partner' },
    orderBy: { id: 'asc' },
    include: { product: { select: { id: true, name: true, systemName: true } }, plan: { select: { id: true, name: true, systemName: true } } },
  })
  if (!row) return null
  const named = ({ id, name, systemName }: { id: bigint; name: string; systemName: string }) => ({ id: Number(id), name, system_name: systemName })
  const { name, description, state, appId: application_id, product, plan } = row
  return { ...extraOf(row.extra), id: Number(row.id), name, description, state, application_id, product: named(product), plan: plan && named(plan), created_at: row.createdAt.toISOString() }
}

async function requestFields(db: TenantDb, id: bigint): Promise<Fields | null> {
  const row = await db.planRequest.findUnique({ where: { id }, include: { plan: { select: { id: true, name: true, systemName: true } } } })
  if (!row) return null
  const { state, reason, answer, plan } = row
  return { id: Number(row.id), state, reason, answer, plan: { id: Number(plan.id), name: plan.name, system_name: plan.systemName }, created_at: row.createdAt.toISOString() }
}

async function alertFields(db: TenantDb, id: bigint): Promise<Fields | null> {
  const row = await db.limitAlert.findUnique({ where: { id } })
  if (!row) return null
  const metric = await db.metric.findUnique({ where: { id: row.metricId }, select: { systemName: true } })
  return { id: Number(row.id), level: row.level, metric: metric?.systemName ?? null, period: row.period, value: Number(row.value), limit: Number(row.limitValue), window_start: row.windowAt.toISOString() }
}

const extraOf = (extra: unknown): Fields => (extra !== null && typeof extra === 'object' && !Array.isArray(extra) ? (extra as Fields) : {})

const idOf = (value: Json | undefined): bigint | null => (typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? BigInt(value) : null)

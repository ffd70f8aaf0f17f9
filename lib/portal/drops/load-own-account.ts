import type { Prisma } from '@/lib/db/generated/client'
import { notFound, type FieldErrors } from '@/lib/errors'
import type { FieldTarget } from '@/lib/fields/built-in'
import { listAllFields, type FieldDto } from '@/lib/fields/queries'
import { joinValues } from '@/lib/fields/split-values'
import type { FieldValues } from '@/lib/fields/validate-values'
import { dropList, type Drop } from '@/lib/liquid/values'
import { loadCatalogue, type ServiceFacts } from '@/lib/portal/assigns/catalogue'
import { catalogueDrops, type CatalogueDrops } from '@/lib/portal/assigns/service-drops'
import { accountDrop } from '@/lib/portal/drops/account-drop'
import { applicationParts, loadApplicationDrops, subscriptions } from '@/lib/portal/drops/load-application-drops'
import { refilled } from '@/lib/portal/drops/refilled'
import { currentUserDrop, type UserFacts } from '@/lib/portal/drops/user-drop'
import type { VisitingDeveloper, Visit } from '@/lib/portal/portal-route'

export type OwnAccount = {
  account: Drop
  user: Drop
  /** Those asked for, in the order they were made. */
  applications: Drop[]
  applicationsTotal: number
  /** Requests for other plans, the latest first; where applications were asked for. */
  planChanges: Drop[]
  fields: Record<FieldTarget, FieldDto[]>
  catalogue: CatalogueDrops
  facts: ServiceFacts[]
}

export type OwnAccountQuery = {
  /** Which of the account's applications come with all that belongs to them. */
  applications?: 'all' | { id: bigint } | { skip: number; take: number }
  /** Keys in the clear, for pages that are there to show them; noted in the audit log. A preview covers them: nobody's session stands behind it (CSP-2). */
  reveal?: boolean
  /** What was typed into a form that is shown again, and what is wrong with it. */
  typed?: { [Target in FieldTarget]?: { values: FieldValues; errors: FieldErrors } }
}

/** An account has a handful of applications; a page never shows more of them than this. */
const APPLICATIONS_MAX = 100

/**
 * The signed-in developer's account, person and applications as drops that know each other. The number of queries does
 * not grow with the number of applications. Throws `not_found` for an application of somebody else (ISO-5).
 */
export async function loadOwnAccount(visit: Visit, { applications: wanted, reveal = false, typed = {} }: OwnAccountQuery = {}): Promise<OwnAccount> {
  const { ctx, settings } = visit
  const developer = visitorOf(visit)
  const one = typeof wanted === 'object' && 'id' in wanted ? wanted.id : undefined
  const where = { accountId: developer.accountId, kind: 'partner' }
  const [accountRow, person, fields, facts, applicationsTotal, rows] = await Promise.all([
    ctx.db.account.findUnique({ where: { id: developer.accountId }, include: { developers: { where: { role: 'admin', state: 'active' }, orderBy: { id: 'asc' }, take: 1 } } }),
    ctx.db.developer.findUnique({ where: { id: developer.id } }),
    listAllFields(ctx),
    loadCatalogue(ctx, { limits: true, metrics: true, methods: true }),
    ctx.db.application.count({ where }),
    wanted === undefined
      ? []
      : ctx.db.application.findMany({
          where: { ...where, id: one },
          orderBy: { id: 'asc' },
          skip: wanted !== 'all' && 'skip' in wanted ? wanted.skip : 0,
          take: wanted !== 'all' && 'skip' in wanted ? wanted.take : APPLICATIONS_MAX,
          include: applicationParts,
        }),
  ])
  if (!accountRow || !person) throw notFound()
  if (one !== undefined && rows.length === 0) throw notFound()

  const isAdmin = developer.role === 'admin'
  const catalogue = catalogueDrops(facts, { supportEmail: settings.contactEmail ?? '', boughtPlanIds: new Set(rows.flatMap(({ planId }) => (planId === null ? [] : [Number(planId)]))), boughtProductIds: new Set(rows.map(({ productId }) => Number(productId))) })
  const account = accountDrop({
    id: Number(accountRow.id),
    orgName: accountRow.orgName,
    state: accountRow.state,
    createdAt: accountRow.createdAt,
    timezone: ctx.tenant.timezone,
    values: refilled(fields.account, joinValues('account', accountRow), typed.account?.values),
    errors: typed.account?.errors,
    fields: fields.account,
    mayEdit: isAdmin,
    multipleApplications: settings.multipleApplications,
    approvalRequired: settings.accountApprovalRequired,
  })
  const factsOfUser = (row: typeof person): UserFacts => userFacts(row, { fields: fields.user, account, by: developer })
  const user = currentUserDrop(
    { ...factsOfUser(person), values: refilled(fields.user, joinValues('user', person), typed.user?.values), errors: typed.user?.errors },
    { inviteUsers: isAdmin && settings.multipleUsers, createApplication: settings.multipleApplications || applicationsTotal === 0 },
  )
  const admin = accountRow.developers[0]
  account.admin = admin ? (admin.id === person.id ? user : currentUserDrop(factsOfUser(admin), { inviteUsers: settings.multipleUsers, createApplication: false })) : null

  const { applications, planChanges } = await loadApplicationDrops(visit, rows, { account, fields: fields.application, catalogue, facts, isAdmin, reveal: reveal && !visit.preview, typed: typed.application })
  account.applications = dropList(applications)
  account.subscribed_services = dropList(subscriptions(applications), (each) => String(each.system_name))
  const own = { account, user, applications, applicationsTotal, planChanges, fields, catalogue, facts }
  loaded.set(visit, own)
  return own
}

// What a page's handler has loaded for itself is there for the globals of the same page.
const loaded = new WeakMap<Visit, OwnAccount>()

/** What was loaded last for this visit; null where nothing was. */
export function loadedOwnAccount(visit: Visit): OwnAccount | null {
  return loaded.get(visit) ?? null
}

/** The signed-in developer; routes that ask for one have it. */
export function visitorOf({ developer }: Visit): VisitingDeveloper {
  if (!developer) throw notFound()
  return developer
}

type DeveloperRow = { id: bigint; email: string; userName: string | null; firstName: string; lastName: string; role: string; state: string; passwordHash: string | null; extra: Prisma.JsonValue }

/** A person of the account as somebody of it sees them. */
export function userFacts(row: DeveloperRow, { fields, account, by }: { fields: FieldDto[]; account: Drop | null; by: VisitingDeveloper }): UserFacts {
  const { email, userName, firstName, lastName, state } = row
  const isOther = by.role === 'admin' && row.id !== by.id
  return {
    id: Number(row.id),
    email,
    userName,
    firstName,
    lastName,
    role: row.role === 'admin' ? 'admin' : 'member',
    state,
    hasPassword: row.passwordHash !== null,
    values: joinValues('user', row),
    fields,
    account,
    can: { beManaged: by.role === 'admin', beDestroyed: isOther, changeRole: isOther },
  }
}


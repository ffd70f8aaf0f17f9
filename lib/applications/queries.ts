import { ownAccountOnly } from '@/lib/accounts/own-account'
import type { AccountState } from '@/lib/accounts/schema'
import { applicationListInput, type ApplicationListInput, type ApplicationState } from '@/lib/applications/schema'
import type { Credential, Prisma } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { joinValues } from '@/lib/fields/split-values'
import type { FieldValues } from '@/lib/fields/validate-values'
import type { ClientType } from '@/lib/applications/set-oauth-client'
import type { AuthenticationMode } from '@/lib/products/gateway-config'
import { decodeCursor, pageSize, takePage, type Cursor } from '@/lib/tenants/cursor'
import type { Ctx } from '@/lib/tenants/context'

export type ApplicationItem = {
  id: number
  name: string
  state: ApplicationState
  appId: string
  createdAt: Date
  firstCallAt: Date | null
  lastCallAt: Date | null
  account: { id: number; orgName: string; state: AccountState }
  product: { id: number; name: string }
  plan: { id: number; name: string } | null
  /** Live, and its account approved: its calls pass. */
  usable: boolean
}

export type CredentialDto = { id: number; kind: 'user_key' | 'app_key'; hint: string; createdAt: Date; revokedAt: Date | null } & KeyUse

/** How a key is used and when it ends; counts lag by a second or two. */
export type KeyUse = { lastUsedAt: Date | null; lastAddress: string | null; useCount: number; expiresAt: Date | null; endsAfterUnusedDays: number | null }

export type ApplicationDto = ApplicationItem & {
  description: string
  /** Every field by its name, built-in and own. */
  values: FieldValues
  authenticationMode: AuthenticationMode
  /** Null: the product does not ask for them. */
  referrerFilters: string[] | null
  /** Of an OAuth client. */
  redirectUris: string[]
  clientType: ClientType
  /** Live keys, the oldest first. */
  userKey: CredentialDto | null
  appKeys: CredentialDto[]
  /** The last ten revoked ones, the latest first. */
  revoked: CredentialDto[]
}

const included = {
  account: { select: { id: true, orgName: true, state: true } },
  product: { select: { id: true, name: true, authenticationMode: true, referrerFiltersRequired: true } },
  plan: { select: { id: true, name: true } },
} satisfies Prisma.ApplicationInclude

/** Partners' applications, 25 a page; `search` finds a part of the name or the account's name, and an application id or id whole. Test applications are in no list. */
export async function listApplications(ctx: Ctx, raw: ApplicationListInput = {}): Promise<{ items: ApplicationItem[]; nextCursor: string | null; previousCursor: string | null; total: number }> {
  const { search, sort, cursor, state, productId, planId, accountId } = applicationListInput.parse(raw)
  const where: Prisma.ApplicationWhereInput = { AND: [{ kind: 'partner', state, productId, planId, accountId }, ownAccountOnly(ctx), searchWhere(search)] }
  const descending = sort.startsWith('-')
  const byName = sort.endsWith('name')
  const at = decodeCursor(cursor)
  // Backwards the list is read from the cursor up.
  const downwards = descending !== (at?.back ?? false)
  const direction = downwards ? 'desc' : 'asc'
  const found = await ctx.db.application.findMany({
    where: at ? { AND: [where, beyond(at, byName, downwards)] } : where,
    orderBy: byName ? [{ name: direction }, { id: direction }] : [{ id: direction }],
    take: pageSize + 1,
    include: included,
  })
  const { rows, next, previous } = takePage(found, at, (row) => (byName ? row.name : ''))
  return {
    items: rows.map(toItem),
    nextCursor: next,
    previousCursor: previous,
    total: await ctx.db.application.count({ where }),
  }
}

/** One application with its keys (masked). Throws `not_found`, for test applications too. */
export async function getApplication(ctx: Ctx, applicationId: bigint): Promise<ApplicationDto> {
  const row = await ctx.db.application.findFirst({ where: { id: applicationId, kind: 'partner', ...ownAccountOnly(ctx) }, include: included })
  if (!row) throw notFound()
  const live = await ctx.db.credential.findMany({ where: { applicationId, revokedAt: null }, orderBy: { id: 'asc' } })
  const revoked = await ctx.db.credential.findMany({ where: { applicationId, revokedAt: { not: null } }, orderBy: { revokedAt: 'desc' }, take: 10 })
  const keys = live.map(toCredentialDto)
  return {
    ...toItem(row),
    description: row.description,
    values: joinValues('application', row),
    authenticationMode: row.product.authenticationMode as AuthenticationMode,
    redirectUris: row.redirectUris,
    clientType: row.clientType as ClientType,
    referrerFilters: row.product.referrerFiltersRequired || row.referrerFilters.length > 0 ? row.referrerFilters : null,
    userKey: keys.findLast((key) => key.kind === 'user_key') ?? null,
    appKeys: keys.filter((key) => key.kind === 'app_key'),
    revoked: revoked.map(toCredentialDto),
  }
}

type Row = Prisma.ApplicationGetPayload<{ include: typeof included }>

function toItem(row: Row): ApplicationItem {
  // A partner application has an account; the column is empty for test applications alone.
  if (!row.account) throw notFound()
  return {
    id: Number(row.id),
    name: row.name,
    state: row.state as ApplicationState,
    appId: row.appId,
    createdAt: row.createdAt,
    firstCallAt: row.firstCallAt,
    lastCallAt: row.lastCallAt,
    account: { id: Number(row.account.id), orgName: row.account.orgName, state: row.account.state as AccountState },
    product: { id: Number(row.product.id), name: row.product.name },
    plan: row.plan && { id: Number(row.plan.id), name: row.plan.name },
    usable: row.state === 'live' && row.account.state === 'approved',
  }
}

function toCredentialDto(row: Credential): CredentialDto {
  const { hint, createdAt, revokedAt } = row
  return { id: Number(row.id), kind: row.kind as CredentialDto['kind'], hint, createdAt, revokedAt, ...keyUse(row) }
}

export function keyUse({ lastUsedAt, lastAddress, useCount, expiresAt, endsAfterUnusedDays }: Credential): KeyUse {
  return { lastUsedAt, lastAddress, useCount: Number(useCount), expiresAt, endsAfterUnusedDays }
}

function searchWhere(search: string): Prisma.ApplicationWhereInput {
  if (!search) return {}
  const part = { contains: search, mode: 'insensitive' as const }
  return { OR: [{ name: part }, { account: { orgName: part } }, { appId: search }, ...(/^\d{1,15}$/.test(search) ? [{ id: BigInt(search) }] : [])] }
}

function beyond({ id, value }: Cursor, byName: boolean, downwards: boolean): Prisma.ApplicationWhereInput {
  const further = downwards ? { lt: id } : { gt: id }
  if (!byName) return { id: further }
  return { OR: [{ name: downwards ? { lt: value } : { gt: value } }, { name: value, id: further }] }
}

/** Who a test call may be sent as: the test application first, then, for members who may see partners, theirs by name. At most 200. */
export async function listTestableApplications(ctx: Ctx, productId: bigint): Promise<{ id: number; name: string; kind: string; account: string | null }[]> {
  const rows = await ctx.db.application.findMany({
    where: { productId, state: 'live', ...(!ctx.permissions.has('partners') && { kind: 'test' }) },
    orderBy: [{ kind: 'desc' }, { name: 'asc' }, { id: 'asc' }],
    take: 200,
    select: { id: true, name: true, kind: true, account: { select: { orgName: true } } },
  })
  return rows.map(({ id, name, kind, account }) => ({ id: Number(id), name, kind, account: account?.orgName ?? null }))
}

import { ownAccountOnly } from '@/lib/accounts/own-account'
import { accountListInput, type AccountListInput, type AccountState, type DeveloperRole, type DeveloperState } from '@/lib/accounts/schema'
import { notFound } from '@/lib/errors'
import type { Prisma } from '@/lib/db/generated/client'
import { joinValues } from '@/lib/fields/split-values'
import type { FieldValues } from '@/lib/fields/validate-values'
import { decodeCursor, pageSize, takePage, type Cursor } from '@/lib/tenants/cursor'
import type { Ctx } from '@/lib/tenants/context'

export type AccountItem = {
  id: number
  orgName: string
  state: AccountState
  createdAt: Date
  developers: number
  /** First developer's address, for a word by mail. */
  email: string | null
  applications: { id: number; name: string; plan: string | null }[]
  applicationsTotal: number
}

export type DeveloperDto = {
  id: number
  email: string
  userName: string | null
  firstName: string
  lastName: string
  role: DeveloperRole
  state: DeveloperState
  createdAt: Date
  /** Every field by its name, built-in and own. */
  values: FieldValues
}

/** `unconfirmed`: signed up, and nobody has confirmed the e-mail yet; nothing for the tenant to do. */
export type AccountDto = { id: number; orgName: string; state: AccountState; unconfirmed: boolean; createdAt: Date; values: FieldValues; developers: DeveloperDto[] }

/**
 * Accounts, 25 a page. `search` finds a part of the organisation's name, of a developer's address or names, an
 * account's id and an application's id; a key is never searched by its text here.
 */
export async function listAccounts(ctx: Ctx, raw: AccountListInput = {}): Promise<{ items: AccountItem[]; nextCursor: string | null; previousCursor: string | null; total: number }> {
  const input = accountListInput.parse(raw)
  const where: Prisma.AccountWhereInput = { AND: [searchWhere(input.search), ownAccount(ctx)], ...(input.state && { state: input.state }), ...(input.planId && { applications: { some: { planId: input.planId } } }) }
  const descending = input.sort.startsWith('-')
  const byName = input.sort.endsWith('name')
  const cursor = decodeCursor(input.cursor)
  // Backwards the list is read from the cursor up.
  const downwards = descending !== (cursor?.back ?? false)
  const direction = downwards ? 'desc' : 'asc'
  const found = await ctx.db.account.findMany({
    where: cursor ? { AND: [where, beyond(cursor, byName, downwards)] } : where,
    orderBy: byName ? [{ orgName: direction }, { id: direction }] : [{ id: direction }],
    take: pageSize + 1,
    include: {
      developers: { orderBy: { id: 'asc' }, take: 1, select: { email: true } },
      applications: { where: { kind: 'partner' }, orderBy: { id: 'asc' }, take: 3, select: { id: true, name: true, plan: { select: { name: true } } } },
      _count: { select: { developers: true, applications: { where: { kind: 'partner' } } } },
    },
  })
  const { rows, next, previous } = takePage(found, cursor, (row) => (byName ? row.orgName : ''))
  return {
    items: rows.map((row) => ({
      id: Number(row.id),
      orgName: row.orgName,
      state: row.state as AccountState,
      createdAt: row.createdAt,
      developers: row._count.developers,
      email: row.developers[0]?.email ?? null,
      applications: row.applications.map((each) => ({ id: Number(each.id), name: each.name, plan: each.plan?.name ?? null })),
      applicationsTotal: row._count.applications,
    })),
    nextCursor: next,
    previousCursor: previous,
    total: await ctx.db.account.count({ where }),
  }
}

/** One account with its people. Throws `not_found`. */
export async function getAccount(ctx: Ctx, accountId: bigint): Promise<AccountDto> {
  const row = await ctx.db.account.findFirst({ where: { AND: [{ id: accountId }, ownAccount(ctx)] }, include: { developers: { orderBy: { id: 'asc' } } } })
  if (!row) throw notFound()
  return {
    id: Number(row.id),
    orgName: row.orgName,
    state: row.state as AccountState,
    unconfirmed: row.state === 'pending' && row.developers.length > 0 && !row.developers.some(({ role, state }) => role === 'admin' && state === 'active'),
    createdAt: row.createdAt,
    values: joinValues('account', row),
    developers: row.developers.map((each) => ({
      id: Number(each.id),
      email: each.email,
      userName: each.userName,
      firstName: each.firstName,
      lastName: each.lastName,
      role: each.role as DeveloperRole,
      state: each.state as DeveloperState,
      createdAt: each.createdAt,
      values: joinValues('user', each),
    })),
  }
}

const CHOICES = 500

/** For select boxes: up to 500 approved accounts by name, and in any case the one asked for. */
export async function findAccountsToChoose(ctx: Ctx, { including }: { including?: number } = {}): Promise<{ id: number; orgName: string }[]> {
  const where = { AND: [{ state: 'approved' }, ownAccount(ctx)] }
  const rows = await ctx.db.account.findMany({ where, orderBy: [{ orgName: 'asc' }, { id: 'asc' }], take: CHOICES, select: { id: true, orgName: true } })
  const asked = including !== undefined && rows.length === CHOICES ? await ctx.db.account.findFirst({ where: { AND: [where, { id: including }] }, select: { id: true, orgName: true } }) : null
  const all = asked && !rows.some((row) => row.id === asked.id) ? [asked, ...rows] : rows
  return all.map((row) => ({ id: Number(row.id), orgName: row.orgName }))
}

function ownAccount(ctx: Ctx): Prisma.AccountWhereInput {
  const { accountId } = ownAccountOnly(ctx)
  return accountId === undefined ? {} : { id: accountId }
}

function searchWhere(search: string): Prisma.AccountWhereInput {
  if (!search) return {}
  const part = { contains: search, mode: 'insensitive' as const }
  const id = /^\d{1,15}$/.test(search) ? [{ id: BigInt(search) }] : []
  return {
    OR: [
      { orgName: part },
      { developers: { some: { OR: [{ email: part }, { userName: part }, { firstName: part }, { lastName: part }] } } },
      { applications: { some: { kind: 'partner', appId: search } } },
      ...id,
    ],
  }
}

function beyond({ id, value }: Cursor, byName: boolean, downwards: boolean): Prisma.AccountWhereInput {
  const further = downwards ? { lt: id } : { gt: id }
  if (!byName) return { id: further }
  return { OR: [{ orgName: downwards ? { lt: value } : { gt: value } }, { orgName: value, id: further }] }
}

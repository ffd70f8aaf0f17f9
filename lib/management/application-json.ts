import { z } from 'zod'
import { credentialPlace } from '@/lib/applications/insert-credential'
import { decryptSecret } from '@/lib/crypto'
import type { Prisma } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { readExtra } from '@/lib/fields/split-values'
import { answer, linksOf } from '@/lib/management/inputs'
import { Extra } from '@/lib/management/management-route'
import type { Ctx } from '@/lib/tenants/context'

export const applicationAnswer = z
  .looseObject({
    id: answer.id,
    created_at: answer.time,
    updated_at: answer.time,
    state: z.enum(['pending', 'live', 'suspended']),
    enabled: z.boolean(),
    end_user_required: z.boolean(),
    service_id: answer.id,
    service_name: z.string(),
    plan_id: answer.id,
    plan_name: z.string(),
    account_id: answer.id,
    org_name: z.string(),
    name: z.string(),
    description: z.string(),
    first_traffic_at: answer.time.nullable(),
    first_daily_traffic_at: answer.time.nullable(),
    user_key: z.string().nullable().optional(),
    application_id: z.string().optional(),
    redirect_url: z.string().nullable().optional(),
    links: answer.links,
  })
  .describe('`user_key` where the product identifies callers by it, `application_id` where by id and keys. Own fields stand beside the others.')

const included = {
  account: { select: { orgName: true, state: true } },
  product: { select: { name: true, authenticationMode: true } },
  plan: { select: { name: true, endUserRequired: true } },
  credentials: { where: { revokedAt: null }, orderBy: { id: 'asc' } },
} satisfies Prisma.ApplicationInclude

export type ApplicationRow = Prisma.ApplicationGetPayload<{ include: typeof included }>

/** Partners' applications by a condition, a page of them; test applications are none. */
export async function listApplicationRows(ctx: Ctx, where: Prisma.ApplicationWhereInput, { skip, take }: { skip: number; take: number }): Promise<{ rows: ApplicationRow[]; total: number }> {
  const own = { AND: [where, { kind: 'partner' }] }
  const rows = await ctx.db.application.findMany({ where: own, include: included, orderBy: { id: 'asc' }, skip, take })
  return { rows, total: await ctx.db.application.count({ where: own }) }
}

/** Throws `not_found`. */
export async function getApplicationRow(ctx: Ctx, where: Prisma.ApplicationWhereInput): Promise<ApplicationRow> {
  const row = await ctx.db.application.findFirst({ where: { AND: [where, { kind: 'partner' }] }, include: included, orderBy: { id: 'asc' } })
  if (!row) throw notFound()
  return row
}

/**
 * Applications as the API tells them. The user keys among them are in the clear, as clients of 3scale expect: the audit
 * log has one entry of the request that names every application whose key was shown (AUD-1).
 */
export async function applicationsJson(ctx: Ctx, rows: ApplicationRow[], origin: string) {
  const shown = rows.filter((row) => userKeyOf(row) !== undefined)
  await auditShown(ctx, shown)
  return rows.map((row) => applicationJson(ctx, row, origin))
}

/** As `applicationsJson`, for one. */
export async function oneApplicationJson(ctx: Ctx, row: ApplicationRow, origin: string) {
  return (await applicationsJson(ctx, [row], origin))[0]!
}

/** Who saw whose keys. */
export async function auditShown(ctx: Ctx, rows: { id: bigint; name: string }[]): Promise<void> {
  if (rows.length === 0) return
  const [only] = rows.length === 1 ? rows : []
  await recordAudit(ctx.db, ctx.audit, {
    action: 'credential.revealed',
    object: only ? { kind: 'application', id: only.id, name: only.name } : { kind: 'application', id: null, name: `${rows.length} applications` },
    after: { applicationIds: rows.map(({ id }) => Number(id)) },
  })
}

/** A key in the clear; null where only its hash is kept. */
export function plainKey(ctx: Ctx, { id, cipher }: { id: bigint; cipher: string | null }): string | null {
  return cipher === null ? null : decryptSecret(cipher, credentialPlace(ctx.tenant.id, id))
}

function applicationJson(ctx: Ctx, row: ApplicationRow, origin: string) {
  const account = `/admin/api/accounts/${row.accountId}`
  const self = `${account}/applications/${row.id}`
  const userKey = userKeyOf(row)
  const byUserKey = row.product.authenticationMode === 'user_key'
  return {
    id: row.id,
    created_at: row.createdAt,
    updated_at: row.createdAt,
    state: row.state,
    enabled: row.state === 'live' && row.account?.state === 'approved',
    end_user_required: row.plan?.endUserRequired ?? false,
    service_id: row.productId,
    service_name: row.product.name,
    plan_id: row.planId,
    plan_name: row.plan?.name ?? '',
    account_id: row.accountId,
    org_name: row.account?.orgName ?? '',
    name: row.name,
    description: row.description,
    first_traffic_at: row.firstCallAt,
    first_daily_traffic_at: row.lastCallAt,
    ...(byUserKey ? { user_key: userKey ? plainKey(ctx, userKey) : null } : { application_id: row.appId, redirect_url: row.redirectUris[0] ?? null }),
    extra_fields: new Extra(readExtra(row.extra)),
    links: linksOf(origin, {
      self,
      service: `/admin/api/services/${row.productId}`,
      account,
      plan: `/admin/api/services/${row.productId}/application_plans/${row.planId}`,
      keys: `${self}/keys`,
      referrer_filters: `${self}/referrer_filters`,
    }),
  }
}

function userKeyOf({ product, credentials }: ApplicationRow) {
  return product.authenticationMode === 'user_key' ? credentials.findLast(({ kind }) => kind === 'user_key') : undefined
}

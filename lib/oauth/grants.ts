import type { Prisma } from '@/lib/db/generated/client'
import type { TenantDb, TenantTx } from '@/lib/db/tenant-db'
import { notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent } from '@/lib/events/record-event'
import type { Environment } from '@/lib/products/gateway-config'
import type { AuditOrigin, Ctx } from '@/lib/tenants/context'

/** What somebody has allowed an application: one row per consent. */
export type GrantDto = {
  id: number
  environment: Environment
  application: { id: number; name: string; appId: string }
  account: { id: number; orgName: string } | null
  /** The end user's id at the API owner's site; null where the application acts for itself. */
  endUserId: string | null
  scopes: string[]
  createdAt: Date
  lastUsedAt: Date | null
}

export type RevokedBy = 'end_user' | 'member' | 'application' | 'reuse' | 'code_reuse' | 'client'

export const GRANTS_MAX = 100

/** Living grants (not revoked, with a token that may still be used), newest first, at most 100. */
export async function listGrants(
  db: TenantDb,
  { productId, environment, endUserId, applicationId, search, before }: { productId: bigint; environment?: Environment; endUserId?: string; applicationId?: bigint; search?: string; before?: bigint },
  now: Date,
): Promise<GrantDto[]> {
  const text = search?.trim()
  const where: Prisma.OauthGrantWhereInput = {
    productId,
    revokedAt: null,
    tokens: { some: { usedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] } },
    ...(environment ? { environment } : {}),
    ...(endUserId === undefined ? {} : { endUserId }),
    ...(applicationId ? { applicationId } : {}),
    ...(before ? { id: { lt: before } } : {}),
    ...(text ? { OR: [{ endUserId: { contains: text, mode: 'insensitive' } }, { application: { name: { contains: text, mode: 'insensitive' } } }] } : {}),
  }
  const rows = await db.oauthGrant.findMany({ where, orderBy: { id: 'desc' }, take: GRANTS_MAX, include: { application: { include: { account: { select: { id: true, orgName: true } } } } } })
  return rows.map(({ id, environment: place, application, endUserId: user, scopes, createdAt, lastUsedAt }) => ({
    id: Number(id),
    environment: place as Environment,
    application: { id: Number(application.id), name: application.name, appId: application.appId },
    account: application.account && { id: Number(application.account.id), orgName: application.account.orgName },
    endUserId: user,
    scopes,
    createdAt,
    lastUsedAt,
  }))
}

/** A member ends a grant; its tokens are refused at every gateway within a second. Throws `not_found`. */
export async function revokeGrantByMember(ctx: Ctx, productId: bigint, grantId: bigint): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    const revoked = await revokeGrant(tx, { tenantId: ctx.tenant.id, productId, grantId, by: 'member', now: ctx.now, audit: ctx.audit })
    if (!revoked) throw notFound()
  })
}

type Revocation = { tenantId: bigint; productId: bigint; grantId: bigint; endUserId?: string; by: RevokedBy; now: Date; audit?: AuditOrigin }

/** Ends a grant with all that hangs on it. False where the product (and the end user, if one is given) has no such living grant. */
export async function revokeGrant(tx: TenantTx, { tenantId, productId, grantId, endUserId, by, now, audit }: Revocation): Promise<boolean> {
  const where = { id: grantId, productId, revokedAt: null, ...(endUserId === undefined ? {} : { endUserId }) }
  const { count } = await tx.oauthGrant.updateMany({ where, data: { revokedAt: now, revokedBy: by } })
  if (count === 0) return false
  const { applicationId, endUserId: user } = await tx.oauthGrant.findUniqueOrThrow({ where: { id: grantId }, select: { applicationId: true, endUserId: true } })
  await recordEvent(tx, { tenantId, type: 'oauth_grant.revoked', data: { productId: Number(productId), applicationId: Number(applicationId), grantId: Number(grantId), endUserId: user, by } })
  if (audit) await recordAudit(tx, audit, { action: 'oauth_grant.revoked', object: { kind: 'oauth_grant', id: grantId }, after: { by, applicationId: Number(applicationId), endUserId: user } })
  await recordChange(tx, { tenantId, topic: 'oauth_grant', subjectId: grantId })
  return true
}

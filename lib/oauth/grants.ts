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
  { productId, environment, endUserId, applicationId, search, before, ofPeople }: { productId: bigint; environment?: Environment; endUserId?: string; applicationId?: bigint; search?: string; before?: bigint; /** Only what people have allowed. */ ofPeople?: boolean },
  now: Date,
): Promise<GrantDto[]> {
  const text = search?.trim()
  const where: Prisma.OauthGrantWhereInput = {
    productId,
    revokedAt: null,
    tokens: { some: usable(now) },
    ...(environment ? { environment } : {}),
    ...(endUserId === undefined ? (ofPeople ? { endUserId: { not: null } } : {}) : { endUserId }),
    ...(applicationId ? { applicationId } : {}),
    ...(before ? { id: { lt: before } } : {}),
    ...(text ? { OR: [{ endUserId: { contains: text, mode: 'insensitive' } }, { application: { name: { contains: text, mode: 'insensitive' } } }] } : {}),
  }
  return readGrants(db, where)
}

/** The tokens applications have got for themselves: one row an application and environment, however many there are; newest first, at most 100. */
export async function listOwnAccess(db: TenantDb, { productId, environment, search }: { productId: bigint; environment?: Environment; search?: string }, now: Date): Promise<GrantDto[]> {
  const text = search?.trim()
  const groups = await db.oauthGrant.groupBy({
    by: ['applicationId', 'environment'],
    where: {
      productId,
      endUserId: null,
      revokedAt: null,
      tokens: { some: usable(now) },
      ...(environment ? { environment } : {}),
      ...(text ? { application: { name: { contains: text, mode: 'insensitive' } } } : {}),
    },
    _max: { id: true, lastUsedAt: true },
    orderBy: { _max: { id: 'desc' } },
    take: GRANTS_MAX,
  })
  const usedAt = new Map(groups.map((group) => [Number(group._max.id), group._max.lastUsedAt]))
  const newest = await readGrants(db, { id: { in: groups.flatMap((group) => group._max.id ?? []) } })
  return newest.map((grant) => ({ ...grant, lastUsedAt: usedAt.get(grant.id) ?? null }))
}

async function readGrants(db: TenantDb, where: Prisma.OauthGrantWhereInput): Promise<GrantDto[]> {
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

/**
 * An application's access as a person thinks of it: somebody who allowed it on two devices sees it
 * once. Scopes of all of them, the first consent, the last use; the newest one's id.
 */
export function groupByApplication(grants: readonly GrantDto[]): GrantDto[] {
  const groups = new Map<string, GrantDto>()
  for (const grant of grants) {
    const of = JSON.stringify([grant.environment, grant.application.id, grant.endUserId])
    const group = groups.get(of)
    groups.set(of, group ? join(group, grant) : grant)
  }
  return [...groups.values()]
}

function join(group: GrantDto, grant: GrantDto): GrantDto {
  const times = [group.lastUsedAt, grant.lastUsedAt].filter((at) => at !== null).map(Number)
  return {
    ...group,
    scopes: [...new Set([...group.scopes, ...grant.scopes])],
    createdAt: grant.createdAt < group.createdAt ? grant.createdAt : group.createdAt,
    lastUsedAt: times.length > 0 ? new Date(Math.max(...times)) : null,
  }
}

/** A member ends an application's access for the end user of a grant; its tokens are refused at every gateway within a second. Throws `not_found`. */
export async function revokeGrantByMember(ctx: Ctx, productId: bigint, grantId: bigint): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    const revoked = await revokeAccess(tx, { tenantId: ctx.tenant.id, productId, grantId, by: 'member', now: ctx.now, audit: ctx.audit })
    if (!revoked) throw notFound()
  })
}

/**
 * Ends a living grant with every other one of the same end user to the same application in the same environment: who
 * revokes an application means it wherever he allowed it. False where there is no such living grant.
 */
export async function revokeAccess(tx: TenantTx, { environment, ...revocation }: Revocation & { environment?: Environment }): Promise<boolean> {
  const { productId, grantId, endUserId } = revocation
  const where = { id: grantId, productId, revokedAt: null, ...(environment ? { environment } : {}), ...(endUserId === undefined ? {} : { endUserId }) }
  const named = await tx.oauthGrant.findFirst({ where, select: { applicationId: true, environment: true, endUserId: true } })
  if (!named) return false
  // One after the other: two that begin at different devices would wait for each other in a circle.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('grants of application ' || ${String(named.applicationId)}::text, 0))`
  if (named.endUserId === null) await endOwnTokens(tx, revocation, named)
  else {
    const { now } = revocation
    // One whose code is still on its way has no token yet.
    const alive = [{ tokens: { some: usable(now) } }, { codes: { some: { usedAt: null, expiresAt: { gt: now } } } }]
    const others = await tx.oauthGrant.findMany({ where: { ...named, productId, revokedAt: null, id: { not: grantId }, OR: alive }, orderBy: { id: 'asc' }, select: { id: true } })
    for (const { id } of others) await revokeGrant(tx, { ...revocation, grantId: id })
  }
  return revokeGrant(tx, revocation)
}

/** What an application got for itself, thousands perhaps: in one statement, and told as one event by the caller, who also notifies. */
async function endOwnTokens(tx: TenantTx, { tenantId, productId, grantId, by, now }: Revocation, { applicationId, environment }: { applicationId: bigint; environment: string }): Promise<void> {
  await tx.$executeRaw`
    WITH ended AS (
      UPDATE oauth_grants g SET "revokedAt" = ${now}, "revokedBy" = ${by}
       WHERE g."tenantId" = ${tenantId} AND g."productId" = ${productId} AND g."applicationId" = ${applicationId} AND g.environment = ${environment}
         AND g."endUserId" IS NULL AND g."revokedAt" IS NULL AND g.id <> ${grantId}
         AND EXISTS (SELECT 1 FROM oauth_tokens t WHERE t."tenantId" = g."tenantId" AND t."grantId" = g.id AND (t."expiresAt" IS NULL OR t."expiresAt" > ${now}))
      RETURNING g.id)
    INSERT INTO change_log ("tenantId", topic, "subjectId") SELECT ${tenantId}, 'oauth_grant', id FROM ended`
}

const usable = (now: Date) => ({ usedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] })

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

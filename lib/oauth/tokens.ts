import type { TenantDb, TenantTx } from '@/lib/db/tenant-db'
import { isUniqueViolation } from '@/lib/db/violations'
import { recordChange } from '@/lib/events/record-change'
import { oauthHash } from '@/lib/oauth/token-hash'
import type { Environment } from '@/lib/products/gateway-config'

/**
 * Access tokens that somebody else made and hands over for safekeeping (reference gateway 4.10). They are known to the
 * gateway like our own; only a hash is kept, so a list can tell everything but the token itself.
 */
export type TokenPlace = { tenantId: bigint; productId: bigint; environment: Environment }

export type KnownToken = { tokenId: number; grantId: number; applicationId: number; appId: string; endUserId: string | null; scopes: string[]; expiresAt: Date | null }

type NewToken = { applicationId: bigint; token: string; endUserId: string | null; scopes?: string[]; /** Null: for ever. */ ttlSeconds: number | null }

/** Stores a token; false where the product knows it already (reference 4.10: 403). The application must be the product's. */
export async function storeAccessToken(db: TenantDb, place: TokenPlace, { applicationId, token, endUserId, scopes = [], ttlSeconds }: NewToken, now: Date): Promise<boolean> {
  const { tenantId, productId, environment } = place
  const hash = oauthHash('access', productId, environment, token)
  const store = async (tx: TenantTx) => {
    await tx.$queryRaw`SELECT 1 FROM applications WHERE "tenantId" = ${tenantId} AND id = ${applicationId} FOR UPDATE`
    const known = await tx.oauthToken.findUnique({ where: { hash }, select: { id: true, grantId: true, expiresAt: true, grant: { select: { revokedAt: true } } } })
    if (known && known.grant.revokedAt === null && !isOver(known.expiresAt, now)) return false
    // What has ended does not keep its name.
    if (known) await tx.oauthToken.delete({ where: { id: known.id } })
    const { id: grantId } = await tx.oauthGrant.create({ data: { tenantId, productId, applicationId, environment, endUserId, scopes }, select: { id: true } })
    const expiresAt = ttlSeconds === null ? null : new Date(now.getTime() + ttlSeconds * 1000)
    await tx.oauthToken.create({ data: { tenantId, grantId, kind: 'access', hash, scopes, expiresAt }, select: { id: true } })
    return true
  }
  try {
    return await db.$transaction(store)
  } catch (error) {
    // The same text for two applications at the same moment: one was faster.
    if (isUniqueViolation(error)) return false
    throw error
  }
}

/** The living token of this product, or null: unknown, expired, revoked or another product's. */
export async function findAccessToken(db: TenantDb | TenantTx, { productId, environment }: TokenPlace, token: string, now: Date): Promise<KnownToken | null> {
  const row = await db.oauthToken.findUnique({
    where: { hash: oauthHash('access', productId, environment, token) },
    include: { grant: { include: { application: { select: { appId: true } } } } },
  })
  return row && row.kind === 'access' && row.grant.productId === productId && row.grant.revokedAt === null && !isOver(row.expiresAt, now) ? toKnownToken(row) : null
}

/** The same by the number a list names it by. */
export async function findAccessTokenById(db: TenantDb | TenantTx, { productId, environment }: TokenPlace, tokenId: number, now: Date): Promise<KnownToken | null> {
  const row = await db.oauthToken.findFirst({
    where: { id: BigInt(tokenId), kind: 'access', grant: { productId, environment, revokedAt: null } },
    include: { grant: { include: { application: { select: { appId: true } } } } },
  })
  return row && !isOver(row.expiresAt, now) ? toKnownToken(row) : null
}

/** Living tokens of an application, newest first, of one end user where one is named; without the tokens, of which we keep hashes. */
export async function listAccessTokens(db: TenantDb, { productId, environment }: TokenPlace, applicationId: bigint, endUserId: string | null, now: Date): Promise<KnownToken[]> {
  const rows = await db.oauthToken.findMany({
    where: {
      kind: 'access',
      OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
      grant: { productId, environment, applicationId, revokedAt: null, ...(endUserId === null ? {} : { endUserId }) },
    },
    orderBy: { id: 'desc' },
    take: 1000,
    include: { grant: { include: { application: { select: { appId: true } } } } },
  })
  return rows.map(toKnownToken)
}

/** Ends one token at every gateway within a second; false where there is none (reference 4.10: 404). */
export async function deleteAccessToken(db: TenantDb, place: TokenPlace, token: string | { id: number }, now: Date): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const known = typeof token === 'string' ? await findAccessToken(tx, place, token, now) : await findAccessTokenById(tx, place, token.id, now)
    if (!known) return false
    await tx.oauthToken.deleteMany({ where: { id: known.tokenId } })
    await recordChange(tx, { tenantId: place.tenantId, topic: 'oauth_grant', subjectId: BigInt(known.grantId) })
    return true
  })
}

type TokenRow = {
  id: bigint
  grantId: bigint
  scopes: string[]
  expiresAt: Date | null
  grant: { applicationId: bigint; endUserId: string | null; application: { appId: string } }
}

function toKnownToken({ id, grantId, scopes, expiresAt, grant }: TokenRow): KnownToken {
  return { tokenId: Number(id), grantId: Number(grantId), applicationId: Number(grant.applicationId), appId: grant.application.appId, endUserId: grant.endUserId, scopes, expiresAt }
}

/** Null never ends. */
export const isOver = (expiresAt: Date | null, now: Date): boolean => expiresAt !== null && expiresAt <= now

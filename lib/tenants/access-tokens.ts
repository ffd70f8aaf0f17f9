import { z } from 'zod'
import { lookupHash } from '@/lib/crypto'
import type { TenantTx } from '@/lib/db/tenant-db'
import { AppError, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { hasValidChecksum, newKey } from '@/lib/ids'
import type { Ctx } from '@/lib/tenants/context'
import { networkOf } from '@/lib/throttle/network-of'
import { assertAllowed, throttle } from '@/lib/throttle/throttle'

export const accessTokenScopes = ['account_management', 'cms', 'finance', 'stats', 'policy_registry'] as const

export const accessTokenInput = z.object({
  name: z.string().trim().min(1, 'Give the token a name.').max(100, 'Use at most 100 characters.'),
  permission: z.enum(['ro', 'rw'], { error: 'Choose read only, or read and write.' }),
  scopes: z.array(z.enum(accessTokenScopes)).min(1, 'Choose at least one scope.'),
  expiresAt: z.coerce.date().nullable().default(null),
})
export type AccessTokenInput = z.input<typeof accessTokenInput>

/** A token of the signed-in member for the management API. The value is answered once and stored as a hash only. */
export async function createAccessToken(ctx: Ctx, raw: AccessTokenInput): Promise<{ id: bigint; token: string }> {
  if (ctx.actor.kind !== 'member') throw new AppError('unauthenticated')
  return createAccessTokenFor(ctx, ctx.actor.id, raw)
}

/** The same for a member by id; for the command line, which acts as the system. */
export async function createAccessTokenFor(ctx: Ctx, memberId: bigint, raw: AccessTokenInput): Promise<{ id: bigint; token: string }> {
  return ctx.db.$transaction((tx) => insertAccessToken(tx, ctx, memberId, raw))
}

/** The same in a transaction of the caller's: a tenant that is made by a machine is born with its token. */
export async function insertAccessToken(tx: TenantTx, ctx: Pick<Ctx, 'tenant' | 'audit'>, memberId: bigint, raw: AccessTokenInput): Promise<{ id: bigint; token: string }> {
  const { name, permission, scopes, expiresAt } = accessTokenInput.parse(raw)
  const token = newKey('at')
  const { id } = await tx.accessToken.create({ data: { tenantId: ctx.tenant.id, memberId, name, permission, scopes, expiresAt, hash: lookupHash(token) } })
  await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'access_token.created', data: { accessTokenId: Number(id) } })
  await recordAudit(tx, ctx.audit, { action: 'access_token.created', object: { kind: 'access_token', id, name }, after: { permission, scopes, expiresAt } })
  return { id, token }
}

/** The tokens of the signed-in member; admins see everybody's. Values cannot be shown again. */
export async function listAccessTokens(ctx: Ctx) {
  if (ctx.actor.kind !== 'member') throw new AppError('unauthenticated')
  return ctx.db.accessToken.findMany({
    where: { revokedAt: null, ...(ctx.actor.role === 'admin' ? {} : { memberId: ctx.actor.id }) },
    select: { id: true, name: true, permission: true, scopes: true, createdAt: true, expiresAt: true, member: { select: { id: true, name: true } } },
    orderBy: { id: 'desc' },
    take: 500,
  })
}

/** Ends a token: one's own, or anybody's for an admin. Throws `not_found`. */
export async function revokeAccessToken(ctx: Ctx, { accessTokenId }: { accessTokenId: bigint }): Promise<void> {
  if (ctx.actor.kind !== 'member') throw new AppError('unauthenticated')
  const own = ctx.actor.role === 'admin' ? {} : { memberId: ctx.actor.id }
  await ctx.db.$transaction(async (tx) => {
    const [token] = await tx.accessToken.updateManyAndReturn({ where: { id: accessTokenId, revokedAt: null, ...own }, data: { revokedAt: ctx.now }, select: { name: true } })
    if (!token) throw notFound()
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'access_token.revoked', data: { accessTokenId: Number(accessTokenId) } })
    await recordAudit(tx, ctx.audit, { action: 'access_token.revoked', object: { kind: 'access_token', id: accessTokenId, name: token.name } })
  })
}

/**
 * The live token behind a value, with its member, or null. One of ours with a wrong checksum needs no look-up (KEY-1).
 * Throws `too_many_requests` to an address that tries many nobody knows (PW-2); one that knows them is never slowed down.
 */
export async function findAccessToken(ctx: Pick<Ctx, 'db' | 'now' | 'audit'>, value: string) {
  const token = value.length > 200 || !hasValidChecksum(value) ? null : await findLive(ctx, value)
  if (!token && ctx.audit.address !== null) assertAllowed(await throttle().take('access_token', networkOf(ctx.audit.address)))
  return token
}

async function findLive(ctx: Pick<Ctx, 'db' | 'now'>, value: string) {
  return ctx.db.accessToken.findFirst({
    where: { hash: lookupHash(value), revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: ctx.now } }], member: { state: 'active' } },
    include: { member: true },
  })
}

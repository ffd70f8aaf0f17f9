import { credentialPlace, insertCredential, type CredentialKind } from '@/lib/applications/insert-credential'
import { appKeyInput, credentialRef, userKeyInput, type AppKeyInput, type CredentialRef, type UserKeyInput } from '@/lib/applications/schema'
import { writeApplication } from '@/lib/applications/write-application'
import { decryptSecret } from '@/lib/crypto'
import type { Credential } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { isUniqueViolation } from '@/lib/db/violations'
import { AppError, invalid, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { newKey } from '@/lib/ids'
import { assertOwnAccount } from '@/lib/accounts/own-account'
import type { Ctx } from '@/lib/tenants/context'

export const liveAppKeysMax = 5

/** The key in the clear, for whoever has just made or revealed it. */
export type PlainKey = { credentialId: bigint; key: string }

/** A new user key, ours or the given one; the old one dies at once. Throws `not_found`, `invalid`. */
export async function regenerateUserKey(ctx: Ctx, raw: UserKeyInput): Promise<PlainKey> {
  const { applicationId, key = newKey('uk') } = userKeyInput.parse(raw)
  return writeApplication(ctx, applicationId, 'credential.rotated', async (tx, { productId }) => {
    const old = await tx.credential.findMany({ where: { applicationId, kind: 'user_key', revokedAt: null } })
    for (const credential of old) await retireCredential(tx, ctx, credential)
    const { id, hint } = await insertCredential(tx, { tenantId: ctx.tenant.id, productId, applicationId, kind: 'user_key', key })
    return { result: { credentialId: id, key }, event: { credentialId: Number(id) }, before: { keyHint: old[0]?.hint ?? null }, after: { keyHint: hint } }
  }).catch(keyTaken)
}

/** One more application key, so that callers can be moved without a gap. Throws `not_found`, `invalid`, `conflict` at five live ones (KEY-4). */
export async function addAppKey(ctx: Ctx, raw: AppKeyInput): Promise<PlainKey> {
  const { applicationId, key = newKey('ak') } = appKeyInput.parse(raw)
  return writeApplication(ctx, applicationId, 'credential.created', async (tx, { productId }) => {
    const live = await tx.credential.findMany({ where: { applicationId, kind: 'app_key', revokedAt: null } })
    if (live.length >= liveAppKeysMax) throw new AppError('conflict', { publicMessage: `An application has at most ${liveAppKeysMax} live keys. Revoke one that is no longer used.` })
    if (live.some((credential) => plainOf(ctx, credential)?.toLowerCase() === key.toLowerCase())) throw keyTakenError()
    const { id, hint } = await insertCredential(tx, { tenantId: ctx.tenant.id, productId, applicationId, kind: 'app_key', key })
    return { result: { credentialId: id, key }, event: { credentialId: Number(id) }, after: { keyHint: hint } }
  }).catch(keyTaken)
}

/** Ends a key; gateways refuse it within a second (KEY-4). Also the last one: a leaked key must not have to wait. Throws `not_found`. */
export async function revokeCredential(ctx: Ctx, raw: CredentialRef): Promise<void> {
  const { credentialId } = credentialRef.parse(raw)
  const { applicationId } = await getLive(ctx, credentialId)
  await writeApplication(ctx, applicationId, 'credential.revoked', async (tx) => {
    const credential = await tx.credential.findFirst({ where: { id: credentialId, revokedAt: null } })
    if (!credential) throw notFound()
    await retireCredential(tx, ctx, credential)
    return { result: undefined, event: { credentialId: Number(credentialId) }, before: { keyHint: credential.hint, kind: credential.kind } }
  })
}

/** The key in the clear, any time to its owner and to staff, each time with an audit entry (security reference, section 6). Throws `not_found`. */
export async function revealCredential(ctx: Ctx, raw: CredentialRef): Promise<PlainKey & { kind: CredentialKind }> {
  const { credentialId } = credentialRef.parse(raw)
  const credential = await getLive(ctx, credentialId)
  const key = plainOf(ctx, credential)
  if (key === null) throw new AppError('conflict', { publicMessage: 'This key was shown once and is not kept. Make a new one.' })
  await ctx.db.$transaction((tx) =>
    recordAudit(tx, ctx.audit, {
      action: 'credential.revealed',
      object: { kind: 'application', id: credential.applicationId, name: credential.application.name },
      after: { credentialId, kind: credential.kind, keyHint: credential.hint },
    }),
  )
  return { credentialId, key, kind: credential.kind as CredentialKind }
}

async function getLive(ctx: Ctx, credentialId: bigint) {
  const credential = await ctx.db.credential.findFirst({
    where: { id: credentialId, revokedAt: null, application: { kind: 'partner' } },
    include: { application: { select: { name: true, accountId: true } } },
  })
  if (!credential) throw notFound()
  assertOwnAccount(ctx, credential.application.accountId)
  return credential
}

/** Nothing of a dead key can be looked up or shown again, and its text is free; when it was last used stays. */
export async function retireCredential(tx: TenantTx, ctx: Ctx, credential: Credential): Promise<void> {
  await tx.credential.update({ where: { id: credential.id }, data: { revokedAt: ctx.now, hash: `revoked|${credential.id}`, cipher: null } })
}

function plainOf(ctx: Ctx, credential: Credential): string | null {
  return credential.cipher === null ? null : decryptSecret(credential.cipher, credentialPlace(ctx.tenant.id, credential.id))
}

function keyTaken(error: unknown): never {
  throw isUniqueViolation(error) ? keyTakenError() : error
}

const keyTakenError = () => invalid({ key: ['This key is in use already. Choose another, or leave the field empty and we make one.'] })

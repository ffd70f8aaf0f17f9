import { z } from 'zod'
import { liveAppKeysMax, retireCredential, type PlainKey } from '@/lib/applications/change-credentials'
import { insertCredential } from '@/lib/applications/insert-credential'
import { writeApplication } from '@/lib/applications/write-application'
import type { Credential } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { AppError, invalid, notFound } from '@/lib/errors'
import { newKey } from '@/lib/ids'
import type { Ctx } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'

/** How long a key goes on beside its successor: on its own (`never`), until a moment, or until it was unused for some days. */
const end = {
  end: z.enum(['never', 'date', 'unused'], { error: 'Choose when the key ends.' }),
  /** ISO 8601, in the future; for `date`. */
  endsAt: z.preprocess((value) => (value === '' ? undefined : value), z.coerce.date({ error: 'Choose a day and time.' }).optional()),
  /** 1 to 365; for `unused`. */
  unusedDays: z.preprocess((value) => (value === '' ? undefined : value), z.coerce.number({ error: 'Write a whole number.' }).int('Write a whole number.').min(1, 'Use at least one day.').max(365, 'Use at most 365 days.').optional()),
}

export const keyEndInput = z.object({ applicationId: idInput, credentialId: idInput, ...end })
export type KeyEndInput = z.input<typeof keyEndInput>

/**
 * Sets or lifts the end of an application key. Calls with it are refused from that moment on; the row is cleared by
 * `endDueKeys` soon after. Throws `not_found`, `invalid`.
 */
export async function setKeyEnd(ctx: Ctx, raw: KeyEndInput): Promise<void> {
  const { applicationId, credentialId, ...wanted } = keyEndInput.parse(raw)
  await writeApplication(ctx, applicationId, 'credential.changed', async (tx) => {
    const key = await findLive(tx, applicationId, credentialId)
    await setEnd(tx, ctx, key, wanted)
    return { result: undefined, event: { credentialId: Number(credentialId) }, before: { keyHint: key.hint, ...endOf(key) }, after: endColumns(ctx, wanted) }
  })
}

/**
 * A new application key beside an old one, which gets its end in the same step: callers move over without a gap.
 * Throws `not_found`, `invalid`, `conflict` at five live ones (KEY-4).
 */
export async function rotateAppKey(ctx: Ctx, raw: KeyEndInput): Promise<PlainKey> {
  const { applicationId, credentialId, ...wanted } = keyEndInput.parse(raw)
  return writeApplication(ctx, applicationId, 'credential.rotated', async (tx, { productId }) => {
    const old = await findLive(tx, applicationId, credentialId)
    const live = await tx.credential.count({ where: { applicationId, kind: 'app_key', revokedAt: null } })
    if (live >= liveAppKeysMax) throw new AppError('conflict', { publicMessage: `An application has at most ${liveAppKeysMax} live keys. Revoke one that is no longer used.` })
    await setEnd(tx, ctx, old, wanted)
    const key = newKey('ak')
    const { id, hint } = await insertCredential(tx, { tenantId: ctx.tenant.id, productId, applicationId, kind: 'app_key', key })
    return { result: { credentialId: id, key }, event: { credentialId: Number(id) }, before: { keyHint: old.hint, ...endOf(old) }, after: { keyHint: hint, ...endColumns(ctx, wanted) } }
  })
}

type End = Pick<z.output<typeof keyEndInput>, 'end' | 'endsAt' | 'unusedDays'>

async function findLive(tx: TenantTx, applicationId: bigint, credentialId: bigint): Promise<Credential> {
  const key = await tx.credential.findFirst({ where: { id: credentialId, applicationId, kind: 'app_key', revokedAt: null } })
  if (!key) throw notFound()
  return key
}

async function setEnd(tx: TenantTx, ctx: Ctx, key: Credential, wanted: End): Promise<void> {
  await tx.credential.update({ where: { id: key.id }, data: endColumns(ctx, wanted), select: { id: true } })
}

function endColumns(ctx: Ctx, { end: kind, endsAt, unusedDays }: End): { expiresAt: Date | null; endsAfterUnusedDays: number | null } {
  if (kind === 'date' && (!endsAt || endsAt <= ctx.now)) throw invalid({ endsAt: ['Choose a moment in the future.'] })
  if (kind === 'unused' && !unusedDays) throw invalid({ unusedDays: ['After how many days without a call?'] })
  return { expiresAt: kind === 'date' ? endsAt! : null, endsAfterUnusedDays: kind === 'unused' ? unusedDays! : null }
}

const endOf = ({ expiresAt, endsAfterUnusedDays }: Credential) => ({ expiresAt, endsAfterUnusedDays })

/** Ends the keys of one tenant whose time is up, for the clock. Answers how many. */
export async function endDueKeys(ctx: Ctx): Promise<number> {
  const due = await ctx.db.$queryRaw<{ id: bigint; applicationId: bigint }[]>`
    SELECT id, "applicationId" FROM credentials
    WHERE "revokedAt" IS NULL AND ("expiresAt" <= ${ctx.now} OR coalesce("lastUsedAt", "createdAt") <= ${ctx.now}::timestamptz - make_interval(days => "endsAfterUnusedDays"))
    ORDER BY id LIMIT 500`
  for (const { id, applicationId } of due)
    await writeApplication(ctx, applicationId, 'credential.revoked', async (tx) => {
      const key = await findLive(tx, applicationId, id)
      // Somebody may have moved its end, or used it, since it was looked at.
      const unusedSince = key.lastUsedAt ?? key.createdAt
      const isDue = (key.expiresAt !== null && key.expiresAt <= ctx.now) || (key.endsAfterUnusedDays !== null && ctx.now.getTime() - unusedSince.getTime() >= key.endsAfterUnusedDays * 86_400_000)
      if (!isDue) throw notFound()
      await retireCredential(tx, ctx, key)
      return { result: undefined, event: { credentialId: Number(id) }, before: { keyHint: key.hint, kind: key.kind, ...endOf(key) } }
    }).catch((error: unknown) => {
      if (!(error instanceof AppError && error.code === 'not_found')) throw error
    })
  return due.length
}

import { z } from 'zod'
import { retireCredential, type PlainKey } from '@/lib/applications/change-credentials'
import { insertCredential } from '@/lib/applications/insert-credential'
import { writeApplication } from '@/lib/applications/write-application'
import { AppError, notFound } from '@/lib/errors'
import { newKey } from '@/lib/ids'
import type { Ctx } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'

const ownKeyRef = z.object({ applicationId: idInput, credentialId: idInput })
export type OwnKeyRef = z.input<typeof ownKeyRef>

/** A new application key in the place of one, which dies at once. Throws `not_found`. */
export async function regenerateAppKey(ctx: Ctx, raw: OwnKeyRef): Promise<PlainKey> {
  const { applicationId, credentialId } = ownKeyRef.parse(raw)
  return writeApplication(ctx, applicationId, 'credential.rotated', async (tx, { productId }) => {
    const old = await tx.credential.findFirst({ where: { id: credentialId, applicationId, kind: 'app_key', revokedAt: null } })
    if (!old) throw notFound()
    await retireCredential(tx, ctx, old)
    const key = newKey('ak')
    const { id, hint } = await insertCredential(tx, { tenantId: ctx.tenant.id, productId, applicationId, kind: 'app_key', key })
    return { result: { credentialId: id, key }, event: { credentialId: Number(id) }, before: { keyHint: old.hint }, after: { keyHint: hint } }
  })
}

/** Ends an application key of a partner's. The last one stays: without any the application could not call. Throws `not_found`, `conflict`. */
export async function deleteAppKey(ctx: Ctx, raw: OwnKeyRef): Promise<void> {
  const { applicationId, credentialId } = ownKeyRef.parse(raw)
  await writeApplication(ctx, applicationId, 'credential.revoked', async (tx) => {
    const live = await tx.credential.findMany({ where: { applicationId, kind: 'app_key', revokedAt: null } })
    const credential = live.find((each) => each.id === credentialId)
    if (!credential) throw notFound()
    if (live.length === 1) throw new AppError('conflict', { publicMessage: 'This is the last key of the application. Add another first, or regenerate this one.' })
    await retireCredential(tx, ctx, credential)
    return { result: undefined, event: { credentialId: Number(credentialId) }, before: { keyHint: credential.hint, kind: credential.kind } }
  })
}

import { randomBytes } from 'node:crypto'
import { decryptSecret, encryptSecret } from '@/lib/crypto'
import { notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'
import { endpointRef, type EndpointRef } from '@/lib/webhooks/schema'

/** How long a replaced secret signs beside the new one, so that a receiver can change over (WH-2). */
const OVERLAP_MS = 24 * 3_600_000

type Column = 'secretCipher' | 'previousSecretCipher'

/** `whsec_` and 24 random bytes in base64, as the Standard Webhooks libraries read it. */
export function newEndpointSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`
}

export function sealEndpointSecret(tenantId: bigint, endpointId: bigint, secret: string, column: Column = 'secretCipher'): string {
  return encryptSecret(secret, { tenantId, table: 'webhook_endpoints', row: endpointId, column })
}

export function openEndpointSecret(tenantId: bigint, endpointId: bigint, cipher: string, column: Column = 'secretCipher'): string {
  return decryptSecret(cipher, { tenantId, table: 'webhook_endpoints', row: endpointId, column })
}

/** The signing secret in the clear, for the person who asks to see it; the audit log notes who did. Throws `not_found`. */
export async function revealEndpointSecret(ctx: Ctx, raw: EndpointRef): Promise<{ secret: string }> {
  const { endpointId } = endpointRef.parse(raw)
  return ctx.db.$transaction(async (tx) => {
    const endpoint = await tx.webhookEndpoint.findUnique({ where: { id: endpointId }, select: { url: true, secretCipher: true } })
    if (!endpoint) throw notFound()
    await recordAudit(tx, ctx.audit, { action: 'webhook_endpoint.secret_revealed', object: { kind: 'webhook_endpoint', id: endpointId, name: endpoint.url } })
    return { secret: openEndpointSecret(ctx.tenant.id, endpointId, endpoint.secretCipher) }
  })
}

/** A new secret; the old one signs beside it for 24 hours. Throws `not_found`. */
export async function rotateEndpointSecret(ctx: Ctx, raw: EndpointRef): Promise<{ secret: string }> {
  const { endpointId } = endpointRef.parse(raw)
  const secret = newEndpointSecret()
  return ctx.db.$transaction(async (tx) => {
    const endpoint = await tx.webhookEndpoint.findUnique({ where: { id: endpointId }, select: { url: true, secretCipher: true } })
    if (!endpoint) throw notFound()
    const old = openEndpointSecret(ctx.tenant.id, endpointId, endpoint.secretCipher)
    await tx.webhookEndpoint.update({
      where: { id: endpointId },
      data: {
        secretCipher: sealEndpointSecret(ctx.tenant.id, endpointId, secret),
        previousSecretCipher: sealEndpointSecret(ctx.tenant.id, endpointId, old, 'previousSecretCipher'),
        previousSecretUntil: new Date(ctx.now.getTime() + OVERLAP_MS),
      },
    })
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'webhook_endpoint.secret_rotated', data: { endpointId: Number(endpointId) } })
    await recordAudit(tx, ctx.audit, { action: 'webhook_endpoint.secret_rotated', object: { kind: 'webhook_endpoint', id: endpointId, name: endpoint.url } })
    return { secret }
  })
}

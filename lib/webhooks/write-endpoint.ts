import type { WebhookEndpoint } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { env } from '@/lib/env'
import { AppError, invalid, isAppError, notFound } from '@/lib/errors'
import type { EventType } from '@/lib/events/event-types'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { egressPolicy, parseEgressUrl } from '@/lib/http/egress/policy'
import type { Ctx } from '@/lib/tenants/context'
import { newEndpointSecret, sealEndpointSecret } from '@/lib/webhooks/endpoint-secret'
import { ENDPOINTS_MAX, endpointEditInput, endpointInput, endpointRef, type EndpointEditInput, type EndpointInput, type EndpointRef } from '@/lib/webhooks/schema'

/** A new endpoint with a secret of its own. Throws `invalid` for an address we may not call, `conflict` beyond ten. */
export async function createEndpoint(ctx: Ctx, raw: EndpointInput): Promise<{ id: bigint }> {
  const input = endpointInput.parse(raw)
  assertUsable(input.url)
  const { tenant } = ctx
  return ctx.db.$transaction(async (tx) => {
    // Two at once would each count nine: they take turns at the tenant.
    await tx.$queryRaw`SELECT id FROM tenants WHERE id = ${tenant.id} FOR UPDATE`
    if ((await tx.webhookEndpoint.count()) >= ENDPOINTS_MAX) throw new AppError('conflict', { publicMessage: `There are ${ENDPOINTS_MAX} endpoints already. Delete one first.` })
    const endpoint = await tx.webhookEndpoint.create({ data: { tenantId: tenant.id, ...input, secretCipher: '' } })
    // Sealed to the row it stands in, so the row comes first (KEY-2).
    await tx.webhookEndpoint.update({ where: { id: endpoint.id }, data: { secretCipher: sealEndpointSecret(tenant.id, endpoint.id, newEndpointSecret()) } })
    await tell(tx, ctx, endpoint, 'webhook_endpoint.created', null, input)
    return { id: endpoint.id }
  })
}

/** Address, events, on or off. Switched on again it starts with a clean slate; what was waiting when it went off stays given up. */
export async function editEndpoint(ctx: Ctx, raw: EndpointEditInput): Promise<void> {
  const { endpointId, ...input } = endpointEditInput.parse(raw)
  assertUsable(input.url)
  await ctx.db.$transaction(async (tx) => {
    const endpoint = await tx.webhookEndpoint.findUnique({ where: { id: endpointId } })
    if (!endpoint) throw notFound()
    await tx.webhookEndpoint.update({ where: { id: endpointId }, data: { ...input, ...(input.active && !endpoint.active && { disabledBecause: null, failingSince: null }) } })
    if (!input.active) await giveUpWaiting(tx, endpointId)
    const { url, active, events } = endpoint
    await tell(tx, ctx, endpoint, 'webhook_endpoint.changed', { url, active, events }, input)
  })
}

/** The endpoint with its log of deliveries. Throws `not_found`. */
export async function deleteEndpoint(ctx: Ctx, raw: EndpointRef): Promise<void> {
  const { endpointId } = endpointRef.parse(raw)
  await ctx.db.$transaction(async (tx) => {
    const endpoint = await tx.webhookEndpoint.findUnique({ where: { id: endpointId } })
    if (!endpoint) throw notFound()
    await tx.webhookEndpoint.delete({ where: { id: endpointId } })
    await tell(tx, ctx, endpoint, 'webhook_endpoint.deleted', { url: endpoint.url, events: endpoint.events }, null)
  })
}

/** Deliveries of an endpoint that is off are listed as failed and can be sent again by hand; nothing is sent months later. */
export async function giveUpWaiting(tx: TenantTx, endpointId: bigint): Promise<void> {
  await tx.webhookDelivery.updateMany({ where: { endpointId, state: { in: ['pending', 'sending'] } }, data: { state: 'failed', lastError: 'endpoint_off' } })
}

function assertUsable(url: string): void {
  try {
    parseEgressUrl(url, egressPolicy(), { httpsOnly: !env().local })
  } catch (error) {
    if (isAppError(error)) throw invalid({ url: [error.publicMessage] })
    throw error
  }
}

async function tell(tx: TenantTx, ctx: Ctx, endpoint: WebhookEndpoint, action: EventType, before: Record<string, unknown> | null, after: Record<string, unknown> | null): Promise<void> {
  await recordEvent(tx, { tenantId: ctx.tenant.id, type: action, data: { endpointId: Number(endpoint.id) } })
  await recordAudit(tx, ctx.audit, { action, object: { kind: 'webhook_endpoint', id: endpoint.id, name: endpoint.url }, before, after })
}

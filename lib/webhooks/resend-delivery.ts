import { AppError, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'
import { assertAllowed, throttle } from '@/lib/throttle/throttle'
import { newMessageId } from '@/lib/webhooks/enqueue-deliveries'
import { deliveryRef, endpointRef, type DeliveryRef, type EndpointRef } from '@/lib/webhooks/schema'
import { TEST_TYPE } from '@/lib/webhooks/webhook-events'

/** Sends a delivery again now, with the same id and the same body, and the whole row of tries before it. Throws `not_found`, `conflict` where the endpoint is off or it is under way. */
export async function resendDelivery(ctx: Ctx, raw: DeliveryRef): Promise<void> {
  const { deliveryId } = deliveryRef.parse(raw)
  assertAllowed(await throttle().take('webhook_test', String(ctx.tenant.id)))
  await ctx.db.$transaction(async (tx) => {
    const delivery = await tx.webhookDelivery.findUnique({ where: { id: deliveryId }, include: { endpoint: { select: { active: true, url: true } } } })
    if (!delivery) throw notFound()
    if (!delivery.endpoint.active) throw new AppError('conflict', { publicMessage: 'This endpoint is off. Switch it on first, then send again.' })
    const { count } = await tx.webhookDelivery.updateMany({ where: { id: deliveryId, state: { not: 'sending' } }, data: { state: 'pending', attempts: 0, nextTryAt: ctx.now } })
    if (count === 0) throw new AppError('conflict', { publicMessage: 'This one is being sent right now. Look again in a moment.' })
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'webhook_delivery.resent', data: { deliveryId: Number(deliveryId) } })
    await recordAudit(tx, ctx.audit, { action: 'webhook_delivery.resent', object: { kind: 'webhook_endpoint', id: delivery.endpointId, name: delivery.endpoint.url }, after: { type: delivery.type, messageId: delivery.messageId } })
  })
}

/** A message of type `webhook.test`, to see that the receiver is there: at most ten a minute (WH-5). Throws `not_found`, `conflict`, `too_many_requests`. */
export async function sendTest(ctx: Ctx, raw: EndpointRef): Promise<{ deliveryId: bigint }> {
  const { endpointId } = endpointRef.parse(raw)
  assertAllowed(await throttle().take('webhook_test', String(ctx.tenant.id)))
  const endpoint = await ctx.db.webhookEndpoint.findUnique({ where: { id: endpointId }, select: { active: true } })
  if (!endpoint) throw notFound()
  if (!endpoint.active) throw new AppError('conflict', { publicMessage: 'This endpoint is off. Switch it on first.' })
  const body = JSON.stringify({ type: TEST_TYPE, timestamp: ctx.now.toISOString(), data: { message: `Hello from ${ctx.tenant.name}. If you read this, your endpoint works.` } })
  const { id } = await ctx.db.webhookDelivery.create({ data: { tenantId: ctx.tenant.id, endpointId, messageId: newMessageId(), type: TEST_TYPE, body, createdAt: ctx.now, nextTryAt: ctx.now } })
  return { deliveryId: id }
}

import { randomBytes } from 'node:crypto'
import { tenantDb } from '@/lib/db/tenant-db'
import type { EventJob } from '@/lib/jobs/job-names'
import { buildPayload } from '@/lib/webhooks/payload'

/**
 * Job: one delivery for each endpoint that is on and asked for this type. The event's row was written with the change
 * (WH-1), and of a job that runs twice the second adds nothing (unique by endpoint and event).
 */
export async function enqueueDeliveries({ tenantId, eventId, type }: EventJob, { now }: { now: Date }): Promise<void> {
  const db = tenantDb(BigInt(tenantId))
  const endpoints = await db.webhookEndpoint.findMany({ where: { active: true, events: { has: type } }, select: { id: true } })
  if (endpoints.length === 0) return
  const event = await db.event.findUnique({ where: { id: BigInt(eventId) } })
  if (!event) return
  const body = await buildPayload(db, event)
  await db.webhookDelivery.createMany({
    data: endpoints.map(({ id }) => ({ tenantId: BigInt(tenantId), endpointId: id, eventId: event.id, messageId: newMessageId(), type, body, createdAt: now, nextTryAt: now })),
    skipDuplicates: true,
  })
}

/** The `webhook-id`: `msg_` and 24 characters nobody can guess. */
export function newMessageId(): string {
  return `msg_${randomBytes(18).toString('base64url')}`
}

import type { Prisma } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import type { EventType } from '@/lib/events/event-types'

/** Plain JSON: ids as numbers, times as ISO text. Ids, not copies: whoever handles the event reads the row as it then is (JOB-1). */
export type EventData = { [key: string]: Prisma.InputJsonValue | null | undefined }

/**
 * Writes to the outbox what happened, in the transaction of the change: both are kept or neither. Jobs fan it out to
 * webhooks, mail and alerts; nouns never call those.
 */
export async function recordEvent(tx: TenantTx, event: { tenantId: bigint; type: EventType; data: EventData }): Promise<void> {
  await tx.event.create({ data: { tenantId: event.tenantId, type: event.type, data: event.data as Prisma.InputJsonObject }, select: { id: true } })
}

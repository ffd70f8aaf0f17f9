import type { PgBoss } from 'pg-boss'
import { ownerPool } from '@/lib/db/system-db'
import type { EventType } from '@/lib/events/event-types'
import type { EventJob, Subscriptions } from '@/lib/jobs/job-names'

const BATCH = 100

/**
 * Moves events from the outbox into the queues of those who asked for them. The queue stands in the same Postgres, so
 * mark and jobs are one transaction: an event becomes its jobs exactly once, whenever a process dies. Several processes
 * may run it. Answers how many events it moved.
 */
export async function relayEvents(boss: PgBoss, subscriptions: Subscriptions): Promise<number> {
  const client = await ownerPool().connect()
  let broken = true
  try {
    await client.query('BEGIN')
    const { rows } = await client.query<{ id: number; tenantId: number; type: EventType }>(
      `UPDATE events SET "processedAt" = now()
        WHERE id IN (SELECT id FROM events WHERE "processedAt" IS NULL ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
        RETURNING id, "tenantId", type`,
    )
    const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) }
    const byQueue = new Map<string, EventJob[]>()
    for (const { id, tenantId, type } of rows.sort((a, b) => a.id - b.id))
      for (const name of subscriptions[type] ?? []) byQueue.set(name, [...(byQueue.get(name) ?? []), { tenantId, eventId: id, type }])
    for (const [name, jobs] of byQueue)
      await boss.insert(
        name,
        // Grouped by tenant: a tenant with a thousand events does not make the others wait (JOB-2).
        jobs.map((job) => ({ data: job, group: { id: String(job.tenantId) } })),
        { db },
      )
    await client.query('COMMIT')
    broken = false
    return rows.length
  } finally {
    // A failed transaction leaves nothing behind; its connection is not given back.
    client.release(broken)
  }
}

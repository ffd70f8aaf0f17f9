import { ownerPool } from '@/lib/db/system-db'
import { tenantDb } from '@/lib/db/tenant-db'
import { systemClock, type Clock } from '@/lib/clock'
import { isAppError } from '@/lib/errors'
import { recordEvent } from '@/lib/events/record-event'
import { egressFetch, type EgressResponse } from '@/lib/http/egress/egress-fetch'
import type { EgressPolicy } from '@/lib/http/egress/policy'
import { logger } from '@/lib/logger'
import { openEndpointSecret } from '@/lib/webhooks/endpoint-secret'
import { pauseAfter, readRetryAfter } from '@/lib/webhooks/retry-schedule'
import { signatureHeaders } from '@/lib/webhooks/sign'
import { giveUpWaiting } from '@/lib/webhooks/write-endpoint'

/**
 * Sends what is due (WH-3, WH-4). A look claims rows and lets them fly: it waits for no receiver, so one that hangs
 * holds its own five places and nobody else's. A claim is a lease; a process that dies leaves its rows to the next
 * one, so a receiver may see a message twice, always under the same `webhook-id`.
 */
export type WebhookSender = {
  /** Claims and starts what is due; answers how many it started. */
  run(now: Date): Promise<number>
  /** Resolves when nothing is in flight. */
  settled(): Promise<void>
}

const PER_ENDPOINT_MAX = 5
const PER_TENANT_MAX = 20
const IN_FLIGHT_MAX = 400
/** Rows a look may read: one tenant's backlog must not be all that is seen, and the places are given out among these. */
const LOOKED_AT = 20_000
/** Longer than any attempt can take (15 s). */
const LEASE_MS = 60_000
const FAILING_MAX_MS = 5 * 24 * 3_600_000
const ANSWER_BYTES_MAX = 2048
const LOCK = 7_261_044

type Claimed = { id: number; tenantId: number; endpointId: number; messageId: string; body: string; attempts: number }

export function createWebhookSender({ clock = systemClock, policy, limits, random = Math.random }: { clock?: Clock; policy?: EgressPolicy; limits?: { totalMs: number }; random?: () => number } = {}): WebhookSender {
  const flying = new Set<Promise<void>>()
  return {
    async run(now) {
      const free = IN_FLIGHT_MAX - flying.size
      if (free <= 0) return 0
      const claimed = await claimDue(now, free)
      for (const row of claimed) {
        const flight = attempt(row, { clock, policy, limits, random })
          .catch((error: unknown) => logger.error({ err: error, deliveryId: row.id }, 'the outcome of a webhook could not be kept; it will be sent again'))
          .finally(() => flying.delete(flight))
        flying.add(flight)
      }
      return claimed.length
    },
    async settled() {
      while (flying.size > 0) await Promise.all(flying)
    },
  }
}

/** One process claims at a time, so that the counts of what is in flight hold over all of them. */
async function claimDue(now: Date, free: number): Promise<Claimed[]> {
  const client = await ownerPool().connect()
  let broken = true
  try {
    await client.query('BEGIN')
    const { rows: locked } = await client.query<{ got: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS got', [LOCK])
    const rows = locked[0]?.got ? (await client.query<Claimed>(claimSql, [now, new Date(now.getTime() + LEASE_MS), free])).rows : []
    await client.query('COMMIT')
    broken = false
    return rows
  } finally {
    client.release(broken)
  }
}

// Endpoints and tenants that are full are left out before the oldest rows are taken, so that a long queue of theirs hides nobody.
const claimSql = `
  WITH busy AS (
    SELECT "tenantId", "endpointId", count(*) AS n FROM webhook_deliveries WHERE state = 'sending' AND "nextTryAt" > $1 GROUP BY 1, 2
  ), busy_tenants AS (SELECT "tenantId", sum(n) AS n FROM busy GROUP BY 1),
  due AS (
    SELECT d.id, d."tenantId", d."endpointId", d."nextTryAt" FROM webhook_deliveries d
      JOIN webhook_endpoints e ON e."tenantId" = d."tenantId" AND e.id = d."endpointId" AND e.active
     WHERE d.state IN ('pending', 'sending') AND d."nextTryAt" <= $1
       AND NOT EXISTS (SELECT 1 FROM busy b WHERE b."endpointId" = d."endpointId" AND b.n >= ${PER_ENDPOINT_MAX})
       AND NOT EXISTS (SELECT 1 FROM busy_tenants b WHERE b."tenantId" = d."tenantId" AND b.n >= ${PER_TENANT_MAX})
     ORDER BY d."nextTryAt", d.id LIMIT ${LOOKED_AT}
  ), placed AS (
    SELECT due.*, row_number() OVER (PARTITION BY due."endpointId" ORDER BY due."nextTryAt", due.id) + coalesce(b.n, 0) AS place_at_endpoint
      FROM due LEFT JOIN busy b ON b."endpointId" = due."endpointId"
  ), fair AS (
    SELECT placed.*, row_number() OVER (PARTITION BY placed."tenantId" ORDER BY placed."nextTryAt", placed.id) + coalesce(t.n, 0) AS place_at_tenant
      FROM placed LEFT JOIN busy_tenants t ON t."tenantId" = placed."tenantId" WHERE place_at_endpoint <= ${PER_ENDPOINT_MAX}
  ), chosen AS (SELECT id FROM fair WHERE place_at_tenant <= ${PER_TENANT_MAX} ORDER BY place_at_tenant, "nextTryAt", id LIMIT $3)
  UPDATE webhook_deliveries d SET state = 'sending', "nextTryAt" = $2, attempts = d.attempts + 1 FROM chosen
   WHERE d.id = chosen.id AND d.state IN ('pending', 'sending') AND d."nextTryAt" <= $1 RETURNING d.id, d."tenantId", d."endpointId", d."messageId", d.body, d.attempts`

type Outcome = { status: number | null; error: string | null; answer: string; retryAfterMs: number | null }

async function attempt(row: Claimed, { clock, policy, limits, random }: { clock: Clock; policy?: EgressPolicy; limits?: { totalMs: number }; random: () => number }): Promise<void> {
  const tenantId = BigInt(row.tenantId)
  const db = tenantDb(tenantId)
  const endpoint = await db.webhookEndpoint.findUnique({ where: { id: BigInt(row.endpointId) } })
  if (!endpoint) return // deleted meanwhile, its deliveries with it
  const at = new Date(clock.now())
  const secrets = [openEndpointSecret(tenantId, endpoint.id, endpoint.secretCipher)]
  if (endpoint.previousSecretCipher && endpoint.previousSecretUntil && endpoint.previousSecretUntil > at)
    secrets.push(openEndpointSecret(tenantId, endpoint.id, endpoint.previousSecretCipher, 'previousSecretCipher'))
  const headers = { 'content-type': 'application/json', 'user-agent': 'Gatehouse-Webhooks/1', ...signatureHeaders({ id: row.messageId, body: row.body, at }, secrets) }
  const outcome = await post(endpoint.url, headers, row.body, { policy, limits, at })
  const endedAt = new Date(clock.now())
  const delivered = outcome.error === null
  const gone = outcome.status === 410
  const pause = delivered || gone ? null : pauseAfter(row.attempts, outcome.retryAfterMs, random())

  await db.$transaction(async (tx) => {
    // The endpoint's row first, as in every write on it: its health and its deliveries change together.
    await tx.$queryRaw`SELECT id FROM webhook_endpoints WHERE "tenantId" = ${tenantId} AND id = ${endpoint.id} FOR UPDATE`
    const now = await tx.webhookEndpoint.findUnique({ where: { id: endpoint.id }, select: { active: true, failingSince: true } })
    const delivery = await tx.webhookDelivery.findUnique({ where: { id: BigInt(row.id) }, select: { state: true } })
    if (!now || !delivery) return
    const number = (await tx.webhookAttempt.count({ where: { deliveryId: BigInt(row.id) } })) + 1
    await tx.webhookAttempt.create({
      data: {
        tenantId,
        deliveryId: BigInt(row.id),
        number,
        status: outcome.status,
        error: outcome.error,
        durationMs: Math.max(0, endedAt.getTime() - at.getTime()),
        // The signature is good for five minutes at a careful receiver; it is not shown to everybody who may read the log.
        requestHeaders: { ...headers, 'webhook-signature': headers['webhook-signature'].replace(/(v1,.{6})[^ ]*/g, '$1…') },
        answer: outcome.answer,
        createdAt: at,
      },
    })
    const last = { lastStatus: outcome.status, lastError: outcome.error }
    if (delivered) await tx.webhookDelivery.update({ where: { id: BigInt(row.id) }, data: { ...last, state: 'delivered', deliveredAt: endedAt } })
    else if (pause === null || !now.active) await tx.webhookDelivery.update({ where: { id: BigInt(row.id) }, data: { ...last, state: 'failed' } })
    else await tx.webhookDelivery.update({ where: { id: BigInt(row.id) }, data: { ...last, state: 'pending', nextTryAt: new Date(endedAt.getTime() + pause) } })

    if (delivered) return void (now.failingSince && (await tx.webhookEndpoint.update({ where: { id: endpoint.id }, data: { failingSince: null } })))
    const failingSince = now.failingSince ?? at
    const because = gone ? 'gone' : endedAt.getTime() - failingSince.getTime() >= FAILING_MAX_MS ? 'failing' : null
    if (!now.active || because === null) return void (await tx.webhookEndpoint.update({ where: { id: endpoint.id }, data: { failingSince } }))
    await tx.webhookEndpoint.update({ where: { id: endpoint.id }, data: { failingSince, active: false, disabledBecause: because } })
    await giveUpWaiting(tx, endpoint.id)
    await recordEvent(tx, { tenantId, type: 'webhook_endpoint.disabled', data: { endpointId: Number(endpoint.id), because } })
  })
}

/** Success is 2xx; a redirect is a failure (EG-5). What came back is cut to 2 KB (WH-5). */
async function post(url: string, headers: Record<string, string>, body: string, { policy, limits, at }: { policy?: EgressPolicy; limits?: { totalMs: number }; at: Date }): Promise<Outcome> {
  try {
    const answer = await egressFetch(url, { use: 'webhook', method: 'POST', headers, body, policy, limits })
    const error = answer.status >= 200 && answer.status < 300 ? null : answer.status >= 300 && answer.status < 400 ? 'redirected' : 'refused'
    return { status: answer.status, error, answer: textOf(answer), retryAfterMs: answer.status === 429 || answer.status === 503 ? readRetryAfter(answer.headers['retry-after'], at) : null }
  } catch (error) {
    if (!isAppError(error)) logger.warn({ err: error }, 'a webhook failed in a way we did not expect')
    return { status: null, error: isAppError(error) ? error.code : 'could_not_connect', answer: '', retryAfterMs: null }
  }
}

function textOf(answer: EgressResponse): string {
  // Postgres keeps no NUL.
  const text = answer.body.subarray(0, ANSWER_BYTES_MAX).toString('utf8').replaceAll('\u0000', '\ufffd')
  return answer.body.length > ANSWER_BYTES_MAX ? `${text}…` : text
}

/** Log of what went out: thirty days. Run by the clock; answers how many deliveries went. */
export async function deleteOldDeliveries(now: Date): Promise<number> {
  const { rowCount } = await ownerPool().query(`DELETE FROM webhook_deliveries WHERE state IN ('delivered', 'failed') AND "createdAt" < $1`, [new Date(now.getTime() - 30 * 86_400_000)])
  return rowCount ?? 0
}


import { deleteOldLimitAlerts, findLimitAlerts } from '@/lib/analytics/find-limit-alerts'
import { pruneCalls } from '@/lib/calls/keep-calls-tidy'
import { ownerPool } from '@/lib/db/system-db'
import { tenantDb } from '@/lib/db/tenant-db'
import type { EventType } from '@/lib/events/event-types'
import { pruneChanges } from '@/lib/events/prune-changes'
import type { EventJobName, Subscriptions, WorkerPlan } from '@/lib/jobs/job-names'
import { sendDueMails } from '@/lib/mail/send-mail'
import { checkDueDomains } from '@/lib/domains/check-domain'
import { deleteOldReservations } from '@/lib/domains/reserved-names'
import { drainJournal } from '@/lib/metering/drain-journal'
import { ensurePartitions, pruneMetering } from '@/lib/metering/keep-metering-tidy'
import { pruneOauth } from '@/lib/oauth/keep-oauth-tidy'
import { furnishTenant } from '@/lib/onboarding/furnish-tenant'
import { deleteOldSessions } from '@/lib/tenants/sessions'
import { deleteOldSignInFailures } from '@/lib/tenants/sign-in-failures'
import { systemContext } from '@/lib/tenants/system-context'
import type { TenantFeatures } from '@/lib/tenants/context'
import { enqueueDeliveries } from '@/lib/webhooks/enqueue-deliveries'
import { createWebhookSender, deleteOldDeliveries } from '@/lib/webhooks/send-deliveries'
import { webhookEventTypes } from '@/lib/webhooks/webhook-events'
import { mailForEvent } from '@/lib/worker/mail-for-event'
import { mailToMembers, memberNoticeEvents } from '@/lib/worker/mail-to-members'
import { mailToPartner, partnerMailEvents } from '@/lib/worker/mail-to-partner'
import { endDueKeysOfAll } from '@/lib/worker/end-due-keys-of-all'
import { isTooManyMails } from '@/lib/worker/too-many-mails'

const HOUR_MS = 3_600_000

/** What the worker does, on one page: which event asks for which job, what the clock asks for, what is looked at in between. */
export function workerPlan(): WorkerPlan {
  const webhooks = createWebhookSender()
  return {
    subscriptions: and('mail-to-members', memberNoticeEvents, and('mail-to-partner', partnerMailEvents, and('webhooks-for-event', webhookEventTypes, {
      'tenant.created': ['furnish-tenant'],
      'member.confirmation_requested': ['mail-for-event'],
      'member.password_reset_requested': ['mail-for-event'],
      'member.password_changed': ['mail-for-event'],
      'member.invited': ['mail-for-event'],
    }))),
    events: {
      'mail-for-event': async (job, { now }) => {
        try {
          await mailForEvent(job, { now })
        } catch (error) {
          if (!isTooManyMails(error)) throw error // a sixth mail within the hour is simply not written
        }
      },
      'mail-to-partner': mailToPartner,
      'mail-to-members': mailToMembers,
      'webhooks-for-event': enqueueDeliveries,
      'furnish-tenant': async ({ tenantId }, { now }) => {
        const tenant = await tenantDb(BigInt(tenantId)).tenant.findUnique({ where: { id: BigInt(tenantId) } })
        if (tenant) await furnishTenant(systemContext({ ...tenant, features: tenant.features as TenantFeatures }, now))
      },
    },
    clock: {
      'prune-changes': { cron: '*/10 * * * *', handle: pruneChanges },
      'clean-sessions': { cron: '23 * * * *', handle: ({ now }) => cleanSessions(now) },
      'clean-events': { cron: '41 * * * *', handle: ({ now }) => cleanEvents(now) },
    },
    loops: [
      { name: 'drain-journal', everyMs: 1_000, run: () => drainJournal() },
      { name: 'end-keys', everyMs: 60_000, run: (now) => endDueKeysOfAll(now) },
      { name: 'check-domains', everyMs: 60_000, run: (now) => checkDueDomains(now) },
      { name: 'send-webhooks', everyMs: 500, run: (now) => webhooks.run(now) },
      { name: 'send-mail', everyMs: 500, run: (now) => sendDueMails(now) },
      // At the start as well: usage of a month without its partition could not be booked.
      { name: 'ensure-partitions', everyMs: 6 * HOUR_MS, run: (now) => ensurePartitions(now) },
      { name: 'limit-alerts', everyMs: 5_000, run: (now) => findLimitAlerts(now) },
      { name: 'limit-alerts-of-all', everyMs: HOUR_MS / 12, run: (now) => findLimitAlerts(now, { everything: true }) },
      { name: 'prune-oauth', everyMs: HOUR_MS / 6, run: (now) => pruneOauth(now) },
      { name: 'prune-calls', everyMs: 60_000, run: (now) => pruneCalls(now) },
      { name: 'prune-metering', everyMs: HOUR_MS / 6, run: (now) => pruneMetering(now) },
    ],
  }
}

async function cleanSessions(now: Date): Promise<void> {
  await deleteOldSessions(now)
  await deleteOldSignInFailures(now)
  await deleteOldReservations(now)
  await ownerPool().query('DELETE FROM one_time_tokens WHERE "expiresAt" < $1', [daysBefore(now, 30)])
}

/** One more job for each of these events. */
function and(job: EventJobName, types: readonly EventType[], subscriptions: Subscriptions): Subscriptions {
  return types.reduce((all, type) => ({ ...all, [type]: [...(all[type] ?? []), job] }), subscriptions)
}

/** Events that were handed on and mails that were sent keep their contents for thirty days. */
async function cleanEvents(now: Date): Promise<void> {
  await deleteOldLimitAlerts(now)
  await deleteOldDeliveries(now)
  await ownerPool().query('DELETE FROM events WHERE "processedAt" < $1', [daysBefore(now, 30)])
  await ownerPool().query('DELETE FROM idempotency_keys WHERE "createdAt" < $1', [daysBefore(now, 1)])
  await ownerPool().query(`DELETE FROM mails WHERE state IN ('sent', 'failed') AND "createdAt" < $1`, [daysBefore(now, 30)])
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * 86_400_000)
}

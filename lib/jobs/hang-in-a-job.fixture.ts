// A worker for the crash test: takes one job, says so, and never ends it.
import type { ClockJobName } from '@/lib/jobs/job-names'
import { startWorker } from '@/lib/jobs/start-worker'

const nothing = { cron: '0 0 1 1 *', handle: async () => {} }
const clock = Object.fromEntries((['prune-changes', 'clean-sessions', 'clean-events'] satisfies ClockJobName[]).map((name) => [name, nothing])) as Record<ClockJobName, typeof nothing>

const hang = () => {
  process.stdout.write('running\n')
  return new Promise<void>(() => {})
}

await startWorker({ subscriptions: { 'tenant.changed': ['mail-for-event'] }, events: { 'mail-for-event': hang, 'mail-to-partner': hang, 'mail-to-members': hang, 'furnish-tenant': hang, 'webhooks-for-event': hang }, clock, loops: [] }, { relayMs: 20, leaseSeconds: 10, watchSeconds: 1 })

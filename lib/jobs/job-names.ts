import type { EventType } from '@/lib/events/event-types'

/** What a job is told: ids, never data (JOB-1). Whoever runs it reads the rows as they then are. */
export type EventJob = { tenantId: number; eventId: number; type: EventType }

/** Jobs that follow from an event, each in a queue of its own so that one kind cannot hold up another. */
export const eventJobs = ['mail-for-event', 'mail-to-partner', 'mail-to-members', 'furnish-tenant', 'webhooks-for-event'] as const
export type EventJobName = (typeof eventJobs)[number]

/** Jobs of the clock, for the whole installation. */
export const clockJobs = ['prune-changes', 'clean-sessions', 'clean-events'] as const
export type ClockJobName = (typeof clockJobs)[number]

/** Which jobs an event asks for. */
export type Subscriptions = Partial<Record<EventType, readonly EventJobName[]>>

export type EventHandler = (job: EventJob, context: { now: Date; signal: AbortSignal }) => Promise<void>
export type ClockHandler = (context: { now: Date; signal: AbortSignal }) => Promise<unknown>

/** Work that looks every so often for rows that are due; each run answers how many it found. Safe to run in several processes. */
export type Loop = { name: string; everyMs: number; run: (now: Date) => Promise<number> }

/** Everything the queue needs to be told; the map stands at the edge (lib/worker), so that lib/jobs knows no handler. */
export type WorkerPlan = {
  events: Record<EventJobName, EventHandler>
  subscriptions: Subscriptions
  /** Cron expressions in UTC. */
  clock: Record<ClockJobName, { cron: string; handle: ClockHandler }>
  loops: readonly Loop[]
}

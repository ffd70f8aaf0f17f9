import type { EventType } from '@/lib/events/event-types'

/** What an endpoint may ask for, in the order of the screen. The types are public: never renamed. */
export const webhookEvents = [
  { type: 'account.created', group: 'Accounts', label: 'account created', hint: 'A partner signed up, or you added one.' },
  { type: 'account.changed', group: 'Accounts', label: 'account changed' },
  { type: 'account.approved', group: 'Accounts', label: 'account approved' },
  { type: 'account.rejected', group: 'Accounts', label: 'account rejected' },
  { type: 'account.suspended', group: 'Accounts', label: 'account suspended' },
  { type: 'account.resumed', group: 'Accounts', label: 'account resumed' },
  { type: 'account.deleted', group: 'Accounts', label: 'account deleted' },
  { type: 'developer.created', group: 'Developers', label: 'developer created' },
  { type: 'developer.changed', group: 'Developers', label: 'developer changed' },
  { type: 'developer.confirmed', group: 'Developers', label: 'developer confirmed the e-mail' },
  { type: 'developer.deleted', group: 'Developers', label: 'developer deleted' },
  { type: 'application.created', group: 'Applications', label: 'application created' },
  { type: 'application.changed', group: 'Applications', label: 'application changed' },
  { type: 'application.approved', group: 'Applications', label: 'application approved' },
  { type: 'application.suspended', group: 'Applications', label: 'application suspended' },
  { type: 'application.resumed', group: 'Applications', label: 'application resumed' },
  { type: 'application.plan_changed', group: 'Applications', label: 'plan changed' },
  { type: 'application.deleted', group: 'Applications', label: 'application deleted' },
  { type: 'credential.created', group: 'Keys', label: 'key created' },
  { type: 'credential.rotated', group: 'Keys', label: 'key replaced' },
  { type: 'credential.revoked', group: 'Keys', label: 'key revoked' },
  { type: 'plan_request.created', group: 'Requests', label: 'plan requested' },
  { type: 'plan_request.approved', group: 'Requests', label: 'plan request approved' },
  { type: 'plan_request.rejected', group: 'Requests', label: 'plan request rejected' },
  { type: 'limit_alert.reached', group: 'Limits', label: 'limit level reached' },
] as const satisfies readonly { type: EventType; group: string; label: string; hint?: string }[]

export type WebhookEventType = (typeof webhookEvents)[number]['type']

export const webhookEventTypes = webhookEvents.map(({ type }) => type)

/** The type of a message sent by hand to see that the receiver is there. */
export const TEST_TYPE = 'webhook.test'

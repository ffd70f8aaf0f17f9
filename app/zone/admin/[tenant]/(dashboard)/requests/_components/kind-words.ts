import type { RequestKind } from '@/lib/applications/list-requests'

export const kindWords: Record<RequestKind, string> = { account: 'New account', application: 'New application', plan_request: 'Plan change' }

/** What a rejection means, before it is sent. */
export const consequences: Record<RequestKind, string> = {
  account: 'Its people cannot sign in and its keys stay refused. You can approve it later.',
  application: 'The application is deleted. The partner may ask again.',
  plan_request: 'The application stays on its plan. The partner may ask again.',
}

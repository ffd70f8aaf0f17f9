import { kindOfOutcome } from '@/lib/metering/outcome-kind'

/** How a call ended, in words, as the tenant reads it. */
export function outcomeWords(outcome: string): string {
  return words[outcome] ?? outcome
}

/** The same for the partner who called: `your API` is the tenant's business, not theirs. */
export function outcomeWordsForPartner(outcome: string): string {
  return partnerWords[outcome] ?? (kindOfOutcome(outcome) === 'failed' ? 'The API failed' : outcomeWords(outcome))
}

const words: Record<string, string> = {
  '1xx': 'Answered 1xx',
  '2xx': 'Answered 2xx',
  '3xx': 'Redirected, 3xx',
  '4xx': 'Your API declined, 4xx',
  '5xx': 'Your API failed, 5xx',
  credentials_missing: 'No credentials sent',
  credentials_malformed: 'Credentials unreadable',
  no_match: 'No mapping rule matched',
  key_unknown: 'Key unknown or revoked',
  product_suspended: 'Product suspended',
  application_not_live: 'Application not live',
  account_not_approved: 'Account not approved',
  referrer_not_allowed: 'Referrer not allowed',
  too_many_unknown_keys: 'Too many unknown keys',
  plan_missing: 'Application on no plan',
  method_disabled: 'Method not in the plan',
  end_user_missing: 'No end user named',
  end_user_invalid: 'End user unreadable',
  end_user_unknown: 'End user not registered',
  end_user_suspended: 'End user suspended',
  end_users_full: 'Too many end users',
  limits_exceeded: 'Limit used up',
  bursts_exceeded: 'Too many calls at once',
  concurrency_exceeded: 'Too many calls under way',
  not_promoted: 'Not promoted yet',
  no_upstream: 'No private base URL',
  bad_request: 'Request unreadable',
  loop_detected: 'Calls in a circle',
  body_too_large: 'Body too large',
  auth_unavailable: 'Keys could not be checked',
  limits_unavailable: 'Limits could not be checked',
  metering_unavailable: 'Could not be recorded',
  secret_unreadable: 'Secret token unreadable',
  upstream_busy: 'Too many calls at once',
  upstream_circuit_open: 'Your API was given a pause',
  upstream_unreachable: 'Your API unreachable',
  upstream_bad_response: 'Your API spoke no HTTP',
  upstream_not_allowed: 'Private address not allowed',
  upstream_timed_out: 'Your API took too long',
  client_gone: 'Caller went away',
  internal_error: 'Failed on our side',
}

const partnerWords: Record<string, string> = {
  '4xx': 'Declined by the API, 4xx',
  '5xx': 'The API failed, 5xx',
  no_match: 'No such method',
  method_disabled: 'Method not in your plan',
  upstream_busy: 'Too many calls at once',
  upstream_timed_out: 'The API took too long',
  client_gone: 'You went away before the answer',
}

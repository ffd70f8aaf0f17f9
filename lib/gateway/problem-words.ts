import type { RefusalCode } from '@/lib/gateway/refusals'

/** What a refusal is called, what it means and what mends it, to a caller who has never seen our dashboard. */
export type ProblemWords = { title: string; detail: string; remedy: string }

/**
 * The words of problem details and of the portal's page about them. A stranger reads those of `credentials_missing`,
 * `credentials_malformed`, `key_unknown` and `no_match` at the most: nothing here tells more than the code itself does.
 */
export function problemWords(code: RefusalCode): ProblemWords {
  return words[code] ?? { title: titleOf(code), detail: 'The gateway refused this call.', remedy: 'Ask the people behind this API, and name the request id.' }
}

/** Codes a caller may meet, for a list of them. */
export const explainedCodes = (): RefusalCode[] => Object.keys(words) as RefusalCode[]

const titleOf = (code: string) => code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ')

const later = 'Try again in a moment, at the earliest after the seconds named in Retry-After.'
const theirs = 'Your call was in order. Try again later; if it lasts, tell the people behind this API and name the request id.'

const words: Partial<Record<RefusalCode, ProblemWords>> = {
  credentials_missing: { title: 'Credentials missing', detail: 'The call carries no credentials, or not all of them.', remedy: 'Send your key where this API expects it.' },
  credentials_malformed: {
    title: 'Credentials unreadable',
    detail: 'The credentials cannot be read in one way only: they are broken, or sent twice with different values.',
    remedy: 'Send each of them once, as the documentation shows.',
  },
  key_unknown: { title: 'Key unknown', detail: 'These credentials are not known here, or are no longer good.', remedy: 'Copy the key anew from the page of your application, and check that it belongs to this API.' },
  scope_insufficient: { title: 'Scope missing', detail: 'The access token does not open this method.', remedy: 'Ask the end user for the scope that WWW-Authenticate names.' },
  no_match: { title: 'No such method', detail: 'No method of this API answers to this verb and path.', remedy: 'Check verb and path against the documentation.' },
  bad_request: { title: 'Request unreadable', detail: 'The path or query of the call cannot be read.', remedy: 'Check its percent-escapes and leave out backslashes.' },
  product_suspended: { title: 'API suspended', detail: 'This API takes no calls at the moment.', remedy: 'Ask the people behind this API.' },
  application_not_live: { title: 'Application not live', detail: 'Your application is suspended or waits for approval.', remedy: 'Its page in the portal says which; your key works again as soon as it is live.' },
  referrer_not_allowed: { title: 'Referrer not allowed', detail: 'Your application may be called from certain web addresses only, and this call came from another.', remedy: 'Call from an address on its list of referrers, or have this one added.' },
  account_not_approved: { title: 'Account not approved', detail: 'The account of your application is not approved.', remedy: 'Ask the people behind this API.' },
  plan_missing: { title: 'No plan', detail: 'Your application is on no plan.', remedy: 'Choose a plan in the portal.' },
  method_disabled: { title: 'Method not in your plan', detail: 'The plan of your application does not include this method.', remedy: 'Choose a plan that includes it.' },
  end_user_missing: { title: 'No end user named', detail: 'The plan of your application wants to know which of your users the call is for.', remedy: 'Name the user in the header the documentation tells.' },
  end_user_invalid: { title: 'End user unreadable', detail: 'The id of the end user is too long or holds characters it may not.', remedy: 'Use at most 255 characters.' },
  end_user_unknown: { title: 'End user not registered', detail: 'This API wants end users to be registered beforehand, and this one is not.', remedy: 'Register the user first.' },
  end_user_suspended: { title: 'End user suspended', detail: 'This end user is suspended.', remedy: 'Ask the people behind this API.' },
  end_users_full: { title: 'Too many end users', detail: 'This API has as many end users as it may.', remedy: 'Ask the people behind this API.' },
  bursts_exceeded: { title: 'Too many calls at once', detail: 'Calls come faster than your plan or this API allows.', remedy: 'Wait as long as Retry-After says, then send them more evenly.' },
  concurrency_exceeded: { title: 'Too many calls under way', detail: 'As many of your calls are under way as your plan or this API allows.', remedy: 'Wait for one of them to end before sending the next.' },
  limits_exceeded: { title: 'Usage limit exceeded', detail: 'A limit of your plan is used up.', remedy: 'Wait until the window ends, or choose a bigger plan.' },
  ip_not_allowed: { title: 'Address not allowed', detail: 'Calls from your address are not let in.', remedy: 'Call from an address this API knows, or have yours added.' },
  maintenance: { title: 'Under maintenance', detail: 'This API is being worked on.', remedy: later },
  claim_not_allowed: { title: 'Token not enough', detail: 'Your token does not say what it must for this path.', remedy: 'Ask for a token with the rights this path needs.' },
  edge_limit_exceeded: { title: 'Too many calls', detail: 'Calls come faster than this API allows.', remedy: later },
  response_too_large: { title: 'Answer too large', detail: 'The answer is larger than this API may give.', remedy: 'Ask for less at once.' },
  body_too_large: { title: 'Body too large', detail: 'The body is larger than this API accepts.', remedy: 'Send less at once.' },
  loop_detected: { title: 'Calls in a circle', detail: 'This call has passed through here too often.', remedy: theirs },
  auth_unavailable: { title: 'Keys cannot be checked', detail: 'Keys cannot be checked right now.', remedy: later },
  limits_unavailable: { title: 'Limits cannot be checked', detail: 'Limits cannot be checked right now.', remedy: later },
  metering_unavailable: { title: 'Calls cannot be recorded', detail: 'Calls cannot be recorded right now.', remedy: later },
  no_upstream: { title: 'Not set up yet', detail: 'This API is not set up yet.', remedy: theirs },
  secret_unreadable: { title: 'Not set up rightly', detail: 'This API cannot be called right now.', remedy: theirs },
  upstream_busy: { title: 'Too many calls at once', detail: 'Too many calls to this API are under way.', remedy: later },
  upstream_circuit_open: { title: 'API given a pause', detail: 'This API has not been reachable and is given a moment.', remedy: later },
  upstream_unreachable: { title: 'API unreachable', detail: 'This API could not be reached.', remedy: theirs },
  upstream_bad_response: { title: 'Answer unreadable', detail: 'This API gave an answer that cannot be read.', remedy: theirs },
  upstream_not_allowed: { title: 'API unreachable', detail: 'This API could not be reached.', remedy: theirs },
  upstream_timed_out: { title: 'API took too long', detail: 'This API did not answer in time.', remedy: theirs },
  policies_too_slow: { title: 'Gateway too slow', detail: 'What this API asks of every call took too long.', remedy: theirs },
  policy_unreadable: { title: 'Not set up rightly', detail: 'This API cannot be called right now.', remedy: theirs },
  too_many_unknown_keys: { title: 'Too many unknown keys', detail: 'Many calls with unknown credentials came from your address.', remedy: 'Check your key, and wait as long as Retry-After says.' },
  internal_error: { title: 'Something broke', detail: 'Something broke on our side. It has been logged.', remedy: 'Try again later; if it lasts, tell the people behind this API and name the request id.' },
}

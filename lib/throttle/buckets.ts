/**
 * The numbers against abuse, the same with Redis and without. Keys are made by the caller and begin with the tenant's
 * id where there is one (ISO-6): one tenant's visitors never slow down another's.
 */

/** At most `limit` in a sliding window, whatever their outcome. */
export type WindowRule = { limit: number; windowSeconds: number }

export const windows = {
  /** By address, before a password is hashed: a whole office may share one. Waits of a login are lib/tenants/sign-in-failures.ts. */
  sign_in: { limit: 300, windowSeconds: 600 },
  /** By address: new tenants, new developers. */
  sign_up: { limit: 30, windowSeconds: 600 },
  /** By tenant and login, and by address: mails that set a new password. */
  reset_password: { limit: 10, windowSeconds: 3_600 },
  /** By tenant and login, and by address: mails that confirm an address. */
  confirm_email: { limit: 10, windowSeconds: 3_600 },
  /** By tenant and account: invitations of colleagues, sent or sent again, whatever became of them. */
  invitation: { limit: 40, windowSeconds: 3_600 },
  /** By address: mail tokens and access tokens nobody knows. */
  access_token: { limit: 60, windowSeconds: 60 },
  /** By address: calls to the operator's API, right and wrong; a guess is counted before it is looked at. */
  operator_api: { limit: 300, windowSeconds: 60 },
  /** By address: API keys, service tokens and provider keys nobody knows. */
  unknown_credential: { limit: 300, windowSeconds: 60 },
  /** By tenant: messages to a webhook asked for by hand (WH-5). */
  webhook_test: { limit: 10, windowSeconds: 60 },
  /** By address: wrong client secrets, login-site secrets and refresh tokens at the OAuth endpoints. */
  oauth_failures: { limit: 30, windowSeconds: 60 },
  /** By client: the same from many addresses. */
  oauth_client_failures: { limit: 100, windowSeconds: 60 },
  /** By product and address: browsers sent on to a login page; each leaves a row for ten minutes. */
  oauth_authorize: { limit: 600, windowSeconds: 60 },
  /** By client: tokens for itself, which are good for an hour; each leaves rows for a day. */
  oauth_client_tokens: { limit: 600, windowSeconds: 60 },
  /** By developer: calls tried in the documentation (DOC-3). */
  docs_try: { limit: 30, windowSeconds: 60 },
  /** By tenant: bundles of calls from the limit lab. */
  limit_lab: { limit: 20, windowSeconds: 60 },
  /** By tenant and access token: calls to the management API. */
  management_api: { limit: 3_000, windowSeconds: 60 },
  /** By address: anything that is asked of the public doors. */
  address_flood: { limit: 1_200, windowSeconds: 60 },
} as const satisfies Record<string, WindowRule>

export type WindowBucket = keyof typeof windows

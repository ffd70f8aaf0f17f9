/**
 * The numbers against abuse, the same with Redis and without. Keys are made by the caller and begin with the tenant's
 * id where there is one (ISO-6): one tenant's visitors never slow down another's.
 */

/** At most `limit` in a sliding window, whatever their outcome. */
export type WindowRule = { limit: number; windowSeconds: number }

/** Tries that may fail (PW-2): a few free, then growing pauses, at last a lock until `succeed`. */
export type AttemptRule = { free: number; firstDelayMs: number; delayMsMax: number; lockAfter: number | null; forgetAfterMs: number }

export const windows = {
  /** By address: new tenants, new developers. */
  sign_up: { limit: 30, windowSeconds: 600 },
  /** By tenant and login, and by address: mails that set a new password. */
  reset_password: { limit: 10, windowSeconds: 3_600 },
  /** By tenant and login, and by address: mails that confirm an address. */
  confirm_email: { limit: 10, windowSeconds: 3_600 },
  /** By address: mail tokens and access tokens nobody knows. */
  access_token: { limit: 60, windowSeconds: 60 },
  /** By address: application keys nobody knows, at the gateway. */
  key_lookup: { limit: 600, windowSeconds: 60 },
  /** By address: anything. */
  address_flood: { limit: 1_200, windowSeconds: 60 },
} as const satisfies Record<string, WindowRule>

const DAY_MS = 86_400_000

export const attempts = {
  /** By tenant and login. */
  sign_in: { free: 5, firstDelayMs: 1_000, delayMsMax: 900_000, lockAfter: 100, forgetAfterMs: DAY_MS },
  /** By tenant and address: no lock, because an address has no password to reset. */
  sign_in_address: { free: 5, firstDelayMs: 1_000, delayMsMax: 900_000, lockAfter: null, forgetAfterMs: 3_600_000 },
  /** By session: the password again before something grave (PW-6). */
  step_up: { free: 5, firstDelayMs: 1_000, delayMsMax: 900_000, lockAfter: 100, forgetAfterMs: DAY_MS },
} as const satisfies Record<string, AttemptRule>

export type WindowBucket = keyof typeof windows

export type AttemptBucket = keyof typeof attempts

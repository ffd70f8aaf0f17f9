import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ownerPool } from '@/lib/db/system-db'
import { AppError } from '@/lib/errors'
import { networkOf } from '@/lib/throttle/network-of'
import { assertAllowed, throttle } from '@/lib/throttle/throttle'
import type { Realm } from '@/lib/tenants/session-cookie'

/**
 * Wrong passwords in a row (PW-2), by login of a tenant and by address, each with the same numbers: five are free, then
 * the wait doubles from one second to a quarter of an hour; a hundred lock the login until its password is reset.
 *
 * A try is booked as a failure before the password is looked at and taken back when it was right, so that a hundred
 * parallel guesses count a hundred. In Postgres, because a lock must outlive a restart and hold in every process.
 */
export type SignInAttempt = { loginKey: string; address: Booked | null }

/** A login as somebody typed it, or the signed-in person who is asked for the password again. */
type Whose = { login: string } | { personId: bigint }

/** Where and when a try was booked, and when the one before it. */
type Booked = { key: string; at: Date; before: Date | null }

const FREE = 5
const LOCKED_AT = 100
const WAIT_MAX_SECONDS = 900
/** A colleague's try at the same address counts as a failure for as long as it is being looked at: so long we wait for it. */
const PATIENCE_MS = 1_500
const LOOK_EVERY_MS = 150

/**
 * Books a try. Throws `too_many_requests` with the seconds to wait, the same whether the login exists or not. Who is
 * signed in already is counted by person alone: strangers at the same address must not keep anybody from step-up.
 */
export async function bookSignInAttempt(at: { realm: Realm; tenantId: bigint; address: string | null } & Whose, now: Date): Promise<SignInAttempt> {
  if (at.address !== null) assertAllowed(await throttle().take('sign_in', networkOf(at.address)))
  const loginKey = loginKeyOf(at)
  // At the address first: what waits there is not booked at the login yet, so that nobody's success forgives it.
  const address = at.address === null || 'personId' in at ? null : await bookPatiently(keyOf('address', networkOf(at.address)), now)
  try {
    await book(loginKey, now, { forgetAfterHours: 24, locks: true })
    return { loginKey, address }
  } catch (error) {
    if (address) await takeBack(address, 1) // this try was never made
    throw error
  }
}

/** The password was right: the login starts anew, and the address is forgiven what it failed at this login. */
export async function forgiveSignInFailures({ loginKey, address }: SignInAttempt): Promise<void> {
  const { rows } = await ownerPool().query<{ failures: number }>('DELETE FROM sign_in_failures WHERE key = $1 RETURNING failures', [loginKey])
  // Gone: somebody's success at the same moment has forgiven this try with its own.
  if (address) await takeBack(address, rows[0]?.failures ?? 0)
}

/** A reset of the password opens the login again, under each of its names, and the step-up of the person. */
export async function unlockLogins(realm: Realm, tenantId: bigint, logins: (string | null)[], personId?: bigint): Promise<void> {
  const whose: Whose[] = logins.filter((login) => login !== null).map((login) => ({ login }))
  if (personId !== undefined) whose.push({ personId })
  await ownerPool().query('DELETE FROM sign_in_failures WHERE key = ANY($1)', [whose.map((one) => loginKeyOf({ realm, tenantId, ...one }))])
}

/** Rows that say nothing any more; for a job. Locks stay. */
export async function deleteOldSignInFailures(now: Date): Promise<number> {
  const { rowCount } = await ownerPool().query(`DELETE FROM sign_in_failures WHERE "lastAt" < $1 AND coalesce("blockedUntil", $1) < $2`, [new Date(now.getTime() - 48 * 3_600_000), now])
  return rowCount ?? 0
}

/** Always as of `now`: a wait that was earned is not waited out here, only one that is taken back ends early. */
async function bookPatiently(key: string, now: Date): Promise<Booked> {
  for (let waited = 0; ; waited += LOOK_EVERY_MS) {
    try {
      return await book(key, now, { forgetAfterHours: 1, locks: false })
    } catch (error) {
      if (waited >= PATIENCE_MS || !(error instanceof AppError)) throw error
      await sleep(LOOK_EVERY_MS)
    }
  }
}

async function book(key: string, now: Date, { forgetAfterHours, locks }: { forgetAfterHours: number; locks: boolean }): Promise<Booked> {
  const lockedAt = locks ? LOCKED_AT : 2_000_000_000
  const { rows: booked } = await ownerPool().query<{ before: Date | null }>(
    `WITH former AS (SELECT "lastAt" FROM sign_in_failures WHERE key = $1)
     INSERT INTO sign_in_failures AS f (key, failures, "blockedUntil", "lastAt") VALUES ($1, 1, NULL, $2)
     ON CONFLICT (key) DO UPDATE SET
       failures = CASE WHEN f."lastAt" < $3 THEN 1 ELSE f.failures + 1 END,
       "blockedUntil" = CASE
         WHEN f."lastAt" < $3 OR f.failures + 1 < ${FREE} THEN NULL
         WHEN f.failures + 1 >= ${lockedAt} THEN 'infinity'
         ELSE $2::timestamptz + least(${WAIT_MAX_SECONDS}, 2 ^ least(f.failures + 1 - ${FREE}, 20)) * interval '1 second' END,
       "lastAt" = $2
     WHERE f."blockedUntil" IS NULL OR f."blockedUntil" <= $2
     RETURNING (SELECT "lastAt" FROM former) AS before`,
    [key, now, new Date(now.getTime() - forgetAfterHours * 3_600_000)],
  )
  if (booked[0]) return { key, at: now, before: booked[0].before }
  const { rows } = await ownerPool().query<{ seconds: number }>(
    `SELECT CASE WHEN "blockedUntil" = 'infinity' THEN ${WAIT_MAX_SECONDS} ELSE ceil(extract(epoch FROM "blockedUntil" - $2::timestamptz)) END::int AS seconds FROM sign_in_failures WHERE key = $1`,
    [key, now],
  )
  const seconds = Math.max(1, rows[0]?.seconds ?? 1)
  throw new AppError('too_many_requests', { publicMessage: `Too many tries. Wait ${inWords(seconds)}, or reset your password.`, retryAfterSeconds: seconds })
}

/** The wait goes with the try that caused it; older failures keep their count and earn the next wait sooner. They age from the last failure on, whoever came in between and was right. */
async function takeBack({ key, at, before }: Booked, tries: number): Promise<void> {
  await ownerPool().query(
    `UPDATE sign_in_failures SET failures = greatest(0, failures - $2), "blockedUntil" = NULL, "lastAt" = CASE WHEN "lastAt" = $3 THEN coalesce($4, "lastAt") ELSE "lastAt" END WHERE key = $1`,
    [key, tries, at, before],
  )
}

function loginKeyOf({ realm, tenantId, ...whose }: { realm: Realm; tenantId: bigint } & Whose): string {
  // A scope of its own: whatever a stranger types as a login must not lock somebody's step-up.
  if ('personId' in whose) return keyOf(`${realm}.${tenantId}.person`, String(whose.personId))
  return keyOf(`${realm}.${tenantId}`, whose.login.normalize('NFKC').trim().toLowerCase())
}

function keyOf(scope: string, text: string): string {
  return createHash('sha256').update(`${scope}\n${text}`).digest('base64url')
}

function inWords(seconds: number): string {
  if (seconds < 90) return `${seconds} second${seconds === 1 ? '' : 's'}`
  return `${Math.ceil(seconds / 60)} minutes`
}

import { headers } from 'next/headers'
import type { z } from 'zod'
import { systemClock } from '@/lib/clock'
import { AppError } from '@/lib/errors'
import { assertPermission, assertStepUp, findAdminSession, getAdminTenant } from '@/lib/request/admin-context'
import { answerError, parseInput, type ErrorAnswer } from '@/lib/request/answer-error'
import { assertCsrf } from '@/lib/request/csrf'
import { formToObject } from '@/lib/request/form-to-object'
import { readIncoming, type Incoming } from '@/lib/request/incoming'
import { passNextSignals } from '@/lib/request/next-signal'
import { toPlain, type Plain } from '@/lib/request/plain'
import type { Ctx, Permission } from '@/lib/tenants/context'

/** What every action answers. `data` may be `{ goTo: '/path' }`: the form goes there. */
export type ActionResult<Data> = { ok: true; data: Data } | { ok: false; error: ErrorAnswer }

export type AdminActionOptions<Schema extends z.ZodType> = {
  /** The permission it takes; undefined: any member. */
  can: Permission | undefined
  input: Schema
  /** Needs the password again within the last ten minutes (PW-6); else `step_up_required`. */
  stepUp?: boolean
}

/**
 * The action door: a public POST endpoint (PLAT-4), so it proves session, CSRF token and permission itself and takes
 * nothing that the schema does not know. Takes an object, or the `FormData` of a form.
 */
export function adminAction<Schema extends z.ZodType, Result>(
  options: AdminActionOptions<Schema>,
  act: (ctx: Ctx, input: z.output<Schema>) => Promise<Result>,
): (input: z.input<Schema> | FormData) => Promise<ActionResult<Plain<Result>>> {
  return async (raw) => runAdminAction(readIncoming(await headers(), 'POST'), options, act, raw)
}

/** The same without Next around it. */
export async function runAdminAction<Schema extends z.ZodType, Result>(
  incoming: Incoming,
  options: AdminActionOptions<Schema>,
  act: (ctx: Ctx, input: z.output<Schema>) => Promise<Result>,
  raw: unknown,
): Promise<ActionResult<Plain<Result>>> {
  try {
    const now = new Date(systemClock.now())
    const found = await findAdminSession(incoming, await getAdminTenant(incoming), now)
    if (!found) throw new AppError('unauthenticated')
    assertCsrf(incoming, found.session)
    assertPermission(found.ctx, options.can)
    if (options.stepUp) assertStepUp(found.session, now)
    const input = parseInput(options.input, raw instanceof FormData ? formToObject(raw) : raw)
    return { ok: true, data: toPlain(await act(found.ctx, input)) }
  } catch (error) {
    passNextSignals(error)
    return { ok: false, error: answerError(error, incoming) }
  }
}

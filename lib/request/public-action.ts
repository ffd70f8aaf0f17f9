import { headers } from 'next/headers'
import type { z } from 'zod'
import { systemClock } from '@/lib/clock'
import type { ActionResult } from '@/lib/request/admin-action'
import { answerError, parseInput } from '@/lib/request/answer-error'
import { assertNoFlood } from '@/lib/request/assert-no-flood'
import { assertPreSessionCsrf } from '@/lib/request/csrf'
import { formToObject } from '@/lib/request/form-to-object'
import { readIncoming, type Incoming } from '@/lib/request/incoming'
import { passNextSignals } from '@/lib/request/next-signal'
import { toPlain, type Plain } from '@/lib/request/plain'

/** Where a form before sign-in stands: the request and the time; whose host it is, is the action's own question. */
export type PublicCtx = { incoming: Incoming; now: Date }

/** The action door for people who are not signed in: sign-up, sign-in, reset. Same checks of origin and token (CSRF-2). */
export function publicAction<Schema extends z.ZodType, Result>(
  options: { input: Schema },
  act: (ctx: PublicCtx, input: z.output<Schema>) => Promise<Result>,
): (input: z.input<Schema> | FormData) => Promise<ActionResult<Plain<Result>>> {
  return async (raw) => runPublicAction(readIncoming(await headers(), 'POST'), options, act, raw)
}

/** The same without Next around it. */
export async function runPublicAction<Schema extends z.ZodType, Result>(
  incoming: Incoming,
  options: { input: Schema },
  act: (ctx: PublicCtx, input: z.output<Schema>) => Promise<Result>,
  raw: unknown,
): Promise<ActionResult<Plain<Result>>> {
  try {
    await assertNoFlood(incoming)
    assertPreSessionCsrf(incoming)
    const input = parseInput(options.input, raw instanceof FormData ? formToObject(raw) : raw)
    return { ok: true, data: toPlain(await act({ incoming, now: new Date(systemClock.now()) }, input)) }
  } catch (error) {
    passNextSignals(error)
    return { ok: false, error: answerError(error, incoming) }
  }
}

'use client'

import { createContext, useCallback, useContext } from 'react'

/** What every server action of ours answers. `data.goTo`, when it is a path, is followed. */
export type ActionResult<Data = unknown> =
  | { ok: true; data?: Data }
  | { ok: false; error: { code: string; message: string; fields?: Record<string, string[]> } }

/** Asks for the password again; resolves true once it was right. The dashboard's shell provides it. */
export const StepUpContext = createContext<() => Promise<boolean>>(async () => false)

/**
 * Calls a server action the way a person needs it: asks for the password again where the action wants that, sends
 * people whose session has ended to the sign-in page and back, and turns a lost connection into an answer.
 * Undefined: a redirect is on its way.
 */
export function useCallAction() {
  const askPassword = useContext(StepUpContext)
  return useCallback(
    async <Input, Data>(action: (input: Input) => Promise<ActionResult<Data>>, input: Input): Promise<ActionResult<Data> | undefined> => {
      const result = await attempt(action, input)
      if (!result || result.ok) return result
      if (result.error.code === 'step_up_required') return (await askPassword()) ? attempt(action, input) : result
      if (result.error.code === 'unauthenticated') {
        window.location.assign(`/sign-in?return_to=${encodeURIComponent(window.location.pathname + window.location.search)}`)
        return undefined
      }
      return result
    },
    [askPassword],
  )
}

async function attempt<Input, Data>(action: (input: Input) => Promise<ActionResult<Data>>, input: Input): Promise<ActionResult<Data> | undefined> {
  try {
    return await action(input)
  } catch (error) {
    // Next's own signals (redirect, not found) travel as errors.
    if (typeof error === 'object' && error !== null && 'digest' in error && String(error.digest).startsWith('NEXT_')) throw error
    return { ok: false, error: { code: 'unavailable', message: 'We could not reach the server. Check your connection and try again.' } }
  }
}

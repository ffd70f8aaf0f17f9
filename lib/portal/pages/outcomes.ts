import { isAppError, notFound, type ErrorCode, type FieldErrors } from '@/lib/errors'
import type { Flash, PortalAnswer, PortalRequest } from '@/lib/portal/portal-route'

/** On to another page, with a word about what happened. */
export function goTo(to: string, text: string, type: Flash['type'] = 'success'): PortalAnswer {
  return { kind: 'redirect', to, flash: { type, text } }
}

/** An id in the address; what is none is not found. */
export function idIn({ params }: PortalRequest, name = 'id'): bigint {
  const text = params[name] ?? ''
  if (!/^[1-9]\d{0,15}$/.test(text) || !Number.isSafeInteger(Number(text))) throw notFound()
  return BigInt(text)
}

/** What a rule of the product refuses, as opposed to what somebody may not see or do at all. */
const refusals: ReadonlySet<ErrorCode> = new Set(['conflict', 'in_use', 'invalid', 'last_admin', 'too_many_requests'])

/** For buttons, which have no form to show again: a refusal sends back to `to` and says why. */
export async function orSay(to: string, act: () => Promise<PortalAnswer>): Promise<PortalAnswer> {
  try {
    return await act()
  } catch (error) {
    if (!isAppError(error) || !refusals.has(error.code)) throw error
    return goTo(to, Object.values(error.fields ?? {})[0]?.[0] ?? error.publicMessage, 'danger')
  }
}

/** For forms: a refusal shows the form again, with its errors by field. */
export async function orAgain(again: (errors: FieldErrors) => Promise<Extract<PortalAnswer, { kind: 'page' }>>, act: () => Promise<PortalAnswer>): Promise<PortalAnswer> {
  try {
    return await act()
  } catch (error) {
    if (!isAppError(error) || !refusals.has(error.code)) throw error
    return { ...(await again(error.fields ?? {})), status: error.status, flash: { type: 'danger', text: error.publicMessage } }
  }
}

import { z } from 'zod'
import { isUniqueViolation } from '@/lib/db/violations'
import { AppError, invalid, isAppError, notFound, type ErrorCode, type FieldErrors } from '@/lib/errors'
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
    const refusal = refusalOf(error)
    if (!refusal) throw error
    return goTo(to, Object.values(refusal.fields ?? {})[0]?.[0] ?? refusal.publicMessage, 'danger')
  }
}

/** For forms: a refusal shows the form again, with its errors by field. */
export async function orAgain(again: (errors: FieldErrors) => Promise<Extract<PortalAnswer, { kind: 'page' }>>, act: () => Promise<PortalAnswer>): Promise<PortalAnswer> {
  try {
    return await act()
  } catch (error) {
    const refusal = refusalOf(error)
    if (!refusal) throw error
    return { ...(await again(refusal.fields ?? {})), status: refusal.status, flash: { type: 'danger', text: refusal.publicMessage } }
  }
}

/** What a rule, a schema or a double click is against (IDM-2); null for everything else, which the door answers. */
function refusalOf(error: unknown): AppError | null {
  if (isAppError(error)) return refusals.has(error.code) ? error : null
  if (error instanceof z.ZodError) return invalid(Object.fromEntries([...Map.groupBy(error.issues, ({ path }) => String(path.at(-1) ?? 'base'))].map(([name, issues]) => [name, issues.map(({ message }) => message)])))
  return isUniqueViolation(error) ? new AppError('conflict', { publicMessage: 'The same was done a moment ago.' }) : null
}

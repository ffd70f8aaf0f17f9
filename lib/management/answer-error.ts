import { toAppError } from '@/lib/db/to-app-error'
import { isUniqueViolation } from '@/lib/db/violations'
import type { AppError } from '@/lib/errors'
import { logger } from '@/lib/logger'
import { answerProblem, statusAnswer, type Answer } from '@/lib/management/answers'
import type { Format } from '@/lib/management/find-route'
import type { ManagementRoute } from '@/lib/management/management-route'
import type { ManagementFacts } from '@/lib/management/management-facts'

/** A 403 that says why. */
export class Refused extends Error {}

/** What was thrown on the way, as reference portal 8.1 shapes it; what nobody expected is logged and told by its request id. */
export function answerError(error: unknown, at: { format: Format; method: string; route: Pick<ManagementRoute, 'path' | 'errorNames'> | null; facts: ManagementFacts }): Answer {
  const { format, method, route, facts } = at
  if (error instanceof Refused) return answerProblem(403, error.message, format)
  const known = toAppError(error)
  if (!known || known.code === 'internal_error') {
    logger.error({ err: error, requestId: facts.requestId, host: facts.hostName, method, path: route?.path }, 'a management request failed')
    return answerProblem(500, `Something broke on our side. It has been logged as ${facts.requestId}.`, format)
  }
  const retry: Record<string, string> = known.retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(known.retryAfterSeconds))) }
  switch (known.code) {
    case 'not_found':
      return statusAnswer(404, 'Not found', format)
    case 'forbidden':
      return statusAnswer(403, 'Forbidden', format)
    case 'unauthenticated':
    case 'wrong_credentials':
      return { ...answerProblem(401, known.publicMessage, format), headers: { 'www-authenticate': 'Bearer realm="management"' } }
    case 'invalid':
    case 'last_admin':
    case 'address_not_allowed':
      return answerProblem(method === 'DELETE' ? 403 : 422, problemsOf(known, route), format)
    case 'in_use':
      return answerProblem(method === 'DELETE' ? 403 : 409, problemsOf(known, route), format)
    case 'conflict':
      return answerProblem(409, isUniqueViolation(known.cause) ? 'The same was made a moment ago.' : known.publicMessage, format)
    default:
      return { ...answerProblem(known.status, known.publicMessage, format), headers: retry }
  }
}

/** Our field names as the API spells them: `orgName` -> `org_name`, or as the route says. */
function problemsOf(error: AppError, route: Pick<ManagementRoute, 'errorNames'> | null): Record<string, string[]> {
  const problems: Record<string, string[]> = {}
  for (const [given, messages] of Object.entries(error.fields ?? {})) {
    // Fields of a person or of an own form stand flat here.
    const name = given.replace(/^(developer\.)?(values\.)?/, '')
    const own = route?.errorNames?.[name] ?? wordOf(name, route?.errorNames) ?? (name === 'form' ? 'base' : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
    problems[own] = [...(problems[own] ?? []), ...messages]
  }
  return Object.keys(problems).length > 0 ? problems : { base: [error.publicMessage] }
}

/** A place within a list has the list's name: `policies.0.name` -> `policies_config.0.name`. */
function wordOf(name: string, errorNames: Record<string, string> = {}): string | undefined {
  const dot = name.indexOf('.')
  const list = dot === -1 ? undefined : errorNames[name.slice(0, dot)]
  return list === undefined ? undefined : list + name.slice(dot)
}

import { systemClock } from '@/lib/clock'
import { sameSecret } from '@/lib/crypto'
import { AppError, notFound } from '@/lib/errors'
import { answerError } from '@/lib/management/answer-error'
import { answerProblem, sendAnswer, statusAnswer } from '@/lib/management/answers'
import { readAuthorization } from '@/lib/management/authenticate'
import { findRoute, formatAsked, suffixOf, type Format } from '@/lib/management/find-route'
import type { ManagementFacts } from '@/lib/management/management-facts'
import type { OperatorRoute } from '@/lib/management/operator/operator-route'
import { operatorTable } from '@/lib/management/operator/operator-routes'
import { credentialsInQuery, mostBytes, readBytes, readSent } from '@/lib/management/read-sent'
import { readInput, renderAnswer } from '@/lib/management/render-answer'
import { findTenantById } from '@/lib/tenants/queries'
import { systemContext } from '@/lib/tenants/system-context'
import { networkOf } from '@/lib/throttle/network-of'
import { assertAllowed, throttle } from '@/lib/throttle/throttle'

/**
 * Serves one request of the operator's API, in the shapes of the management API. The caller proves himself with the
 * installation's OPERATOR_TOKEN, by the ways an access token goes; where none is set nothing of this exists (404). Every
 * call counts against its address before the token is compared, in constant time: guessing is slow even when it is right.
 */
export async function serveOperator(request: Request, facts: ManagementFacts, token: string | undefined): Promise<Response> {
  const url = new URL(facts.path, 'http://operator')
  let format: Format = formatAsked(suffixOf(url.pathname), request.headers.get('accept'))
  let route: OperatorRoute | null = null
  try {
    if (token === undefined) return sendAnswer(statusAnswer(404, 'Not found', format), facts)
    assertAllowed(await throttle().take('operator_api', networkOf(facts.address ?? 'nowhere')))
    const found = findRoute(operatorTable, request.method, url.pathname)
    format = formatAsked(found?.kind === 'found' ? found.format : suffixOf(url.pathname), request.headers.get('accept'))
    const early = credentialsInQuery(url).accessToken ?? readAuthorization(request.headers.get('authorization'))
    if (early !== null) assertOperator(early, token)
    const sent = await readSent(url, request.headers.get('content-type'), await readBytes(request, mostBytes(url.pathname, request.headers.get('content-type'))))
    if (early === null) assertOperator(sent.credentials.accessToken, token)
    if (!found) return sendAnswer(statusAnswer(404, 'Not found', format), facts)
    if (found.kind === 'other_method') return sendAnswer({ ...answerProblem(405, `This address answers ${found.allow.join(', ')} only.`, format), headers: { allow: found.allow.join(', ') } }, facts)
    route = found.route
    if (!route.formats.includes(format)) return sendAnswer(answerProblem(406, `This address answers ${route.formats.join(', ')} only.`, 'json'), facts)
    const { input, page, asked } = readInput(route, sent.fields)
    const now = new Date(systemClock.now())
    const by = { name: 'Operator', address: facts.address, requestId: facts.requestId }
    const enter = async (tenantId: bigint) => {
      const tenant = await findTenantById(tenantId)
      if (!tenant) throw notFound()
      return { ...systemContext(tenant, now, by), state: tenant.state, createdAt: tenant.createdAt }
    }
    const result = await route.handle({ ids: found.ids, texts: found.texts, input, page, origin: facts.origin, now, by, enter })
    const answer = await renderAnswer(route, result, { format, page, asked })
    return sendAnswer(request.method === 'HEAD' ? { ...answer, body: '' } : answer, facts)
  } catch (error) {
    return sendAnswer(answerError(error, { format, method: request.method, route, facts }), facts)
  }
}

function assertOperator(given: string | null, token: string): void {
  if (given === null) throw new AppError('unauthenticated', { publicMessage: 'Send the operator token: as parameter access_token, as Authorization: Bearer, or as user or password of HTTP Basic.' })
  if (!sameSecret(given, token)) throw new AppError('unauthenticated', { publicMessage: 'This is not the operator token.' })
}

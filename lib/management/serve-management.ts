import { systemClock } from '@/lib/clock'
import { AppError } from '@/lib/errors'
import { answerError, Refused } from '@/lib/management/answer-error'
import { answerProblem, sendAnswer, statusAnswer, type Answer } from '@/lib/management/answers'
import { authenticate, readAuthorization, type Caller } from '@/lib/management/authenticate'
import { withEntityTag } from '@/lib/management/entity-tag'
import { findRoute, formatAsked, suffixOf, type Format, type FoundRoute, type RouteTable } from '@/lib/management/find-route'
import { claimKey, isIdempotencyKey } from '@/lib/management/idempotency'
import type { ManagementFacts } from '@/lib/management/management-facts'
import type { ManagementRoute } from '@/lib/management/management-route'
import { credentialsInQuery, mostBytes, readBytes, readSent, UNPROVED_BYTES, type Credentials } from '@/lib/management/read-sent'
import { readInput, renderAnswer } from '@/lib/management/render-answer'
import { findTenantByHost } from '@/lib/tenants/queries'
import { assertAllowed, throttle } from '@/lib/throttle/throttle'

type Found = Extract<FoundRoute, { kind: 'found' }>

/**
 * Serves one request of the management APIs in a straight line: tenant, route, caller, scope and permission, input, the
 * route's own work, the answer as JSON, XML or CSV. Conventions: reference portal 8.1; docs/management-api.md tells them
 * to people. Every answer carries `X-Request-Id`.
 */
export async function serveManagement(request: Request, facts: ManagementFacts, table: RouteTable): Promise<Response> {
  const url = new URL(facts.path, 'http://management')
  let format: Format = formatAsked(null, request.headers.get('accept'))
  let route: ManagementRoute | null = null
  try {
    const tenant = await findTenantByHost(facts.hostName, 'admin')
    const found = findRoute(table, request.method, url.pathname)
    format = formatAsked(found?.kind === 'found' ? found.format : suffixOf(url.pathname), request.headers.get('accept'))
    if (!tenant) return sendAnswer(statusAnswer(404, 'Not found', format), facts)
    // Of a suspended tenant nothing is told, not even why (reference portal 1.1).
    if (tenant.state !== 'active') return sendAnswer({ status: 403, contentType: '', body: '' }, facts)

    const asked = { tenant, address: facts.address, requestId: facts.requestId, now: new Date(systemClock.now()) }
    // Who asks comes first: to a stranger every path looks the same, and his 20 MB are not taken in. Only where neither
    // address nor header say anything is a body read for it, as far as a form goes.
    const inQuery = credentialsInQuery(url)
    const authorization = request.headers.get('authorization')
    const first = saysWhoAsks(inQuery, authorization) ? null : await readAll(request, url, { proved: false })
    const caller = await authenticate(asked, authorization, first?.sent.credentials ?? inQuery)
    assertAllowed(await throttle().take('management_api', `${tenant.id}:${caller.key}`))
    if (!found) return sendAnswer(statusAnswer(404, 'Not found', format), facts)
    if (found.kind === 'other_method') return sendAnswer({ ...answerProblem(405, `This address answers ${found.allow.join(', ')} only.`, format), headers: { allow: found.allow.join(', ') } }, facts)
    route = found.route
    if (!route.formats.includes(format)) return sendAnswer(answerProblem(406, `This address answers ${route.formats.join(', ')} only.`, 'json'), facts)
    assertReach(caller, route)
    const { body, sent } = first ?? (await readAll(request, url, { proved: true }))
    const run = () => callRoute(found, caller, sent.fields, format, facts)
    const key = request.method === 'POST' ? request.headers.get('idempotency-key') : null
    const done = key === null ? await run() : await runOnce(key, { caller, route, method: request.method, path: pathWithoutSecrets(url), body }, run, format)
    const answer = route.method === 'GET' ? withEntityTag(done, request.headers.get('if-none-match')) : done
    return sendAnswer(request.method === 'HEAD' ? { ...answer, body: '' } : answer, facts)
  } catch (error) {
    return sendAnswer(answerError(error, { format, method: request.method, route, facts }), facts)
  }
}

/** Whether address or header hold a credential. A header of another kind may be some proxy's on the way. */
function saysWhoAsks({ accessToken, providerKey }: Credentials, authorization: string | null): boolean {
  return accessToken !== null || providerKey !== null || /^(at|pk)_/.test(readAuthorization(authorization) ?? '')
}

async function readAll(request: Request, url: URL, { proved }: { proved: boolean }) {
  const type = request.headers.get('content-type')
  const most = mostBytes(url.pathname, type)
  const body = proved || most <= UNPROVED_BYTES ? await readBytes(request, most) : await readBytes(request, UNPROVED_BYTES, 'This is more than 2 MB. Send the access token in a header, as Bearer or with HTTP Basic, and this address takes more.')
  return { body, sent: await readSent(url, type, body) }
}

/** A token of that scope, of a member who may, and no write with a token that only reads. Throws `Refused`. */
function assertReach({ ctx, reach: { scopes }, readOnly }: Caller, route: ManagementRoute): void {
  if (scopes !== 'all' && !scopes.has(route.scope)) throw new Refused(`Your access token lacks the scope ${route.scope}.`)
  if (readOnly && route.method !== 'GET') throw new Refused('Your access token may only read.')
  if (route.may !== null && !ctx.permissions.has(route.may)) throw new AppError('forbidden')
}

async function callRoute({ route, ids, texts }: Found, { ctx, reach }: Caller, fields: Record<string, unknown>, format: Format, { origin }: ManagementFacts): Promise<Answer> {
  const { input, rest, page, asked } = readInput(route, fields)
  const result = await route.handle({ ctx, ids, texts, input, sent: rest, page, format, origin, reach })
  return renderAnswer(route, result, { format, page, asked })
}

type Once = { caller: Caller; route: ManagementRoute; method: string; path: string; body: Uint8Array }

/** IDM-1: the same POST under one key is done once. What failed is not kept, so that it may be mended and sent again. */
async function runOnce(key: string, { caller, route, method, path, body }: Once, run: () => Promise<Answer>, format: Format): Promise<Answer> {
  if (!isIdempotencyKey(key)) throw new AppError('bad_request', { publicMessage: 'Idempotency-Key takes 1 to 255 printable characters.' })
  const claim = await claimKey(caller.ctx, { caller: caller.key, key, method, path, body })
  switch (claim.kind) {
    case 'running':
      return { ...answerProblem(409, 'The first request with this Idempotency-Key is still running.', format), headers: { 'retry-after': '1' } }
    case 'mismatch':
      return answerProblem(422, 'idempotency_mismatch', format)
    case 'shown_once':
      return answerProblem(409, 'This was done before with the same Idempotency-Key, and its answer is shown only once.', format)
    case 'replay':
      return { ...claim.answer, headers: { 'idempotent-replayed': 'true' } }
    case 'run': {
      let answer: Answer
      try {
        answer = await run()
      } catch (error) {
        await claim.release()
        throw error
      }
      if (answer.status < 400) await claim.store({ status: answer.status, contentType: answer.contentType, body: answer.body, keepBody: !route.shownOnce })
      else await claim.release()
      return answer
    }
  }
}

function pathWithoutSecrets(url: URL): string {
  const copy = new URL(url)
  for (const name of ['access_token', 'provider_key']) copy.searchParams.delete(name)
  return copy.pathname + copy.search
}

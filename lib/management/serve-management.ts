import { systemClock } from '@/lib/clock'
import { invalidInput, toAppError } from '@/lib/db/to-app-error'
import { isUniqueViolation } from '@/lib/db/violations'
import { AppError } from '@/lib/errors'
import { logger } from '@/lib/logger'
import { answerProblem, managementAnswer, statusAnswer, type Answer } from '@/lib/management/answers'
import { authenticate, type Caller } from '@/lib/management/authenticate'
import { withEntityTag } from '@/lib/management/entity-tag'
import { findRoute, type Format, type FoundRoute, type RouteTable } from '@/lib/management/find-route'
import { claimKey, isIdempotencyKey } from '@/lib/management/idempotency'
import type { ManagementRoute, PageWanted } from '@/lib/management/management-route'
import { mostBytes, readSent } from '@/lib/management/read-sent'
import { renderJson } from '@/lib/management/render-json'
import { renderXml } from '@/lib/management/render-xml'
import { findTenantByHost } from '@/lib/tenants/queries'
import { assertAllowed, throttle } from '@/lib/throttle/throttle'

/** What the app knows of a request before we read it. `path` is path and query as the client sent them. */
export type ManagementFacts = { hostName: string; origin: string; path: string; address: string | null; requestId: string }

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
    if (!tenant) return send(statusAnswer(404, 'Not found', format), facts)
    // Of a suspended tenant nothing is told, not even why (reference portal 1.1).
    if (tenant.state !== 'active') return send({ status: 403, contentType: '', body: '' }, facts)

    const body = await readBytes(request, mostBytes(url.pathname, request.headers.get('content-type')))
    const sent = await readSent(url, request.headers.get('content-type'), body)
    const asked = { tenant, address: facts.address, requestId: facts.requestId, now: new Date(systemClock.now()) }
    // Who asks comes first: to a stranger every path looks the same.
    const caller = await authenticate(asked, request.headers.get('authorization'), sent.credentials)
    assertAllowed(await throttle().take('management_api', `${tenant.id}:${caller.key}`))
    if (!found) return send(statusAnswer(404, 'Not found', format), facts)
    if (found.kind === 'other_method') return send({ ...answerProblem(405, `This address answers ${found.allow.join(', ')} only.`, format), headers: { allow: found.allow.join(', ') } }, facts)
    route = found.route
    if (!route.formats.includes(format)) return send(answerProblem(406, `This address answers ${route.formats.join(', ')} only.`, 'json'), facts)
    assertReach(caller, route)
    const run = () => callRoute(found, caller, sent.fields, format, facts)
    const key = request.method === 'POST' ? request.headers.get('idempotency-key') : null
    const done = key === null ? await run() : await runOnce(key, { caller, route, method: request.method, path: pathWithoutSecrets(url), body }, run, format)
    const answer = route.method === 'GET' ? withEntityTag(done, request.headers.get('if-none-match')) : done
    return send(request.method === 'HEAD' ? { ...answer, body: '' } : answer, facts)
  } catch (error) {
    return send(answerError(error, { format, method: request.method, route, facts }), facts)
  }
}

/** A token of that scope, of a member who may, and no write with a token that only reads. Throws `Refused`. */
function assertReach({ ctx, reach: { scopes }, readOnly }: Caller, route: ManagementRoute): void {
  if (scopes !== 'all' && !scopes.has(route.scope)) throw new Refused(`Your access token lacks the scope ${route.scope}.`)
  if (readOnly && route.method !== 'GET') throw new Refused('Your access token may only read.')
  if (route.may !== null && !ctx.permissions.has(route.may)) throw new AppError('forbidden')
}

/** A 403 that says why. */
class Refused extends Error {}

async function callRoute({ route, ids, texts }: Found, { ctx, reach }: Caller, fields: Record<string, unknown>, format: Format, { origin }: ManagementFacts): Promise<Answer> {
  const { page, per_page: perPage, ...rest } = fields
  const asked = page !== undefined || perPage !== undefined
  const wanted = pageOf(route, page, perPage)
  if (route.strict) assertKnown(route, rest)
  const parsed = route.input.safeParse(route.paged ? rest : fields)
  if (!parsed.success) throw invalidInput(parsed.error.issues)
  const result = await route.handle({ ctx, ids, texts, input: parsed.data, sent: rest, page: wanted, format, origin, reach })
  if (result instanceof Response) return managementAnswer(result)
  const { answers } = route
  const status = answers.kind === 'one' || answers.kind === 'bare' ? (answers.status ?? 200) : 200
  if (answers.kind === 'nothing') return { status: 200, contentType: '', body: '' }
  if (format === 'csv') return { status, contentType: 'text/csv; charset=utf-8', body: answers.kind === 'bare' && answers.csv ? answers.csv(result) : '' }
  if (format === 'xml') return { status, contentType: 'application/xml; charset=utf-8', body: renderXml(answers, result, wanted, Boolean(route.paged)) }
  return { status, contentType: 'application/json; charset=utf-8', body: renderJson(answers, result, wanted, asked) }
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

function answerError(error: unknown, at: { format: Format; method: string; route: ManagementRoute | null; facts: ManagementFacts }): Answer {
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
function problemsOf(error: AppError, route: ManagementRoute | null): Record<string, string[]> {
  const problems: Record<string, string[]> = {}
  for (const [given, messages] of Object.entries(error.fields ?? {})) {
    // Fields of a person or of an own form stand flat here.
    const name = given.replace(/^(developer\.)?(values\.)?/, '')
    const own = route?.errorNames?.[name] ?? (name === 'form' ? 'base' : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
    problems[own] = [...(problems[own] ?? []), ...messages]
  }
  return Object.keys(problems).length > 0 ? problems : { base: [error.publicMessage] }
}

function assertKnown(route: ManagementRoute, fields: Record<string, unknown>): void {
  const unknown = Object.keys(fields).filter((name) => !(name in route.input.shape))
  if (unknown.length > 0) throw new AppError('invalid', { fields: { base: [`Unknown parameters: ${unknown.join(', ')}.`] } })
}

function pageOf(route: ManagementRoute, page: unknown, perPage: unknown): PageWanted {
  const { size: usual, most } = typeof route.paged === 'object' ? route.paged : { size: 500, most: 500 }
  const size = Math.min(most, positive(perPage) ?? usual)
  const number = Math.min(positive(page) ?? 1, 1_000_000)
  return { skip: (number - 1) * size, take: size, number, size }
}

function positive(value: unknown): number | null {
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN
  return Number.isInteger(number) && number > 0 ? number : null
}

function formatAsked(suffix: Format | null, accept: string | null): Format {
  if (suffix) return suffix
  return /\b(application|text)\/xml\b/.test(accept ?? '') && !/\bapplication\/json\b|text\/html/.test(accept ?? '') ? 'xml' : 'json'
}

const suffixOf = (pathname: string) => (/\.(json|xml|csv)$/.exec(pathname)?.[1] as Format | undefined) ?? null

function pathWithoutSecrets(url: URL): string {
  const copy = new URL(url)
  for (const name of ['access_token', 'provider_key']) copy.searchParams.delete(name)
  return copy.pathname + copy.search
}

async function readBytes(request: Request, most: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!request.body) return new Uint8Array(0)
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request.body as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>) {
    size += part.byteLength
    if (size > most) throw new AppError('payload_too_large')
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}

function send({ status, contentType, body, headers }: Answer, { requestId }: ManagementFacts): Response {
  const fixed = { 'cache-control': 'private, no-store', 'x-request-id': requestId, ...(contentType !== '' && { 'content-type': contentType }) }
  return new Response(body === '' ? null : body, { status, headers: { ...headers, ...fixed } })
}

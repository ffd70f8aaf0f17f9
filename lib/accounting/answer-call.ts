import { createToken, listTokens, removeToken, showToken } from '@/lib/accounting/access-tokens'
import type { TokenAnswer } from '@/lib/accounting/access-tokens'
import { AccountingError } from '@/lib/accounting/accounting-error'
import { headerText } from '@/lib/accounting/accounting-call'
import type { AccountingAnswer, AccountingCall, AccountingParts } from '@/lib/accounting/accounting-call'
import { authorize } from '@/lib/accounting/authorize'
import type { AuthKind } from '@/lib/accounting/authorize'
import { maskedRequest } from '@/lib/accounting/keep-integration-errors'
import { burstHeaders, limitHeaders } from '@/lib/accounting/limit-headers'
import { standardLimitHeaders } from '@/lib/accounting/standard-limit-headers'
import type { Params } from '@/lib/accounting/parse-params'
import { readBodyParams, readQueryParams } from '@/lib/accounting/read-params'
import { readOptions } from '@/lib/accounting/read-options'
import type { Options } from '@/lib/accounting/read-options'
import { report } from '@/lib/accounting/report'
import { errorJson, statusJson } from '@/lib/accounting/status-json'
import { errorXml, statusXml } from '@/lib/accounting/status-xml'
import { isAppError } from '@/lib/errors'
import { logger } from '@/lib/logger'

type Format = 'xml' | 'json'

const XML_TYPE = 'application/vnd.3scale-v2.0+xml'
const JSON_TYPE = 'application/json; charset=utf-8'
const TEXT_TYPE = 'text/plain; charset=utf-8'

/** On every answer (reference gateway 4.1). */
const COMMON = [
  'Access-Control-Allow-Origin', '*',
  'Access-Control-Expose-Headers', 'ETag, Link, 3scale-rejection-reason, 3scale-limit-remaining, 3scale-limit-reset, 3scale-limit-max-value',
  'Content-Security-Policy', "default-src 'self'",
  'X-Content-Type-Options', 'nosniff',
  'Cache-Control', 'no-store',
]

const PREFLIGHT = [
  'Access-Control-Max-Age', '86400',
  'Access-Control-Allow-Methods', 'GET, POST, PATCH, PUT, DELETE',
  'Access-Control-Allow-Headers', 'Authorization, Accept-Encoding, Content-Type, Cache-Control, Accept, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, X-Requested-With, X-HTTP-Method-Override, 3scale-options, Prefer',
]

const authKinds: Record<string, AuthKind> = {
  authorize: { report: false, oauth: false },
  authrep: { report: true, oauth: false },
  oauth_authorize: { report: false, oauth: true },
  oauth_authrep: { report: true, oauth: true },
}

/** The whole accounting API (reference gateway 4): one call in, one answer out. Never rejects. */
export async function answerCall(parts: AccountingParts, call: AccountingCall): Promise<AccountingAnswer> {
  const answer = await answerPlainly(parts, call)
  answer.headers.push(...COMMON, 'X-Request-Id', call.requestId)
  return answer
}

async function answerPlainly(parts: AccountingParts, call: AccountingCall): Promise<AccountingAnswer> {
  const { method } = call
  if (method === 'OPTIONS') return { status: 204, headers: [...PREFLIGHT], body: '' }
  const mark = call.target.indexOf('?')
  const path = mark === -1 ? call.target : call.target.slice(0, mark)
  if (path === '/check.txt' && (method === 'GET' || method === 'HEAD')) return { status: 200, headers: ['Content-Type', TEXT_TYPE], body: 'ok' }
  if (path === '/available' && (method === 'HEAD' || method === 'GET')) return { status: 200, headers: ['Content-Type', TEXT_TYPE], body: '' }
  if (path === '/status' && method === 'GET') return { status: 200, headers: ['Content-Type', JSON_TYPE], body: JSON.stringify({ status: 'ok', version: { backend: BACKEND_VERSION } }) }

  const auth = /^\/transactions\/(oauth_)?(authorize|authrep)(?:\.(xml|json))?$/.exec(path)
  if (auth && method === 'GET') return answerAuth(parts, call, authKinds[(auth[1] ?? '') + auth[2]!]!, formatOf(auth[3]))
  const batch = /^\/transactions(?:\.(xml|json))?$/.exec(path)
  if (batch && method === 'POST') return answerReport(parts, call, formatOf(batch[1]))
  return (await answerTokens(parts, call, path)) ?? { status: 404, headers: [], body: '' }
}

/** What clients of 3scale find at `/status`: the version of the API that this one speaks. */
const BACKEND_VERSION = '3.4.3'

const formatOf = (suffix: string | undefined): Format => (suffix === 'json' ? 'json' : 'xml')

async function answerAuth(parts: AccountingParts, call: AccountingCall, kind: AuthKind, format: Format): Promise<AccountingAnswer> {
  let options: Options | null = null
  try {
    const { params, utf8 } = readQueryParams(call)
    options = readOptions(headerText(call, '3scale-options'), params)
    if (!utf8) throw notUtf8()
    const answer = await authorize(parts, call, params, kind, options)
    const { status, usage, burst } = answer
    const { rejection } = status
    const headers = ['Content-Type', typeOf(format)]
    if (rejection && options.rejectionReason) headers.push('3scale-rejection-reason', rejection.code)
    if (options.limitHeaders && (!rejection || rejection.code === 'limits_exceeded')) headers.push(...(burst ? burstHeaders(burst) : limitHeaders(status.reports, usage, call.at)))
    if (options.rateLimitHeaders && (!rejection || rejection.code === 'limits_exceeded')) headers.push(...standardLimitHeaders(answer, call.at))
    return { status: rejection ? 409 : 200, headers, body: options.noBody ? '' : format === 'json' ? statusJson(status, burst) : statusXml(status) }
  } catch (error) {
    // With a query that cannot be read, its no_body cannot either.
    return answerError(parts, call, error, format, (options ?? readOptions(headerText(call, '3scale-options'), null)).noBody)
  }
}

async function answerReport(parts: AccountingParts, call: AccountingCall, format: Format): Promise<AccountingAnswer> {
  try {
    const { params, utf8 } = await readBodyParams(call, { json: format === 'json' })
    const options = readOptions(headerText(call, '3scale-options'), params)
    options.partial ||= /(^|[,;\s])handling=lenient([,;\s]|$)/i.test(headerText(call, 'prefer') ?? '')
    if (!utf8) {
      assertSomeCredentials(params)
      throw notUtf8()
    }
    const outcomes = await report(parts, call, params, options)
    for (const { error } of outcomes) if (error) keepError(parts, call, error)
    const headers = options.partial ? ['Preference-Applied', 'handling=lenient'] : []
    if (format === 'xml') return { status: 202, headers: [...headers, 'Content-Type', XML_TYPE], body: '' }
    const told = outcomes.map(({ id, accepted, error }) => ({ id, accepted, error: error && { code: error.code, message: error.message } }))
    // By default nothing but "taken in" is promised, as with XML; whoever asks for partial handling hears of each.
    return { status: 202, headers: [...headers, 'Content-Type', JSON_TYPE], body: options.partial ? JSON.stringify({ transactions: told }) : '{}' }
  } catch (error) {
    return answerError(parts, call, error, format, false)
  }
}

/** Missing credentials are told of before bad encoding (4.8). */
function assertSomeCredentials(params: Params): void {
  const isGiven = (name: string) => typeof params.get(name) === 'string' && params.get(name) !== ''
  if (!isGiven('provider_key') && !isGiven('service_token')) throw new AccountingError('provider_key_or_service_token_required', 'Provider key or service token are required')
}

async function answerTokens(parts: AccountingParts, call: AccountingCall, path: string): Promise<AccountingAnswer | null> {
  const { method } = call
  const ofApplication = /^\/services\/([^/]+)\/applications\/([^/]+)\/oauth_access_tokens(?:\.(xml|json))?$/.exec(path)
  const ofService = /^\/services\/([^/]+)\/oauth_access_tokens(?:\.(xml|json))?$/.exec(path)
  // A token may have dots of its own: the last suffix is the format's.
  const one = /^\/services\/([^/]+)\/oauth_access_tokens\/([^/]+?)(?:\.(xml|json))?$/.exec(path)
  const found = ofApplication ?? ofService ?? one
  if (!found) return null
  const format = formatOf(ofService ? found[2] : found[3])
  try {
    const { params, utf8 } = method === 'POST' ? await readBodyParams(call, { json: format === 'json' }) : readQueryParams(call)
    params.set('service_id', decodeSegment(found[1]!))
    const act = (): Promise<TokenAnswer> | null => {
      if (ofApplication) return method === 'GET' ? listTokens(parts, call, params, decodeSegment(found[2]!)) : null
      if (ofService) return method === 'POST' ? createToken(parts, call, params) : null
      if (method === 'GET') return showToken(parts, call, params, decodeSegment(found[2]!))
      return method === 'DELETE' ? removeToken(parts, call, params, decodeSegment(found[2]!)) : null
    }
    if (!utf8) throw notUtf8()
    const done = act()
    if (!done) return null
    const { xml, json } = await done
    return { status: 200, headers: ['Content-Type', typeOf(format)], body: format === 'json' ? JSON.stringify(json) : xml }
  } catch (error) {
    return answerError(parts, call, error, format, false)
  }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    // Broken escapes name nothing we have.
    return segment
  }
}

const notUtf8 = () => new AccountingError('not_valid_data', 'all data must be valid UTF8')

const typeOf = (format: Format) => (format === 'json' ? JSON_TYPE : XML_TYPE)

function answerError(parts: AccountingParts, call: AccountingCall, thrown: unknown, format: Format, noBody: boolean): AccountingAnswer {
  const error = accountingErrorOf(thrown, call)
  keepError(parts, call, error)
  const headers = error.code === 'usage_not_a_list' ? [] : ['Content-Type', typeOf(format)]
  if (error.retryAfterSeconds !== null) headers.push('Retry-After', String(error.retryAfterSeconds))
  const isBare = error.code === 'usage_not_a_list' || (noBody && !error.isBrokenRequest)
  const closeConnection = error.code === 'bad_request' && call.method === 'POST'
  return { status: error.status, headers, body: isBare ? '' : format === 'json' ? errorJson(error) : errorXml(error), closeConnection }
}

function accountingErrorOf(thrown: unknown, call: AccountingCall): AccountingError {
  if (thrown instanceof AccountingError) return thrown
  const isAway = isAppError(thrown) && (thrown.code === 'unavailable' || thrown.code === 'busy')
  if (!isAway) logger.error({ err: thrown, requestId: call.requestId }, 'the accounting API failed on a call')
  return new AccountingError('service_unavailable', 'usage cannot be checked or recorded right now, try again in a moment', { retryAfterSeconds: 1 })
}

/** Every error but a denial is kept for the tenant (4.4), unless it is ours. */
function keepError({ errors }: AccountingParts, call: AccountingCall, error: AccountingError): void {
  const { service, proved } = call.concerns
  if (!service || error.code === 'service_unavailable' || error.code === 'too_many_unknown_credentials') return
  const { tenantId, productId } = service
  errors.note({ tenantId, productId, code: error.code, message: error.kept || 'usage must name metrics, like usage[hits]=1', request: maskedRequest(call), at: call.at }, proved)
}

import type { z } from 'zod'
import { systemClock } from '@/lib/clock'
import { AppError, statusOf } from '@/lib/errors'
import { assertPermission, assertStepUp, findAdminSession, getAdminTenant } from '@/lib/request/admin-context'
import { answerError, parseInput } from '@/lib/request/answer-error'
import { assertCsrf } from '@/lib/request/csrf'
import { formToObject } from '@/lib/request/form-to-object'
import { readIncoming, type Incoming } from '@/lib/request/incoming'
import { passNextSignals } from '@/lib/request/next-signal'
import { toJson } from '@/lib/request/plain'
import type { Ctx, Permission } from '@/lib/tenants/context'

export type AdminRouteOptions<Schema extends z.ZodType> = {
  can: Permission | undefined
  /** Of query, body and path parameters together; what the path says wins. */
  input: Schema
  stepUp?: boolean
  /** `json` (default) reads and demands JSON, `form` a form with files, `raw` leaves the body to the handler. */
  body?: 'json' | 'form' | 'raw'
}

type RouteContext = { params: Promise<Record<string, string | string[] | undefined>> }

/**
 * The route door for the dashboard's own endpoints (a cookie session). The handler answers a `Response`, or a value
 * that becomes JSON. Failures: `{ error: { code, message, fields? }, request_id }` (design section 12).
 */
export function adminRoute<Schema extends z.ZodType>(
  options: AdminRouteOptions<Schema>,
  handle: (ctx: Ctx, input: z.output<Schema>, request: Request) => Promise<unknown>,
): (request: Request, context: RouteContext) => Promise<Response> {
  return async (request, { params }) => {
    const incoming = readIncoming(request.headers, request.method)
    try {
      const now = new Date(systemClock.now())
      const found = await findAdminSession(incoming, await getAdminTenant(incoming), now)
      if (!found) throw new AppError('unauthenticated')
      if (!isSafe(request.method)) assertCsrf(incoming, found.session)
      assertPermission(found.ctx, options.can)
      if (options.stepUp) assertStepUp(found.session, now)
      const { tenant: _segment, ...path } = await params
      const query = formToObject(queryForm(request.url))
      const input = parseInput(options.input, { ...query, ...(await readBody(request, options.body ?? 'json')), ...path })
      const result = await handle(found.ctx, input, request)
      return result instanceof Response ? result : jsonResponse(200, result, incoming)
    } catch (error) {
      passNextSignals(error)
      return errorResponse(error, incoming)
    }
  }
}

/** An answer in the shape of design section 12. */
export function errorResponse(error: unknown, incoming: Incoming): Response {
  const { code, message, fields, retryAfterSeconds } = answerError(error, incoming)
  const response = jsonResponse(statusOf[code], { error: { code, message, ...(fields && { fields }) }, request_id: incoming.requestId }, incoming)
  if (retryAfterSeconds !== undefined) response.headers.set('retry-after', String(Math.max(1, Math.ceil(retryAfterSeconds))))
  return response
}

export function jsonResponse(status: number, body: unknown, incoming: Pick<Incoming, 'requestId'>): Response {
  return new Response(toJson(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'private, no-store', 'x-request-id': incoming.requestId },
  })
}

async function readBody(request: Request, kind: 'json' | 'form' | 'raw'): Promise<Record<string, unknown>> {
  if (isSafe(request.method) || kind === 'raw') return {}
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (kind === 'form') {
    if (type !== 'multipart/form-data' && type !== 'application/x-www-form-urlencoded') throw new AppError('unsupported_media_type', { publicMessage: 'Send this as a form.' })
    return formToObject(await request.formData())
  }
  const text = await request.text()
  if (text === '' && type === '') return {}
  if (type !== 'application/json') throw new AppError('unsupported_media_type', { publicMessage: 'Send this as application/json.' })
  try {
    const body: unknown = JSON.parse(text)
    if (body !== null && typeof body === 'object' && !Array.isArray(body)) return body as Record<string, unknown>
  } catch (cause) {
    throw new AppError('bad_request', { publicMessage: 'The body is not valid JSON.', cause })
  }
  throw new AppError('bad_request', { publicMessage: 'The body must be a JSON object.' })
}

function queryForm(url: string): FormData {
  const form = new FormData()
  for (const [name, value] of new URL(url).searchParams) form.append(name, value)
  return form
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
}

import type { Format } from '@/lib/management/find-route'
import { xmlError, xmlErrors } from '@/lib/management/render-xml'

export type Answer = { status: number; contentType: string; body: string; headers?: Record<string, string> }

/** `{"error":"..."}` for one problem, `{"errors":{"field":["..."]}}` for several (reference portal 8.1). */
export function answerProblem(status: number, problem: string | Record<string, string[]>, format: Format): Answer {
  const isOne = typeof problem === 'string'
  if (format === 'xml') return { status, contentType: 'application/xml; charset=utf-8', body: isOne ? xmlError(problem) : xmlErrors(problem) }
  return json(status, isOne ? { error: problem } : { errors: problem })
}

/** `{"status":"Not found"}` and `{"status":"Forbidden"}`. */
export function statusAnswer(status: number, text: string, format: Format): Answer {
  if (format === 'xml') return { status, contentType: 'application/xml; charset=utf-8', body: xmlError(text) }
  return json(status, { status: text })
}

/** A route's own answer, read whole: it is kept for `Idempotency-Key` like others. */
export async function managementAnswer(response: Response): Promise<Answer> {
  return { status: response.status, contentType: response.headers.get('content-type') ?? '', body: await response.text() }
}

function json(status: number, value: unknown): Answer {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(value) }
}

/** The response of an answer; every one carries the id of its request. */
export function sendAnswer({ status, contentType, body, headers }: Answer, { requestId }: { requestId: string }): Response {
  const fixed = { 'cache-control': 'private, no-store', 'x-request-id': requestId, ...(contentType !== '' && { 'content-type': contentType }) }
  return new Response(body === '' ? null : body, { status, headers: { ...headers, ...fixed } })
}

import { isUtf8 } from 'node:buffer'
import { AccountingError, badSyntax } from '@/lib/accounting/accounting-error'
import { headerText } from '@/lib/accounting/accounting-call'
import type { AccountingCall } from '@/lib/accounting/accounting-call'
import { assertCount, BYTES_MAX, parseParams, PARAMS_MAX, putParam, tooLarge } from '@/lib/accounting/parse-params'
import type { Params, Parsed, Value } from '@/lib/accounting/parse-params'

export function readQueryParams({ target }: AccountingCall): Parsed {
  const mark = target.indexOf('?')
  return mark === -1 ? { params: new Map(), utf8: true } : parseParams(target.slice(mark + 1))
}

/**
 * Query and body together, the body's parameters win: urlencoded, multipart, without a type, and where `json` says so
 * JSON. Throws `content_type_invalid` for any other, and `bad_request`.
 */
export async function readBodyParams(call: AccountingCall, { json }: { json: boolean }): Promise<Parsed> {
  const type = headerText(call, 'content-type')?.trim() ?? ''
  const kind = type.split(';', 1)[0]!.trim().toLowerCase()
  const isForm = kind === '' || kind === 'application/x-www-form-urlencoded'
  const isJson = json && kind === 'application/json'
  if (!isForm && !isJson && kind !== 'multipart/form-data') throw new AccountingError('content_type_invalid', `invalid Content-Type: ${type}`)
  const query = readQueryParams(call)
  const body = await call.readBody(BYTES_MAX).catch(() => {
    // The caller went away in the middle of it.
    throw badSyntax()
  })
  if (body === null) throw tooLarge()
  const sent = isForm ? parseParams(body.toString('latin1')) : isJson ? readJson(body) : await readMultipart(body, type)
  return { params: new Map([...query.params, ...sent.params]), utf8: query.utf8 && sent.utf8 }
}

async function readMultipart(body: Buffer, type: string): Promise<Parsed> {
  let form: FormData
  try {
    form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  } catch {
    // Whatever is wrong with it, we cannot read it.
    throw badSyntax()
  }
  const parts = [...form]
  assertCount(parts.length)
  const params: Params = new Map()
  // A file is no value of anything here.
  for (const [name, value] of parts) putParam(params, name, typeof value === 'string' ? value : new Map())
  return { params, utf8: isUtf8(body) }
}

function readJson(body: Buffer): Parsed {
  const count = { left: PARAMS_MAX }
  try {
    const value = valueOf(JSON.parse(body.toString('utf8')), count, 0)
    if (value instanceof Map) return { params: value, utf8: isUtf8(body) }
  } catch (error) {
    if (error instanceof AccountingError) throw error
  }
  throw badSyntax()
}

/** JSON as parameters have it: numbers and truth values as text. */
function valueOf(json: unknown, count: { left: number }, depth: number): Value {
  if (depth > 8) throw badSyntax()
  const isInner = typeof json === 'object' && json !== null
  // What holds something is counted by what it holds; a million empty ones are a million all the same.
  if ((!isInner || Object.keys(json).length === 0) && --count.left < 0) assertCount(PARAMS_MAX + 1)
  if (Array.isArray(json)) return json.map((each) => valueOf(each, count, depth + 1))
  if (isInner) return new Map(Object.entries(json).map(([name, value]) => [name, valueOf(value, count, depth + 1)]))
  return json === null ? null : String(json)
}

import { AppError } from '@/lib/errors'

const MB = 1024 * 1024

/** Objects that clients wrap their fields in, as Rails' own forms do: `{"service":{"name":"x"}}`, `service[name]=x`. */
const WRAPPERS = new Set(
  ['account', 'api_docs_service', 'api_doc', 'active_doc', 'access_token', 'application', 'application_plan', 'backend_api', 'backend_usage', 'cinstance', 'end_user_plan', 'feature', 'fields_definition', 'invitation', 'limit']
    .concat(['mapping_rule', 'method', 'metric', 'oidc_configuration', 'plan', 'policy', 'pricing_rule', 'product', 'provider', 'proxy', 'referrer_filter', 'service', 'settings', 'usage_limit', 'user', 'webhook', 'web_hook', 'proxy_rule', 'usage']),
)

const SECRETS = new Set(['access_token', 'provider_key'])

export type Sent = {
  /** Query and body, flat; the body wins. Without credentials and the format. */
  fields: Record<string, unknown>
  /** The credentials that stood among them. */
  credentials: Credentials
}

export type Credentials = { accessToken: string | null; providerKey: string | null }

/**
 * Everything a request sends, flat (reference portal 8.1): query, then body as form or JSON. `name[]` is a list, and what
 * is wrapped in the object's own name is laid flat. Files of a form stay `File`s. Throws `bad_request` for JSON that is none,
 * `unsupported_media_type` for other types.
 */
export async function readSent(url: URL, contentType: string | null, body: Uint8Array<ArrayBuffer>): Promise<Sent> {
  const fields: Record<string, unknown> = {}
  for (const [name, value] of url.searchParams) put(fields, name, value, false)
  const sent = await readBody(contentType, body)
  for (const [name, value] of Object.entries(sent)) set(fields, name, value)
  for (const [name, value] of Object.entries(fields)) {
    if (!WRAPPERS.has(name) || value === null || typeof value !== 'object' || Array.isArray(value) || value instanceof File) continue
    delete fields[name]
    for (const [inner, item] of Object.entries(value)) if (!(inner in fields)) set(fields, inner, item)
  }
  const take = (name: string) => (typeof fields[name] === 'string' && fields[name] !== '' ? fields[name] : null)
  const credentials = { accessToken: take('access_token'), providerKey: take('provider_key') }
  for (const name of SECRETS) delete fields[name]
  return { fields, credentials }
}

/** A request's body. Throws `payload_too_large` as soon as it passes `most`, which `say` explains. */
export async function readBytes(request: Request, most: number, say?: string): Promise<Uint8Array<ArrayBuffer>> {
  if (!request.body) return new Uint8Array(0)
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request.body as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>) {
    size += part.byteLength
    if (size > most) throw new AppError('payload_too_large', say === undefined ? undefined : { publicMessage: say })
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}

/** What is read of a body before anybody has proved himself: what a form may have. */
export const UNPROVED_BYTES = 2 * MB

/** The credentials in the address: looked at before a body is read. */
export function credentialsInQuery(url: URL): Credentials {
  return { accessToken: url.searchParams.get('access_token') || null, providerKey: url.searchParams.get('provider_key') || null }
}

/** What the body may be at most, where no front door stands before us (HTTP-5). */
export function mostBytes(pathname: string, contentType: string | null): number {
  const isForm = isFormType(mediaType(contentType))
  if (pathname.startsWith('/admin/api/active_docs')) return isForm ? 12 * MB : 10 * MB
  if (isForm && pathname.startsWith('/admin/api/cms/files')) return 21 * MB
  return isForm ? 2 * MB : MB
}

async function readBody(contentType: string | null, body: Uint8Array<ArrayBuffer>): Promise<Record<string, unknown>> {
  if (body.byteLength === 0) return {}
  const type = mediaType(contentType)
  if (type === 'application/json' || type.endsWith('+json')) return readJson(body)
  const fields: Record<string, unknown> = {}
  // A body without a type: what curl and old clients send is a form.
  if (type === 'application/x-www-form-urlencoded' || type === '') {
    for (const [name, value] of new URLSearchParams(new TextDecoder().decode(body))) put(fields, name, value, false)
    return fields
  }
  if (type === 'multipart/form-data') {
    const form = await new Response(body, { headers: { 'content-type': contentType! } }).formData().catch((cause: unknown) => {
      throw new AppError('bad_request', { publicMessage: 'The form is not valid multipart/form-data.', cause })
    })
    for (const [name, value] of form) put(fields, name, value, false)
    return fields
  }
  throw new AppError('unsupported_media_type', { publicMessage: 'Send this as application/json or as a form.' })
}

function readJson(body: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  } catch (cause) {
    throw new AppError('bad_request', { publicMessage: 'The body is not valid JSON.', cause })
  }
  throw new AppError('bad_request', { publicMessage: 'The body must be a JSON object.' })
}

/** `a=1`, `list[]=1&list[]=2`, `service[name]=x`, `service[list][]=x`. */
function put(fields: Record<string, unknown>, name: string, value: unknown, isInner: boolean): void {
  const list = name.endsWith('[]')
  const key = list ? name.slice(0, -2) : name
  const nested = isInner ? null : /^([^[\]]+)\[([^[\]]+)\]$/.exec(key)
  if (nested && WRAPPERS.has(nested[1]!)) {
    if (typeof fields[nested[1]!] !== 'object' || fields[nested[1]!] === null) set(fields, nested[1]!, {})
    put(fields[nested[1]!] as Record<string, unknown>, nested[2]! + (list ? '[]' : ''), value, true)
  } else if (list) {
    const before = Object.hasOwn(fields, key) ? fields[key] : undefined
    // Into the list that is there: a form may hold hundreds of thousands.
    if (Array.isArray(before)) before.push(value)
    else set(fields, key, [value])
  } else set(fields, key, value)
}

/** An own property whatever its name: `__proto__` is a name like others. */
function set(fields: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true })
}

const mediaType = (contentType: string | null) => (contentType ?? '').split(';')[0]!.trim().toLowerCase()

const isFormType = (type: string) => type === 'multipart/form-data' || type === 'application/x-www-form-urlencoded' || type === ''

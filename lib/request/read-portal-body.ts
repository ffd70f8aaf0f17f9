import { AppError } from '@/lib/errors'
import type { FormTree } from '@/lib/portal/portal-route'
import { toFormTree } from '@/lib/request/form-tree'

const BODY_MAX = 2 * 1024 * 1024

/** A call tried in the documentation carries up to 2 MB in base64 (DOC-3). */
const JSON_MAX = 3 * 1024 * 1024

/** A form (urlencoded, or multipart without files), or the JSON of a script of ours; nothing else comes in by the portal. */
export async function readPortalBody(request: Request): Promise<{ form: FormTree; json: unknown }> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  const bytes = await readBounded(request, type === 'application/json' ? JSON_MAX : BODY_MAX)
  if (bytes.length === 0) return { form: toFormTree([]), json: undefined }
  if (type === 'application/x-www-form-urlencoded') return { form: toFormTree(new URLSearchParams(new TextDecoder().decode(bytes))), json: undefined }
  if (type === 'multipart/form-data') return { form: toFormTree(await readMultipart(request, bytes)), json: undefined }
  if (type === 'application/json') return { form: toFormTree([]), json: readJson(bytes) }
  throw new AppError('unsupported_media_type', { publicMessage: 'Send this as a form.' })
}

async function readBounded(request: Request, most: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!request.body) return new Uint8Array(0)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > most) throw new AppError('payload_too_large', { publicMessage: 'This is larger than the 2 MB we accept.' })
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

async function readMultipart(request: Request, bytes: Uint8Array<ArrayBuffer>): Promise<[string, string][]> {
  const parsed = await new Response(bytes, { headers: { 'content-type': request.headers.get('content-type')! } }).formData().catch((cause: unknown) => {
    throw new AppError('bad_request', { publicMessage: 'This form could not be read.', cause })
  })
  return [...parsed].map(([name, value]) => {
    if (typeof value !== 'string') throw new AppError('unsupported_media_type', { publicMessage: 'This form takes no files.' })
    return [name, value]
  })
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new AppError('bad_request', { publicMessage: 'The body is not valid JSON.', cause })
  }
}

import type { IncomingMessage } from 'node:http'

const MB = 1024 * 1024

/** Where a document of an API comes in, by form, server action or management API. */
const IMPORT_PATH = /^[^?]*\/(import|imports|openapi|activedocs|active_docs)(\/|\.|\?|$)/

/** Where a file of the portal comes in, by form or management API: 20 MB of it, and the form around it. */
const UPLOAD_PATH = /^\/(portal\/content\/files(\?|$)|admin\/api\/cms\/files[/.?]?)/

/** A call tried in the documentation: 2 MB of body in base64, and the envelope around it (DOC-3). */
const TRY_PATH = /^\/docs\/[^/?]+\/try(\?|$)/

/**
 * How many bytes of body a request outside the gateway may have (HTTP-5). Forms include server actions, which Next's
 * client sends as multipart or as text with a `next-action` header.
 */
export function bodyCeilingOf(request: IncomingMessage): number {
  const type = (request.headers['content-type'] ?? '').toLowerCase()
  const isForm = type.startsWith('multipart/form-data') || type.startsWith('application/x-www-form-urlencoded') || request.headers['next-action'] !== undefined
  if (IMPORT_PATH.test(request.url ?? '')) return isForm ? 12 * MB : 10 * MB // a form wraps the 10 MB of the document in something
  if (isForm && UPLOAD_PATH.test(request.url ?? '')) return 21 * MB
  if (TRY_PATH.test(request.url ?? '')) return 3 * MB
  return isForm ? 2 * MB : MB
}

/** Whether a body is to come at all. */
export function hasBody(request: IncomingMessage): boolean {
  const { headers } = request
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] !== undefined && headers['content-length'] !== '0')
}

/** Calls `onOver` once as soon as more than `most` bytes have come in, and keeps all that follows from the reader. */
export function countBody(request: IncomingMessage, most: number, onOver: () => void): void {
  let count = 0
  let over = false
  const push = request.push
  request.push = function (chunk: unknown, encoding?: BufferEncoding) {
    if (over) return true
    if (chunk instanceof Uint8Array) {
      count += chunk.length
      if (count > most) {
        over = true
        onOver()
        return true
      }
    }
    return push.call(this, chunk, encoding)
  }
}

import { z } from 'zod'
import { AppError, isAppError } from '@/lib/errors'
import { logger } from '@/lib/logger'
import { applyImport } from '@/lib/products/openapi/apply-import'
import { fetchDocument } from '@/lib/products/openapi/fetch-document'
import { adminRoute } from '@/lib/request/admin-route'
import { toJson } from '@/lib/request/plain'
import { importInput } from '../_input'

const applyInput = importInput.omit({ productId: true }).extend({ product: importInput.shape.productId, fingerprint: z.string() })

/**
 * Carries out a previewed import and tells how far it is: one JSON object a line, `{ progress }` as often as it likes,
 * then `{ result }` or `{ error }`. Who hangs up in between cancels it, and nothing is changed.
 */
export const POST = adminRoute({ can: 'products', input: applyInput }, async (ctx, { product, text, url, fingerprint, ...options }, request) => {
  const document = text?.trim() ? { text } : await fetchDocument(url ?? '')
  const encoder = new TextEncoder()
  const lines = new ReadableStream<Uint8Array>({
    async start(controller) {
      const say = (line: unknown) => {
        if (!request.signal.aborted) controller.enqueue(encoder.encode(`${toJson(line)}\n`))
      }
      try {
        const result = await applyImport(ctx, product, document, options, fingerprint, (done, total, label) => {
          if (request.signal.aborted) throw new AppError('conflict', { publicMessage: 'The import was cancelled.' })
          say({ progress: { done, total, label } })
        })
        say({ result })
      } catch (error) {
        if (!isAppError(error)) logger.error({ err: error }, 'an import failed')
        const known = isAppError(error) ? error : new AppError('internal_error')
        say({ error: { code: known.code, message: known.publicMessage, fields: known.fields ?? {} } })
      }
      if (!request.signal.aborted) controller.close()
    },
  })
  return new Response(lines, { headers: { 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'private, no-store', 'x-accel-buffering': 'no' } })
})

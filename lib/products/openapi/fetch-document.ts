import { egressFetch, type EgressRequest } from '@/lib/http/egress/egress-fetch'
import { AppError, invalid, isAppError } from '@/lib/errors'
import { documentLimits } from '@/lib/products/openapi/parsed-document'
import type { DocumentText } from '@/lib/products/openapi/plan-import'

/**
 * The text of an API description on the web, through the egress module (EG-1..8): up to three redirects, 10 MB after
 * decompression. Throws `invalid` under the field `url`.
 */
export async function fetchDocument(url: string, options: Pick<EgressRequest, 'policy' | 'limits'> = {}): Promise<DocumentText> {
  const refuse = (message: string, cause?: unknown) => new AppError('invalid', { publicMessage: message, fields: { url: [message] }, cause })
  let answer: Awaited<ReturnType<typeof egressFetch>>
  try {
    answer = await egressFetch(url.trim(), { ...options, use: 'spec', headers: { accept: 'application/json, application/yaml, text/yaml, */*;q=0.1' } })
  } catch (error) {
    throw isAppError(error) ? refuse(error.publicMessage, error) : error
  }
  if (answer.status !== 200) throw refuse(`The address answered with status ${answer.status}, not with a document.`)
  if (answer.body.length > documentLimits.bytesMax) throw invalid({ url: ['The document is larger than 10 MB.'] })
  return { text: answer.text(), url: answer.url }
}

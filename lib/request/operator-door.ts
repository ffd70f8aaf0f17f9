import { env } from '@/lib/env'
import { serveOperator } from '@/lib/management/operator/serve-operator'
import { readIncoming } from '@/lib/request/incoming'

/** The door of the operator's API, on the site's host: no cookie counts here, only OPERATOR_TOKEN; without it there is no such address. */
export async function answerOperator(request: Request): Promise<Response> {
  const { hostName, origin, path, address, requestId } = readIncoming(request.headers, request.method)
  const { pathname, search } = new URL(request.url)
  return serveOperator(request, { hostName, origin, path: path ?? pathname + search, address, requestId }, env().OPERATOR_TOKEN)
}

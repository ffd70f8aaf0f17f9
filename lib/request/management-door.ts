import { openapiDocument } from '@/lib/management/openapi'
import { managementRoutes, managementTable } from '@/lib/management/routes/index'
import { serveManagement } from '@/lib/management/serve-management'
import { jsonResponse } from '@/lib/request/admin-route'
import { readIncoming } from '@/lib/request/incoming'

/** The door of the management APIs: no cookie and no CSRF token counts here, only what lib/management/authenticate.ts reads. */
export async function answerManagement(request: Request): Promise<Response> {
  const { hostName, origin, path, address, requestId } = readIncoming(request.headers, request.method)
  const { pathname, search } = new URL(request.url)
  return serveManagement(request, { hostName, origin, path: path ?? pathname + search, address, requestId }, managementTable)
}

let document: ReturnType<typeof openapiDocument> | undefined

/** The document of them all, the same for every tenant but for its address; it tells nothing about anybody. */
export async function answerDocument(request: Request): Promise<Response> {
  const incoming = readIncoming(request.headers, request.method)
  document ??= openapiDocument(managementRoutes, { server: '' })
  return jsonResponse(200, { ...document, servers: [{ url: incoming.origin }] }, incoming)
}

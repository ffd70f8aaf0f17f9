import { managementTable } from '@/lib/management/routes/index'
import { serveManagement } from '@/lib/management/serve-management'
import { readIncoming } from '@/lib/request/incoming'

/** The door of the management APIs: no cookie and no CSRF token counts here, only what lib/management/authenticate.ts reads. */
export async function answerManagement(request: Request): Promise<Response> {
  const { hostName, origin, path, address, requestId } = readIncoming(request.headers, request.method)
  const { pathname, search } = new URL(request.url)
  return serveManagement(request, { hostName, origin, path: path ?? pathname + search, address, requestId }, managementTable)
}

import { errorResponse } from '@/lib/request/admin-route'
import { assertNoFlood } from '@/lib/request/assert-no-flood'
import { readIncoming } from '@/lib/request/incoming'
import { mayHaveCertificate } from '@/lib/zones/may-have-certificate'

export const dynamic = 'force-dynamic'

/** For a TLS-terminating proxy that gets certificates on demand (docs/custom-domains.md): 200 for a name we serve, else 404. */
export async function GET(request: Request): Promise<Response> {
  const incoming = readIncoming(request.headers, request.method)
  try {
    await assertNoFlood(incoming)
    const served = await mayHaveCertificate(new URL(request.url).searchParams.get('domain'))
    return new Response(served ? 'yes\n' : 'no\n', { status: served ? 200 : 404, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' } })
  } catch (error) {
    return errorResponse(error, incoming)
  }
}

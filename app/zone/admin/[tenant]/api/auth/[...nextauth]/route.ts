import NextAuth from 'next-auth'
import type { NextRequest } from 'next/server'
import { systemClock } from '@/lib/clock'
import { AppError } from '@/lib/errors'
import { getAdminTenant } from '@/lib/request/admin-context'
import { errorResponse } from '@/lib/request/admin-route'
import { assertNoFlood } from '@/lib/request/assert-no-flood'
import { adminAuthOptions } from '@/lib/request/auth-options'
import { assertSameOrigin } from '@/lib/request/csrf'
import { cookieValues, readIncoming } from '@/lib/request/incoming'
import { cookieNames } from '@/lib/tenants/session-cookie'

export const dynamic = 'force-dynamic'

/** next-auth's endpoints for this tenant's dashboard. Its writes bring its own token; we add the check of the origin (CSRF-1). */
async function handle(request: NextRequest, context: { params: Promise<{ nextauth: string[] }> }): Promise<Response> {
  const incoming = readIncoming(request.headers, request.method)
  try {
    const tenant = await getAdminTenant(incoming)
    if (request.method !== 'GET') {
      await assertNoFlood(incoming)
      assertSameOrigin(incoming)
    }
    const { session } = cookieNames({ realm: 'admin', tenantId: tenant.id })
    if (cookieValues(incoming.headers, session).length > 1) throw new AppError('unauthenticated')
    const response: Response = await NextAuth(request, context, adminAuthOptions(incoming, tenant, new Date(systemClock.now())))
    response.headers.set('cache-control', 'private, no-store')
    return response
  } catch (error) {
    return errorResponse(error, incoming)
  }
}

export { handle as GET, handle as POST }

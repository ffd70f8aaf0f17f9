import { errorResponse, jsonResponse } from '@/lib/request/admin-route'
import { assertNoFlood } from '@/lib/request/assert-no-flood'
import { newPreSession, preSessionToken, readPreSession } from '@/lib/request/csrf'
import { readIncoming } from '@/lib/request/incoming'
import { cookieOptions, preSessionCookieName } from '@/lib/tenants/session-cookie'

/** GET `/api/auth/token`: the token for forms before sign-in, bound to a cookie it sets if there is none (CSRF-2). */
export async function answerPreSessionToken(request: Request): Promise<Response> {
  const incoming = readIncoming(request.headers, request.method)
  try {
    await assertNoFlood(incoming)
  } catch (error) {
    return errorResponse(error, incoming)
  }
  const known = readPreSession(incoming)
  const cookie = known ?? newPreSession()
  const response = jsonResponse(200, { token: preSessionToken(cookie, incoming.host) }, incoming)
  const { secure } = cookieOptions()
  if (!known) response.headers.set('set-cookie', `${preSessionCookieName()}=${cookie}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`)
  return response
}

import { cookies } from 'next/headers'
import { cookieNames, cookieOptions, encodeSessionCookie, sessionAbsoluteMs, type SessionRealm } from '@/lib/tenants/session-cookie'

/** Puts a session's new id into the cookie; in actions and route handlers only. */
export async function storeSessionCookie(at: SessionRealm, sid: string): Promise<void> {
  const value = await encodeSessionCookie(at, sid)
  ;(await cookies()).set(cookieNames(at).session, value, { ...cookieOptions(), maxAge: sessionAbsoluteMs[at.realm] / 1000 })
}

export async function clearSessionCookie(at: SessionRealm): Promise<void> {
  ;(await cookies()).set(cookieNames(at).session, '', { ...cookieOptions(), maxAge: 0 })
}

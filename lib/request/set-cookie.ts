import { cookieOptions } from '@/lib/tenants/session-cookie'

/** A `Set-Cookie` value with the attributes of every cookie of ours (SES-2). Without an age it lives as long as the browser; 0 ends it. */
export function setCookie(name: string, value: string, maxAgeSeconds?: number): string {
  const { path, secure } = cookieOptions()
  return `${name}=${value}; Path=${path}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}${maxAgeSeconds === undefined ? '' : `; Max-Age=${Math.floor(maxAgeSeconds)}`}`
}

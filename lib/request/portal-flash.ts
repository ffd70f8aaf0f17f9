import { createHmac } from 'node:crypto'
import { deriveKey, sameSecret } from '@/lib/crypto'
import { env } from '@/lib/env'
import type { Flash } from '@/lib/portal/portal-route'
import { cookieValues, type Incoming } from '@/lib/request/incoming'
import { setCookie } from '@/lib/request/set-cookie'

const LIFETIME_SECONDS = 300
const types = ['success', 'info', 'warning', 'danger'] as const

/** Front door and tests know it by its beginning: an answer to who carries it is never stored. */
function flashCookieName(): string {
  return `${env().PUBLIC_SCHEME === 'https' ? '__Host-' : ''}gh.flash`
}

/** What the last answer left to say to this browser, if it comes from us, for this tenant, and is fresh. */
export function readFlash(incoming: Incoming, tenantId: bigint, now: Date): Flash[] {
  const values = cookieValues(incoming.headers, flashCookieName())
  const [body, mark] = (values.length === 1 ? values[0]! : '').split('.')
  if (!body || !mark || body.length > 2_000 || !sameSecret(mark, markOf(tenantId, body))) return []
  try {
    const [type, text, until] = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as [Flash['type'], string, number]
    return until > now.getTime() && types.includes(type) && typeof text === 'string' ? [{ type, text }] : []
  } catch {
    return [] // marked by an older version of ours; not worth an error
  }
}

/** The cookie that carries a word to the next page. */
export function flashCookie(flash: Flash, tenantId: bigint, now: Date): string {
  const body = Buffer.from(JSON.stringify([flash.type, flash.text.slice(0, 500), now.getTime() + LIFETIME_SECONDS * 1000])).toString('base64url')
  return setCookie(flashCookieName(), `${body}.${markOf(tenantId, body)}`, LIFETIME_SECONDS)
}

export function endFlashCookie(): string {
  return setCookie(flashCookieName(), '', 0)
}

function markOf(tenantId: bigint, body: string): string {
  return createHmac('sha256', deriveKey('portal.flash')).update(`${tenantId}.${body}`).digest('base64url')
}

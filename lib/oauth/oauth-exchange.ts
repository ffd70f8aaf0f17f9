import type { Environment, OauthSettings } from '@/lib/products/gateway-config'

/** One product's authorization server in one environment, as the gateway has found it by host. */
export type OauthSite = {
  tenantId: bigint
  productId: bigint
  productName: string
  environment: Environment
  /** Origin of this server, from the stored host (ZONE-5): `https://orders-acme.gw-base.io`. Every address here begins with it. */
  issuer: string
  /** Product and tenant are in good standing. */
  active: boolean
  settings: OauthSettings
  now: Date
  clientAddress: string
  requestId: string
}

/** A request to one of its endpoints. `body` is the whole text, null without one or where it is longer than 16 KiB. */
export type OauthRequest = {
  method: string
  path: string
  query: string
  authorization: string | undefined
  cookie: string | undefined
  contentType: string | undefined
  origin: string | undefined
  secFetchSite: string | undefined
  body: string | null
  bodyTooLarge: boolean
}

/** Headers are a flat list, as the gateway's doors take them. */
export type OauthAnswer = { status: number; headers: string[]; body: string }

const always = ['Cache-Control', 'no-store', 'Pragma', 'no-cache', 'X-Content-Type-Options', 'nosniff', 'Referrer-Policy', 'no-referrer']

/** For scripts in a browser: public clients call the token endpoint from a page of their own, and no cookie means anything there. */
export const openToBrowsers = ['Access-Control-Allow-Origin', '*']

/** JSON that no cache keeps (RFC 6749 section 5.1). */
export function jsonAnswer(status: number, value: unknown, extra: string[] = []): OauthAnswer {
  return { status, headers: [...always, 'Content-Type', 'application/json; charset=utf-8', ...extra], body: JSON.stringify(value) }
}

/** RFC 6749 section 5.2. */
export function errorAnswer(status: number, error: string, description?: string, extra: string[] = []): OauthAnswer {
  return jsonAnswer(status, description === undefined ? { error } : { error, error_description: description }, extra)
}

/** To another page by GET, whatever brought the browser here. */
export function redirectAnswer(to: string, extra: string[] = [], status: 302 | 303 = 303): OauthAnswer {
  // A header holds plain characters: line breaks and letters of other scripts go escaped, as a browser would send them.
  const plain = to.toWellFormed().replace(/[^\x21-\x7e]+/g, encodeURIComponent)
  return { status, headers: [...always, 'Location', plain, ...extra], body: '' }
}

/** Puts parameters behind an address that may have some already; undefined ones are left out. Existing text stays byte for byte. */
export function withParams(address: string, params: Record<string, string | undefined>): string {
  const added = Object.entries(params).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
  const [before, fragment] = address.split('#', 2) as [string, string | undefined]
  const joined = added.length === 0 ? before : `${before}${before.includes('?') ? (/[?&]$/.test(before) ? '' : '&') : '?'}${added.join('&')}`
  return fragment === undefined ? joined : `${joined}#${fragment}`
}

/** A refusal of the token endpoint. */
export function tokenError(error: string, description?: string): OauthAnswer {
  return errorAnswer(400, error, description, openToBrowsers)
}

import { env } from '@/lib/env'
import { newRequestId } from '@/lib/ids'
import { normalHost } from '@/lib/zones/zone-of-host'

/** What every door needs to know of a request, read once. The front door has overwritten the `x-forwarded-*` headers. */
export type Incoming = {
  /** Lower case, with the port if one was sent: `acme.admin.localhost:3000`. */
  host: string
  /** The same without port and trailing dot: the key of the hosts table. Empty for what is no host. */
  hostName: string
  /** Scheme and host of this zone: `http://acme.admin.localhost:3000`. */
  origin: string
  method: string
  address: string | null
  userAgent: string
  requestId: string
  /** Path and query as the browser sees them; null where the middleware did not tell. */
  path: string | null
  headers: Headers
}

export function readIncoming(headers: Headers, method = 'GET'): Incoming {
  const host = (headers.get('x-forwarded-host') ?? headers.get('host') ?? '').toLowerCase()
  return {
    host,
    hostName: normalHost(host) ?? '',
    origin: `${env().PUBLIC_SCHEME}://${host}`,
    method: method.toUpperCase(),
    // The front door leaves one address; without it (plain `next start`) the nearest hop stands last.
    address: headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() || null,
    userAgent: (headers.get('user-agent') ?? '').slice(0, 300),
    requestId: requestIdOf(headers),
    path: headers.get('x-gh-path'),
    headers,
  }
}

/** Every value of a cookie, in order: two of one name mean that somebody planted one (SES-2). */
export function cookieValues(headers: Headers, name: string): string[] {
  const values: string[] = []
  for (const part of (headers.get('cookie') ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) values.push(decode(part.slice(at + 1).trim()))
  }
  return values
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value // not percent-encoded by us; it will simply not match
  }
}

function requestIdOf(headers: Headers): string {
  const given = headers.get('x-request-id')
  return given && /^[0-9A-Za-z_-]{8,64}$/.test(given) ? given : newRequestId()
}

import { Buffer } from 'node:buffer'
import type { OauthRequest } from '@/lib/oauth/oauth-exchange'

/** Parameters as sent. An empty one counts as absent (RFC 6749 3.1); one sent twice is `repeated` and has no value. */
export type OauthParams = {
  get(name: string): string | undefined
  /** Whether it came at all, be it empty. */
  has(name: string): boolean
  /** Names that came more than once or do not decode. */
  bad: ReadonlySet<string>
}

/** Of the query, of an urlencoded body, or of both, as one list. */
export function readParams(...texts: (string | null)[]): OauthParams {
  const values = new Map<string, string>()
  const seen = new Set<string>()
  const bad = new Set<string>()
  for (const text of texts)
    for (const pair of (text ?? '').split('&')) {
      if (pair === '') continue
      const equals = pair.indexOf('=')
      const name = decode(equals === -1 ? pair : pair.slice(0, equals))
      const value = equals === -1 ? '' : decode(pair.slice(equals + 1))
      if (name === null) continue
      if (value === null || seen.has(name)) bad.add(name)
      else if (value !== '') values.set(name, value)
      seen.add(name)
    }
  return { get: (name) => (bad.has(name) ? undefined : values.get(name)), has: (name) => seen.has(name), bad }
}

/** Whether the body is a form, which is all our endpoints read (RFC 6749 appendix B). */
export function isForm({ contentType }: OauthRequest): boolean {
  return contentType !== undefined && /^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType)
}

/** HTTP Basic with both halves form-encoded (RFC 6749 2.3.1); null where it cannot be read. Split at the first colon, which an encoded id cannot hold. */
export function readBasic(authorization: string): { id: string; secret: string } | null {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization) ?? []
  if (!encoded || encoded.length % 4 === 1) return null
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon === -1 || text.includes('\ufffd')) return null
  const [id, secret] = [decode(text.slice(0, colon)), decode(text.slice(colon + 1))]
  return id === null || secret === null ? null : { id, secret }
}

/** The token of `Authorization: Bearer`, or null. */
export function readBearer(authorization: string | undefined): string | null {
  return /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1] ?? null
}

function decode(text: string): string | null {
  try {
    const value = decodeURIComponent(text.replaceAll('+', ' '))
    // Postgres knows no NUL in a text, and nobody means one.
    return value.includes('\0') ? null : value
  } catch {
    return null
  }
}

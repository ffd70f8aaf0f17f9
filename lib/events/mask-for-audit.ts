import type { Prisma } from '@/lib/db/generated/client'
import { maskSecrets } from '@/lib/logger'

const SECRET_NAME = /pass(word|phrase)|secret|token|cipher|hash|authori[sz]ation|cookie|credential|private_?key|(user|app|api|access|provider|service|signing)_?key|^keys?$/i
/** Names that speak about a secret without being one: `userKeyName`, `accessTokenId`, `passwordChangedAt`, `credentialsLocation`, `keyHint`. */
const ABOUT_SECRET = /(name|location|id|ids|at|on|count|max|kind|mode|hint|prefix|scopes|enabled|required)$/i
const TEXT_MAX = 4_000
const DEPTH_MAX = 6

/** Plain JSON of a row for the audit log, with everything that looks like a secret masked, by field name and by our key prefixes (AUD-1). */
export function maskForAudit(fields: Record<string, unknown>): Prisma.InputJsonObject {
  return plain(fields, 0) as Prisma.InputJsonObject
}

function plain(value: unknown, depth: number): unknown {
  if (value === null || value === undefined) return null
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'string') return shorten(maskSecrets(value))
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'object') return typeof value === 'function' || typeof value === 'symbol' ? null : value
  if (value instanceof Uint8Array || depth >= DEPTH_MAX) return '[left out]'
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1))
  if (value instanceof Set || value instanceof Map) return plain([...value], depth)
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, isSecret(name, field) ? '[masked]' : plain(field, depth + 1)]))
}

/** Whether there is one (null, true) may be known; what it is may not. */
const isSecret = (name: string, field: unknown) => field !== null && field !== undefined && typeof field !== 'boolean' && SECRET_NAME.test(name) && !ABOUT_SECRET.test(name)

const shorten = (text: string) => (text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text)

import type { ManagementRoute } from '@/lib/management/management-route'

export type Format = 'json' | 'xml' | 'csv'

/** What finding takes of a route. */
type Findable = Pick<ManagementRoute, 'method' | 'path' | 'texts'>

export type FoundRoute<Route extends Findable = ManagementRoute> =
  | { kind: 'found'; route: Route; ids: Record<string, bigint>; texts: Record<string, string>; format: Format | null }
  | { kind: 'other_method'; allow: string[] }
  | null

/**
 * The route of a path such as `/admin/api/accounts/7/users.json`, with its parameters. Fixed parts win over parameters,
 * so that `/accounts/find` is no account. `format` is what the suffix says; null without one.
 */
export function findRoute<Route extends Findable>(table: RouteTable<Route>, method: string, pathname: string): FoundRoute<Route> {
  const parts = pathname.split('/').slice(1)
  const last = parts.at(-1) ?? ''
  const suffix = /\.(json|xml|csv)$/.exec(last)
  if (suffix) parts[parts.length - 1] = last.slice(0, suffix.index)
  const decoded = decodeAll(parts)
  if (!decoded) return null

  const wanted = method === 'HEAD' ? 'GET' : method === 'PATCH' ? 'PUT' : method
  const allow = new Set<string>()
  for (const { route, parts: pattern } of table.get(decoded.length) ?? []) {
    const params = matchParts(route, pattern, decoded)
    if (!params) continue
    if (route.method === wanted) return { kind: 'found', route, ...params, format: (suffix?.[1] as Format | undefined) ?? null }
    for (const each of route.method === 'PUT' ? ['PUT', 'PATCH'] : [route.method]) allow.add(each)
  }
  return allow.size > 0 ? { kind: 'other_method', allow: [...allow] } : null
}

/** Routes by their number of parts; those with more fixed parts first. */
export type RouteTable<Route extends Findable = ManagementRoute> = Map<number, { route: Route; parts: string[] }[]>

/** Made once: the order in which `findRoute` tries patterns of one length is settled here. */
export function routeTable<Route extends Findable>(routes: readonly Route[]): RouteTable<Route> {
  const table: RouteTable<Route> = new Map()
  for (const route of routes) {
    const parts = route.path.split('/').slice(1)
    const list = table.get(parts.length) ?? []
    list.push({ route, parts })
    table.set(parts.length, list)
  }
  const fixed = (parts: string[]) => parts.map((part) => (part.startsWith(':') ? '1' : '0')).join('')
  for (const list of table.values()) list.sort((one, other) => (fixed(one.parts) < fixed(other.parts) ? -1 : 1))
  return table
}

function matchParts(route: Findable, pattern: string[], parts: string[]): { ids: Record<string, bigint>; texts: Record<string, string> } | null {
  const ids: Record<string, bigint> = {}
  const texts: Record<string, string> = {}
  for (let at = 0; at < pattern.length; at++) {
    const wanted = pattern[at]!
    const given = parts[at]!
    if (!wanted.startsWith(':')) {
      if (wanted !== given) return null
      continue
    }
    const name = wanted.slice(1)
    if (route.texts && name in route.texts) {
      if (given === '' || given.length > 500) return null
      texts[name] = given
    } else {
      if (!/^[1-9]\d{0,15}$/.test(given) || Number(given) > Number.MAX_SAFE_INTEGER) return null
      ids[name] = BigInt(given)
    }
  }
  return { ids, texts }
}

function decodeAll(parts: string[]): string[] | null {
  try {
    return parts.map(decodeURIComponent)
  } catch {
    return null // not percent-encoded text: no path of ours
  }
}

/** The format of an answer: as the suffix says, else as `Accept` does, else JSON. */
export function formatAsked(suffix: Format | null, accept: string | null): Format {
  if (suffix) return suffix
  return /\b(application|text)\/xml\b/.test(accept ?? '') && !/\bapplication\/json\b|text\/html/.test(accept ?? '') ? 'xml' : 'json'
}

/** What a path ends in, whether or not there is such an address. */
export const suffixOf = (pathname: string) => (/\.(json|xml|csv)$/.exec(pathname)?.[1] as Format | undefined) ?? null

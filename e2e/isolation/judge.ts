import type { Answer } from '@/e2e/isolation/client'
import type { Door } from '@/e2e/isolation/list-doors'
import type { Audience } from '@/e2e/isolation/policy'
import type { Ids, SeededTenant } from '@/e2e/isolation/seeded-world'
import type { Permission } from '@/lib/tenants/context'

/** What an answer means for whoever asked, whatever its form: streamed pages say 403 and 404 in the stream. */
export type Verdict = 'shown' | 'sign-in' | 'forbidden' | 'not-found' | `sent to ${string}` | `status ${number}`

export function verdictOf({ status, headers, body }: Answer): Verdict {
  if (status >= 300 && status < 400) {
    const { pathname } = new URL(String(headers.location), 'http://here')
    return pathname === '/sign-in' ? 'sign-in' : `sent to ${pathname}`
  }
  if (status === 403 || (status === 200 && body.includes('NEXT_HTTP_ERROR_FALLBACK;403'))) return 'forbidden'
  if (status === 404) return 'not-found'
  return status === 200 ? 'shown' : `status ${status}`
}

/** The tables whose canaries of this tenant stand in a text. */
export function canariesIn(text: string, slug: string): Set<string> {
  return new Set([...text.matchAll(new RegExp(`canary-${slug}-([a-z_]+)`, 'gi'))].map(([, table]) => table!.toLowerCase()))
}

/** Whoever lacks a permission still sees the frame: the organisation's name and one's own. */
export const frameTables = ['tenants', 'members']

export function permissionsOf(can: Audience): Permission[] {
  return Array.isArray(can) ? can : can === 'member' || can === 'public' ? [] : [can]
}

/** Somebody who holds every permission but those of the door; null where none would do, and for doors of several. */
export function lackingPerson(tenant: SeededTenant, can: Audience) {
  const needed = permissionsOf(can)
  return needed.length === 1 ? tenant.people.lacking[needed[0]!] : null
}

const paramOf = (name: string): keyof Ids => name as keyof Ids

/** Where a page takes a name instead of an id: one that every tenant has, and that is looked up within the tenant. */
const openEnds: Record<string, string[]> = { '/portal/content/[...name]': ['layout', 'main_layout'] }

/** The address of a page: `[account]` becomes the account's id. `replaced` names the one that is the other tenant's. */
export function pathOf(door: Door, ids: Ids, others: Ids = ids, replaced: string[] = []): string {
  const route = door.route.replace('[...name]', openEnds[door.route]?.join('/') ?? '[...name]')
  return route.replace(/\[(\w+)\]/g, (_, name: string) => String((replaced.includes(name) ? others : ids)[paramOf(name)]))
}

export function paramsOf(door: Door): string[] {
  return [...door.route.matchAll(/\[(\w+)\]/g)].map(([, name]) => name!)
}

/** Every way to put another's ids into an input: each id alone, then all. `own` and `others` have the same shape. */
export function mixIds(own: unknown, others: unknown): unknown[] {
  const paths = differingPaths(own, others)
  const single = paths.map((path) => replaceAt(own, others, [path]))
  return paths.length > 1 ? [...single, replaceAt(own, others, paths)] : single
}

/** The ids that differ between two, replaced by ones that never were: the counterpart of what `mixIds` is given. */
export function neverLike<Named extends object>(own: Named, others: Named, never: Named): Named {
  return Object.fromEntries(Object.entries(own).map(([name, id]) => [name, (others as Record<string, unknown>)[name] === id ? id : (never as Record<string, unknown>)[name]])) as Named
}

function differingPaths(own: unknown, others: unknown, at: string[] = []): string[][] {
  if (typeof own !== 'object' || own === null) return own === others ? [] : [at]
  return Object.keys(own).flatMap((key) => differingPaths((own as Record<string, unknown>)[key], (others as Record<string, unknown>)[key], [...at, key]))
}

function replaceAt(own: unknown, others: unknown, paths: string[][]): unknown {
  const copy: unknown = structuredClone(own)
  for (const path of paths) {
    const holder = path.slice(0, -1).reduce<Record<string, unknown>>((object, key) => object[key] as Record<string, unknown>, copy as Record<string, unknown>)
    holder[path.at(-1)!] = path.reduce<unknown>((object, key) => (object as Record<string, unknown>)[key], others)
  }
  return copy
}

/** What a person reads of a page: for "the same answer as for what never existed" (ISO-5). */
export function visibleText(html: string): string {
  return html
    .replace(/<(script|style|template)\b[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\d+/g, '#')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Headers that are no part of the answer's meaning. */
export function meaningfulHeaders({ headers }: Answer): Record<string, unknown> {
  const { date: _date, 'x-request-id': _id, 'content-length': _length, ...rest } = headers
  return JSON.parse(JSON.stringify(rest).replace(/nonce(-|=\\")[\w+/=]+/g, 'nonce')) as Record<string, unknown>
}

/** The router state of a client that has every layout already and asks for the page alone: layouts are then not run. */
export function pageOnlyState(door: Door, slug: string, ids: Ids): string {
  const segments = door.file.split('/').slice(1, -1).map((segment) => {
    const name = /^\[(\w+)\]$/.exec(segment)?.[1]
    if (segment === '[...name]') return ['name', openEnds[door.route]?.join('/') ?? '', 'c', null]
    return name ? [name, name === 'tenant' ? slug : String(ids[paramOf(name)]), 'd', null] : segment
  })
  const page: unknown = ['__PAGE__', {}, null, 'refetch']
  return encodeURIComponent(JSON.stringify(['', ...segments].reduceRight<unknown>((children, segment) => [segment, { children }], page)))
}

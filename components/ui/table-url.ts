import type { ReadonlyURLSearchParams } from 'next/navigation'

/** The state of a list as its address says it: `?q=paper&state=live&sort=-calls&page=2`. */
export type TableUrl = { q: string; filters: Record<string, string>; sort: { key: string; desc: boolean } | null; page: number }

/** `prefix` keeps two lists on one page apart. */
export function readTableUrl(params: URLSearchParams | ReadonlyURLSearchParams, filterKeys: string[], prefix = ''): TableUrl {
  const filters: Record<string, string> = {}
  for (const key of filterKeys) {
    const value = params.get(prefix + key)
    if (value) filters[key] = value
  }
  const sort = params.get(`${prefix}sort`)
  const page = Number(params.get(`${prefix}page`) ?? 1)
  return {
    q: params.get(`${prefix}q`) ?? '',
    filters,
    sort: sort ? { key: sort.replace(/^-/, ''), desc: sort.startsWith('-') } : null,
    page: Number.isInteger(page) && page > 0 ? page : 1,
  }
}

/** The same address with the list's own parameters replaced; others stay, defaults are left out, a cursor is dropped. */
export function writeTableUrl(params: URLSearchParams | ReadonlyURLSearchParams, state: TableUrl, filterKeys: string[], prefix = ''): string {
  const next = new URLSearchParams(params)
  const set = (key: string, value: string) => (value ? next.set(prefix + key, value) : next.delete(prefix + key))
  set('q', state.q)
  for (const key of filterKeys) set(key, state.filters[key] ?? '')
  set('sort', state.sort ? `${state.sort.desc ? '-' : ''}${state.sort.key}` : '')
  set('page', state.page > 1 ? String(state.page) : '')
  next.delete(`${prefix}cursor`)
  const query = next.toString()
  return query ? `?${query}` : ''
}

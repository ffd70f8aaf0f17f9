import { drop, type Drop } from '@/lib/liquid/values'

const AROUND = 2

/** Pages of a list (reference portal 4.2). `path` and `query` are the list's own; the page's number is added. Pages count from 1. */
export function paginationDrop({ path, query = '', page, pageSize, total }: { path: string; query?: string; page: number; pageSize: number; total: number }): Drop {
  const pages = Math.max(1, Math.ceil(total / pageSize))
  const current = Math.min(Math.max(1, page), pages)
  const urlOf = (wanted: number) => {
    const search = new URLSearchParams(query)
    search.set('page', String(wanted))
    return `${path}?${search.toString()}`
  }
  const part = (id: string, title: string, rel: string, to: number | null) => drop('pagination_part', id, { url: to === null ? '' : urlOf(to), rel, is_link: to !== null, title, 'current?': rel === 'current' }, title)
  const parts: Drop[] = []
  if (current > 1) parts.push(part('previous', 'Previous', 'prev', current - 1))
  for (let number = 1; number <= pages; number++) {
    const isNear = number === 1 || number === pages || Math.abs(number - current) <= AROUND
    if (isNear) parts.push(number === current ? part(String(number), String(number), 'current', null) : part(String(number), String(number), number < current ? 'previous' : 'next', number))
    else if (parts.at(-1)?.rel !== 'gap') parts.push(part(`gap-${number}`, '…', 'gap', null))
  }
  if (current < pages) parts.push(part('next', 'Next', 'next', current + 1))
  return drop('pagination', path, { page_size: pageSize, current_page: current, current_offset: (current - 1) * pageSize, pages, items: total, previous: current > 1 ? current - 1 : null, next: current < pages ? current + 1 : null, parts })
}

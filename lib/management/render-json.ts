import { Extra, type Page, type PageWanted, type Shape } from '@/lib/management/management-route'

/** The JSON body of an answer, wrapped as its shape says. `asked`: the request named `page` or `per_page`, and the list has pages. */
export function renderJson(shape: Shape, result: unknown, page: PageWanted, asked: boolean): string {
  switch (shape.kind) {
    case 'one':
      return JSON.stringify({ [shape.name]: toValue(result) })
    case 'many': {
      const { items, total } = result as Page<unknown>
      return JSON.stringify({ [shape.name]: items.map((item) => ({ [shape.each]: toValue(item) })), ...(asked && { metadata: pageFacts(page, total) }) })
    }
    case 'bare':
      return JSON.stringify(toValue(result) ?? null)
    case 'nothing':
      return ''
  }
}

/** What an answer says of paging (reference portal 8.1). */
export function pageFacts({ number, size }: PageWanted, total: number) {
  return { per_page: size, total_entries: total, total_pages: Math.max(1, Math.ceil(total / size)), current_page: number }
}

/** Plain JSON: bigints and decimals as numbers, times without milliseconds, extra fields flat. */
function toValue(value: unknown): unknown {
  if (value === undefined || value === null) return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Date) return timeText(value)
  if (Array.isArray(value)) return value.map(toValue)
  if (isDecimal(value)) return value.toNumber()
  if (typeof value === 'object') {
    const own: Record<string, unknown> = {}
    let extra: Extra | undefined
    for (const [key, item] of Object.entries(value)) {
      if (item instanceof Extra) extra = item
      else own[key] = toValue(item)
    }
    return extra ? { ...(toValue(extra.values) as object), ...own } : own
  }
  return value
}

/** `2027-01-31T12:00:00Z`: seconds, as clients of 3scale read them. */
export function timeText(time: Date): string {
  return time.toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/** Prisma’s decimals, known by what they can do: each client carries a class of its own. */
export function isDecimal(value: unknown): value is { toNumber(): number } {
  return typeof value === 'object' && value !== null && 'toNumber' in value && typeof value.toNumber === 'function'
}

import { compareValues, isHash, isPresent, LiquidList, LiquidRecord, LiquidText, numberOf, sameValue, textOf, wrap } from '../wrap.ts'
import { assertListFits, assertTextFits, joinTexts, type FilterCall, type LiquidFilter } from './filter.ts'

/** What a filter for lists works on: the items, one value as a list of one, nothing as an empty one. */
function items(value: unknown): unknown[] {
  if (value === null || value === undefined) return []
  return Array.isArray(value) ? value.map((item) => wrap(item)) : [value]
}

/** Reads the attribute a filter names; without a name, the item itself. */
function readerOf(name: unknown, { context }: FilterCall): (item: unknown) => unknown {
  return name === undefined || name === null ? (item) => item : (item) => context.readPath(item, textOf(name))
}

function sorting(normal: (value: unknown) => unknown): LiquidFilter {
  return (input, call) => {
    const read = readerOf(call.args[0], call)
    const keyed = items(input).map((item) => ({ item, key: normal(read(item)) }))
    return keyed.sort((a, b) => order(a.key, b.key)).map(({ item }) => item)
  }
}

// What is not there goes last.
function order(a: unknown, b: unknown): number {
  const [without, other] = [a === null || a === undefined, b === null || b === undefined]
  return without || other ? Number(without) - Number(other) : compareValues(a, b) || 0
}

function matching(wanted: boolean): LiquidFilter {
  return (input, call) => items(input).filter((item) => matches(item, call) === wanted)
}

function matches(item: unknown, call: FilterCall): boolean {
  const value = readerOf(call.args[0], call)(item)
  return call.args[1] === undefined ? value !== false && value !== null && value !== undefined : sameValue(value, call.args[1])
}

export const listFilters: Record<string, LiquidFilter> = {
  join: (input, { args, context }) => {
    const [parts, glue] = [items(input), args[0] ?? ' ']
    const joined = joinTexts(parts, glue, context)
    if (joined !== null) return joined
    const texts = parts.map(textOf)
    assertTextFits(texts.reduce((sum, text) => sum + text.length + textOf(glue).length, 0))
    return texts.join(textOf(glue))
  },
  first: (input) => (Array.isArray(input) ? wrap(input[0]) : undefined),
  last: (input) => (Array.isArray(input) ? wrap(input.at(-1)) : undefined),
  size: (input) => (Array.isArray(input) ? input.length : typeof input === 'string' || input instanceof LiquidText ? [...textOf(input)].length : isHash(input) ? Object.keys(input).length : 0),
  reverse: (input) => items(input).reverse(),
  sort: sorting((value) => value),
  sort_natural: sorting((value) => (value === null || value === undefined ? value : textOf(value).toLowerCase())),
  map: (input, call) => items(input).map(readerOf(call.args[0], call)),
  sum: (input, call) => items(input).map(readerOf(call.args[0], call)).reduce<number>((sum, value) => sum + numberOf(value), 0),
  compact: (input, call) => items(input).filter((item) => ((value) => value !== null && value !== undefined)(readerOf(call.args[0], call)(item))),
  concat: (input, { args }) => {
    const [left, right] = [items(input), items(args[0])]
    assertListFits(left.length + right.length)
    return [...left, ...right]
  },
  uniq: (input, call) => {
    const read = readerOf(call.args[0], call)
    return [...new Map(items(input).map((item) => [identity(read(item)), item] as const).reverse()).values()].reverse()
  },
  where: matching(true),
  reject: matching(false),
  has: (input, call) => items(input).some((item) => matches(item, call)),
  find: (input, call) => items(input).find((item) => matches(item, call)),
  find_index: (input, call) => ((at) => (at === -1 ? undefined : at))(items(input).findIndex((item) => matches(item, call))),
  any: (input, { args }) => items(input).some((item) => sameValue(item, args[0])),
  slice: (input, { args }) => {
    const parts = Array.isArray(input) ? (input as unknown[]) : [...textOf(input)]
    const at = numberOf(args[0])
    const from = at < 0 ? parts.length + at : at
    const cut = from < 0 ? [] : parts.slice(from, from + Math.max(0, args[1] === undefined ? 1 : numberOf(args[1])))
    return Array.isArray(input) ? cut : cut.join('')
  },
  group_by: (input, call) => {
    const read = readerOf(call.args[0], call)
    const groups = new Map<unknown, [unknown, unknown[]]>()
    for (const item of items(input)) {
      const key = read(item)
      const group = groups.get(identity(key))
      if (group) group[1].push(item)
      else groups.set(identity(key), [key, [item]])
    }
    return groups.size === 0 ? null : [...groups.values()].map((pair) => pair as unknown[])
  },
  to_param: (input) => toParam(input),
}

function identity(value: unknown): unknown {
  if (value instanceof LiquidRecord) return `record:${value.kind}:${value.id}`
  if (value instanceof LiquidText || typeof value === 'string') return `text:${String(value)}`
  return value ?? null
}

function toParam(value: unknown): string {
  if (value instanceof LiquidRecord) {
    if (/(^|_)plan$/.test(value.kind)) return `plan_ids[]=${value.id}`
    if (value.kind === 'service') return `service_id=${value.id}`
  }
  if (value instanceof LiquidList || Array.isArray(value)) return value.map((item) => toParam(wrap(item))).join('&')
  return 'cannot_be_converted_to_param'
}

/** The words of an `errors` value: a list of errors, those of all attributes, or one. */
export function errorTexts(value: unknown): string[] {
  if (!isPresent(value)) return []
  if (Array.isArray(value)) return value.flatMap((item) => errorTexts(wrap(item)))
  if (value instanceof LiquidRecord) {
    const message = value.read('message')
    if (isPresent(message)) return [textOf(message)]
    const nested = value.names().filter((name) => !name.endsWith('?')).flatMap((name) => errorTexts(value.read(name)))
    return nested.length > 0 ? nested : value.text === '' ? [] : [value.text]
  }
  if (isHash(value)) return Object.values(value).flatMap((item) => errorTexts(wrap(item)))
  return [textOf(value)].filter((text) => text !== '')
}

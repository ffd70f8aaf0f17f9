import { Drop as LiquidDrop, Tokenizer } from 'liquidjs'

/**
 * What the engine sees of the values of values.ts. Plain data comes in; it is wrapped when a template reads it, so a
 * page that shows little pays for little. Wrapped values compare, print and keep their marks: `safe` for markup,
 * `typed` for what a developer wrote.
 */
abstract class Value extends LiquidDrop {
  equals(other: unknown): boolean {
    return sameValue(this, other)
  }
  gt(other: unknown): boolean {
    return compareValues(this, other) > 0
  }
  geq(other: unknown): boolean {
    return compareValues(this, other) >= 0
  }
  lt(other: unknown): boolean {
    return compareValues(this, other) < 0
  }
  leq(other: unknown): boolean {
    return compareValues(this, other) <= 0
  }
}

export class LiquidText extends Value {
  readonly text: string
  /** Markup: printed as it stands. */
  readonly safe: boolean
  /** Holds words of a developer: what is made of it never becomes markup by a filter (LQ-4). */
  readonly typed: boolean

  constructor(text: string, { safe = false, typed = false }: { safe?: boolean; typed?: boolean }) {
    super()
    this.text = text
    this.safe = safe
    this.typed = typed
  }

  override valueOf(): string {
    return this.text
  }

  override toString(): string {
    return this.text
  }
}

export class LiquidRecord extends Value {
  readonly kind: string
  readonly id: number | string
  readonly text: string
  readonly #attributes: Record<string, unknown>

  constructor(attributes: Record<string, unknown>, { kind, id, text }: { kind: string; id: number | string; text: string }) {
    super()
    this.kind = kind
    this.id = id
    this.text = text
    this.#attributes = attributes
  }

  read(name: string): unknown {
    return Object.hasOwn(this.#attributes, name) ? wrap(this.#attributes[name]) : undefined
  }

  names(): string[] {
    return Object.keys(this.#attributes).filter((name) => !name.startsWith('$'))
  }

  override toString(): string {
    return this.text
  }
}

export class LiquidList extends Array<unknown> {
  // What map, filter and slice make of it is a plain list.
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  itemKeys: string[] = []

  byKey(key: string): unknown {
    const at = this.itemKeys.indexOf(key)
    return at === -1 || key === '' ? undefined : this[at]
  }
}

// Of one job each, and gone with it.
const wrapped = new WeakMap<object, unknown>()

/** A value as a template may hold it. Functions, symbols and classes of the outside become nothing. */
export function wrap(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'function' || typeof value === 'symbol') return undefined
  if (typeof value !== 'object' || value === null || value instanceof LiquidDrop || value instanceof LiquidList) return value
  const known = wrapped.get(value)
  if (known !== undefined) return known
  if (Array.isArray(value)) return wrapList(value, value, [])
  const object = value as Record<string, unknown>
  if (Object.hasOwn(object, '$typed')) return keep(value, new LiquidText(String(object.$typed ?? ''), { typed: true }))
  if (Object.hasOwn(object, '$html')) return keep(value, new LiquidText(String(object.$html ?? ''), { safe: true }))
  if (Object.hasOwn(object, '$list')) return wrapList(value, object.$list as unknown[], (object.$keys as string[] | undefined) ?? [])
  if (Object.hasOwn(object, '$drop')) return keep(value, new LiquidRecord(object, object.$drop as { kind: string; id: number; text: string }))
  return value
}

function wrapList(source: object, items: unknown[], keys: string[]): LiquidList {
  const list = keep(source, new LiquidList())
  for (const item of items) list.push(wrap(item))
  list.itemKeys = keys
  return list
}

function keep<Kept>(source: object, made: Kept): Kept {
  wrapped.set(source, made)
  return made
}

export function isHash(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LiquidDrop)
}

/** The text of a value where one is wanted, marks left behind. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(textOf).join('')
  if (isHash(value) || (value instanceof LiquidDrop && !(value instanceof Value))) return ''
  return String(value)
}

export function numberOf(value: unknown): number {
  if (typeof value === 'number') return value
  const text = textOf(value).trim()
  return /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?/i.test(text) ? Number.parseFloat(text) : 0
}

/** Whether words of a developer are in it. */
export function isTyped(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isTyped)
  // What a record prints may be the name a developer gave it.
  return (value instanceof LiquidText && value.typed) || value instanceof LiquidRecord
}

// liquidjs keeps its literals to itself; a tokenizer gives them out.
const [emptyLiteral, blankLiteral, nilLiteral] = ['empty', 'blank', 'nil'].map((name) => (new Tokenizer(name).readValue() as unknown as { content: unknown }).content)

/** The literal `present`, which stock Liquid does not have. */
export class PresentLiteral extends Value {
  override equals(other: unknown): boolean {
    return isPresent(other)
  }
}

/** Ruby's `==` as templates know it: records by kind and id, lists by their items, `empty`, `blank`, `nil` and `present` on either side. */
export function sameValue(left: unknown, right: unknown): boolean {
  for (const [literal, value] of [
    [left, right],
    [right, left],
  ]) {
    if (literal === emptyLiteral) return isEmpty(value)
    if (literal === blankLiteral) return !isPresent(value)
    if (literal === nilLiteral) return value === null || value === undefined || value === nilLiteral
    if (literal instanceof PresentLiteral) return isPresent(value)
  }
  if (left instanceof LiquidRecord || right instanceof LiquidRecord) {
    if (left instanceof LiquidRecord && right instanceof LiquidRecord) return left.kind === right.kind && left.id === right.id
    const [record, other] = left instanceof LiquidRecord ? [left, right] : [right as LiquidRecord, left]
    // A field or a url prints as text and is compared as such.
    return (typeof other === 'string' || other instanceof LiquidText) && record.text !== '' && record.text === String(other)
  }
  if (Array.isArray(left) && Array.isArray(right)) return left.length === right.length && left.every((item, at) => sameValue(item, right[at]))
  const [a, b] = [left, right].map((side) => (side instanceof LiquidText ? side.text : (side ?? null)))
  return a === b
}

export function isEmpty(value: unknown): boolean {
  if (value === emptyLiteral || value === blankLiteral) return true
  if (typeof value === 'string' || value instanceof LiquidText) return String(value) === ''
  if (Array.isArray(value)) return value.length === 0
  if (value instanceof LiquidRecord) return value.read('empty?') === true || value.read('present?') === false
  return isHash(value) && Object.keys(value).length === 0
}

export function isPresent(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === nilLiteral) return false
  if (typeof value === 'string' || value instanceof LiquidText) return String(value).trim() !== ''
  return !isEmpty(value)
}

/** Below, equal, above; NaN for what cannot be compared. Numbers with numbers, texts with texts. */
export function compareValues(left: unknown, right: unknown): number {
  const [a, b] = [left, right].map((side) => (side instanceof LiquidText ? side.text : side))
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  // A figure that came as text, as amounts do.
  if ((typeof a === 'number' && isNumeric(b)) || (typeof b === 'number' && isNumeric(a))) return Number(a) - Number(b)
  return Number.NaN
}

function isNumeric(value: unknown): boolean {
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim())
}

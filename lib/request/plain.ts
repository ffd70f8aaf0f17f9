/**
 * What may leave a door (PLAT-4): plain objects, arrays, strings, numbers, booleans, null and dates. `bigint` ids
 * become numbers, which they always fit.
 */
export type Plain<R> = R extends bigint
  ? number
  : R extends Date
    ? Date
    : R extends readonly (infer Item)[]
      ? Plain<Item>[]
      : R extends object
        ? { [Key in keyof R]: Plain<R[Key]> }
        : R

/** A copy with numbers for bigints. Throws on class instances, maps, functions: they are no business of a browser. */
export function toPlain<R>(value: R): Plain<R> {
  return convert(value) as Plain<R>
}

/** The body of a JSON answer; dates as ISO 8601, bigints as numbers. */
export function toJson(value: unknown): string {
  return JSON.stringify(convert(value) ?? null)
}

function convert(value: unknown): unknown {
  if (typeof value === 'bigint') return toSafeNumber(value)
  if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError(`A ${typeof value} cannot leave a door`)
  if (value === null || typeof value !== 'object' || value instanceof Date) return value
  if (Array.isArray(value)) return value.map(convert)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError('An instance of a class cannot leave a door')
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, convert(item)]))
}

function toSafeNumber(value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new RangeError('An id above 2^53 cannot be a JSON number')
  return number
}

import { defaultOperators, type LiquidOptions } from 'liquidjs'
import { compareValues, isHash, LiquidText, sameValue, textOf } from './wrap.ts'

/** Comparisons as Ruby Liquid makes them; `and` and `or` are read from the right, as there. */
export const operators: NonNullable<LiquidOptions['operators']> = {
  ...defaultOperators,
  '==': (left: unknown, right: unknown) => sameValue(left, right),
  '!=': (left: unknown, right: unknown) => !sameValue(left, right),
  '<>': (left: unknown, right: unknown) => !sameValue(left, right),
  '>': (left: unknown, right: unknown) => compareValues(left, right) > 0,
  '<': (left: unknown, right: unknown) => compareValues(left, right) < 0,
  '>=': (left: unknown, right: unknown) => compareValues(left, right) >= 0,
  '<=': (left: unknown, right: unknown) => compareValues(left, right) <= 0,
  contains: (left: unknown, right: unknown) => {
    if (Array.isArray(left)) return left.some((item) => sameValue(item, right))
    if (isHash(left)) return Object.hasOwn(left, textOf(right))
    return (typeof left === 'string' || left instanceof LiquidText) && right !== null && right !== undefined && String(left).includes(textOf(right))
  },
}

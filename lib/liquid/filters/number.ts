import { filters as stockFilters } from 'liquidjs'
import { numberOf, textOf } from '../wrap.ts'
import type { LiquidFilter } from './filter.ts'

const whole = (value: unknown) => typeof value !== 'string' || /^\s*[+-]?\d+\s*$/.test(value)

function division(divide: (a: number, b: number) => number): LiquidFilter {
  // Ruby's words, which lax templates show in place.
  return (input, { args }) => (numberOf(args[0]) === 0 ? 'Liquid error: divided by 0' : divide(numberOf(input), numberOf(args[0])))
}

export const numberFilters: Record<string, LiquidFilter> = {
  abs: (input) => Math.abs(numberOf(input)),
  at_least: (input, { args }) => Math.max(numberOf(input), numberOf(args[0])),
  at_most: (input, { args }) => Math.min(numberOf(input), numberOf(args[0])),
  ceil: (input) => Math.ceil(numberOf(input)),
  floor: (input) => Math.floor(numberOf(input)),
  round: (input, { args }) => {
    const digits = Math.max(0, Math.min(20, numberOf(args[0] ?? 0)))
    return Number(numberOf(input).toFixed(digits))
  },
  plus: (input, { args }) => exact(numberOf(input) + numberOf(args[0])),
  minus: (input, { args }) => exact(numberOf(input) - numberOf(args[0])),
  times: (input, { args }) => exact(numberOf(input) * numberOf(args[0])),
  // Whole numbers divide to whole numbers, as in Ruby.
  divided_by: (input, { args }) =>
    division((a, b) => (Number.isInteger(a) && Number.isInteger(b) && whole(input) && whole(args[0]) ? Math.floor(a / b) : exact(a / b)))(input, { args } as never),
  modulo: division((a, b) => exact(((a % b) + b) % b)),
  date: (input, { args, context }) => {
    const format = textOf(args[0])
    const from = typeof input === 'number' ? input : textOf(input)
    if (from === '' || format === '') return input
    const stock = stockFilters.date as (this: unknown, value: unknown, format: string) => unknown
    return stock.call({ context, liquid: context.liquid } as never, from, format)
  },
}

// 0.1 + 0.2 is 0.3 on a page.
function exact(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(15))
}

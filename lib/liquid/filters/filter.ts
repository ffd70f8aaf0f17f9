import { Drop as LiquidDrop, type FilterImplOptions, type Liquid } from 'liquidjs'
import type { PortalContext } from '../context.ts'
import { LimitReached, liquidLimits } from '../limits.ts'
import { isTyped, LiquidRecord, LiquidText } from '../wrap.ts'

/** `options` are the `key: value` arguments, which Ruby hands over as one hash at the end. */
export type FilterCall = { args: unknown[]; options: Record<string, unknown>; context: PortalContext }

/** Takes wrapped values and answers a value. What is made of words a developer typed is marked as such afterwards (LQ-4). */
export type LiquidFilter = (input: unknown, call: FilterCall) => unknown

type Handler = Extract<FilterImplOptions, (...args: never[]) => unknown>

/** Our filters are all there are: those of liquidjs that run expressions or read what they should not are gone (LQ-2). */
export function registerFilters(engine: Liquid, filters: Record<string, LiquidFilter>): void {
  for (const name of Object.keys(engine.filters)) engine.unregisterFilter(name)
  for (const [name, filter] of Object.entries(filters)) engine.registerFilter(name, handlerOf(filter))
}

function handlerOf(filter: LiquidFilter): Handler {
  return function handle(value: unknown, ...given: unknown[]): unknown {
    const context = this.context as PortalContext
    const call: FilterCall = { args: [], options: {}, context }
    given.forEach((arg, at) => {
      if (Array.isArray(this.token.args[at])) {
        const [name, option] = arg as [string, unknown]
        call.options[name] = plain(option)
      } else call.args.push(plain(arg))
    })
    const input = plain(value)
    context.checkTime()
    context.inFilter++
    try {
      return marked(bounded(filter(input, call)), isTyped(input) || call.args.some(isTyped) || Object.values(call.options).some(isTyped))
    } finally {
      context.inFilter--
    }
  }
}

// The literals of liquidjs: nil is nothing, empty and blank are the empty text.
function plain(value: unknown): unknown {
  return value instanceof LiquidDrop && !(value instanceof LiquidText) && !(value instanceof LiquidRecord) ? (value.valueOf() as unknown) : value
}

function bounded(result: unknown): unknown {
  const text = result instanceof LiquidText ? result.text : result
  if (typeof text === 'string') assertTextFits(text.length)
  if (Array.isArray(result)) assertListFits(result.length)
  return result
}

export function assertTextFits(length: number): void {
  if (length > liquidLimits.outputMax) throw new LimitReached('memory', 'A filter makes a text of more than 2 MB here.')
}

export function assertListFits(length: number): void {
  if (length > liquidLimits.listMax) throw new LimitReached('memory', `A filter makes a list of more than ${liquidLimits.listMax.toLocaleString('en')} items here.`)
}

function marked(result: unknown, typed: boolean): unknown {
  if (!typed) return result
  if (typeof result === 'string') return new LiquidText(result, { typed: true })
  // Markup made of it stays markup as it is; what another filter makes of that is text again.
  if (result instanceof LiquidText) return new LiquidText(result.text, { safe: result.safe, typed: true })
  if (Array.isArray(result)) return result.map((item: unknown) => (typeof item === 'string' ? new LiquidText(item, { typed: true }) : item))
  return result
}

/** Markup of ours; words in it are escaped by whoever makes it. */
export function markup(html: string): LiquidText {
  return new LiquidText(html, { safe: true })
}

/** Texts put together: where one of them is markup, or nothing is escaped, the others are printed into it; else it is a plain text again. */
export function joinTexts(parts: unknown[], glue: unknown, context: PortalContext): unknown {
  const isMarkup = (part: unknown) => part instanceof LiquidText && part.safe
  if (![...parts, glue].some((part) => isMarkup(part) || (!context.escapes && isTyped(part)))) return null
  const typedBefore = context.job.typedPrinted
  const between = context.print(glue)
  const printed = parts.map((part) => context.print(part))
  assertTextFits(printed.reduce((sum, part) => sum + part.length + between.length, 0))
  return new LiquidText(printed.join(between), { safe: true, typed: context.job.typedPrinted > typedBefore })
}

import { Liquid, tags as stockTags } from 'liquidjs'
import { registerFilters } from './filters/filter.ts'
import { htmlFilters } from './filters/html.ts'
import { listFilters } from './filters/list.ts'
import { numberFilters } from './filters/number.ts'
import { textFilters } from './filters/text.ts'
import type { PortalContext } from './context.ts'
import type { LiquidMode } from './job.ts'
import { readLaxly } from './lax-tokens.ts'
import { operators } from './operators.ts'
import { ContentForTag, IfchangedTag, PortalCaptureTag, PortalForTag, PortalTablerowTag } from './tags/control.ts'
import { elementTags } from './tags/elements.ts'
import { EmailTag } from './tags/email.ts'
import { FormTag } from './tags/form.ts'
import { IncludeTag, RenderTag } from './tags/include.ts'
import { CycleTag, EchoTag } from './tags/print.ts'

/** Stock tags that stay; layout, block and the others are not of this language (LQ-2). */
const kept = ['assign', 'case', 'comment', 'decrement', 'if', 'increment', 'liquid', 'raw', 'unless', 'break', 'continue', '#'] as const

const engines: Partial<Record<LiquidMode, Liquid>> = {}

/** The engine of reference portal 4.1, one per kind of template; it knows no files and no tenant. */
export function liquidEngine(mode: LiquidMode): Liquid {
  return (engines[mode] ??= makeEngine(mode))
}

function makeEngine(mode: LiquidMode): Liquid {
  readLaxly()
  const engine = new Liquid({
    operators,
    ownPropertyOnly: true,
    strictFilters: false,
    strictVariables: false,
    relativeReference: false,
    fs: noFiles,
    timezoneOffset: 0,
    locale: 'en-US',
    outputEscape: function print(this: unknown, value: unknown): string {
      return (this as { context: PortalContext }).context.print(value)
    },
  })
  for (const name of Object.keys(engine.tags)) if (!(kept as readonly string[]).includes(name)) delete engine.tags[name]
  for (const name of kept) engine.registerTag(name, stockTags[name]!)
  engine.registerTag('echo', EchoTag)
  engine.registerTag('cycle', CycleTag)
  engine.registerTag('for', PortalForTag)
  engine.registerTag('tablerow', PortalTablerowTag)
  engine.registerTag('capture', PortalCaptureTag)
  engine.registerTag('ifchanged', IfchangedTag)
  engine.registerTag('content_for', ContentForTag)
  engine.registerTag('include', IncludeTag)
  engine.registerTag('render', RenderTag)
  engine.registerTag('form', FormTag)
  if (mode === 'mail') engine.registerTag('email', EmailTag)
  for (const [name, tag] of Object.entries(elementTags)) engine.registerTag(name, tag)
  registerFilters(engine, { ...textFilters, ...numberFilters, ...listFilters, ...htmlFilters })
  return engine
}

// Partials come with the job; there is no file a name could reach.
const noFiles = {
  readFile: () => Promise.reject(new Error('Templates are not read from files.')),
  readFileSync: (): string => {
    throw new Error('Templates are not read from files.')
  },
  exists: () => Promise.resolve(false),
  existsSync: () => false,
  resolve: (_folder: string, file: string) => file,
}

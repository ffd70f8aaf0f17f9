import { TokenizationError, toValueSync, type Emitter, type Template } from 'liquidjs'
import { BoundedEmitter } from './bounded-emitter.ts'
import { makeJob, PortalContext, type RenderJob } from './context.ts'
import { liquidEngine } from './engine.ts'
import { explainError } from './explain-error.ts'
import type { LiquidMode, RenderAnswer, RenderInput, SyntaxProblem } from './job.ts'
import { assertOutputFits } from './limits.ts'
import { mailParts } from './mail-parts.ts'
import { parseTemplate } from './parse.ts'
import type { TemplateCache } from './template-cache.ts'

/** One render, in the thread: the page, then the layout around it, with the blocks the page has stashed. Never throws for what a template does. */
export function renderJob(input: Omit<RenderInput, 'templates'>, templates: Record<string, string>, cache: TemplateCache): RenderAnswer {
  const job = makeJob(input, (key) => find(key, input, templates, cache))
  const page = keyOf(input.page, input.mode === 'mail' ? 'mails' : 'pages', templates)
  let current = page
  try {
    job.body = renderOne(job, page)
    if (input.layout !== null) {
      current = keyOf(input.layout, 'layouts', templates)
      job.body = renderOne(job, current)
    }
    assertOutputFits(Buffer.byteLength(job.body))
    const stored = Object.fromEntries(Object.entries(job.contentOf).map(([name, text]) => [name, text.text]))
    if (input.mode === 'page') return { ok: true, body: job.body, headers: job.headers, stored }
    return { ok: true, ...mailParts(job.body, job.headers), stored }
  } catch (error) {
    return { ok: false, problem: explainError(error, current) }
  }
}

function renderOne(job: RenderJob, key: string): string {
  const templates = job.find(key)
  if (!templates) throw new Error(`there is no template “${key}”`)
  const engine = liquidEngine(job.input.mode)
  // content_of is ours whatever the assigns say, and is read while it grows.
  const context = new PortalContext(engine, job, { ...job.input.assigns, content_of: job.contentOf })
  const emitter: Emitter = new BoundedEmitter()
  toValueSync(engine.renderer.renderTemplates(templates, context, emitter))
  return emitter.buffer
}

function find(key: string, { tenantId, mode }: Omit<RenderInput, 'templates'>, templates: Record<string, string>, cache: TemplateCache): Template[] | null {
  if (!Object.hasOwn(templates, key)) return null
  return cache.get(tenantId, mode, key, templates[key]!, () => parseTemplate(liquidEngine(mode), templates[key]!, key))
}

function keyOf(name: string, folder: string, templates: Record<string, string>): string {
  return Object.hasOwn(templates, name) || name.startsWith(`${folder}/`) ? name : `${folder}/${name}`
}

/** The first mistake of a template, null if it parses. */
export function checkJob(source: string, mode: LiquidMode): SyntaxProblem | null {
  try {
    parseTemplate(liquidEngine(mode), source, 'template')
    return null
  } catch (error) {
    const { line, reason } = explainError(error, 'template')
    // The end of a text is where liquidjs misses what is missing; the line it began on says more.
    return { line: line ?? (error instanceof TokenizationError ? 1 : null), message: reason }
  }
}

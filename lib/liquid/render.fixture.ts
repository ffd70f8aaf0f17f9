import type { RenderAnswer, RenderInput } from '@/lib/liquid/job'
import { renderJob } from '@/lib/liquid/render-job'
import { TemplateCache } from '@/lib/liquid/template-cache'
import type { LiquidValue } from '@/lib/liquid/values'

export type Extra = Partial<RenderInput> & { partials?: Record<string, string>; layoutText?: string }

/** A render of one page, as the pool and the engine take it. */
export function inputOf(page: string, assigns: Record<string, LiquidValue> = {}, { partials = {}, layoutText, ...more }: Extra = {}): RenderInput {
  const templates = {
    'pages/p': page,
    ...(layoutText === undefined ? {} : { 'layouts/main_layout': layoutText }),
    ...Object.fromEntries(Object.entries(partials).map(([name, text]) => [`partials/${name}`, text])),
    ...more.templates,
  }
  const layout = layoutText === undefined ? null : 'main_layout'
  return { tenantId: 1, page: 'p', layout, assigns, escape: true, form: { authenticityToken: 'tok"en', path: '/here', query: '' }, mode: 'page', ...more, templates }
}

/** In this thread: for what the engine says, not for how it is guarded. */
export function answerOf(...args: Parameters<typeof inputOf>): RenderAnswer {
  const { templates, ...input } = inputOf(...args)
  return renderJob(input, templates, new TemplateCache())
}

export function bodyOf(...args: Parameters<typeof inputOf>): string {
  const answer = answerOf(...args)
  if (!answer.ok) throw new Error(JSON.stringify(answer.problem))
  return answer.body
}

import { LRUCache } from 'lru-cache'
import { notFound } from '@/lib/errors'
import { renderLiquid } from '@/lib/liquid/render'
import type { LiquidValue } from '@/lib/liquid/values'
import { perProcess } from '@/lib/per-process'
import { loadGlobals } from '@/lib/portal/assigns/load-globals'
import { partialsFor, sourceText } from '@/lib/portal/mentions'
import { plainPage } from '@/lib/portal/plain-page'
import { makeReply, type PortalReply } from '@/lib/portal/portal-reply'
import type { PortalAnswer, PortalRequest, Visit } from '@/lib/portal/portal-route'
import { withPreviewBanner } from '@/lib/portal/preview'
import { noteTemplateProblem } from '@/lib/portal/template-problems'
import { openTemplates, type Template, type TemplateStore } from '@/lib/portal/templates'

type PageAnswer = Extract<PortalAnswer, { kind: 'page' }>

/** A built-in page by name, or the tenant's version of it. Throws `not_found` for a page there is no template of. */
export async function renderPortalPage(visit: Visit, request: PortalRequest, answer: PageAnswer): Promise<PortalReply> {
  const store = await openTemplates(visit)
  const template = store.find('page', answer.page)
  if (!template) throw notFound()
  return renderTemplate(visit, request, store, template, answer)
}

/**
 * Page, layout and the partials they reach, with what they speak of and nothing else. A template that cannot be rendered
 * shows visitors a plain page; template, line and reason go where the tenant looks (LQ-1).
 */
export async function renderTemplate(visit: Visit, request: PortalRequest, store: TemplateStore, template: Template, answer: Pick<PageAnswer, 'status' | 'title' | 'assigns' | 'flash' | 'headers'> = {}): Promise<PortalReply> {
  const { status = 200 } = answer
  const layout = template.layoutName === null ? null : store.find('layout', template.layoutName)
  const headers = { 'content-type': `${template.contentType}; charset=utf-8`, ...answer.headers }
  const isHtml = template.contentType === 'text/html'
  const finish = (body: string, showsFlash: boolean) => makeReply({ status, headers: isHtml ? headers : { ...headers, 'cache-control': 'no-cache' }, body: visit.preview && isHtml ? withPreviewBanner(visit, body) : body, showsFlash })
  if (!template.liquid && !layout) return finish(template.source, false)

  const roots = [template, ...(layout ? [layout] : [])].filter((each) => each.liquid)
  const partials = partialsFor(store, roots)
  const title = answer.title ?? template.title
  const globals = await loadGlobals(visit, request, { text: sourceText([...roots, ...partials]), isOwnPage: template.path !== null, flash: answer.flash ? [...visit.flash, answer.flash] : visit.flash })
  const assigns: Record<string, LiquidValue> = { ...globals, page: { title, system_name: template.systemName }, page_title: title, ...answer.assigns }
  const pageKey = `pages/${template.systemName}`
  const rendered = await renderLiquid({
    tenantId: Number(visit.ctx.tenant.id),
    templates: bundleOf(visit, template, layout, partials),
    page: pageKey,
    layout: layout && `layouts/${layout.systemName}`,
    assigns,
    escape: true,
    form: { authenticityToken: visit.csrfToken, path: request.path, query: request.query.toString() },
    mode: 'page',
  })
  if (rendered.ok) return finish(rendered.body, isHtml)
  await noteTemplateProblem(visit, request.path, rendered.problem)
  const { template: where, line, reason } = rendered.problem
  const details = visit.preview ? [`${where}${line === null ? '' : `, line ${line}`}`, reason] : []
  return makeReply({ status: 500, headers: { 'content-type': 'text/html; charset=utf-8' }, body: plainPage({ title: 'This page could not be rendered', text: 'Something is wrong with the page itself. Its owners have been told.', details }) })
}

const BUNDLES_MAX = 1_000
const BUNDLES_CHARACTERS_MAX = 64 * 1024 * 1024

/** What is rendered, by the engine's names. The same object as long as nothing of it changed, so that a thread is sent it once. */
function bundleOf({ ctx, preview }: Visit, page: Template, layout: Template | null, partials: Template[]): Record<string, string> {
  const sources = Object.fromEntries([page, ...(layout ? [layout] : []), ...partials].map((each) => [`${each.kind}s/${each.systemName}`, textOf(each)]))
  const kept = perProcess('portalBundles', () => new LRUCache<string, Record<string, string>>({ max: BUNDLES_MAX, maxSize: BUNDLES_CHARACTERS_MAX, sizeCalculation: (kept) => Object.values(kept).reduce((sum, { length }) => sum + length, 1) }))
  const key = `${ctx.tenant.id} ${preview ? 'draft' : 'published'} ${page.systemName}`
  const known = kept.get(key)
  const names = Object.keys(sources)
  if (known && Object.keys(known).length === names.length && names.every((name) => known[name] === sources[name])) return known
  kept.set(key, sources)
  return sources
}

/** With Liquid off a page is markup that happens to hold braces, and of a layout only the place for the page is read. */
function textOf({ kind, liquid, source }: Template): string {
  if (liquid) return source
  return kind === 'layout' ? source.split(/\{%-?\s*content\s*-?%\}/).map(asLiteral).join('{% content %}') : asLiteral(source)
}

/** Text that Liquid prints as it stands. Braces inside cannot end it early: each one stands in its own piece. */
function asLiteral(text: string): string {
  return text.replace(/\{(?=[{%])/g, "{{ '{' }}")
}

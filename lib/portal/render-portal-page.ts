import { notFound } from '@/lib/errors'
import { renderLiquid } from '@/lib/liquid/render'
import type { LiquidValue } from '@/lib/liquid/values'
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
export async function renderTemplate(visit: Visit, request: PortalRequest, store: TemplateStore, template: Template, answer: Pick<PageAnswer, 'status' | 'title' | 'assigns' | 'flash'> = {}): Promise<PortalReply> {
  const { status = 200 } = answer
  const layout = template.layoutName === null ? null : store.find('layout', template.layoutName)
  const headers = { 'content-type': `${template.contentType}; charset=utf-8` }
  const isHtml = template.contentType === 'text/html'
  const finish = (body: string, showsFlash: boolean) => makeReply({ status, headers: isHtml ? headers : { ...headers, 'cache-control': 'no-cache' }, body: visit.preview && isHtml ? withPreviewBanner(visit, body) : body, showsFlash })
  if (!template.liquid && !layout) return finish(template.source, false)

  const roots = [template, ...(layout ? [layout] : [])].filter((each) => each.liquid)
  const partials = partialsFor(store, roots)
  const title = answer.title ?? template.title
  const globals = await loadGlobals(visit, request, { text: sourceText([...roots, ...partials]), isOwnPage: template.path !== null, flash: answer.flash ? [...visit.flash, answer.flash] : visit.flash })
  const assigns: Record<string, LiquidValue> = { ...globals, page: { title, system_name: template.systemName }, page_title: title, ...answer.assigns }
  const sources = Object.fromEntries([...roots, ...partials].map((each) => [`${each.kind}s/${each.systemName}`, each.source]))
  const pageKey = `pages/${template.systemName}`
  // A page with Liquid off is markup that happens to hold braces.
  if (!template.liquid) sources[pageKey] = asLiteral(template.source)
  if (layout && !layout.liquid) sources[`layouts/${layout.systemName}`] = layout.source.split(/\{%-?\s*content\s*-?%\}/).map(asLiteral).join('{% content %}')
  const rendered = await renderLiquid({
    tenantId: Number(visit.ctx.tenant.id),
    templates: sources,
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

/** Text that Liquid prints as it stands. Braces inside cannot end it early: each one stands in its own piece. */
function asLiteral(text: string): string {
  return text.replace(/\{(?=[{%])/g, "{{ '{' }}")
}

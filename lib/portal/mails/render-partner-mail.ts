import { isOfProvedDomain } from '@/lib/domains/queries'
import { renderLiquid } from '@/lib/liquid/render'
import type { LiquidValue } from '@/lib/liquid/values'
import { frameMail } from '@/lib/mail/render-mail'
import { loadGlobals } from '@/lib/portal/assigns/load-globals'
import { findBuiltIn } from '@/lib/portal/built-in'
import { partnerMails, type PartnerMail } from '@/lib/portal/mails/mail-catalogue'
import { readMailHeaders, type MailHeaders } from '@/lib/portal/mails/mail-headers'
import { partialsFor, sourceText } from '@/lib/portal/mentions'
import type { PortalRequest, Visit } from '@/lib/portal/portal-route'
import { noteTemplateProblem } from '@/lib/portal/template-problems'
import { openTemplates, type Template, type TemplateStore } from '@/lib/portal/templates'

export type PartnerMailText = MailHeaders & { text: string; html: string }

/**
 * A mail from the tenant's version of its template, or from ours. A version that does not render must not cost the
 * partner the mail: ours goes out instead, and the tenant is told what is wrong with its own. Throws where ours fails.
 */
export async function renderPartnerMail(visit: Visit, name: PartnerMail, assigns: Record<string, LiquidValue>): Promise<PartnerMailText> {
  const store = await openTemplates(visit)
  const builtIn = findBuiltIn('mail', name)
  if (!builtIn) throw new Error(`There is no template of the mail ${name}.`)
  const ours: Template = { kind: 'mail', systemName: name, title: builtIn.title, path: null, layoutName: null, contentType: 'text/plain', liquid: true, source: builtIn.source, own: false }
  const found = store.find('mail', name)
  const written = (found?.own ? await write(visit, store, found, assigns) : null) ?? (await write(visit, store, ours, assigns))
  if (!written) throw new Error(`The built-in mail ${name} does not render.`)
  const { ctx, settings } = visit
  const house = { tenantName: ctx.tenant.name, contactEmail: settings.contactEmail, isProved: (address: string) => isOfProvedDomain(ctx.db, address) }
  const headers = await readMailHeaders(written.headers, partnerMails.find((mail) => mail.systemName === name)!.title, house)
  return { ...headers, text: written.text, html: await frameMail(headers.subject, written.html) }
}

type Written = { text: string; html: string; headers: Record<string, string> }

async function write(visit: Visit, store: TemplateStore, template: Template, assigns: Record<string, LiquidValue>): Promise<Written | null> {
  const partials = partialsFor(store, [template])
  const globals = await loadGlobals(visit, nowhere, { text: sourceText([template, ...partials]), isOwnPage: false, flash: [] })
  const rendered = await renderLiquid({
    tenantId: Number(visit.ctx.tenant.id),
    templates: Object.fromEntries([template, ...partials].map((each) => [`${each.kind}s/${each.systemName}`, each.source])),
    page: `mails/${template.systemName}`,
    layout: null,
    assigns: { ...globals, ...assigns },
    escape: false,
    form: { authenticityToken: '', path: '/', query: '' },
    mode: 'mail',
  })
  if (rendered.ok) return { text: rendered.body, html: rendered.html ?? '', headers: rendered.headers }
  await noteTemplateProblem(visit, 'a mail', rendered.problem)
  return null
}

const nowhere: PortalRequest = { method: 'GET', path: '/', params: {}, query: new URLSearchParams(), form: {}, json: undefined }

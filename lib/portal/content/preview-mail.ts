import { AppError, invalid, notFound } from '@/lib/errors'
import { checkSyntax } from '@/lib/liquid/check-syntax'
import { drop, type LiquidValue } from '@/lib/liquid/values'
import { sentenceOf } from '@/lib/portal/content/save-content'
import { getContent } from '@/lib/portal/content/list-content'
import { mailAssigns } from '@/lib/portal/mails/mail-assigns'
import { partnerMails } from '@/lib/portal/mails/mail-catalogue'
import { openMailVisit } from '@/lib/portal/mails/mail-visit'
import { renderPartnerMail } from '@/lib/portal/mails/render-partner-mail'
import type { Ctx } from '@/lib/tenants/context'

export type MailPreview = { to: string; subject: string; sender: string; replyTo: string | null; text: string; html: string; /** The template says `do_not_send`. */ sent: boolean }

/**
 * The draft of a mail as the latest partner would get it, or as an invented one while there is none; nothing is sent and
 * its link leads nowhere. Throws `invalid` where Liquid cannot read the draft, `not_found`.
 */
export async function previewMail(ctx: Ctx, { systemName }: { systemName: string }): Promise<MailPreview> {
  const mail = partnerMails.find((each) => each.systemName === systemName)
  if (!mail) throw notFound()
  const { text: draft } = await getContent(ctx, 'mail', systemName)
  const problem = await checkSyntax(ctx.tenant.id, draft, 'mail')
  if (problem) throw invalid({ body: [sentenceOf(problem)] }, sentenceOf(problem))
  const visit = await openMailVisit(ctx.tenant.id, ctx.now)
  if (!visit) throw new AppError('unavailable')
  // Who the partners are is for members who look after them; the others see an invented one.
  const person = !ctx.permissions.has('partners') ? null : await ctx.db.developer.findFirst({ where: { state: 'active', account: { state: 'approved' } }, orderBy: { id: 'desc' } })
  const application = person && (await ctx.db.application.findFirst({ where: { accountId: person.accountId, kind: 'partner' }, orderBy: { id: 'desc' }, select: { id: true } }))
  const known = await mailAssigns(visit, { person, accountId: person?.accountId ?? null, applicationId: application?.id ?? null })
  const assigns = { ...invented(visit.origin), ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== null && value !== '')) }
  const { subject, sender, replyTo, text, html, send } = await renderPartnerMail({ ...visit, preview: true }, mail.systemName, assigns)
  return { to: person?.email ?? 'grace@partner.example', subject, sender, replyTo, text, html, sent: send }
}

/** Stands in for what a tenant has not got yet, and for what only the event of a mail knows. */
function invented(origin: string): Record<string, LiquidValue> {
  const account = drop('account', 0, { name: 'Partner Ltd', rejection_reason: 'the reason you gave' }, 'Partner Ltd')
  const user = drop('user', 0, { name: 'Grace Hopper', first_name: 'Grace', last_name: 'Hopper', informal_name: 'Grace', email: 'grace@partner.example', username: 'grace', account }, 'Grace Hopper')
  const plan = drop('plan', 0, { name: 'Basic' }, 'Basic')
  const service = drop('service', 0, { name: 'API' }, 'API')
  const application = drop('application', 0, { name: 'First application', plan, service, account, rejection_reason: 'the reason you gave' }, 'First application')
  return {
    account, buyer: account, buyer_account: account, user_account: account, account_name: 'Partner Ltd', user, plan, service, application, cinstance: application, contract: application,
    previous_plan: { name: 'Trial' },
    plan_request: { reason: 'what the partner wrote', answer: 'what you answered', state: 'open' },
    alert: drop('alert', 0, { level: 80, message: '80 of 100 calls of today', utilization: 80 }),
    key: 'k_12…89',
    name: 'Grace Hopper',
    url: `${origin}/`,
  }
}

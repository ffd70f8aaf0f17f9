import type { Application, Developer } from '@/lib/db/generated/client'
import type { EventJob } from '@/lib/jobs/job-names'
import { drop, typedText, type Drop, type LiquidValue } from '@/lib/liquid/values'
import type { PartnerMail } from '@/lib/portal/mails/mail-catalogue'
import { openMailVisit } from '@/lib/portal/mails/mail-visit'
import type { Visit } from '@/lib/portal/portal-route'
import { normalEmail } from '@/lib/tenants/login-names'
import type { EventType } from '@/lib/events/event-types'
import { sendLetter, type Letter } from '@/lib/worker/send-letter'
import { isTooManyMails } from '@/lib/worker/too-many-mails'

/** What the events of these mails carry: ids, an address, a reason. */
type News = {
  developerId?: number | null
  accountId?: number | null
  applicationId?: number | null
  planRequestId?: number
  credentialId?: number
  alertId?: number
  planId?: number | null
  fromPlanId?: number | null
  productId?: number
  level?: number
  email?: string
  name?: string
  reason?: string
  automatic?: boolean
}

type Write = (visit: Visit, news: News) => Promise<Letter[]>

/** Which mails partners get for what has happened. State is looked at again, since a job may run late or twice (JOB-1). */
const writers: Partial<Record<EventType, Write>> = {
  'developer.confirmation_requested': async (visit, news) => confirmation(visit, await findDeveloper(visit, news)),
  'developer.registration_repeated': repeatedSignUp,
  'developer.password_reset_requested': passwordReset,
  'developer.invited': async (visit, news) => {
    const person = await findDeveloper(visit, news)
    return person?.state === 'pending' && person.invitedAt ? [invitation(person)] : []
  },
  'developer.confirmed': async (visit, news) => {
    const person = await findDeveloper(visit, news)
    const account = person && (await visit.ctx.db.account.findUnique({ where: { id: person.accountId } }))
    return person && account?.state === 'pending' ? [toPerson(person, 'account_confirmed', '/docs')] : []
  },
  'developer.password_changed': async (visit, news) => {
    const person = await findDeveloper(visit, news)
    return person ? [toPerson(person, 'password_changed', '/admin/account/password/new')] : []
  },
  // Where nobody had to decide, nobody is told of a decision.
  'account.approved': async (visit, news) => (news.automatic ? [] : toAdmins(visit, news, { template: 'account_approved', path: '/login' }, 'approved')),
  'account.rejected': async (visit, news) => toAdmins(visit, news, { template: 'account_rejected', path: '/', more: ({ account }) => ({ account: withText(account, 'rejection_reason', news.reason) }) }, 'rejected'),
  'application.approved': async (visit, news) => toApplication(visit, news, 'cinstance_messenger_accept', 'live'),
  'application.rejected': async (visit, news) => toAdmins(visit, news, { template: 'cinstance_messenger_reject', path: '/admin/applications/new', more: await rejected(visit, news) }),
  'application.suspended': async (visit, news) => toApplication(visit, news, 'cinstance_messenger_suspended', 'suspended'),
  'application.plan_changed': async (visit, news) => {
    // What was asked for is told of as an approval.
    if (news.planRequestId) return []
    const previous = news.fromPlanId ? await visit.ctx.db.plan.findUnique({ where: { id: BigInt(news.fromPlanId) }, select: { name: true } }) : null
    return toApplication(visit, news, 'cinstance_messenger_plan_change_for_buyer', null, () => ({ previous_plan: previous && { name: previous.name } }))
  },
  'plan_request.created': async (visit, news) => toRequester(visit, news, 'plans_messenger_plan_change_request_made', 'open'),
  'plan_request.approved': async (visit, news) => toRequester(visit, news, 'plan_change_request_approved', 'approved'),
  'plan_request.rejected': async (visit, news) => toRequester(visit, news, 'plan_change_request_rejected', 'rejected'),
  'credential.created': async (visit, news) => keyNews(visit, news, 'cinstance_messenger_key_created'),
  'credential.rotated': async (visit, news) => keyNews(visit, news, 'cinstance_messenger_key_created'),
  'credential.revoked': async (visit, news) => keyNews(visit, news, 'cinstance_messenger_key_deleted'),
  'limit_alert.reached': async (visit, news) => {
    if (!visit.settings.alertDevelopers || !news.alertId) return []
    const template = (news.level ?? 0) >= 100 ? 'alert_messenger_limit_violation_for_buyer' : 'alert_messenger_limit_alert_for_buyer'
    const letters = await toApplication(visit, news, template, null)
    return letters.map((letter) => ({ ...letter, alertId: BigInt(news.alertId!) }))
  },
}

export const partnerMailEvents = Object.keys(writers) as EventType[]

/** The mails to partners that follow from one event, each in a transaction of its own: a second run writes what is missing. */
export async function mailToPartner({ tenantId, eventId, type }: EventJob, { now }: { now: Date }): Promise<void> {
  const write = writers[type]
  const visit = write && (await openMailVisit(BigInt(tenantId), now))
  const event = visit && (await visit.ctx.db.event.findUnique({ where: { id: BigInt(eventId) }, select: { data: true } }))
  if (!write || !visit || !event) return
  for (const letter of await write(visit, event.data as News))
    try {
      await sendLetter(visit, eventId, letter)
    } catch (error) {
      if (!isTooManyMails(error)) throw error // the others get theirs
    }
}

async function findDeveloper({ ctx }: Visit, { developerId }: News): Promise<Developer | null> {
  return developerId ? ctx.db.developer.findUnique({ where: { id: BigInt(developerId) } }) : null
}

function toPerson(person: Developer, template: PartnerMail, path: string): Letter {
  return { template, to: { email: person.email, person }, accountId: person.accountId, path }
}

function invitation(person: Developer): Letter {
  return { ...toPerson(person, 'invitation', '/signup/'), purpose: 'invitation' }
}

/** The link to those who have not used theirs; to those whose account waits, that it does. */
async function confirmation({ ctx }: Visit, person: Developer | null): Promise<Letter[]> {
  if (!person) return []
  if (person.state === 'pending') return [person.passwordHash ? { ...toPerson(person, 'signup_notification_email', '/activate/'), purpose: 'confirm_email' } : invitation(person)]
  const account = await ctx.db.account.findUnique({ where: { id: person.accountId }, select: { state: true } })
  return person.state === 'active' && account?.state === 'pending' ? [toPerson(person, 'account_confirmed', '/docs')] : []
}

/** PW-3: the page said the same as to everybody; the mail tells the truth. */
async function repeatedSignUp(visit: Visit, { email }: News): Promise<Letter[]> {
  const emailNormal = normalEmail(email ?? '')
  const person = emailNormal && (await visit.ctx.db.developer.findFirst({ where: { emailNormal } }))
  if (!person || person.state === 'suspended') return []
  return person.state === 'pending' ? confirmation(visit, person) : [toPerson(person, 'signup_already_registered', '/login')]
}

async function passwordReset(visit: Visit, news: News): Promise<Letter[]> {
  const person = await findDeveloper(visit, news)
  const email = normalEmail(news.email ?? '')
  if (!person) return email ? [{ template: 'lost_password_unknown_address', to: { email, person: null }, accountId: null, path: '/admin/account/password/new' }] : []
  if (person.state === 'suspended') return []
  // Invited and not here yet: there is no password to reset, the invitation is what is missing.
  return [person.passwordHash ? { ...toPerson(person, 'lost_password_email', '/admin/account/password?password_reset_token='), purpose: 'reset_password' } : invitation(person)]
}

/** To the admins of the account who use it; with `state`, while the account is still in it. */
async function toAdmins({ ctx }: Visit, { accountId, applicationId }: News, letter: Pick<Letter, 'template' | 'path' | 'more'>, state?: string): Promise<Letter[]> {
  if (!accountId) return []
  const account = await ctx.db.account.findUnique({ where: { id: BigInt(accountId) }, include: { developers: { where: { role: 'admin', state: 'active' }, orderBy: { id: 'asc' } } } })
  if (!account || (state && account.state !== state)) return []
  return account.developers.map((person) => ({ ...letter, to: { email: person.email, person }, accountId: account.id, applicationId: applicationId ? BigInt(applicationId) : null }))
}

async function toApplication(visit: Visit, news: News, template: PartnerMail, state: string | null, more?: Letter['more']): Promise<Letter[]> {
  const application = await findApplication(visit, news)
  if (!application || (state && application.state !== state)) return []
  return toAdmins(visit, news, { template, path: `/admin/applications/${application.id}`, more })
}

async function findApplication({ ctx }: Visit, { applicationId }: News): Promise<Application | null> {
  return applicationId ? ctx.db.application.findFirst({ where: { id: BigInt(applicationId), kind: 'partner' } }) : null
}

/** A rejected application is gone; what is said of it came with the event. Its plan is one the partner knew, hidden or not. */
async function rejected({ ctx }: Visit, { applicationId, name = '', reason = '', planId, productId }: News): Promise<Letter['more']> {
  const plan = planId ? await ctx.db.plan.findUnique({ where: { id: BigInt(planId) }, select: { id: true, name: true } }) : null
  const product = productId ? await ctx.db.product.findUnique({ where: { id: BigInt(productId) }, select: { id: true, name: true } }) : null
  const planDrop = plan && drop('plan', Number(plan.id), { name: plan.name }, plan.name)
  const service = product && drop('service', Number(product.id), { name: product.name }, product.name)
  const application = drop('application', applicationId ?? 0, { name: typedText(name), rejection_reason: typedText(reason), plan: planDrop, service }, name)
  return () => ({ application, cinstance: application, plan: planDrop, service })
}

/** To whoever asked, else to the admins. */
async function toRequester(visit: Visit, news: News, template: PartnerMail, state: string): Promise<Letter[]> {
  const { ctx } = visit
  const request = news.planRequestId ? await ctx.db.planRequest.findUnique({ where: { id: BigInt(news.planRequestId) }, include: { plan: true } }) : null
  if (!request || request.state !== state) return []
  const { plan } = request
  const more: Letter['more'] = () => ({
    plan: drop('plan', Number(plan.id), { id: Number(plan.id), name: plan.name, system_name: plan.systemName, description: plan.description }, plan.name),
    plan_request: { reason: typedText(request.reason), answer: typedText(request.answer), state: request.state },
  })
  const letters = await toApplication(visit, news, template, null, more)
  const asker = request.developerId === null ? null : await ctx.db.developer.findFirst({ where: { id: request.developerId, accountId: request.accountId, state: 'active' } })
  const first = letters[0]
  return asker && first ? [{ ...first, to: { email: asker.email, person: asker } }] : letters
}

async function keyNews(visit: Visit, news: News, template: PartnerMail): Promise<Letter[]> {
  const credential = news.credentialId ? await visit.ctx.db.credential.findUnique({ where: { id: BigInt(news.credentialId) }, select: { hint: true, kind: true, revokedAt: true } }) : null
  if (!credential) return []
  // The ends of it: a mailbox is no place for a key.
  return toApplication(visit, news, template, null, () => ({ key: credential.hint, replaced: credential.kind === 'user_key' && credential.revokedAt === null }))
}

function withText(value: LiquidValue, name: string, text: string | undefined): LiquidValue {
  return value && typeof value === 'object' && '$drop' in value ? ({ ...(value as Drop), [name]: typedText(text ?? '') } as Drop) : value
}

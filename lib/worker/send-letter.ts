import type { Developer } from '@/lib/db/generated/client'
import type { LiquidValue } from '@/lib/liquid/values'
import { queueReadyMail } from '@/lib/mail/queue-mail'
import { mailAssigns } from '@/lib/portal/mails/mail-assigns'
import type { PartnerMail } from '@/lib/portal/mails/mail-catalogue'
import { renderPartnerMail } from '@/lib/portal/mails/render-partner-mail'
import type { Visit } from '@/lib/portal/portal-route'
import { makeOneTimeToken, type TokenPurpose } from '@/lib/tenants/one-time-tokens'
import { TooManyMails } from '@/lib/worker/too-many-mails'

/** One mail to one person of a partner. */
export type Letter = {
  template: PartnerMail
  to: { email: string; person: Developer | null }
  accountId: bigint | null
  applicationId?: bigint | null
  alertId?: bigint
  /** Where its link leads, on the portal. */
  path: string
  /** The link needs a token, which is put at the end of the path. */
  purpose?: TokenPurpose
  /** Put over what is read from the rows. */
  more?: (assigns: Record<string, LiquidValue>) => Record<string, LiquidValue>
}

// A thread may have to be started for it.
const TRANSACTION_MS = 20_000

/**
 * Writes and queues one mail, once for each event and recipient. The token of a link is made in the transaction of its
 * mail and stands nowhere else (KEY-5). Throws `TooManyMails` where a link would go out a sixth time within the hour.
 */
export async function sendLetter(visit: Visit, eventId: number, letter: Letter): Promise<void> {
  const { ctx } = visit
  const { template, to, accountId, applicationId, alertId, path, purpose, more } = letter
  const tenantId = ctx.tenant.id
  const madeFor = `event ${eventId} to ${to.email}`
  // Looked at before the token is made: a second run must not void the link that was sent.
  if (await ctx.db.mail.findFirst({ where: { madeFor }, select: { id: true } })) return
  const known = await mailAssigns(visit, { person: to.person, accountId, applicationId, alertId })
  await ctx.db.$transaction(
    async (tx) => {
      const token = purpose && to.person ? await makeOneTimeToken(tx, purpose, { tenantId, developerId: to.person.id }, ctx.now) : ''
      const assigns: Record<string, LiquidValue> = { ...known, url: visit.origin + path + token }
      const { subject, sender, replyTo, copies, send, text, html } = await renderPartnerMail(visit, template, { ...assigns, ...more?.(assigns) })
      if (!send) return
      const mail = { tenantId, kind: template, sender, replyTo, subject, text, html, now: ctx.now }
      const queued = await queueReadyMail(tx, { ...mail, to: to.email, madeFor })
      // Over the hourly limit the transaction is undone, so that the links already sent stay good.
      if (!queued) throw new TooManyMails()
      // A link with a token is for its person alone.
      if (token === '') for (const copy of copies) await queueReadyMail(tx, { ...mail, to: copy, madeFor: `${madeFor}, copy to ${copy}` })
    },
    { timeout: TRANSACTION_MS },
  )
}

import { createTransport, type Transporter } from 'nodemailer'
import { ownerPool } from '@/lib/db/system-db'
import { env } from '@/lib/env'
import { logger } from '@/lib/logger'
import { ourSender } from '@/lib/mail/sender'
import { perProcess } from '@/lib/per-process'

/** Sends one mail; throws when the server did not take it. Tests hand in their own. */
export type Mailer = (mail: { from: string; to: string; replyTo: string | null; subject: string; text: string; html: string; messageId: string }) => Promise<void>

const BATCH = 20
/** A claim lasts this long; a process that dies while sending leaves the mail to the next one then. */
const LEASE_MS = 2 * 60_000
const GIVE_UP_MS = 3 * 86_400_000
const WAIT_MAX_MS = 2 * 3_600_000

type DueMail = { id: number; recipient: string; replyTo: string | null; sender: string | null; subject: string; text: string; html: string; attempts: number; createdAt: Date }

/**
 * Sends what is due and answers how many mails it looked at. Several processes may run it: each claims its own rows.
 * A refused mail is tried again after 30 s, 1 min, 2 min ... 2 h, for three days (ML-2); then it is `failed` and logged.
 */
export async function sendDueMails(now: Date, mailer: Mailer | null = smtpMailer()): Promise<number> {
  if (!mailer) return 0
  const { rows: due } = await ownerPool().query<DueMail>(
    `UPDATE mails SET attempts = attempts + 1, "nextTryAt" = $1
      WHERE id IN (SELECT id FROM mails WHERE state = 'pending' AND "nextTryAt" <= $2 ORDER BY "nextTryAt", id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
      RETURNING id, recipient, "replyTo", sender, subject, text, html, attempts, "createdAt"`,
    [new Date(now.getTime() + LEASE_MS), now],
  )
  await Promise.all(
    due.map(async (mail) => {
      try {
        const { recipient: to, replyTo, sender: from, subject, text, html } = mail
        // The same id at every try: a server that took it but could not say so lets receivers drop the second copy.
        await mailer({ from: from ?? ourSender('Gatehouse'), to, replyTo, subject, text, html, messageId: `<mail-${mail.id}.${mail.createdAt.getTime()}@${env().SITE_DOMAIN}>` })
        await ownerPool().query(`UPDATE mails SET state = 'sent', "sentAt" = $2, "lastError" = NULL WHERE id = $1`, [mail.id, now])
      } catch (error) {
        const lastError = String((error as Error).message).slice(0, 500)
        const over = now.getTime() - mail.createdAt.getTime() > GIVE_UP_MS
        const nextTryAt = new Date(now.getTime() + Math.min(WAIT_MAX_MS, 30_000 * 2 ** Math.min(mail.attempts - 1, 12)))
        await ownerPool().query(`UPDATE mails SET state = $2, "lastError" = $3, "nextTryAt" = $4 WHERE id = $1`, [mail.id, over ? 'failed' : 'pending', lastError, nextTryAt])
        logger[over ? 'error' : 'warn']({ err: error, mailId: mail.id, attempts: mail.attempts }, over ? 'a mail was given up after three days' : 'a mail could not be sent; trying again')
      }
    }),
  )
  return due.length
}

/** The mailer of SMTP_URL; null without it. */
function smtpMailer(): Mailer | null {
  const url = env().SMTP_URL
  if (!url) return null
  const transport = perProcess('smtpTransport', (): Transporter => {
    // Every wait has an end: a server that hangs must not hold the mails behind it.
    return createTransport({ url, pool: true, maxConnections: 4, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000, disableFileAccess: true, disableUrlAccess: true })
  })
  return async ({ from, to, replyTo, subject, text, html, messageId }) => {
    await transport.sendMail({ from, to: [{ name: '', address: to }], replyTo: replyTo ?? undefined, subject, text, html, messageId })
  }
}

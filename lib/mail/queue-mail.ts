import { env } from '@/lib/env'
import { AppError } from '@/lib/errors'
import type { TenantTx } from '@/lib/db/tenant-db'
import { renderMail, type MailFacts, type MailKind } from '@/lib/mail/render-mail'
import { normalEmail } from '@/lib/tenants/login-names'

/** A mail that is written; what is to be said of it in headers is checked when it is queued. */
export type ReadyMail = {
  tenantId: bigint
  /** The name of its template: five of a kind an hour go to one address. */
  kind: string
  /** One address; lists are refused. */
  to: string
  /** The tenant's own address, if it has one. */
  replyTo?: string | null
  /** `Acme <api@acme.com>`: a name and an address of a domain the tenant has proved; null: ours. */
  sender?: string | null
  subject: string
  text: string
  html: string
  /** What it is made for, e.g. `event 42`: asked twice, queued once. */
  madeFor?: string
  now: Date
}

export type MailRequest = Pick<ReadyMail, 'tenantId' | 'to' | 'replyTo' | 'sender' | 'madeFor' | 'now'> & { kind: MailKind; facts: MailFacts }

const HOUR_MS = 3_600_000
const PER_HOUR_MAX = 5

/** Writes one of our own mails and puts it into the outbox, as `queueReadyMail` does. */
export async function queueMail(tx: TenantTx, { facts, ...request }: MailRequest): Promise<boolean> {
  assertOneAddress(request.to)
  return queueReadyMail(tx, { ...request, ...(await renderMail(request.kind, facts)) })
}

/**
 * Puts a mail into the outbox, in the transaction of its cause; it is sent after the commit, so an SMTP server that is
 * down fails nothing (ML-2). Answers false for a mail that was not queued: made already, or the sixth of its kind to
 * one address within an hour (ML-1). Throws `invalid` for anything in a header that is more than one line or one address.
 */
export async function queueReadyMail(tx: TenantTx, { tenantId, kind, to, replyTo = null, sender = null, subject, text, html, madeFor, now }: ReadyMail): Promise<boolean> {
  const recipient = assertOneAddress(to)
  assertOneLine(subject)
  const recent = await tx.mail.count({ where: { tenantId, recipient, kind, createdAt: { gt: new Date(now.getTime() - HOUR_MS) } } })
  if (recent >= PER_HOUR_MAX) return false
  const { count } = await tx.mail.createMany({
    data: [
      {
        tenantId,
        kind,
        recipient,
        replyTo: replyTo === null ? null : assertOneAddress(replyTo),
        sender: sender === null ? null : assertSender(sender),
        subject,
        text,
        html,
        // Without a server mail is kept to be read; one that is set later must not send what has grown old.
        state: env().SMTP_URL ? 'pending' : 'kept',
        madeFor: madeFor ?? null,
        createdAt: now,
        nextTryAt: now,
      },
    ],
    skipDuplicates: true,
  })
  return count === 1
}

/** `Name <address>`, so that no name can bring a second address along. */
function assertSender(sender: string): string {
  assertOneLine(sender)
  const [, name, address] = /^([^<>",;:]*) <([^<>]+)>$/.exec(sender) ?? []
  if (name === undefined || address === undefined) throw new AppError('invalid', { publicMessage: 'This is not one sender.' })
  return `${name} <${assertOneAddress(address)}>`
}

function assertOneAddress(address: string): string {
  assertOneLine(address)
  const normal = normalEmail(address)
  if (!normal) throw new AppError('invalid', { publicMessage: 'This is not one e-mail address.' })
  return normal
}

function assertOneLine(field: string): void {
  if (/[\p{Cc}\u2028\u2029]/u.test(field)) throw new AppError('invalid', { publicMessage: 'A mail header cannot hold line breaks or control characters.' })
}

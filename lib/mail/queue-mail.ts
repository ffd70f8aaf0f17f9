import { env } from '@/lib/env'
import { AppError } from '@/lib/errors'
import type { TenantTx } from '@/lib/db/tenant-db'
import { renderMail, type MailFacts, type MailKind } from '@/lib/mail/render-mail'
import { normalEmail } from '@/lib/tenants/login-names'

export type MailRequest = {
  tenantId: bigint
  kind: MailKind
  /** One address; lists are refused. */
  to: string
  /** The tenant's own address, if it has proved one. */
  replyTo?: string | null
  facts: MailFacts
  /** What it is made for, e.g. `event 42`: asked twice, queued once. */
  madeFor?: string
  now: Date
}

const HOUR_MS = 3_600_000
const PER_HOUR_MAX = 5

/**
 * Puts a mail into the outbox, in the transaction of its cause; it is sent after the commit, so an SMTP server that is
 * down fails nothing (ML-2). Answers false for a mail that was not queued: made already, or the sixth of its kind to
 * one address within an hour (ML-1). Throws `invalid` for anything in a header that is more than one line or one address.
 */
export async function queueMail(tx: TenantTx, { tenantId, kind, to, replyTo = null, facts, madeFor, now }: MailRequest): Promise<boolean> {
  const recipient = assertOneAddress(to)
  const { subject, text, html } = await renderMail(kind, facts)
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

function assertOneAddress(address: string): string {
  assertOneLine(address)
  const normal = normalEmail(address)
  if (!normal) throw new AppError('invalid', { publicMessage: 'This is not one e-mail address.' })
  return normal
}

function assertOneLine(field: string): void {
  if (/[\p{Cc}\u2028\u2029]/u.test(field)) throw new AppError('invalid', { publicMessage: 'A mail header cannot hold line breaks or control characters.' })
}

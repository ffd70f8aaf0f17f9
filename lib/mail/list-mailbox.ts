import { systemDb } from '@/lib/db/system-db'
import { env } from '@/lib/env'

export type MailboxEntry = { id: bigint; kind: string; recipient: string; subject: string; createdAt: Date; state: string }

/** True where the mailbox exists: a local installation that has no SMTP server. */
export function hasMailbox(): boolean {
  const { local, SMTP_URL } = env()
  return local && SMTP_URL === undefined
}

/** The mails of a local installation, the latest first; of one recipient if asked. All tenants: the reader is the operator. */
export async function listMailbox({ recipient }: { recipient?: string } = {}): Promise<MailboxEntry[]> {
  if (!hasMailbox()) return []
  return systemDb('mailbox of a local installation').mail.findMany({
    where: recipient ? { recipient: recipient.trim().toLowerCase() } : {},
    orderBy: { id: 'desc' },
    take: 200,
    select: { id: true, kind: true, recipient: true, subject: true, createdAt: true, state: true },
  })
}

export async function findMailboxMail(id: bigint): Promise<(MailboxEntry & { text: string; html: string }) | null> {
  if (!hasMailbox()) return null
  return systemDb('mailbox of a local installation').mail.findUnique({
    where: { id },
    select: { id: true, kind: true, recipient: true, subject: true, createdAt: true, state: true, text: true, html: true },
  })
}

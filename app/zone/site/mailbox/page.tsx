import { Inbox } from 'lucide-react'
import Link from 'next/link'
import { SiteFrame } from '@/app/zone/site/_components/site-frame'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { listMailbox } from '@/lib/mail/list-mailbox'
import { requireMailbox } from '@/lib/request/require-mailbox'

export const metadata = { title: 'Mailbox' }
export const dynamic = 'force-dynamic'

export default async function MailboxPage({ searchParams }: { searchParams: Promise<{ to?: string | string[] }> }) {
  await requireMailbox()
  const { to } = await searchParams
  const recipient = typeof to === 'string' && to !== '' ? to : undefined
  const mails = await listMailbox({ recipient })
  return (
    <SiteFrame quiet>
      <div className="mx-auto w-full max-w-3xl px-4 py-12">
        <PageHeader
          title="Mailbox"
          description="This installation is local and has no mail server, so mail stays here. Set SMTP_URL to send it."
          meta={recipient && <Link href="/mailbox" className="link text-sm">Only to {recipient}, show all</Link>}
        />
        <Card flush>
          {mails.length === 0 ? (
            <EmptyState icon={<Inbox />} title="No mail yet">Sign up, ask for a new password or invite a colleague, and the mail appears here.</EmptyState>
          ) : (
            <ul aria-label="Mails" className="divide-y divide-line">
              {mails.map((mail) => (
                <li key={String(mail.id)}>
                  <Link href={`/mailbox/${mail.id}`} className="flex flex-wrap items-baseline justify-between gap-x-4 px-4 py-3 hover:bg-sunken">
                    <span className="min-w-0">
                      <span className="block truncate font-semibold">{mail.subject}</span>
                      <span className="block truncate text-sm text-text-2">to {mail.recipient}</span>
                    </span>
                    <RelativeTime at={mail.createdAt} className="text-sm text-text-3" />
                  </Link>
                </li>
              ))}
            </ul>
          )}
        </Card>
      </div>
    </SiteFrame>
  )
}

import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Fragment } from 'react'
import { SiteFrame } from '@/app/zone/site/_components/site-frame'
import { Card } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { findMailboxMail } from '@/lib/mail/list-mailbox'
import { requireMailbox } from '@/lib/request/require-mailbox'

export const metadata = { title: 'Mail' }
export const dynamic = 'force-dynamic'

export default async function MailPage({ params }: { params: Promise<{ id: string }> }) {
  await requireMailbox()
  const { id } = await params
  const mail = /^\d{1,15}$/.test(id) ? await findMailboxMail(BigInt(id)) : null
  if (!mail) notFound()
  return (
    <SiteFrame quiet>
      <div className="mx-auto w-full max-w-3xl px-4 py-12">
        <p className="mb-4 text-sm">
          <Link href="/mailbox" className="link">
            All mail
          </Link>
        </p>
        <PageHeader
          title={mail.subject}
          description={
            <>
              to {mail.recipient}, <RelativeTime at={mail.createdAt} />
            </>
          }
        />
        <Card>
          {/* The text part: what is written here is what a recipient reads, and nothing of it can run. */}
          <div className="whitespace-pre-wrap break-words leading-relaxed">
            <LinkedText text={mail.text} />
          </div>
        </Card>
      </div>
    </SiteFrame>
  )
}

/** Plain text with its own http addresses as links. */
function LinkedText({ text }: { text: string }) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, index) =>
    index % 2 === 1 ? (
      <a key={index} href={part} className="link break-all">
        {part}
      </a>
    ) : (
      <Fragment key={index}>{part}</Fragment>
    ),
  )
}

import type { Metadata } from 'next'
import Link from 'next/link'
import { Mail } from 'lucide-react'
import { StateDot } from '@/components/ui/badge'
import { Callout } from '@/components/ui/callout'
import { Card, DescriptionList } from '@/components/ui/card'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { isOfProvedDomain } from '@/lib/domains/queries'
import { listPartnerMails } from '@/lib/portal/mails/list-partner-mails'
import { readMailHeaders } from '@/lib/portal/mails/mail-headers'
import { pageData } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { getPortalSettings } from '@/lib/tenants/portal-settings'
import { ContactForm } from './_components/contact-form'

export const metadata: Metadata = { title: 'E-mail' }

export default async function EmailPage() {
  const ctx = await requireAdmin('portal')
  const [{ contactEmail }, mails] = await Promise.all([getPortalSettings(ctx), pageData(listPartnerMails(ctx))])
  const isProved = contactEmail !== null && (await isOfProvedDomain(ctx.db, contactEmail))
  const { sender, replyTo } = await readMailHeaders({}, '', { tenantName: ctx.tenant.name, contactEmail, isProved: async () => isProved })
  const broken = mails.filter(({ problem }) => problem !== null)
  return (
    <>
      <PageHeader title="E-mail" description="What your portal writes to partners, and in whose name." />
      <div className="flex flex-col gap-6">
        {broken.map(({ systemName, title, problem }) => (
          <Callout key={systemName} kind="danger" title={`“${title}” could not be rendered`}>
            <Link className="link" href={`/portal/content/mail/${systemName}`}>
              Your version
            </Link>
            {problem!.line === null ? '' : `, line ${problem!.line}`}: {problem!.reason} Partners got the built-in mail instead.
          </Callout>
        ))}
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <Card title="Contact">
            <ContactForm key={contactEmail} contactEmail={contactEmail ?? ''} />
          </Card>
          <Card title="What partners see">
            <DescriptionList
              stacked
              items={[
                { label: 'From', value: <span className="break-words">{sender}</span> },
                { label: 'Answers go to', value: <span className="break-words">{replyTo ?? 'nobody: there is no contact address'}</span> },
              ]}
            />
            <p className="mt-4 text-sm text-text-2">
              {isProved ? (
                'The domain of your contact address is proved, so mails come from it. Let our server send for your domain (SPF, DKIM), or they may land in spam folders.'
              ) : contactEmail ? (
                <>
                  Mails come from our address and name you; answers reach yours. To have them come from {contactEmail} as well,{' '}
                  <Link className="link" href="/portal/domains">
                    prove its domain
                  </Link>
                  .
                </>
              ) : (
                'Give a contact address, so that partners can answer.'
              )}
            </p>
          </Card>
        </div>
        <section aria-labelledby="mails" className="flex flex-col gap-3">
          <h2 id="mails" className="text-base font-semibold">
            Mails to partners
          </h2>
          <DataTable
            label="mails"
            search="Search by name"
            rows={mails.map(({ systemName, title, when, state, updatedAt, updatedBy, problem }) => ({
              id: systemName,
              href: `/portal/content/mail/${systemName}`,
              title,
              when,
              stateDot: <StateDot tone={problem ? 'bad' : words[state].tone}>{problem ? 'Does not render' : words[state].word}</StateDot>,
              stateWord: problem ? 'Does not render' : words[state].word,
              updatedAt,
              updatedBy: updatedBy && `by ${updatedBy}`,
            }))}
            columns={[
              { key: 'title', header: 'Mail', detailKey: 'when' },
              { key: 'stateDot', header: 'State', kind: 'node', valueKey: 'stateWord' },
              { key: 'updatedAt', header: 'Last change', kind: 'time', detailKey: 'updatedBy', hideOnPhone: true },
            ]}
            empty={<EmptyState icon={<Mail />} title="No mails" />}
          />
        </section>
      </div>
    </>
  )
}

const words = {
  built_in: { tone: 'neutral', word: 'Built-in' },
  own: { tone: 'accent', word: 'Your version' },
  draft: { tone: 'warn', word: 'Draft' },
} as const

import type { Metadata } from 'next'
import { AddDomain } from '@/components/domains/add-domain'
import { DomainCard } from '@/components/domains/domain-card'
import { Card } from '@/components/ui/card'
import { Copyable } from '@/components/ui/copy-button'
import { PageHeader } from '@/components/ui/page-header'
import { StateDot } from '@/components/ui/badge'
import { listDomains } from '@/lib/domains/queries'
import { pageData } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { publicOrigin } from '@/lib/zones/public-origin'
import { addDomainAction, checkDomainAction, removeDomainAction } from './actions'

export const metadata: Metadata = { title: 'Domains' }

export default async function DomainsPage() {
  const ctx = await requireAdmin('portal')
  const { ownHost, domains } = await pageData(listDomains(ctx))
  return (
    <>
      <PageHeader title="Domains" description="Under which names partners find your portal." action={domains.length > 0 ? <AddDomain add={addDomainAction} placeholder="developer.example.com" /> : undefined} />
      <div className="flex flex-col gap-6">
        <Card title="Always there">
          <div className="flex flex-wrap items-center justify-between gap-3">
            <Copyable value={publicOrigin(ownHost)} label="Copy address" />
            <StateDot tone="good">Serves your portal</StateDot>
          </div>
        </Card>
        {domains.length === 0 && (
          <Card title="A domain of your own" description="Your portal under your name, like developer.example.com. You make two DNS records; we look for them and switch it on.">
            <AddDomain add={addDomainAction} placeholder="developer.example.com" inline />
          </Card>
        )}
        {domains.map((domain) => (
          <DomainCard key={domain.id} domain={domain} timeZone={ctx.tenant.timezone} serves="your portal" check={checkDomainAction} remove={removeDomainAction} />
        ))}
      </div>
    </>
  )
}

'use client'

import { AddDomain } from '@/components/domains/add-domain'
import { DomainCard } from '@/components/domains/domain-card'
import { Card } from '@/components/ui/card'
import type { DomainDto } from '@/lib/domains/queries'
import type { Plain } from '@/lib/request/plain'
import { addGatewayDomainAction, checkGatewayDomainAction, removeGatewayDomainAction } from '../actions'

/** Production under a name of the tenant's own; our address goes on serving beside it. */
export function OwnDomains({ productId, domains, timeZone }: { productId: number; domains: Plain<DomainDto>[]; timeZone: string }) {
  const add = ({ name }: { name: string }) => addGatewayDomainAction({ productId, name })
  return (
    <section id="own-domain" aria-label="Own domain" className="flex flex-col gap-4">
      <Card
        title="A domain of your own"
        description={domains.length === 0 ? 'Production under your name, like api.example.com. You make two DNS records; we look for them and switch it on. The address above goes on working.' : 'Partners are told the first one that leads here. The address above goes on working.'}
        action={domains.length > 0 ? <AddDomain add={add} placeholder="api.example.com" small /> : undefined}
      >
        {domains.length === 0 && <AddDomain add={add} placeholder="api.example.com" inline />}
      </Card>
      {domains.map((domain) => (
        <DomainCard key={domain.id} domain={domain} timeZone={timeZone} serves="production" check={checkGatewayDomainAction} remove={removeGatewayDomainAction} />
      ))}
    </section>
  )
}

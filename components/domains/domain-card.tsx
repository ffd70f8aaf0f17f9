'use client'

import { Trash2 } from 'lucide-react'
import { StateDot } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { Copyable } from '@/components/ui/copy-button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { useAction, useHydrated } from '@/components/ui/form'
import { RelativeTime } from '@/components/ui/relative-time'
import type { DomainDto } from '@/lib/domains/queries'
import type { Plain } from '@/lib/request/plain'
import type { ActionResult } from '@/lib/request/admin-action'
import { sayNextStep, sayState } from '@/components/domains/domain-words'

type Act = (input: { domainId: number }) => Promise<ActionResult<unknown>>

/** `serves`: what callers find at the domain, "your portal". */
export function DomainCard({ domain, timeZone, serves, check: checkAction, remove: removeAction }: { domain: Plain<DomainDto>; timeZone: string; serves: string; check: Act; remove: Act }) {
  const hydrated = useHydrated()
  const check = useAction(checkAction)
  const remove = useAction(removeAction, { success: `${domain.name} removed` })
  const { tone, word } = sayState(domain, serves)
  const next = sayNextStep(domain)
  return (
    <Card title={<span className="break-all">{domain.name}</span>} action={<StateDot tone={tone}>{word}</StateDot>}>
      <div className="flex flex-col gap-4">
        {next && (
          <Callout kind={next.kind} title={next.title}>
            {next.text}
          </Callout>
        )}
        {(next || domain.state === 'waiting') && (
          <div className="relative overflow-x-auto rounded-lg border border-line">
            <table className="w-full min-w-max text-left">
              <caption className="sr-only">DNS records of {domain.name}</caption>
              <thead className="border-b border-line text-xs text-text-3">
                <tr>
                  <th className="px-3 py-2 font-normal">Type</th>
                  <th className="px-3 py-2 font-normal">Name</th>
                  <th className="px-3 py-2 font-normal">Value</th>
                </tr>
              </thead>
              <tbody>
                {domain.records.map((record) => (
                  <tr key={record.type} className="border-b border-line last:border-0">
                    <td className="px-3 py-1.5 font-mono text-[13px]">{record.type}</td>
                    <td className="px-3 py-1.5">
                      <Copyable value={record.name} label={`Copy name of the ${record.type} record`} />
                    </td>
                    <td className="px-3 py-1.5">
                      <Copyable value={record.value} label={`Copy value of the ${record.type} record`} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {domain.records.some(({ type }) => type === 'ALIAS') && (next || domain.state === 'waiting') && (
          <p className="text-xs text-text-3">At the top of a domain a CNAME cannot stand. Providers call the record ALIAS, ANAME or flattened CNAME.</p>
        )}
        <div className="flex flex-wrap items-center gap-3">
          <Button size="sm" pending={check.pending} disabled={!hydrated} onClick={() => check.run({ domainId: domain.id })}>
            Check now
          </Button>
          <ConfirmDialog
            title={`Remove ${domain.name}?`}
            confirmLabel="Remove domain"
            onConfirm={() => remove.run({ domainId: domain.id })}
            trigger={
              <Button size="sm" variant="ghost" icon={<Trash2 aria-hidden />}>
                Remove
              </Button>
            }
          >
            {domain.state === 'proved' ? `It stops serving ${serves} at once. For thirty days nobody but you can add it again.` : 'You can add it again at any time.'}
          </ConfirmDialog>
          <span className="text-xs text-text-3">{domain.checkedAt ? <>Looked up <RelativeTime at={domain.checkedAt} timeZone={timeZone} /></> : 'Not looked up yet'}</span>
        </div>
      </div>
    </Card>
  )
}

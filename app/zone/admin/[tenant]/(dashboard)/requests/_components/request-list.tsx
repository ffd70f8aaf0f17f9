'use client'

import { ArrowRight, Check } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { toast } from 'sonner'
import { RejectDialog } from '@/components/partners/reject-dialog'
import { Badge, PlanTag } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { tickBox } from '@/components/ui/choice'
import { cn } from '@/components/ui/class-names'
import { useAction, useHydrated } from '@/components/ui/form'
import { exactNumber } from '@/components/ui/format'
import { RelativeTime } from '@/components/ui/relative-time'
import type { OpenRequest } from '@/lib/applications/list-requests'
import { approveRequestsAction, rejectRequestAction } from '../actions'
import { consequences, kindWords } from './kind-words'

const keyOf = ({ kind, id }: Pick<OpenRequest, 'kind' | 'id'>) => `${kind}-${id}`

/** What waits, the longest waiting on top. Approve is one click; a rejection asks for the words the partner reads. */
export function RequestList({ items, total, timeZone }: { items: OpenRequest[]; total: number; timeZone: string }) {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
  const [rejecting, setRejecting] = useState<OpenRequest | null>(null)
  const hydrated = useHydrated()
  const chosen = items.filter((item) => picked.has(keyOf(item)))
  const approving = useAction(approveRequestsAction, {
    onDone: (data) => {
      setPicked(new Set())
      if (!data) return
      const approved = data.approved === 1 ? 'Approved' : `${exactNumber(data.approved)} approved`
      toast.success(data.decidedBefore > 0 ? `${approved}; ${exactNumber(data.decidedBefore)} were decided already` : approved)
    },
  })
  const approve = (requests: OpenRequest[]) => approving.run({ requests: requests.map(({ kind, id }) => ({ kind, id })) })
  const toggle = (item: OpenRequest) => {
    const next = new Set(picked)
    if (!next.delete(keyOf(item))) next.add(keyOf(item))
    setPicked(next)
  }

  return (
    <section aria-label="Open requests" className="overflow-hidden rounded-lg border border-line bg-surface">
      <div className="flex min-h-12 flex-wrap items-center gap-3 border-b border-line bg-sunken/60 px-4 py-2">
        <input
          type="checkbox"
          aria-label="Select all"
          className={cn(tickBox, 'block')}
          disabled={!hydrated}
          checked={chosen.length === items.length}
          onChange={(event) => setPicked(event.target.checked ? new Set(items.map(keyOf)) : new Set())}
        />
        <p role="status" className="num text-text-2">
          {chosen.length > 0 ? `${exactNumber(chosen.length)} selected` : total > items.length ? `The oldest ${exactNumber(items.length)} of ${exactNumber(total)}` : `${exactNumber(total)} waiting`}
        </p>
        {chosen.length > 0 && (
          <Button size="sm" icon={<Check aria-hidden />} disabled={chosen.length > 100} pending={approving.pending} onClick={() => approve(chosen)}>
            {chosen.length > 100 ? 'At most 100 at once' : 'Approve selected'}
          </Button>
        )}
      </div>
      <ul>
        {items.map((item) => (
          <li key={keyOf(item)} className={cn('flex items-start gap-3 border-line px-4 py-3 not-last:border-b', picked.has(keyOf(item)) && 'bg-accent-soft')}>
            <input type="checkbox" aria-label={`Select ${titleOf(item)}`} className={cn(tickBox, 'mt-1 block')} disabled={!hydrated} checked={picked.has(keyOf(item))} onChange={() => toggle(item)} />
            <div className="flex min-w-0 flex-1 flex-wrap items-start justify-between gap-x-6 gap-y-2">
              <div className="min-w-0 flex-1 basis-64">
                <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
                  <Badge>{kindWords[item.kind]}</Badge>
                  <Link href={`/accounts/${item.account.id}`} className="min-w-0 truncate rounded-sm font-semibold hover:text-accent-text">
                    {item.account.orgName}
                  </Link>
                  {item.kind !== 'account' && item.application && (
                    <Link href={`/applications/${item.application.id}`} className="min-w-0 truncate rounded-sm text-text-2 hover:text-accent-text">
                      {item.application.name}
                    </Link>
                  )}
                  <Plans item={item} />
                </p>
                {item.reason && <p className="mt-1 max-w-prose break-words whitespace-pre-line">“{item.reason}”</p>}
                <p className="mt-1 text-xs text-text-3">
                  {item.who && `${item.who} · `}
                  <RelativeTime at={item.at} timeZone={timeZone} />
                </p>
              </div>
              <div className="flex shrink-0 gap-2">
                <Button size="sm" variant="primary" aria-label={`Approve ${titleOf(item)}`} disabled={!hydrated || approving.pending} onClick={() => approve([item])}>
                  Approve
                </Button>
                <Button size="sm" aria-label={`Reject ${titleOf(item)}`} disabled={!hydrated} onClick={() => setRejecting(item)}>
                  Reject
                </Button>
              </div>
            </div>
          </li>
        ))}
      </ul>
      {rejecting && (
        <RejectDialog title={titleOf(rejecting)} consequence={consequences[rejecting.kind]} action={rejectRequestAction} input={{ kind: rejecting.kind, id: rejecting.id }} onClose={() => setRejecting(null)} />
      )}
    </section>
  )
}

function Plans({ item }: { item: OpenRequest }) {
  if (!item.toPlan) return null
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5">
      {item.fromPlan && (
        <>
          <PlanTag name={item.fromPlan} />
          <ArrowRight aria-label="to" role="img" className="size-3.5 shrink-0 text-text-3" />
        </>
      )}
      <PlanTag name={item.toPlan} />
    </span>
  )
}

function titleOf({ kind, account, application, toPlan }: OpenRequest): string {
  if (kind === 'account') return `the account ${account.orgName}`
  if (kind === 'application') return `the application ${application?.name ?? ''} of ${account.orgName}`
  return `${toPlan ?? 'another plan'} for ${application?.name ?? ''} of ${account.orgName}`
}

'use client'

import { ArrowRight } from 'lucide-react'
import { DescriptionList } from '@/components/ui/card'
import { Copyable } from '@/components/ui/copy-button'
import { Sheet } from '@/components/ui/dialog'
import { exactTime } from '@/components/ui/format'
import { sayAction, sayField, sayNoun, sayValue } from './audit-words'
import type { AuditEntry } from './audit-table'

/** One entry whole: from what to what, field by field. */
export function AuditDetails({ entry, timeZone, onClose }: { entry: AuditEntry; timeZone: string; onClose: () => void }) {
  const fields = [...new Set([...Object.keys(entry.before ?? {}), ...Object.keys(entry.after ?? {})])]
  return (
    <Sheet open onOpenChange={(open) => !open && onClose()} title={sayAction(entry.action)} description={exactTime(entry.at, timeZone)}>
      <div className="flex flex-col gap-6">
        <DescriptionList
          items={[
            { label: 'Who', value: entry.actor.name, hint: entry.actor.kind === 'member' ? undefined : sayNoun(entry.actor.kind).replace(/s$/, '') },
            { label: 'On', value: entry.object.name, hint: entry.object.kind && `${entry.object.kind.replaceAll('_', ' ')}${entry.object.id ? ` ${entry.object.id}` : ''}` },
            { label: 'From address', value: entry.address && <span className="font-mono text-[13px]">{entry.address}</span> },
            { label: 'Request', value: entry.requestId && <Copyable value={entry.requestId} label="Copy request id" /> },
            { label: 'Action', value: <Copyable value={entry.action} label="Copy action" /> },
          ]}
        />
        {fields.length > 0 && (
          <section aria-labelledby="changes">
            <h3 id="changes" className="mb-2 text-sm font-semibold">
              What changed
            </h3>
            <dl className="divide-y divide-line rounded-lg border border-line">
              {fields.map((field) => {
                const changed = entry.before !== null && field in entry.before
                return (
                  <div key={field} className="px-3 py-2">
                    <dt className="text-xs text-text-3">{sayField(field)}</dt>
                    <dd className="mt-0.5 flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5 whitespace-pre-wrap">
                      {changed && <span className={`min-w-0 break-words ${entry.after && field in entry.after ? 'text-text-3 line-through' : ''}`}>{sayValue(entry.before?.[field])}</span>}
                      {changed && entry.after && field in entry.after && <ArrowRight aria-label="became" className="size-3.5 shrink-0 text-text-3" />}
                      {entry.after && field in entry.after && <span className="min-w-0 break-words">{sayValue(entry.after[field])}</span>}
                    </dd>
                  </div>
                )
              })}
            </dl>
          </section>
        )}
      </div>
    </Sheet>
  )
}

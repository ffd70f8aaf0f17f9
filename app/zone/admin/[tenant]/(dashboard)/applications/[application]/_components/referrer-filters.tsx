'use client'

import { X } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { ActionForm, SubmitButton, useAction } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { addReferrerFilterAction, removeReferrerFilterAction } from '../../_actions'

const FILTERS_MAX = 5

/** From which hosts calls may come; only where the product asks for it. */
export function ReferrerFilters({ applicationId, filters }: { applicationId: number; filters: string[] }) {
  const removing = useAction(removeReferrerFilterAction, { success: 'Filter removed' })
  return (
    <Card title="Referrer filters" description="Calls of this application must come from one of these hosts, by their Referer or Origin header. * stands for anything. Without a filter every host may.">
      <div className="flex flex-col gap-3">
        {filters.length > 0 && (
          <ul aria-label="Referrer filters" className="flex flex-wrap gap-2">
            {filters.map((filter) => (
              <li key={filter} className="flex items-center gap-1 rounded-md border border-line bg-sunken py-0.5 pr-0.5 pl-2">
                <code className="font-mono text-[13px]">{filter}</code>
                <Button variant="ghost" size="icon" className="size-6" aria-label={`Remove ${filter}`} icon={<X aria-hidden />} onClick={() => removing.run({ applicationId, filter })} />
              </li>
            ))}
          </ul>
        )}
        {filters.length < FILTERS_MAX ? (
          <ActionForm action={addReferrerFilterAction} toInput={(input) => ({ filter: String(input.referrerFilter ?? ''), applicationId })} success="Filter added" resetOnDone className="flex flex-row flex-wrap items-end gap-3">
            <Field label="Host" name="referrerFilter" className="w-full sm:w-72">
              <Input mono required maxLength={255} placeholder="*.example.com" spellCheck={false} autoCapitalize="none" />
            </Field>
            <SubmitButton variant="secondary">Add filter</SubmitButton>
          </ActionForm>
        ) : (
          <p className="text-xs text-text-3">Five filters is the most. Remove one to add another.</p>
        )}
      </div>
    </Card>
  )
}

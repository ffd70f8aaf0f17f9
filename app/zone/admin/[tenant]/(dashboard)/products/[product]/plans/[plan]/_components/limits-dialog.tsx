'use client'

import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { Field } from '@/components/ui/field'
import { ActionForm } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import type { Period } from '@/lib/metering/periods'
import type { MatrixRow } from '@/lib/plans/queries'
import { replaceLimitsAction } from '../../_actions'
import { periodOptions } from './period-words'
import { RehearseLimit } from './rehearse-limit'

type Line = { key: number; period: Period; value: string }

/** Every limit of one metric: New limit adds a line, one for each period; Save writes them all at once. */
export function LimitsDialog({ planId, row }: { planId: number; row: MatrixRow }) {
  const [open, setOpen] = useState(false)
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="sm" aria-label={`Limits of ${row.name}`}>
          Limits
        </Button>
      }
      title={`Limits of ${row.name}`}
      description={row.isMethod ? 'They hold together with the limits of Hits, which counts every method.' : 'A metric counts its own calls and those of its methods.'}
    >
      {(close) => <LimitsForm planId={planId} row={row} close={close} />}
    </Dialog>
  )
}

/** Mounted with the dialog, so that it always begins with what is stored. */
function LimitsForm({ planId, row, close }: { planId: number; row: MatrixRow; close: () => void }) {
  const [lines, setLines] = useState<Line[]>(() => row.limits.map(({ id, period, value }) => ({ key: id, period, value: String(value) })))
  const free = periodOptions.filter((option) => !lines.some((line) => line.period === option.value))
  const change = (key: number, next: Partial<Line>) => setLines(lines.map((line) => (line.key === key ? { ...line, ...next } : line)))

  return (
    <ActionForm action={replaceLimitsAction} toInput={() => ({ planId, metricId: row.metricId, limits: lines.map(({ period, value }) => ({ period, value: value === '' ? null : Number(value) })) })} success="Limits saved" onDone={close}>
      {lines.length === 0 ? (
        <p className="text-text-2">No limits: callers on this plan may call it as often as they like.</p>
      ) : (
        <ul aria-label="Limits" className="flex flex-col gap-3">
          {lines.map((line, index) => (
            <li key={line.key} className="flex items-start gap-2">
              <Field label="Period" hideLabel={index > 0} className="w-32 shrink-0">
                <Select
                  value={line.period}
                  onChange={(event) => change(line.key, { period: event.target.value as Period })}
                  options={periodOptions.filter((option) => option.value === line.period || free.includes(option)).map(({ value, label }) => ({ value, label }))}
                />
              </Field>
              <Field label="Value" name={`limits.${index}.value`} hideLabel={index > 0} className="flex-1">
                <Input type="number" inputMode="numeric" min={0} step={1} required value={line.value} onChange={(event) => change(line.key, { value: event.target.value })} autoFocus={line.key < 0} />
              </Field>
              <Button
                variant="ghost"
                size="icon"
                className={index === 0 ? 'mt-[26px]' : undefined}
                aria-label={`Remove the limit per ${line.period}`}
                title="Remove"
                icon={<Trash2 aria-hidden />}
                onClick={() => setLines(lines.filter((each) => each.key !== line.key))}
              />
            </li>
          ))}
        </ul>
      )}
      {lines.some(({ value }) => value !== '') && <RehearseLimit key={JSON.stringify(lines.map(({ period, value }) => [period, value]))} planId={planId} metricId={row.metricId} limits={lines} />}
      {free.length > 0 && (
        <div>
          <Button icon={<Plus aria-hidden />} onClick={() => setLines([...lines, { key: -1 - lines.length - Date.now(), period: free[0]!.value, value: '' }])}>
            New limit
          </Button>
        </div>
      )}
      <DialogActions className="border-t border-line pt-4" onCancel={close}>Save limits</DialogActions>
    </ActionForm>
  )
}

'use client'

import { Search } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState, useTransition, type KeyboardEvent } from 'react'
import { toast } from 'sonner'
import { cn } from '@/components/ui/class-names'
import { Input } from '@/components/ui/input'
import type { Period } from '@/lib/metering/periods'
import type { MatrixRow } from '@/lib/plans/queries'
import { setLimitAction } from '../../_actions'
import { EnabledSwitch } from './enabled-switch'
import { MethodName } from './method-name'
import { MoreRows } from './more-rows'
import { periodOptions } from './period-words'
import { useShownRows } from './use-shown-rows'

/** Second view of a plan: methods down, periods across, every limit editable in place. */
export function Matrix({ planId, rows }: { planId: number; rows: MatrixRow[] }) {
  const { query, setQuery, shown, found, hidden, showAll } = useShownRows(rows)
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="relative w-full max-w-sm">
          <Search aria-hidden className="pointer-events-none absolute top-2 left-2.5 size-4 text-text-3" />
          <Input type="search" className="pl-8" placeholder="Search methods" aria-label="Search methods" value={query} onChange={(event) => setQuery(event.target.value)} />
        </div>
        <p className="text-xs text-text-3">An empty cell is no limit, 0 closes. Enter or leaving the cell saves it; Escape takes it back.</p>
      </div>
      <div className="relative overflow-x-auto rounded-lg border border-line bg-surface" tabIndex={0} role="region" aria-label="Limits by method and period">
        <table className="w-full border-collapse text-sm">
          <caption className="sr-only">Limits by method and period</caption>
          <thead className="bg-sunken text-left text-xs text-text-2">
            <tr className="border-b border-line">
              <th scope="col" className="left-0 z-10 h-9 min-w-40 bg-sunken px-4 font-semibold sm:sticky sm:min-w-64">
                Method
              </th>
              <th scope="col" className="px-2 font-semibold">
                Enabled
              </th>
              {periodOptions.map((period) => (
                <th key={period.value} scope="col" className="px-2.5 text-right font-semibold last:pr-5.5">
                  {period.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.metricId} className="group border-line not-last:border-b">
                <th scope="row" className="left-0 z-10 max-w-56 bg-surface px-4 py-1.5 text-left font-normal sm:sticky sm:max-w-80">
                  <MethodName row={row} />
                </th>
                <td className="px-2">{row.isMethod ? <EnabledSwitch planId={planId} row={row} /> : <span className="text-xs text-text-3">always</span>}</td>
                {periodOptions.map(({ value: period }) => {
                  const stored = row.limits.find((limit) => limit.period === period)?.value ?? null
                  return (
                    <td key={period} className="px-1 py-1 last:pr-4">
                      <Cell key={stored ?? 'none'} planId={planId} row={row} period={period} stored={stored} />
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <MoreRows found={found} hidden={hidden} showAll={showAll} />
    </div>
  )
}

function Cell({ planId, row, period, stored }: { planId: number; row: MatrixRow; period: Period; stored: number | null }) {
  const router = useRouter()
  const before = stored === null ? '' : String(stored)
  const [text, setText] = useState(before)
  const [wrong, setWrong] = useState(false)
  const [saving, start] = useTransition()

  function save() {
    if (text === before) return
    if (!/^\d{0,16}$/.test(text)) return setWrong(true)
    start(async () => {
      const result = await setLimitAction({ planId, metricId: row.metricId, period, value: text === '' ? null : Number(text) })
      setWrong(!result.ok)
      if (result.ok) router.refresh()
      else toast.error([result.error.message, ...Object.values(result.error.fields ?? {}).flat()].join(' '))
    })
  }
  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key === 'Enter') save()
    if (event.key === 'Escape') {
      setText(before)
      setWrong(false)
    }
  }

  return (
    <input
      inputMode="numeric"
      aria-label={`${row.name}: limit per ${period}`}
      aria-invalid={wrong || undefined}
      title={wrong ? 'Write a whole number, 0 or more, or leave it empty.' : undefined}
      value={text}
      placeholder="–"
      onChange={(event) => {
        setText(event.target.value.replace(/[\s,.]/g, ''))
        setWrong(false)
      }}
      onBlur={save}
      onKeyDown={onKeyDown}
      className={cn(
        'num h-7 w-full min-w-18 rounded-md border border-transparent bg-transparent px-1.5 text-right text-sm transition-colors placeholder:text-text-3 hover:border-line-strong',
        'focus-visible:border-accent focus-visible:bg-surface focus-visible:outline-2 focus-visible:-outline-offset-1 focus-visible:outline-accent aria-invalid:border-bad',
        saving && 'opacity-50',
        text === '0' && 'text-warn-text',
      )}
    />
  )
}

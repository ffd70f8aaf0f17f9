'use client'

import { Progress as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { exactNumber } from '@/components/ui/format'

/** Long work with its counts: "42 of 83 operations". Without `total` it only says how far it is. */
export function ProgressBar({ done, total, unit, label, onCancel, failed }: { done: number; total?: number; unit: string; label: ReactNode; onCancel?: () => void; failed?: boolean }) {
  const share = total ? Math.min(100, (done / total) * 100) : null
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-center justify-between gap-3 text-sm">
        <span className="min-w-0 truncate">{label}</span>
        <span className="num shrink-0 text-text-2">
          {exactNumber(done)}
          {total !== undefined && ` of ${exactNumber(total)}`} {unit}
        </span>
      </div>
      <div className="flex items-center gap-3">
        <Radix.Root value={share} aria-label={typeof label === 'string' ? label : unit} className="h-1.5 flex-1 overflow-hidden rounded-full bg-line">
          <Radix.Indicator
            className={`h-full rounded-full transition-[width] duration-150 ${failed ? 'bg-bad' : 'bg-accent'} ${share === null ? 'w-1/3 animate-pulse' : ''}`}
            style={share === null ? undefined : { width: `${share}%` }}
          />
        </Radix.Root>
        {onCancel && (
          <Button size="sm" variant="ghost" onClick={onCancel}>
            Cancel
          </Button>
        )}
      </div>
    </div>
  )
}

/** Usage against a limit: turns amber from 80 %, red when nothing is left; the words say the same. */
export function UsageBar({ value, max, label }: { value: number; max: number; label: ReactNode }) {
  const share = max === 0 ? 100 : Math.min(100, (value / max) * 100)
  const tone = share >= 100 ? 'bg-bad' : share >= 80 ? 'bg-warn' : 'bg-accent'
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="flex justify-between gap-3 text-xs">
        <span className="min-w-0 truncate text-text-2">{label}</span>
        <span className="num shrink-0">
          {exactNumber(value)} <span className="text-text-3">of {exactNumber(max)}</span>
          {share >= 100 && <span className="ml-1.5 font-semibold text-bad-text">used up</span>}
        </span>
      </div>
      <div aria-hidden className="h-1.5 overflow-hidden rounded-full bg-line">
        <div className={`h-full rounded-full ${tone}`} style={{ width: `${share}%` }} />
      </div>
    </div>
  )
}

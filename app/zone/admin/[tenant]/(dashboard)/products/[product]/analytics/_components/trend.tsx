import { ArrowDown, ArrowUp, Minus, Sparkles } from 'lucide-react'
import { exactNumber } from '@/components/ui/format'
import { trendOf } from '@/lib/analytics/compare'
import type { Change } from '@/lib/metering/usage-totals'

const icons = { up: ArrowUp, down: ArrowDown, same: Minus, new: Sparkles }

/** More or less than before: an arrow, and in words. More calls are neither good nor bad by themselves, so it has no colour. */
export function TrendMark({ change, before }: { change: Change; before: string }) {
  const { direction, text } = trendOf(change)
  const Icon = icons[direction]
  return (
    <span className="num inline-flex items-center justify-end gap-1 whitespace-nowrap text-text-2" title={`${exactNumber(change.before)} ${before}`}>
      <Icon aria-hidden className="size-3 shrink-0" />
      {text}
    </span>
  )
}

import { compactNumber, exactNumber } from '@/components/ui/format'

/** 12.3K with 12,345 on hover. Small numbers are exact as they stand. */
export function CompactNumber({ value, unit, className }: { value: number; unit?: string; className?: string }) {
  const exact = exactNumber(value)
  const short = compactNumber(value)
  const suffix = unit ? ` ${unit}` : ''
  if (Math.abs(value) < 10_000) return <span className={`num ${className ?? ''}`}>{exact + suffix}</span>
  return (
    <span className={`num ${className ?? ''}`} title={exact + suffix}>
      <span aria-hidden>{short + suffix}</span>
      <span className="sr-only">{exact + suffix}</span>
    </span>
  )
}

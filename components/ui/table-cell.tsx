import Link from 'next/link'
import type { ReactNode } from 'react'
import { Badge, PlanTag, StateDot, VerbBadge } from '@/components/ui/badge'
import { bytes, duration } from '@/components/ui/format'
import { CompactNumber } from '@/components/ui/number'
import { RelativeTime } from '@/components/ui/relative-time'

export type CellKind = 'text' | 'number' | 'time' | 'state' | 'plan' | 'verb' | 'mono' | 'badge' | 'bytes' | 'duration' | 'node'

/** The usual shapes of a table cell, so that a server page can describe its columns as plain data. */
export function TableCell({ kind, value, href, detail }: { kind: CellKind; value: unknown; href?: string; detail?: ReactNode }) {
  const blank = value === null || value === undefined || value === ''
  const inside = blank ? <span className="text-text-3">—</span> : shape(kind, value)
  return (
    <>
      {href && !blank ? (
        <Link href={href} data-row-link="" className="block truncate rounded-sm font-semibold hover:text-accent-text">
          {inside}
        </Link>
      ) : (
        inside
      )}
      {detail && <span className="block truncate text-xs text-text-3">{detail}</span>}
    </>
  )
}

function shape(kind: CellKind, value: unknown): ReactNode {
  if (kind === 'node') return value as ReactNode
  if (kind === 'number') return <CompactNumber value={Number(value)} />
  if (kind === 'time') return <RelativeTime at={value as string | Date} className="whitespace-nowrap text-text-2" />
  if (kind === 'state') return <StateDot state={String(value)} />
  if (kind === 'plan') return <PlanTag name={String(value)} />
  if (kind === 'verb') return <VerbBadge verb={String(value)} />
  if (kind === 'badge') return <Badge>{String(value)}</Badge>
  if (kind === 'mono') return <span className="font-mono text-[13px]">{String(value)}</span>
  if (kind === 'bytes') return bytes(Number(value))
  if (kind === 'duration') return duration(Number(value))
  return String(value)
}

import { Badge, VerbBadge } from '@/components/ui/badge'
import type { MatrixRow } from '@/lib/plans/queries'

/** A method's name often begins with its verb; the badge says it already. */
export function nameWithoutVerb({ verb, name }: Pick<MatrixRow, 'verb' | 'name'>): string {
  return verb && name.startsWith(`${verb} `) ? name.slice(verb.length + 1) : name
}

export function MethodName({ row }: { row: MatrixRow }) {
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5 sm:flex-nowrap">
      {row.verb && <VerbBadge verb={row.verb} />}
      <span className="min-w-0 break-all sm:truncate" title={row.name}>
        {row.verb ? nameWithoutVerb(row) : row.name}
      </span>
      {!row.isMethod && <Badge>Metric</Badge>}
      {row.removedFromDocument && <Badge tone="warn">Removed</Badge>}
    </span>
  )
}

import { cn } from '@/components/ui/class-names'

export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn('animate-pulse rounded-md bg-line', className)} />
}

/** The shape of a page while it loads: heading, then what is named. */
export function PageSkeleton({ shape = 'table' }: { shape?: 'table' | 'form' | 'cards' }) {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-6">
      <div className="flex items-start justify-between gap-4">
        <div className="flex flex-col gap-2">
          <Skeleton className="h-7 w-48" />
          <Skeleton className="h-4 w-72 max-w-[60vw]" />
        </div>
        <Skeleton className="h-8 w-28" />
      </div>
      {shape === 'table' && <TableSkeleton />}
      {shape === 'form' && <FormSkeleton />}
      {shape === 'cards' && <CardsSkeleton />}
    </div>
  )
}

export function TableSkeleton({ rows = 8 }: { rows?: number }) {
  return (
    <div className="flex flex-col gap-3">
      <Skeleton className="h-8 w-64 max-w-full" />
      <div className="overflow-hidden rounded-lg border border-line bg-surface">
        {Array.from({ length: rows }, (_, row) => (
          <div key={row} className="flex h-11 items-center gap-6 border-line px-4 not-last:border-b">
            <Skeleton className={cn('h-3.5', row % 3 === 0 ? 'w-44' : row % 3 === 1 ? 'w-32' : 'w-52')} />
            <Skeleton className="ml-auto hidden h-3.5 w-20 sm:block" />
            <Skeleton className="h-3.5 w-12" />
          </div>
        ))}
      </div>
    </div>
  )
}

export function FormSkeleton({ fields = 4 }: { fields?: number }) {
  return (
    <div className="flex max-w-xl flex-col gap-5 rounded-lg border border-line bg-surface p-4">
      {Array.from({ length: fields }, (_, field) => (
        <div key={field} className="flex flex-col gap-2">
          <Skeleton className="h-3.5 w-28" />
          <Skeleton className="h-8 w-full" />
        </div>
      ))}
    </div>
  )
}

export function CardsSkeleton({ cards = 4 }: { cards?: number }) {
  return (
    <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
      {Array.from({ length: cards }, (_, card) => (
        <div key={card} className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-4">
          <Skeleton className="h-3.5 w-24" />
          <Skeleton className="h-7 w-20" />
        </div>
      ))}
    </div>
  )
}

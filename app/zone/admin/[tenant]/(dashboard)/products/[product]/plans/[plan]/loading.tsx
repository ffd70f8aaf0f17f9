import { TableSkeleton } from '@/components/ui/skeleton'

export default function Loading() {
  return (
    <div role="status" aria-label="Loading">
      <TableSkeleton />
    </div>
  )
}

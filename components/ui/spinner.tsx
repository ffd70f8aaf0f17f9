import { LoaderCircle } from 'lucide-react'
import { cn } from '@/components/ui/class-names'

/** Only inside buttons and inputs while they wait; content waits as a skeleton. */
export function Spinner({ className }: { className?: string }) {
  return <LoaderCircle aria-hidden className={cn('size-4 animate-spin', className)} />
}

import type { ReactNode } from 'react'
import { cn } from '@/components/ui/class-names'

/** Nothing here yet: what would be, and the one step that brings it. */
export function EmptyState({ icon, title, children, action, className }: { icon: ReactNode; title: ReactNode; children?: ReactNode; action?: ReactNode; className?: string }) {
  return (
    <div className={cn('flex flex-col items-center px-6 py-12 text-center', className)}>
      <span aria-hidden className="grid size-10 place-items-center rounded-lg border border-line bg-sunken text-text-2 [&_svg]:size-5">
        {icon}
      </span>
      <p className="mt-4 font-semibold">{title}</p>
      {children && <p className="mt-1 max-w-sm text-text-2">{children}</p>}
      {action && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}

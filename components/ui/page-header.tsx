import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { cn } from '@/components/ui/class-names'

export type Crumb = { label: string; href?: string }

/** The way here. The last one is this place. */
export function Breadcrumbs({ items, className }: { items: Crumb[]; className?: string }) {
  return (
    <nav aria-label="Breadcrumb" className={cn('min-w-0', className)}>
      <ol className="flex min-w-0 items-center gap-1 text-sm">
        {items.map((item, index) => {
          const last = index === items.length - 1
          return (
            <li key={index} className={cn('flex min-w-0 items-center gap-1', !last && 'max-sm:hidden')}>
              {item.href && !last ? (
                <Link href={item.href} className="truncate rounded-sm px-0.5 text-text-2 hover:text-text">
                  {item.label}
                </Link>
              ) : (
                <span aria-current={last ? 'page' : undefined} className={cn('truncate px-0.5', last ? 'font-semibold' : 'text-text-2')}>
                  {item.label}
                </span>
              )}
              {!last && <ChevronRight aria-hidden className="size-3.5 shrink-0 text-text-3" />}
            </li>
          )
        })}
      </ol>
    </nav>
  )
}

/** Title, one sentence that tells what the place is for, one primary action (others behind a menu). */
export function PageHeader({ title, description, action, meta, className }: { title: ReactNode; description?: ReactNode; action?: ReactNode; meta?: ReactNode; className?: string }) {
  return (
    <header className={cn('mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-3', className)}>
      <div className="min-w-0 max-w-2xl">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 text-xl font-semibold break-words">{title}</h1>
          {meta}
        </div>
        {description && <p className="mt-1 text-pretty text-text-2">{description}</p>}
      </div>
      {action && <div className="flex shrink-0 flex-wrap items-center gap-2">{action}</div>}
    </header>
  )
}

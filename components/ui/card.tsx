import type { ReactNode } from 'react'
import { cn } from '@/components/ui/class-names'

/** A frame with an optional heading row. `flush` lets a table or list touch the frame. */
export function Card({
  title,
  description,
  action,
  footer,
  flush = false,
  id,
  className,
  children,
}: {
  title?: ReactNode
  description?: ReactNode
  action?: ReactNode
  footer?: ReactNode
  flush?: boolean
  /** Anchor of the section. */
  id?: string
  className?: string
  children?: ReactNode
}) {
  return (
    <section id={id} className={cn('min-w-0 scroll-mt-20 rounded-lg border border-line bg-surface', className)}>
      {(title || action) && (
        <header className={cn('flex flex-wrap justify-between gap-x-4 gap-y-2 px-4 pt-3.5', description ? 'items-start' : 'items-center', flush ? 'pb-3.5' : 'pb-0')}>
          <div className="min-w-0">
            {title && <h2 className="text-sm font-semibold">{title}</h2>}
            {description && <p className="mt-0.5 max-w-prose text-sm text-pretty text-text-2">{description}</p>}
          </div>
          {action && <div className="flex max-w-full shrink-0 flex-wrap items-center gap-2">{action}</div>}
        </header>
      )}
      {children !== undefined && <div className={flush ? cn('min-w-0', Boolean(title || action) && 'border-t border-line') : 'px-4 py-3.5'}>{children}</div>}
      {footer && <footer className="flex flex-wrap items-center justify-between gap-2 rounded-b-lg border-t border-line bg-sunken/60 px-4 py-2.5 text-sm text-text-2">{footer}</footer>}
    </section>
  )
}

export type Description = { label: ReactNode; value: ReactNode; hint?: ReactNode }

/** Facts of a thing, label beside value (above it where it is narrow). Blank values show a dash. */
export function DescriptionList({ items, stacked = false, className }: { items: Description[]; stacked?: boolean; className?: string }) {
  return (
    <dl className={cn('flex flex-col', className)}>
      {items.map((item, index) => (
        <div key={index} className={cn('min-w-0 border-line py-2 not-last:border-b first:pt-0 last:pb-0', !stacked && 'sm:grid sm:grid-cols-[minmax(8rem,1fr)_2fr] sm:items-baseline sm:gap-4')}>
          <dt className="text-text-2">{item.label}</dt>
          <dd className="min-w-0 break-words">
            {item.value === null || item.value === undefined || item.value === '' ? <span className="text-text-3">—</span> : item.value}
            {item.hint && <p className="text-xs text-text-3">{item.hint}</p>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** One figure with its name; in a row of three or four on top of a page. */
export function Figure({ label, value, hint, children }: { label: ReactNode; value: ReactNode; hint?: ReactNode; children?: ReactNode }) {
  return (
    <div className="min-w-0 rounded-lg border border-line bg-surface px-4 py-3">
      <p className="truncate text-sm text-text-2">{label}</p>
      <div className="mt-1 flex items-end justify-between gap-3">
        <p className="num text-xl font-semibold">{value}</p>
        {children}
      </div>
      {hint && <p className="mt-0.5 text-xs text-text-3">{hint}</p>}
    </div>
  )
}

import Link from 'next/link'
import { cn } from '@/components/ui/class-names'

/** One of few views of the same thing, each with an address: by hour, by day, by month. */
export function SegmentedLinks({ label, items }: { label: string; items: { label: string; href: string; active: boolean; title?: string }[] }) {
  return (
    <nav aria-label={label} className="inline-flex rounded-md border border-line-strong bg-sunken p-0.5">
      {items.map((item) => (
        <Link
          key={item.label}
          href={item.href}
          scroll={false}
          title={item.title}
          aria-current={item.active ? 'true' : undefined}
          className={cn(
            'inline-flex h-[26px] items-center rounded-[4px] px-2.5 text-sm whitespace-nowrap max-sm:px-2 transition-colors duration-100',
            item.active ? 'bg-surface font-semibold text-text shadow-card' : 'text-text-2 hover:text-text',
          )}
        >
          {item.label}
        </Link>
      ))}
    </nav>
  )
}

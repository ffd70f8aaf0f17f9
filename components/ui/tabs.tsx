'use client'

import Link from 'next/link'
import { Tabs as Radix } from 'radix-ui'
import { useEffect, useRef, type ReactNode } from 'react'
import { cn } from '@/components/ui/class-names'
import { isActivePlace, useVisiblePath } from '@/components/ui/visible-path'

// The line under the active tab is drawn inside it: a scrolling bar would cut off anything that hangs out.
const bar = 'flex gap-5 overflow-x-auto shadow-[inset_0_-1px_0_var(--line)] [scrollbar-width:none]'
const tab = 'inline-flex h-9 shrink-0 items-center gap-1.5 text-sm transition-colors hover:text-text focus-visible:-outline-offset-2'
const count = 'num rounded-full bg-sunken px-1.5 text-xs font-normal text-text-2'

/** `also`: a place without a tab of its own that belongs here. */
export type LinkTab = { href: string; label: string; count?: number; exact?: boolean; also?: string }

/** Tabs that are places: each has an address. The first is usually `exact`. */
export function LinkTabs({ items, label }: { items: LinkTab[]; label: string }) {
  const path = useVisiblePath()
  const current = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    const link = current.current
    const rail = link?.parentElement
    if (link && rail && link.offsetLeft + link.offsetWidth > rail.clientWidth + rail.scrollLeft) rail.scrollLeft = link.offsetLeft - 24
  }, [path])
  return (
    <nav aria-label={label} className={bar}>
      {items.map((item) => {
        const active = isActivePlace(path, item.href, item.exact) || (item.also !== undefined && isActivePlace(path, item.also))
        return (
          <Link
            key={item.href}
            ref={active ? current : undefined}
            href={item.href}
            aria-current={active ? 'page' : undefined}
            className={cn(tab, active ? 'font-semibold text-text shadow-[inset_0_-2px_0_var(--accent)]' : 'text-text-2')}
          >
            {item.label}
            {item.count !== undefined && <span className={count}>{item.count}</span>}
          </Link>
        )
      })}
    </nav>
  )
}

/** Tabs within a card, without an address of their own. */
export function Tabs({ items, defaultValue, label }: { items: { value: string; label: ReactNode; content: ReactNode }[]; defaultValue?: string; label: string }) {
  return (
    <Radix.Root defaultValue={defaultValue ?? items[0]?.value}>
      <Radix.List aria-label={label} className={bar}>
        {items.map((item) => (
          <Radix.Trigger key={item.value} value={item.value} className={cn(tab, 'data-[state=active]:font-semibold data-[state=active]:text-text data-[state=active]:shadow-[inset_0_-2px_0_var(--accent)] data-[state=inactive]:text-text-2')}>
            {item.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {items.map((item) => (
        <Radix.Content key={item.value} value={item.value} className="pt-4">
          {item.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  )
}

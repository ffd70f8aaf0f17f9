'use client'

import { useEffect, useState } from 'react'
import { cn } from '@/components/ui/class-names'

/** The parts of a long page, beside it on wide screens; marks the one in view. */
export function SectionNav({ items, className }: { items: { id: string; label: string }[]; className?: string }) {
  const [current, setCurrent] = useState(items[0]?.id)
  const ids = items.map(({ id }) => id).join(' ')
  useEffect(() => {
    const find = () => {
      const line = window.innerHeight * 0.3
      const passed = ids.split(' ').filter((id) => (document.getElementById(id)?.getBoundingClientRect().top ?? Infinity) <= line)
      const atEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2
      setCurrent((atEnd ? ids.split(' ').at(-1) : passed.at(-1)) ?? ids.split(' ')[0])
    }
    find()
    window.addEventListener('scroll', find, { passive: true })
    return () => window.removeEventListener('scroll', find)
  }, [ids])
  return (
    <nav aria-label="On this page" className={className}>
      <ul className="flex flex-col border-l border-line">
        {items.map(({ id, label }) => (
          <li key={id}>
            <a
              href={`#${id}`}
              aria-current={current === id ? 'location' : undefined}
              className={cn('-ml-px block border-l py-1 pl-3 transition-colors hover:text-text', current === id ? 'border-accent font-semibold text-text' : 'border-transparent text-text-2')}
            >
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

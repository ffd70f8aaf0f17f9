'use client'

import { ListFilter, Search, X } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { Children, useEffect, useRef, useState, type ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import type { TableFilter } from '@/components/ui/table-columns'
import { controlLook } from '@/components/ui/input'
import type { TableUrl } from '@/components/ui/table-url'

/** Search on the left, filters as chips that can be taken away, actions on the right. `/` jumps to the search. */
export function TableToolbar({
  label,
  title,
  search,
  url,
  filters,
  onChange,
  children,
}: {
  label: string
  title?: string
  search?: string
  url: TableUrl
  filters: TableFilter[]
  onChange: (next: Partial<TableUrl>) => void
  children?: ReactNode
}) {
  const active = filters.flatMap((filter) => {
    const value = url.filters[filter.key]
    return value === undefined ? [] : [{ filter, label: filter.options.find((option) => option.value === value)?.label ?? value }]
  })
  const without = (key: string) => Object.fromEntries(Object.entries(url.filters).filter(([name]) => name !== key))
  const actions = Children.toArray(children)
  if (!title && !search && filters.length === 0 && actions.length === 0) return null
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-2">
      {title && <h2 className="mr-2 text-base font-semibold">{title}</h2>}
      {search && <SearchBox placeholder={search} label={`Search ${label}`} value={url.q} onChange={(q) => onChange({ q })} />}
      {filters.length > 0 && (
        <DropdownMenu.Root modal={false}>
          <DropdownMenu.Trigger asChild>
            <Button icon={<ListFilter aria-hidden />}>Filter</Button>
          </DropdownMenu.Trigger>
          <DropdownMenu.Portal>
            <DropdownMenu.Content align="start" sideOffset={4} className="z-50 max-h-96 min-w-48 overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-pop data-[state=open]:animate-pop-in">
              {filters.map((filter) => (
                <DropdownMenu.RadioGroup
                  key={filter.key}
                  value={url.filters[filter.key] ?? ''}
                  onValueChange={(value) => onChange({ filters: { ...url.filters, [filter.key]: value } })}
                >
                  <DropdownMenu.Label className="px-2 pt-2 pb-1 text-xs text-text-3">{filter.label}</DropdownMenu.Label>
                  {filter.options.map((option) => (
                    <DropdownMenu.RadioItem
                      key={option.value}
                      value={option.value}
                      className="flex cursor-default items-center rounded-md px-2 py-1.5 text-sm outline-none select-none data-[highlighted]:bg-sunken data-[state=checked]:font-semibold"
                    >
                      {option.label}
                    </DropdownMenu.RadioItem>
                  ))}
                </DropdownMenu.RadioGroup>
              ))}
            </DropdownMenu.Content>
          </DropdownMenu.Portal>
        </DropdownMenu.Root>
      )}
      {active.map(({ filter, label: value }) => (
        <button
          key={filter.key}
          type="button"
          aria-label={`Remove filter ${filter.label}: ${value}`}
          onClick={() => onChange({ filters: without(filter.key) })}
          className="inline-flex h-7 items-center gap-1.5 rounded-full border border-accent-line bg-accent-soft pr-2 pl-2.5 text-xs text-accent-text hover:border-accent"
        >
          <span>
            {filter.label}: <span className="font-semibold">{value}</span>
          </span>
          <X aria-hidden className="size-3" />
        </button>
      ))}
      {actions.length > 0 && <div className="ml-auto flex items-center gap-2">{actions}</div>}
    </div>
  )
}

function SearchBox({ placeholder, label, value, onChange }: { placeholder: string; label: string; value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value)
  const [heard, setHeard] = useState(value)
  const input = useRef<HTMLInputElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  // The address changed from outside (back button, "clear"): follow it.
  if (value !== heard) {
    setHeard(value)
    setTyped(value)
  }
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.metaKey || event.ctrlKey || (event.target as HTMLElement).closest('input, textarea, select, [contenteditable]')) return
      event.preventDefault()
      input.current?.focus()
    }
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('keydown', onKey)
      clearTimeout(timer.current)
    }
  }, [])
  function say(next: string, waitMs: number) {
    setTyped(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      setHeard(next)
      onChange(next)
    }, waitMs)
  }
  return (
    <span className="relative min-w-40 flex-1 sm:max-w-64">
      <Search aria-hidden className="pointer-events-none absolute top-2 left-2.5 size-4 text-text-3" />
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={typed}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => say(event.target.value, 150)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') say('', 0)
          if (event.key === 'Enter') say(typed, 0)
        }}
        className={cn(controlLook, 'h-8 pr-2.5 pl-8')}
      />
    </span>
  )
}

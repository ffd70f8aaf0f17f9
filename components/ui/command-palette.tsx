'use client'

import { Command } from 'cmdk'
import { CornerDownLeft, Search } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { Dialog as Radix } from 'radix-ui'
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import { DialogContent } from '@/components/ui/dialog'
import { rankCommand } from '@/components/ui/rank-command'
import { Spinner } from '@/components/ui/spinner'

export type CommandItem = {
  id: string
  /** Products, Accounts, Go to, Create ... */
  group: string
  label: string
  detail?: string
  icon?: ReactNode
  href?: string
  onSelect?: () => void
  /** More words it should be found by. */
  keywords?: string[]
}

/**
 * Cmd-K or Ctrl-K from anywhere. `items` are always at hand; `search` asks the server from two letters on, and late
 * answers of earlier letters are dropped.
 */
export function CommandPalette({ open, onOpenChange, items, search }: { open: boolean; onOpenChange: (open: boolean) => void; items: CommandItem[]; search?: (query: string) => Promise<CommandItem[]> }) {
  const router = useRouter()
  const [query, setQuery] = useState('')
  const [answer, setAnswer] = useState<{ query: string; items: CommandItem[] } | null>(null)
  const asked = useRef(0)

  // Whoever comes back asks something else.
  const show = useCallback(
    (shown: boolean) => {
      setQuery('')
      onOpenChange(shown)
    },
    [onOpenChange],
  )

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return
      event.preventDefault()
      show(!open)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [open, show])

  const wanted = query.trim()
  useEffect(() => {
    if (!search || wanted.length < 2) return
    const turn = ++asked.current
    const timer = setTimeout(() => {
      search(wanted).then(
        (found) => turn === asked.current && setAnswer({ query: wanted, items: found }),
        () => turn === asked.current && setAnswer({ query: wanted, items: [] }),
      )
    }, 150)
    return () => clearTimeout(timer)
  }, [wanted, search])

  const searching = Boolean(search) && wanted.length >= 2 && answer?.query !== wanted
  const found = wanted.length >= 2 ? (answer?.items ?? []) : []
  const known = new Set(items.map(({ id }) => id))
  const all = [...items, ...found.filter(({ id }) => !known.has(id))]
  // What the server found stays, though it may have found it by a word we do not see. Ranked here: cmdk, left to filter,
  // selects nothing among items that arrive after the letter that asked for them, and Enter does nothing.
  const rankOf = (item: CommandItem) => (wanted ? Math.max(found.includes(item) ? 0.1 : 0, rankCommand(wanted, item.label, [item.detail ?? '', ...(item.keywords ?? [])])) : 1)
  const shown = all
    .map((item) => ({ item, rank: rankOf(item) }))
    .filter(({ rank }) => rank > 0)
    .sort((one, other) => other.rank - one.rank)
    .map(({ item }) => item)
  const groups = [...new Set(shown.map(({ group }) => group))]

  function choose(item: CommandItem) {
    show(false)
    item.onSelect?.()
    if (item.href && /^[a-z]+:/.test(item.href)) window.location.assign(item.href)
    else if (item.href) router.push(item.href)
  }

  return (
    <Radix.Root open={open} onOpenChange={show}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-overlay data-[state=open]:animate-fade-in" />
        <DialogContent
          aria-describedby={undefined}
          className="fixed top-[12dvh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-xl border border-line bg-raised shadow-pop outline-none data-[state=open]:animate-fade-in"
        >
          <Radix.Title className="sr-only">Search</Radix.Title>
          <Command label="Search" loop shouldFilter={false}>
            <div className="flex items-center gap-2.5 border-b border-line px-4">
              {searching ? <Spinner className="text-text-3" /> : <Search aria-hidden className="size-4 shrink-0 text-text-3" />}
              <Command.Input
                autoFocus
                value={query}
                onValueChange={setQuery}
                placeholder="Search products, accounts, applications, settings"
                className="h-12 w-full min-w-0 bg-transparent text-sm outline-none focus-visible:outline-none"
              />
            </div>
            <Command.List className="max-h-[min(24rem,60dvh)] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-8 text-center text-text-2">{searching ? 'Searching' : `Nothing found for “${wanted}”.`}</Command.Empty>
              {groups.map((group) => (
                <Command.Group key={group} heading={group} className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-text-3">
                  {shown
                    .filter((item) => item.group === group)
                    .map((item) => (
                      <Command.Item
                        key={item.id}
                        value={item.id}
                        onSelect={() => choose(item)}
                        className="group flex cursor-default items-center gap-2.5 rounded-md px-2.5 py-2 text-sm data-[selected=true]:bg-sunken [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-text-3"
                      >
                        {item.icon}
                        <span className="truncate">{item.label}</span>
                        {item.detail && <span className="truncate text-xs text-text-3">{item.detail}</span>}
                        <CornerDownLeft aria-hidden className="ml-auto opacity-0 group-data-[selected=true]:opacity-100" />
                      </Command.Item>
                    ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </DialogContent>
      </Radix.Portal>
    </Radix.Root>
  )
}

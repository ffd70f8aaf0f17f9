'use client'

import Link from 'next/link'
import { DropdownMenu, Popover as RadixPopover, Tooltip as RadixTooltip } from 'radix-ui'
import type { ReactNode } from 'react'
import { cn } from '@/components/ui/class-names'

export type MenuItem =
  | { kind?: 'item'; label: ReactNode; icon?: ReactNode; hint?: ReactNode; danger?: boolean; disabled?: boolean; href?: string; onSelect?: () => void }
  | { kind: 'separator' }
  | { kind: 'label'; label: ReactNode }

const panel = 'z-50 min-w-44 rounded-lg border border-line bg-raised p-1 shadow-pop outline-none data-[state=open]:animate-pop-in'
const itemLook =
  'flex w-full cursor-default items-center gap-2 rounded-md px-2 py-1.5 text-left text-sm outline-none select-none data-[disabled]:opacity-50 data-[highlighted]:bg-sunken [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-text-3'

/** Actions behind one button. The trigger must be one element that takes a ref. */
export function Menu({ trigger, items, align = 'end', side, className }: { trigger: ReactNode; items: MenuItem[]; align?: 'start' | 'end'; side?: 'top' | 'bottom' | 'right'; className?: string }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align={align} side={side} sideOffset={4} collisionPadding={8} className={cn(panel, className)}>
          {items.map((item, index) => {
            if (item.kind === 'separator') return <DropdownMenu.Separator key={index} className="my-1 h-px bg-line" />
            if (item.kind === 'label')
              return (
                <DropdownMenu.Label key={index} className="px-2 py-1.5 text-xs text-text-3">
                  {item.label}
                </DropdownMenu.Label>
              )
            const inside = (
              <>
                {item.icon}
                <span className="min-w-0 flex-1 truncate">{item.label}</span>
                {item.hint && <span className="text-xs text-text-3">{item.hint}</span>}
              </>
            )
            const look = cn(itemLook, item.danger && 'text-bad-text [&_svg]:text-bad-text')
            if (item.href)
              return (
                <DropdownMenu.Item key={index} asChild disabled={item.disabled} onSelect={item.onSelect}>
                  {/^[a-z]+:/.test(item.href) ? (
                    <a href={item.href} className={look}>
                      {inside}
                    </a>
                  ) : (
                    <Link href={item.href} className={look}>
                      {inside}
                    </Link>
                  )}
                </DropdownMenu.Item>
              )
            return (
              <DropdownMenu.Item key={index} disabled={item.disabled} onSelect={item.onSelect} className={look}>
                {inside}
              </DropdownMenu.Item>
            )
          })}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

export function Popover({ trigger, children, align = 'start', label, className }: { trigger: ReactNode; children: ReactNode; align?: 'start' | 'end' | 'center'; label: string; className?: string }) {
  return (
    <RadixPopover.Root>
      <RadixPopover.Trigger asChild>{trigger}</RadixPopover.Trigger>
      <RadixPopover.Portal>
        <RadixPopover.Content aria-label={label} align={align} sideOffset={4} collisionPadding={8} className={cn(panel, 'w-72 p-3', className)}>
          {children}
        </RadixPopover.Content>
      </RadixPopover.Portal>
    </RadixPopover.Root>
  )
}

/** A few words about the thing under the pointer or focus. The trigger must be focusable; never the only place of a fact. */
export function Tooltip({ label, children, side }: { label: ReactNode; children: ReactNode; side?: 'top' | 'right' | 'bottom' | 'left' }) {
  return (
    <RadixTooltip.Provider delayDuration={250} skipDelayDuration={100}>
      <RadixTooltip.Root>
        <RadixTooltip.Trigger asChild>{children}</RadixTooltip.Trigger>
        <RadixTooltip.Portal>
          <RadixTooltip.Content
            side={side}
            sideOffset={6}
            collisionPadding={8}
            className="z-50 max-w-72 rounded-md bg-text px-2 py-1 text-xs text-canvas shadow-pop data-[state=delayed-open]:animate-fade-in"
          >
            {label}
          </RadixTooltip.Content>
        </RadixTooltip.Portal>
      </RadixTooltip.Root>
    </RadixTooltip.Provider>
  )
}

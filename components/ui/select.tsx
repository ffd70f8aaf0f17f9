'use client'

import { Check, ChevronsUpDown } from 'lucide-react'
import { Select as Radix } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { cn } from '@/components/ui/class-names'
import { useFieldControl } from '@/components/ui/field'
import { controlLook } from '@/components/ui/input'

export type SelectOption = { value: string; label: string; disabled?: boolean }

/** The native select in our clothes: best in forms and on phones. Give `options` or `<option>` children. */
export function Select({ options, className, children, ...rest }: ComponentProps<'select'> & { options?: SelectOption[] }) {
  const wired = useFieldControl(rest)
  return (
    <span className={cn('relative inline-flex w-full min-w-0', className)}>
      <select className={cn(controlLook, 'h-8 appearance-none truncate pr-8 pl-2.5')} {...rest} {...wired}>
        {options?.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
        {children}
      </select>
      <ChevronsUpDown aria-hidden className="pointer-events-none absolute top-2 right-2 size-4 text-text-3" />
    </span>
  )
}

export type SelectMenuOption = { value: string; label: string; detail?: ReactNode; icon?: ReactNode }

/** A select whose options carry an icon or a second line. In a form give it a `name`. */
export function SelectMenu({
  options,
  placeholder = 'Choose',
  className,
  ...rest
}: Omit<ComponentProps<typeof Radix.Root>, 'children'> & { options: SelectMenuOption[]; placeholder?: string; className?: string; 'aria-label'?: string }) {
  const { 'aria-label': label, ...root } = rest
  const wired = useFieldControl({ name: rest.name })
  return (
    <Radix.Root {...root} name={wired.name}>
      <Radix.Trigger
        id={wired.id}
        aria-label={label}
        aria-describedby={wired['aria-describedby']}
        aria-invalid={wired['aria-invalid']}
        className={cn(controlLook, 'flex h-8 items-center justify-between gap-2 px-2.5 text-left data-[placeholder]:text-text-3', className)}
      >
        <span className="truncate">
          <Radix.Value placeholder={placeholder} />
        </span>
        <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-text-3" />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          className="z-50 max-h-80 min-w-[var(--radix-select-trigger-width)] overflow-auto rounded-lg border border-line bg-raised p-1 shadow-pop data-[state=open]:animate-pop-in"
        >
          <Radix.Viewport>
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                className="flex cursor-default items-start gap-2 rounded-md py-1.5 pr-8 pl-2 text-sm outline-none select-none data-[highlighted]:bg-sunken data-[state=checked]:font-semibold"
              >
                {option.icon}
                <span className="min-w-0">
                  <Radix.ItemText>{option.label}</Radix.ItemText>
                  {option.detail && <span className="block text-xs font-normal text-text-3">{option.detail}</span>}
                </span>
                <Radix.ItemIndicator className="absolute right-3">
                  <Check aria-hidden className="size-4 text-accent-text" />
                </Radix.ItemIndicator>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

'use client'

import { Check, ChevronsUpDown } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useState, type ComponentProps, type ReactNode } from 'react'
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

/**
 * A select whose options carry an icon or a second line. In a form give it (or its `Field`) a name. Built as a menu of
 * radios: it leaves the page around it readable, and its options may say more than their value.
 */
export function SelectMenu({
  options,
  name,
  value,
  defaultValue = '',
  onValueChange,
  placeholder = 'Choose',
  disabled,
  className,
  'aria-label': label,
}: {
  options: SelectMenuOption[]
  name?: string
  value?: string
  defaultValue?: string
  onValueChange?: (value: string) => void
  placeholder?: string
  disabled?: boolean
  className?: string
  'aria-label'?: string
}) {
  const [inner, setInner] = useState(defaultValue)
  const chosen = value ?? inner
  const option = options.find((candidate) => candidate.value === chosen)
  const { name: fieldName, ...wired } = useFieldControl({ name })
  return (
    <DropdownMenu.Root modal={false}>
      {fieldName && <input type="hidden" name={fieldName} value={chosen} />}
      <DropdownMenu.Trigger
        {...wired}
        aria-label={label}
        disabled={disabled}
        className={cn(controlLook, 'flex h-8 items-center justify-between gap-2 px-2.5 text-left', className)}
      >
        <span className={cn('truncate', !option && 'text-text-3')}>{option?.label ?? placeholder}</span>
        <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-text-3" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-80 min-w-[var(--radix-dropdown-menu-trigger-width)] overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-pop outline-none data-[state=open]:animate-pop-in"
        >
          <DropdownMenu.RadioGroup
            value={chosen}
            onValueChange={(next) => {
              setInner(next)
              onValueChange?.(next)
            }}
          >
            {options.map((each) => (
              <DropdownMenu.RadioItem
                key={each.value}
                value={each.value}
                className="relative flex cursor-default items-start gap-2 rounded-md py-1.5 pr-8 pl-2 text-sm outline-none select-none data-[highlighted]:bg-sunken [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-text-3"
              >
                {each.icon}
                <span className="min-w-0">
                  <span className={each.value === chosen ? 'font-semibold' : undefined}>{each.label}</span>
                  {each.detail && <span className="block text-xs text-text-2">{each.detail}</span>}
                </span>
                <DropdownMenu.ItemIndicator className="absolute top-2 right-2">
                  <Check aria-hidden className="size-4 text-accent-text" />
                </DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

'use client'

import type { ComponentProps, ReactNode } from 'react'
import { cn } from '@/components/ui/class-names'
import { useFieldControl } from '@/components/ui/field'

export const controlLook =
  'w-full min-w-0 rounded-md border border-line-strong bg-surface text-sm text-text shadow-card transition-colors duration-100 ' +
  'hover:border-text-3 focus-visible:border-accent focus-visible:outline-2 focus-visible:-outline-offset-1 focus-visible:outline-accent ' +
  'aria-invalid:border-bad disabled:cursor-not-allowed disabled:bg-sunken disabled:text-text-3'

export type InputProps = ComponentProps<'input'> & {
  /** Mono type for keys, paths, system names. */
  mono?: boolean
  /** Fixed text glued to the left or right, like `https://` or `.portal.example.com`. */
  before?: ReactNode
  /** For the fixed text's own box, like hiding it on phones. */
  beforeClassName?: string
  after?: ReactNode
}

export function Input({ mono, before, beforeClassName, after, className, ...rest }: InputProps) {
  const wired = useFieldControl(rest)
  if (!before && !after) return <input className={cn(controlLook, 'h-8 px-2.5 read-only:bg-sunken', mono && 'font-mono text-[13px]', className)} {...rest} {...wired} />
  return (
    <div
      className={cn(
        'flex h-8 w-full min-w-0 items-stretch overflow-hidden rounded-md border border-line-strong bg-surface text-sm shadow-card transition-colors duration-100 hover:border-text-3',
        'has-[:focus-visible]:border-accent has-[:focus-visible]:outline-2 has-[:focus-visible]:-outline-offset-1 has-[:focus-visible]:outline-accent has-[[aria-invalid=true]]:border-bad',
        className,
      )}
    >
      {before && <span className={cn('flex shrink-0 items-center border-r border-line bg-sunken px-2.5 text-text-2', beforeClassName)}>{before}</span>}
      <input className={cn('min-w-0 flex-1 bg-transparent px-2.5 outline-none focus-visible:outline-none', mono && 'font-mono text-[13px]')} {...rest} {...wired} />
      {after && (
        <span className="flex max-w-[65%] shrink-0 items-center border-l border-line bg-sunken px-2.5 text-text-2">
          <span className="truncate">{after}</span>
        </span>
      )}
    </div>
  )
}

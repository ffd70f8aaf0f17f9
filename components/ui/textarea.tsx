'use client'

import type { ComponentProps } from 'react'
import { cn } from '@/components/ui/class-names'
import { useFieldControl } from '@/components/ui/field'
import { controlLook } from '@/components/ui/input'

export function Textarea({ mono, className, rows = 4, ...rest }: ComponentProps<'textarea'> & { mono?: boolean }) {
  const wired = useFieldControl(rest)
  return <textarea rows={rows} className={cn(controlLook, 'min-h-16 px-2.5 py-1.5 read-only:bg-sunken', mono && 'font-mono text-[13px] leading-5', className)} {...rest} {...wired} />
}

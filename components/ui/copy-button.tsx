'use client'

import { Check, Copy } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { buttonStyle } from '@/components/ui/button-style'
import { cn } from '@/components/ui/class-names'

/** Copies a text and says so. `label` names what is copied for screen readers: 'Copy key'. */
export function CopyButton({ value, label = 'Copy', showLabel = false, className }: { value: string; label?: string; showLabel?: boolean; className?: string }) {
  const [copied, setCopied] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  return (
    <button
      type="button"
      aria-label={showLabel ? undefined : label}
      title={label}
      className={showLabel ? buttonStyle('secondary', 'sm', className) : buttonStyle('ghost', 'icon-sm', className)}
      onClick={async () => {
        await copyText(value)
        setCopied(true)
        clearTimeout(timer.current)
        timer.current = setTimeout(() => setCopied(false), 1500)
      }}
    >
      {copied ? <Check aria-hidden className="text-good-text" /> : <Copy aria-hidden />}
      {showLabel && <span>{copied ? 'Copied' : label}</span>}
      <span role="status" className="sr-only">
        {copied ? 'Copied' : ''}
      </span>
    </button>
  )
}

/** The clipboard API exists only in secure contexts; plain http on an own domain has to select and copy. */
async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.className = 'fixed -left-96'
    document.body.append(area)
    area.select()
    document.execCommand('copy')
    area.remove()
  }
}

/** A short value in mono with its copy button: an id, a URL, a path. */
export function Copyable({ value, label, className }: { value: string; label?: string; className?: string }) {
  return (
    <span className={cn('inline-flex max-w-full min-w-0 items-center gap-1', className)}>
      <code className="min-w-0 truncate font-mono text-[13px]" title={value}>
        {value}
      </code>
      <CopyButton value={value} label={label ?? `Copy ${value}`} />
    </span>
  )
}

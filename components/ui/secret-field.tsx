'use client'

import { Eye, EyeOff } from 'lucide-react'
import { useState, useTransition } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { CopyButton } from '@/components/ui/copy-button'

/**
 * A key or token: masked until asked. Give the `value`, or `reveal` to fetch it when the person asks (the server may
 * then write it down or ask for a password), with `masked` to show meanwhile.
 */
export function SecretField({
  value,
  masked,
  reveal,
  label,
  className,
}: {
  value?: string
  /** Default: dots and the last four characters. */
  masked?: string
  reveal?: () => Promise<string>
  /** What it is: 'secret token', 'key'. */
  label: string
  className?: string
}) {
  const [shown, setShown] = useState(false)
  const [fetched, setFetched] = useState<string | undefined>(value)
  const [problem, setProblem] = useState<string | null>(null)
  const [pending, start] = useTransition()
  const secret = value ?? fetched
  const hidden = masked ?? (secret ? `${'•'.repeat(12)}${secret.slice(-4)}` : '•'.repeat(16))

  function toggle() {
    if (shown || secret) return setShown(!shown)
    start(async () => {
      try {
        setFetched(await reveal?.())
        setShown(true)
        setProblem(null)
      } catch {
        setProblem(`The ${label} could not be shown. Reload the page and try again.`)
      }
    })
  }

  return (
    <span className={cn('inline-flex max-w-full min-w-0 flex-col', className)}>
      <span className="inline-flex max-w-full min-w-0 items-center gap-0.5">
        <code className="min-w-0 rounded-sm bg-sunken px-1.5 py-0.5 font-mono text-[13px] break-all">{shown && secret ? secret : hidden}</code>
        <Button variant="ghost" size="icon-sm" pending={pending} aria-label={shown ? `Hide ${label}` : `Show ${label}`} title={shown ? 'Hide' : 'Show'} icon={shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />} onClick={toggle} />
        {secret && <CopyButton value={secret} label={`Copy ${label}`} />}
      </span>
      {problem && (
        <span role="alert" className="text-xs text-bad-text">
          {problem}
        </span>
      )}
    </span>
  )
}

'use client'

import { CircleCheck } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useCallAction } from '@/components/ui/call-action'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Spinner } from '@/components/ui/spinner'
import { checkSlugAction } from '../../_actions'

type Verdict = { slug: string; available: boolean; reason?: string; dashboardUrl?: string }

/** The subdomain, checked while it is typed; late answers to earlier letters are dropped. */
export function SlugField({ end, value, onChange }: { end: string; value: string; onChange: (value: string) => void }) {
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const call = useCallAction()
  const wanted = value.trim().toLowerCase()

  useEffect(() => {
    if (wanted.length < 3) return
    let stale = false
    const timer = setTimeout(async () => {
      const answer = await call(checkSlugAction, { slug: wanted })
      // Too many checks, or no connection: the form itself will say.
      if (!stale && answer?.ok && answer.data) setVerdict({ slug: wanted, ...answer.data })
    }, 250)
    return () => {
      stale = true
      clearTimeout(timer)
    }
  }, [wanted, call])

  const known = verdict?.slug === wanted ? verdict : null
  return (
    <Field
      name="slug"
      label="Subdomain"
      error={known && !known.available ? known.reason : undefined}
      hint={
        <span role="status" className="flex min-h-4 items-center gap-1.5">
          {known?.available ? (
            <>
              <CircleCheck aria-hidden className="size-3 shrink-0 text-good-text" />
              <span className="text-good-text">{known.slug} is free.</span>
            </>
          ) : wanted.length >= 3 && !known ? (
            <>
              <Spinner className="size-3" />
              Checking the name
            </>
          ) : (
            'The address of your dashboard and portal. 3 to 30 letters, digits and hyphens.'
          )}
        </span>
      }
    >
      <Input after={end} mono value={value} onChange={(event) => onChange(event.target.value.toLowerCase())} autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={30} required />
    </Field>
  )
}

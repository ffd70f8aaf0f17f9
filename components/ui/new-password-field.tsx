'use client'

import { useState } from 'react'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'

/** A password being chosen: may be looked at, counts its characters. The server judges it. */
export function NewPasswordField({ label, name = 'password', least = 12, autoFocus }: { label: string; name?: string; least?: number; autoFocus?: boolean }) {
  const [shown, setShown] = useState(false)
  const [length, setLength] = useState(0)
  const enough = length >= least
  return (
    <Field
      name={name}
      label={label}
      hint={
        <>
          At least {least} characters; a few words in a row work well.
          {length > 0 && !enough && <span className="num"> {least - length} to go.</span>}
        </>
      }
    >
      <Input
        type={shown ? 'text' : 'password'}
        autoComplete="new-password"
        spellCheck={false}
        autoCapitalize="none"
        required
        autoFocus={autoFocus}
        onChange={(event) => setLength([...event.target.value].length)}
        after={
          <button type="button" aria-pressed={shown} onClick={() => setShown(!shown)} className="-mx-2.5 h-full px-2.5 text-xs hover:text-text focus-visible:-outline-offset-2">
            {shown ? 'Hide' : 'Show'}
          </button>
        }
      />
    </Field>
  )
}

'use client'

import { useState } from 'react'
import { Field } from '@/components/ui/field'
import { ActionForm, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { findDashboardAction } from '../../_actions'

/** People paste the whole address as often as the name. */
function nameIn(text: string, end: string): string {
  const bare = text.trim().toLowerCase().replace(/^https?:\/\//, '').replace(/\/.*$/, '')
  return bare.endsWith(end) ? bare.slice(0, -end.length) : bare
}

export function FindDashboard({ end }: { end: string }) {
  const [leaving, setLeaving] = useState(false)
  return (
    <ActionForm
      action={findDashboardAction}
      toInput={({ slug }) => ({ slug: nameIn(String(slug), end) })}
      stay
      onDone={(data) => {
        if (!data) return
        setLeaving(true)
        window.location.assign(data.signInUrl)
      }}
    >
      <Field name="slug" label="Your organisation’s address">
        <Input after={end} mono placeholder="acme" autoComplete="off" autoCapitalize="none" spellCheck={false} required autoFocus />
      </Field>
      <SubmitButton size="lg" pending={leaving}>
        Go to sign-in
      </SubmitButton>
    </ActionForm>
  )
}

'use client'

import { MailCheck } from 'lucide-react'
import { useState } from 'react'
import { Field } from '@/components/ui/field'
import { ActionForm, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { LinkButton } from '@/components/ui/link-button'
import { NewPasswordField } from '@/components/ui/new-password-field'
import { signUpTenantAction } from '../../_actions'
import { SlugField } from './slug-field'
import { suggestSlug } from './suggest-slug'

type Done = { email: string; dashboardUrl: string; mailboxUrl: string | null }

export function SignUp({ end, slug: wanted }: { end: string; slug: string }) {
  const [slug, setSlug] = useState(wanted)
  const [ownSlug, setOwnSlug] = useState(wanted !== '')
  const [done, setDone] = useState<Done | null>(null)

  if (done)
    return (
      <section aria-labelledby="sent" className="rounded-xl border border-line bg-surface p-6">
        <MailCheck aria-hidden className="size-6 text-good-text" />
        <h1 id="sent" tabIndex={-1} ref={(heading) => heading?.focus()} className="mt-4 text-xl font-semibold outline-none">
          Look into your mailbox
        </h1>
        <p className="mt-2 text-text-2">
          We sent a link to <strong className="font-semibold break-all text-text">{done.email}</strong>. It confirms your address and opens your dashboard:
        </p>
        <p className="mt-2 font-mono text-[13px] break-all">{done.dashboardUrl}</p>
        {done.mailboxUrl && (
          <div className="mt-5">
            <LinkButton href={done.mailboxUrl} variant="primary" size="lg">
              Open the local mailbox
            </LinkButton>
            <p className="mt-2 text-xs text-text-3">This installation keeps its mail here instead of sending it.</p>
          </div>
        )}
      </section>
    )

  return (
    <section>
      <h1 className="text-2xl font-semibold tracking-tight">Open your API</h1>
      <p className="mt-1 mb-6 text-text-2">Five answers, then a mail to confirm your address.</p>
      <ActionForm action={signUpTenantAction} onDone={(data) => data && setDone(data)} stay>
        <Field name="organisation" label="Organisation">
          <Input autoComplete="organization" required autoFocus maxLength={100} onChange={(event) => ownSlug || setSlug(suggestSlug(event.target.value))} />
        </Field>
        <SlugField
          end={end}
          value={slug}
          onChange={(value) => {
            setSlug(value)
            setOwnSlug(value !== '')
          }}
        />
        <Field name="name" label="Your name">
          <Input autoComplete="name" required maxLength={100} />
        </Field>
        <Field name="email" label="E-mail">
          <Input type="email" autoComplete="email" required />
        </Field>
        <NewPasswordField label="Password" />
        <SubmitButton size="lg">Open your API</SubmitButton>
      </ActionForm>
    </section>
  )
}

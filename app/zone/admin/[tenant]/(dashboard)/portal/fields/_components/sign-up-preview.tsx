import { Card } from '@/components/ui/card'
import type { FieldTarget } from '@/lib/fields/built-in'
import type { FieldDto } from '@/lib/fields/queries'

/** What somebody sees who signs up, in its order: the person, the organisation, what the application needs. Nothing in it can be filled in. */
export function SignUpPreview({ fields, open }: { fields: Record<FieldTarget, FieldDto[]>; open: boolean }) {
  return (
    <Card title="Sign-up form" description={open ? 'As partners see it.' : 'Closed at the moment; this is what it would ask.'} className="xl:sticky xl:top-20">
      <div role="img" aria-label={describe(fields)} className="flex flex-col gap-2.5">
        <Group fields={fields.user} />
        <Group fields={fields.account} />
        {fields.application.length > 0 && <Group title="Your application" fields={fields.application} />}
        <Group fields={[]} extra={['Password', 'Password again']} />
        <span className="inline-flex h-8 items-center self-start rounded-md bg-accent px-3 text-sm font-semibold text-on-accent">Create account</span>
      </div>
    </Card>
  )
}

function Group({ title, fields, extra = [] }: { title?: string; fields: FieldDto[]; extra?: string[] }) {
  return (
    <div className="flex min-w-0 flex-col gap-2.5">
      {title && <p className="text-sm font-semibold">{title}</p>}
      {fields.map((field) => (
        <Sketch key={field.id} label={field.label} required={field.required} hint={field.hint} choices={field.choices} />
      ))}
      {extra.map((label) => (
        <Sketch key={label} label={label} required />
      ))}
    </div>
  )
}

function Sketch({ label, required, hint, choices = [] }: { label: string; required: boolean; hint?: string; choices?: string[] }) {
  return (
    <div className="min-w-0">
      <p className="truncate text-sm">
        {label}
        {!required && <span className="ml-1.5 text-text-3">optional</span>}
      </p>
      <div className="mt-1 flex h-8 items-center truncate rounded-md border border-line-strong bg-surface px-2.5 text-sm text-text-3">{choices.length > 0 ? choices.join(' · ') : ''}</div>
      {hint && <p className="mt-1 text-xs text-text-3">{hint}</p>}
    </div>
  )
}

function describe(fields: Record<FieldTarget, FieldDto[]>): string {
  const asked = [...fields.user, ...fields.account, ...fields.application].map(({ label }) => label).concat('Password')
  return `The form asks for: ${asked.join(', ')}`
}

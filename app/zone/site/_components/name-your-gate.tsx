import { buttonStyle } from '@/components/ui/button-style'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'

/** Works without a script: the name travels to the sign-up form, which checks it while one types. */
export function NameYourGate({ end }: { end: string }) {
  return (
    <form action="/sign-up" method="get" className="flex w-full max-w-lg flex-wrap items-end gap-2">
      <Field name="slug" label="Subdomain" className="min-w-0 flex-1 basis-64">
        <Input after={end} placeholder="acme" mono autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={30} className="h-10" />
      </Field>
      <button type="submit" className={buttonStyle('primary', 'lg')}>
        Open your API
      </button>
    </form>
  )
}

'use client'

import { Checkbox, Switch } from '@/components/ui/choice'
import { Field, FieldErrorOf } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { webhookEvents } from '@/lib/webhooks/webhook-events'

const groups = [...new Set(webhookEvents.map(({ group }) => group))]

/** Address, on or off, and what to tell: the same fields for a new endpoint and for one that is there. */
export function EndpointFields({ url = '', active = true, events = [] }: { url?: string; active?: boolean; events?: string[] }) {
  return (
    <>
      <Field label="URL" name="url" hint="We POST JSON to it, signed, and take any 2xx answer within 15 seconds as received.">
        <Input type="url" required maxLength={2000} defaultValue={url} placeholder="https://crm.example.com/hooks/gatehouse" autoComplete="off" spellCheck={false} mono />
      </Field>
      <Switch name="active" label="On" hint="Off, nothing is sent and nothing is kept for later." defaultChecked={active} />
      <fieldset className="@container min-w-0">
        <legend className="mb-2 text-sm font-semibold">Tell it about</legend>
        <div className="grid gap-x-6 gap-y-4 @md:grid-cols-2">
          {groups.map((group) => (
            <div key={group} role="group" aria-label={group} className="flex min-w-0 flex-col gap-2">
              <p className="text-xs text-text-3">{group}</p>
              {webhookEvents
                .filter((event) => event.group === group)
                .map((event) => (
                  <Checkbox key={event.type} name="events" value={event.type} label={event.label} defaultChecked={events.includes(event.type)} />
                ))}
            </div>
          ))}
        </div>
        <FieldErrorOf name="events" />
      </fieldset>
    </>
  )
}

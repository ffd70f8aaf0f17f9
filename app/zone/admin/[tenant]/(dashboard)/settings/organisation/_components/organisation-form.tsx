'use client'

import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { zoneName } from '@/components/ui/format'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { editOrganisationAction } from '../actions'

export function OrganisationForm({ name, timezone, timeZones }: { name: string; timezone: string; timeZones: string[] }) {
  return (
    <Card>
      <ActionForm action={editOrganisationAction} success="Organisation saved">
        <Field label="Name" name="name" hint="On top of the dashboard, on your portal and in the mails it sends.">
          <Input required maxLength={100} defaultValue={name} autoComplete="organization" />
        </Field>
        <Field label="Time zone" name="timezone" hint="Days and months of charts begin in it. Limits always reset in UTC.">
          <Select defaultValue={timezone}>
            {timeZones.map((zone) => (
              <option key={zone} value={zone}>
                {zoneName(zone)}
              </option>
            ))}
          </Select>
        </Field>
        <FormActions>
          <SubmitButton>Save organisation</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}

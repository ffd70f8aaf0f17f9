'use client'

import { Card } from '@/components/ui/card'
import { Checkbox } from '@/components/ui/choice'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { editAlertSettingsAction } from '../actions'

export type AlertSettingsProps = { choices: readonly number[]; levels: number[]; developers: boolean; members: boolean; /** Without it the settings are only shown. */ editable: boolean }

const hints: Record<number, string> = { 50: 'half of it', 80: 'time to look', 90: 'nearly there', 100: 'calls are refused', 120: 'after a limit was lowered' }

/** At which levels who is told. */
export function AlertSettings({ choices, levels, developers, members, editable }: AlertSettingsProps) {
  return (
    <Card title="When to tell" description="A level is told once for each limit and window. Minute limits are told at most once an hour, hourly ones once a day.">
      <ActionForm action={editAlertSettingsAction} toInput={(input) => ({ ...input, alertLevels: (input.alertLevels as string[]).map(Number) })} success="Alerts saved">
        <fieldset disabled={!editable} className="flex min-w-0 flex-col gap-4">
          <div role="group" aria-label="Levels" className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-5">
            {choices.map((level) => (
              <Checkbox key={level} name="alertLevels" value={String(level)} defaultChecked={levels.includes(level)} label={`${level} %`} hint={hints[level]} />
            ))}
          </div>
          <div className="grid gap-3 sm:grid-cols-2">
            <Checkbox name="alertDevelopers" defaultChecked={developers} label="Mail to the partner" hint="Everybody of the account whose application it is." />
            <Checkbox name="alertMembers" defaultChecked={members} label="Mail to your team" hint="Admins, and members who may see analytics." />
          </div>
          {editable && (
            <FormActions>
              <SubmitButton>Save alerts</SubmitButton>
            </FormActions>
          )}
        </fieldset>
      </ActionForm>
    </Card>
  )
}

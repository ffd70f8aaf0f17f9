'use client'

import { MoreHorizontal, Plus, Users } from 'lucide-react'
import { useState } from 'react'
import { Badge, StateDot } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { RadioGroup } from '@/components/ui/choice'
import { ConfirmDialog, Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { EmptyState } from '@/components/ui/empty-state'
import { ActionForm, useAction } from '@/components/ui/form'
import { Menu } from '@/components/ui/menu'
import { RelativeTime } from '@/components/ui/relative-time'
import type { DeveloperDto } from '@/lib/accounts/queries'
import type { FieldDto } from '@/lib/fields/queries'
import { addDeveloperAction, editDeveloperAction, removeDeveloperAction, resumeDeveloperAction, suspendDeveloperAction } from '../../_actions'
import { DeveloperFields, ownFieldsOf, withDeveloperValues } from '../../_components/developer-fields'

type Asked = { what: 'new' } | { what: 'edit' | 'suspend' | 'remove'; developer: DeveloperDto }

const roles = [
  { value: 'admin', label: 'Admin', hint: 'Looks after the account, its people and its plans.' },
  { value: 'member', label: 'Member', hint: 'Works with applications and keys.' },
]

/** The people of an account. */
export function Developers({ accountId, developers, fields, timeZone }: { accountId: number; developers: DeveloperDto[]; fields: FieldDto[]; timeZone: string }) {
  const [asked, setAsked] = useState<Asked | null>(null)
  const close = () => setAsked(null)
  const suspending = useAction(suspendDeveloperAction, { success: 'Developer suspended' })
  const resuming = useAction(resumeDeveloperAction, { success: 'Developer resumed' })
  const removing = useAction(removeDeveloperAction, { success: 'Developer removed' })
  const add = (
    <Button icon={<Plus aria-hidden />} onClick={() => setAsked({ what: 'new' })}>
      Add developer
    </Button>
  )
  return (
    <section aria-labelledby="developers" className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 id="developers" className="text-base font-semibold">
          Developers
        </h2>
        {developers.length > 0 && add}
      </div>
      <div className="rounded-lg border border-line bg-surface">
        {developers.length === 0 ? (
          <EmptyState icon={<Users />} title="Nobody yet" action={add}>
            The people of this company who will sign in to your portal.
          </EmptyState>
        ) : (
          <ul>
            {developers.map((developer) => (
              <li key={developer.id} className="flex items-center gap-3 border-line px-4 py-2.5 not-last:border-b">
                <div className="min-w-0 flex-1">
                  <p className="flex min-w-0 flex-wrap items-center gap-x-2">
                    <span className="min-w-0 truncate font-semibold">{nameOf(developer)}</span>
                    {developer.role === 'admin' && <Badge>Admin</Badge>}
                  </p>
                  <p className="truncate text-xs text-text-2">
                    {developer.email}
                    {developer.userName && ` · ${developer.userName}`}
                  </p>
                  <OwnValues fields={fields} values={developer.values} />
                </div>
                <RelativeTime at={developer.createdAt} timeZone={timeZone} className="hidden text-sm text-text-2 sm:inline" />
                <StateDot state={developer.state} className="text-sm" />
                <Menu
                  trigger={<Button variant="ghost" size="icon-sm" aria-label={`More for ${nameOf(developer)}`} icon={<MoreHorizontal aria-hidden />} />}
                  items={[
                    { label: 'Edit', onSelect: () => setAsked({ what: 'edit', developer }) },
                    developer.state === 'suspended'
                      ? { label: 'Resume', onSelect: () => resuming.run({ developerId: developer.id }) }
                      : { label: 'Suspend', onSelect: () => setAsked({ what: 'suspend', developer }) },
                    { kind: 'separator' },
                    { label: 'Remove', danger: true, onSelect: () => setAsked({ what: 'remove', developer }) },
                  ]}
                />
              </li>
            ))}
          </ul>
        )}
      </div>

      {asked?.what === 'new' && (
        <Dialog open onOpenChange={close} title="Add developer">
          <ActionForm action={addDeveloperAction} toInput={(input, form) => ({ ...withDeveloperValues(input, form), accountId })} success="Developer added" onDone={close}>
            <DeveloperFields fields={fields} />
            <RadioGroup name="role" legend="Role" options={roles} defaultValue={developers.length === 0 ? 'admin' : 'member'} cards />
            <DialogActions onCancel={close}>Add developer</DialogActions>
          </ActionForm>
        </Dialog>
      )}
      {asked?.what === 'edit' && (
        <Dialog open onOpenChange={close} title={`Edit ${nameOf(asked.developer)}`} description="A new e-mail or role signs the person out.">
          <ActionForm action={editDeveloperAction} toInput={(input, form) => ({ ...withDeveloperValues(input, form), developerId: asked.developer.id })} success="Developer saved" onDone={close}>
            <DeveloperFields developer={asked.developer} fields={fields} />
            <RadioGroup name="role" legend="Role" options={roles} defaultValue={asked.developer.role} cards />
            <DialogActions onCancel={close}>Save developer</DialogActions>
          </ActionForm>
        </Dialog>
      )}
      {asked?.what === 'suspend' && (
        <ConfirmDialog open onOpenChange={close} title={`Suspend ${nameOf(asked.developer)}`} confirmLabel="Suspend developer" onConfirm={() => suspending.run({ developerId: asked.developer.id })}>
          Signed out at once, and not let in again until you resume them. The keys of the account go on working.
        </ConfirmDialog>
      )}
      {asked?.what === 'remove' && (
        <ConfirmDialog open onOpenChange={close} title={`Remove ${nameOf(asked.developer)}`} confirmLabel="Remove developer" onConfirm={() => removing.run({ developerId: asked.developer.id })}>
          The person loses access for good. The keys of the account go on working.
        </ConfirmDialog>
      )}
    </section>
  )
}

/** What the tenant's own fields say of a person, in one quiet line. */
function OwnValues({ fields, values }: { fields: FieldDto[]; values: DeveloperDto['values'] }) {
  const said = ownFieldsOf(fields).flatMap(({ name, label }) => (values[name] ? [`${label}: ${[values[name]].flat().join(', ')}`] : []))
  return said.length > 0 && <p className="text-xs break-words text-text-3">{said.join(' · ')}</p>
}

function nameOf(developer: DeveloperDto): string {
  return `${developer.firstName} ${developer.lastName}`.trim() || developer.email
}

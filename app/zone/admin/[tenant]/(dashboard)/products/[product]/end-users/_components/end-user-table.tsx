'use client'

import { CircleUser, MoreHorizontal } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { DataTable, type Column } from '@/components/ui/data-table'
import { ConfirmDialog, Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { EmptyState } from '@/components/ui/empty-state'
import { Field } from '@/components/ui/field'
import { ActionForm, useAction } from '@/components/ui/form'
import { Menu } from '@/components/ui/menu'
import { Select } from '@/components/ui/select'
import type { EndUserItem } from '@/lib/plans/end-user-queries'
import { changeEndUserPlanAction, deleteEndUserAction, resumeEndUserAction, suspendEndUserAction } from '../_actions'
import { NewEndUser } from './new-end-user'

type Choice = { id: number; name: string }
type Row = EndUserItem & { planName: string }
type Props = { productId: number; plans: Choice[]; defaultPlanId: number | null; page: { items: EndUserItem[]; nextCursor: string | null; previousCursor: string | null; total: number } }

/** Everybody who is registered, by hand or on first sight. */
export function EndUserTable({ productId, plans, defaultPlanId, page }: Props) {
  const [asked, setAsked] = useState<{ what: 'plan' | 'delete'; user: EndUserItem } | null>(null)
  const suspending = useAction(suspendEndUserAction, { success: 'End user suspended' })
  const resuming = useAction(resumeEndUserAction, { success: 'End user resumed' })
  const deleting = useAction(deleteEndUserAction, { success: 'End user deleted' })
  const close = () => setAsked(null)
  const newEndUser = <NewEndUser productId={productId} plans={plans} defaultPlanId={defaultPlanId} />

  const columns: Column<Row>[] = [
    {
      key: 'externalId',
      header: 'Id',
      sortable: false,
      cell: (user) => (
        <Link href={`/products/${productId}/end-users/${user.id}`} className="rounded-sm font-mono text-[13px] hover:text-accent-text hover:underline">
          {user.externalId}
        </Link>
      ),
    },
    { key: 'planName', header: 'Plan', kind: 'plan', sortable: false },
    { key: 'state', header: 'State', kind: 'state', sortable: false },
    { key: 'callsThisMonth', header: 'Calls this month', kind: 'number', sortable: false, hideOnPhone: true },
    { key: 'createdAt', header: 'Registered', kind: 'time', sortable: false, hideOnPhone: true },
    {
      key: 'more',
      header: 'Actions',
      sortable: false,
      align: 'right',
      cell: (user) => (
        <Menu
          trigger={<Button variant="ghost" size="icon-sm" aria-label={`More for ${user.externalId}`} icon={<MoreHorizontal aria-hidden />} />}
          items={[
            { label: 'Limits and usage', href: `/products/${productId}/end-users/${user.id}` },
            { label: 'Change plan', onSelect: () => setAsked({ what: 'plan', user }) },
            user.state === 'active' ? { label: 'Suspend', onSelect: () => suspending.run({ endUserId: user.id }) } : { label: 'Resume', onSelect: () => resuming.run({ endUserId: user.id }) },
            { kind: 'separator' },
            { label: 'Delete', danger: true, onSelect: () => setAsked({ what: 'delete', user }) },
          ]}
        />
      ),
    },
  ]

  return (
    <>
      <DataTable
        label="end users"
        search="Search by id"
        rows={page.items.map((user) => ({ ...user, planName: user.plan.name }))}
        columns={columns}
        filters={[
          { key: 'plan', label: 'Plan', options: plans.map((plan) => ({ value: String(plan.id), label: plan.name })) },
          {
            key: 'state',
            label: 'State',
            options: [
              { value: 'active', label: 'Active' },
              { value: 'suspended', label: 'Suspended' },
            ],
          },
        ]}
        server={{ next: page.nextCursor, previous: page.previousCursor, total: page.total }}
        toolbar={newEndUser}
        empty={
          <EmptyState icon={<CircleUser />} title="No end users yet" action={newEndUser}>
            Register one by its id, or let calls do it: Settings, Manual end-user registration.
          </EmptyState>
        }
      />
      {asked?.what === 'plan' && (
        <Dialog open onOpenChange={close} title={`Change the plan of ${asked.user.externalId}`} size="sm">
          <ActionForm action={changeEndUserPlanAction} toInput={(input) => ({ ...input, endUserId: asked.user.id })} success="Plan changed" onDone={close}>
            <Field label="Plan" name="planId">
              <Select defaultValue={asked.user.plan.id} options={plans.map((plan) => ({ value: String(plan.id), label: plan.name }))} />
            </Field>
            <DialogActions onCancel={close}>Change plan</DialogActions>
          </ActionForm>
        </Dialog>
      )}
      {asked?.what === 'delete' && (
        <ConfirmDialog open onOpenChange={close} title={`Delete ${asked.user.externalId}`} confirmLabel="Delete end user" pending={deleting.pending} onConfirm={() => deleting.run({ endUserId: asked.user.id })}>
          The registration goes, what was used stays counted. Without manual registration the next call registers this id anew.
        </ConfirmDialog>
      )}
    </>
  )
}

'use client'

import { Plus } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { Field } from '@/components/ui/field'
import { ActionForm } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { createEndUserAction } from '../_actions'

export function NewEndUser({ productId, plans, defaultPlanId }: { productId: number; plans: { id: number; name: string }[]; defaultPlanId: number | null }) {
  return (
    <Dialog trigger={<Button icon={<Plus aria-hidden />}>New end user</Button>} title="New end user" size="sm">
      {(close) => (
        <ActionForm action={createEndUserAction} toInput={(input) => ({ ...input, productId })} success="End user registered" onDone={close}>
          <Field label="Id" name="externalId" hint="As the application sends it, to the letter.">
            <Input mono required maxLength={255} autoComplete="off" spellCheck={false} autoFocus />
          </Field>
          <Field label="Plan" name="planId">
            <Select defaultValue={defaultPlanId ?? plans[0]?.id} options={plans.map((plan) => ({ value: String(plan.id), label: plan.name }))} />
          </Field>
          <DialogActions onCancel={close}>Register end user</DialogActions>
        </ActionForm>
      )}
    </Dialog>
  )
}

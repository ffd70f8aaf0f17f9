'use client'

import { Plus } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/choice'
import { Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { Field } from '@/components/ui/field'
import { ActionForm } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { Textarea } from '@/components/ui/textarea'
import type { PlanKind } from '@/lib/plans/schema'
import { createPlanAction } from '../_actions'

/** Name, description, state, needs approval; then on to the plan's methods. End-user plans are nobody's to choose, so they have no state. */
export function NewPlan({ productId, kind }: { productId: number; kind: PlanKind }) {
  const forPartners = kind === 'application'
  return (
    <Dialog
      trigger={
        <Button variant="primary" icon={<Plus aria-hidden />}>
          New plan
        </Button>
      }
      title={forPartners ? 'New plan' : 'New end-user plan'}
      description="Methods and limits come next. Until you say otherwise, every method is open and nothing is limited."
    >
      {(close) => (
        <ActionForm action={createPlanAction} toInput={(input) => ({ ...input, productId, kind })} success="Plan created">
          <Field label="Name" name="name">
            <Input required maxLength={100} autoComplete="off" autoFocus placeholder={forPartners ? 'Trial' : 'User Limits'} />
          </Field>
          <Field label="Description" name="description" optional hint="One or two sentences. Partners read them where they choose a plan.">
            <Textarea rows={3} maxLength={2000} />
          </Field>
          {forPartners && (
            <>
              <Field label="State" name="state" hint="Published plans can be chosen by partners. On hidden ones only you place accounts.">
                <Select
                  defaultValue="hidden"
                  options={[
                    { value: 'hidden', label: 'Hidden' },
                    { value: 'published', label: 'Published' },
                  ]}
                />
              </Field>
              <Checkbox name="approvalRequired" label="Needs approval" hint="A partner who chooses this plan waits until you approve." />
            </>
          )}
          <DialogActions onCancel={close}>Create plan</DialogActions>
        </ActionForm>
      )}
    </Dialog>
  )
}

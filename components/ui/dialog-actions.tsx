'use client'

import type { ReactNode } from 'react'
import { Button, type ButtonProps } from '@/components/ui/button'
import { FormActions, SubmitButton } from '@/components/ui/form'

type DialogActionsProps = Pick<ButtonProps, 'variant' | 'pending'> & {
  /** What the submit says: a verb and its object, 'Create plan'. */
  children: ReactNode
  onCancel: () => void
  className?: string
}

/** How the form of a dialog ends: its submit and Cancel. `pending` only where the form is not an `ActionForm`. */
export function DialogActions({ children, onCancel, className, ...submit }: DialogActionsProps) {
  return (
    <FormActions className={className}>
      <SubmitButton {...submit}>{children}</SubmitButton>
      <Button variant="ghost" onClick={onCancel}>
        Cancel
      </Button>
    </FormActions>
  )
}

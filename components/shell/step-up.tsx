'use client'

import { useCallback, useRef, useState, type ReactNode } from 'react'
import { StepUpContext, type ActionResult } from '@/components/ui/call-action'
import { Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { Field } from '@/components/ui/field'
import { ActionForm } from '@/components/ui/form'
import { Input } from '@/components/ui/input'

/** Asks for the password again when an action needs it, and lets the action go on where it stopped. */
export function StepUp({ confirm, children }: { confirm: (input: { password: string }) => Promise<ActionResult<unknown>>; children: ReactNode }) {
  const [open, setOpen] = useState(false)
  const answer = useRef<(right: boolean) => void>(undefined)
  const ask = useCallback(() => {
    setOpen(true)
    return new Promise<boolean>((resolve) => (answer.current = resolve))
  }, [])
  function settle(right: boolean) {
    setOpen(false)
    answer.current?.(right)
    answer.current = undefined
  }
  return (
    <StepUpContext value={ask}>
      {children}
      <Dialog open={open} onOpenChange={(next) => !next && settle(false)} size="sm" title="Your password, please" description="This changes something important, so we ask once more. It holds for ten minutes.">
        <ActionForm action={confirm} onDone={() => settle(true)} stay>
          <Field name="password" label="Password">
            <Input type="password" autoComplete="current-password" required autoFocus />
          </Field>
          <DialogActions onCancel={() => settle(false)}>Go on</DialogActions>
        </ActionForm>
      </Dialog>
    </StepUpContext>
  )
}

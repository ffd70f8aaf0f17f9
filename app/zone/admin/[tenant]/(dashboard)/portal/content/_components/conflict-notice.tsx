'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Textarea } from '@/components/ui/textarea'

/** Somebody saved another version meanwhile: both texts side by side, and a choice that loses neither without being asked. */
export function ConflictNotice({ message, mine, theirs, onTakeTheirs, onKeepMine }: { message: string; mine: string; theirs: string; onTakeTheirs: () => void; onKeepMine: () => void }) {
  const [comparing, setComparing] = useState(false)
  return (
    <>
      <Callout
        kind="warning"
        title="Another version was saved"
        action={
          <span className="flex flex-wrap gap-2">
            <Button size="sm" onClick={() => setComparing(true)}>
              Compare
            </Button>
            <Button size="sm" onClick={onTakeTheirs}>
              Take theirs
            </Button>
            <Button size="sm" onClick={onKeepMine}>
              Keep mine
            </Button>
          </span>
        }
      >
        {message}
      </Callout>
      <Dialog open={comparing} onOpenChange={setComparing} title="Two versions" description="Copy what you need from either; the editor below stays as it is." size="lg">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Yours">
            <Textarea readOnly mono rows={18} value={mine} />
          </Field>
          <Field label="Theirs">
            <Textarea readOnly mono rows={18} value={theirs} />
          </Field>
        </div>
      </Dialog>
    </>
  )
}

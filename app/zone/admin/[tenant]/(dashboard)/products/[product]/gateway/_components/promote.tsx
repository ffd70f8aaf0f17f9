'use client'

import { Check, Rocket } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { CodeBlock } from '@/components/ui/code-block'
import { Dialog } from '@/components/ui/dialog'
import { useAction } from '@/components/ui/form'
import { promoteAction } from '../actions'

const CHANGES_SHOWN = 12

/** What would go live, then the button that does it. */
export function Promote({ productId, liveVersion, changes, ready, productionUrl }: { productId: number; liveVersion: number | null; changes: string[]; ready: boolean; productionUrl: string | null }) {
  const [open, setOpen] = useState(false)
  const upToDate = liveVersion !== null && changes.length === 0
  const promote = useAction(promoteAction, { success: 'Promoted to production', onDone: () => setOpen(false) })
  const trigger = (
    <Button variant={upToDate ? 'secondary' : 'primary'} icon={upToDate ? <Check aria-hidden /> : <Rocket aria-hidden />} disabled={upToDate || !ready} title={!ready ? 'Name the private base URL first' : upToDate ? 'Production serves this already' : undefined}>
      {upToDate ? 'Production is up to date' : 'Promote to production'}
    </Button>
  )
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      trigger={trigger}
      title="Promote to production"
      description={liveVersion === null ? 'Your API goes live for partners with this first version.' : `Version ${liveVersion} stays in the list; you can bring it back in one click.`}
    >
      <div className="flex flex-col gap-4">
        {changes.length > 0 && (
          <div>
            <p className="mb-1.5 font-semibold">What changes</p>
            <ul className="list-disc pl-5 text-text-2">
              {changes.slice(0, CHANGES_SHOWN).map((change) => (
                <li key={change}>{change}</li>
              ))}
              {changes.length > CHANGES_SHOWN && <li>and {changes.length - CHANGES_SHOWN} more</li>}
            </ul>
          </div>
        )}
        {productionUrl && <CodeBlock title="Production base URL" code={productionUrl} />}
        <div className="flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button variant="primary" pending={promote.pending} onClick={() => promote.run({ productId })}>
            Promote now
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

'use client'

import { Pencil, Plus, Unplug } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { ConfirmDialog, Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { Field } from '@/components/ui/field'
import { ActionForm, useAction } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { LinkButton } from '@/components/ui/link-button'
import { Select } from '@/components/ui/select'
import type { MountDto } from '@/lib/backends/queries'
import { changeMountPathAction, mountBackendAction, unmountBackendAction } from '../../../../backends/actions'

type Choice = { id: number; name: string }

/** `countsTwice`: a catch-all rule of the product counts Hits beside the backends' rules. */
export function MountedBackends({ productId, mounts, choices, countsTwice }: { productId: number; mounts: MountDto[]; choices: Choice[]; countsTwice: boolean }) {
  const [moving, setMoving] = useState<MountDto | null>(null)
  return (
    <Card
      id="backends"
      title="Backends"
      description="Further APIs under paths of this product. The longest path that fits takes the call; what none fits goes to your API above."
      action={
        choices.length > 0 ? (
          <Mount productId={productId} choices={choices} />
        ) : (
          <LinkButton href="/backends" size="sm">
            {mounts.length > 0 ? 'All backends' : 'Create a backend'}
          </LinkButton>
        )
      }
      flush
    >
      <ul className="divide-y divide-line">
        {mounts.map((mount) => (
          <MountRow key={mount.id} mount={mount} onMove={() => setMoving(mount)} />
        ))}
        {mounts.length === 0 && <li className="px-4 py-6 text-center text-text-2">None: every call goes to your API.</li>}
      </ul>
      {countsTwice && (
        <div className="border-t border-line p-4">
          <Callout kind="warning">Your rule for / counts Hits, and so does each backend’s own rule: such calls count twice. Make the rule more exact or delete it.</Callout>
        </div>
      )}
      {moving && (
        <Dialog open onOpenChange={(open) => !open && setMoving(null)} title={`Move ${moving.backend.name}`}>
          <ActionForm action={changeMountPathAction} toInput={(input) => ({ ...input, usageId: moving.id })} success="Path saved" onDone={() => setMoving(null)}>
            <PathField value={moving.path} />
            <DialogActions onCancel={() => setMoving(null)}>Save path</DialogActions>
          </ActionForm>
        </Dialog>
      )}
    </Card>
  )
}

function MountRow({ mount, onMove }: { mount: MountDto; onMove: () => void }) {
  const unmount = useAction(unmountBackendAction, { success: `${mount.backend.name} is unmounted` })
  return (
    <li className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
      <code className="min-w-0 flex-1 basis-32 truncate font-mono text-[13px]">{mount.path}</code>
      <p className="min-w-0 flex-2 basis-56">
        <Link href={`/backends/${mount.backend.id}`} className="link block truncate font-semibold">
          {mount.backend.name}
        </Link>
        <span className="block truncate font-mono text-xs text-text-3">{mount.backend.privateBaseUrl}</span>
      </p>
      <span className="flex shrink-0">
        <Button variant="ghost" size="icon-sm" aria-label={`Change the path of ${mount.backend.name}`} title="Change path" icon={<Pencil aria-hidden />} onClick={onMove} />
        <ConfirmDialog
          title={`Unmount ${mount.backend.name}?`}
          confirmLabel="Unmount"
          onConfirm={() => unmount.run({ usageId: mount.id })}
          trigger={<Button variant="ghost" size="icon-sm" aria-label={`Unmount ${mount.backend.name}`} title="Unmount" icon={<Unplug aria-hidden />} />}
        >
          Its methods leave this product with their limits: on staging at once, in production with the next promotion. Usage counted so far stays.
        </ConfirmDialog>
      </span>
    </li>
  )
}

function Mount({ productId, choices }: { productId: number; choices: Choice[] }) {
  return (
    <Dialog
      title="Mount a backend"
      description="Its methods and rules become part of this product."
      trigger={
        <Button size="sm" icon={<Plus aria-hidden />}>
          Mount a backend
        </Button>
      }
    >
      {(close) => (
        <ActionForm action={mountBackendAction} toInput={(input) => ({ ...input, productId })} success="Backend mounted" onDone={close}>
          <Field label="Backend" name="backendId">
            <Select options={choices.map(({ id, name }) => ({ value: String(id), label: name }))} />
          </Field>
          <PathField value="/" />
          <DialogActions onCancel={close}>Mount backend</DialogActions>
        </ActionForm>
      )}
    </Dialog>
  )
}

function PathField({ value }: { value: string }) {
  return (
    <Field label="Path" name="path" hint="Taken off before the call reaches the backend. / takes everything that no other path fits.">
      <Input required mono maxLength={200} defaultValue={value} placeholder="/statuses" spellCheck={false} autoCapitalize="none" />
    </Field>
  )
}

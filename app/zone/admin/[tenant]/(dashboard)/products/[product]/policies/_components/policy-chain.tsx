'use client'

import { Braces, Pencil, Plus, Trash2, Workflow } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { useCallAction } from '@/components/ui/call-action'
import { Card } from '@/components/ui/card'
import { Switch } from '@/components/ui/choice'
import { ConfirmDialog } from '@/components/ui/dialog'
import { EmptyState } from '@/components/ui/empty-state'
import { useHydrated } from '@/components/ui/form'
import { SortableList } from '@/components/ui/sortable-list'
import type { PolicyEntry } from '@/lib/products/gateway-config'
import type { PolicyDefinition } from '@/lib/products/policies'
import { setPoliciesAction } from '../actions'
import { PolicyDialog } from './policy-dialog'
import { PolicyGallery } from './policy-gallery'
import { PolicyJson } from './policy-json'
import type { Schema } from './schema-fields'

export type Definition = PolicyDefinition & { schema: Schema }
export type Errors = Record<string, string[]>
/** Saves a whole chain. Gives what is wrong with it, by field; null: saved. `undefined`: nothing came of it, and the person knows why. */
export type SaveChain = (policies: PolicyEntry[] | unknown, success: string, seen?: string) => Promise<Errors | null | undefined>

type Row = { id: string; index: number; entry: PolicyEntry }
type Registered = { name: string; version: string }

/** The chain in its order. Every change saves all of it: what is on screen is what staging runs. */
export function PolicyChainEditor({ productId, policies: given, version: givenVersion, definitions, registered }: { productId: number; policies: PolicyEntry[]; version: string; definitions: Definition[]; registered: Registered[] }) {
  // `id` null: a new one, for the end of the chain. `seen`: the chain it was opened on; null once its person knows that there is a newer one.
  const [editing, setEditing] = useState<{ id: string | null; entry: PolicyEntry; seen: string | null } | null>(null)
  const [saved, setSaved] = useState<{ of: PolicyEntry[]; policies: PolicyEntry[]; version: string } | null>(null)
  // What was just saved, until the server's list comes anew: the next change must not be made to an older chain.
  const { policies, version } = saved?.of === given ? saved : { policies: given, version: givenVersion }
  const [choosing, setChoosing] = useState(false)
  const [showingJson, setShowingJson] = useState<{ seen: string | null } | null>(null)
  const [removing, setRemoving] = useState<Row | null>(null)
  const router = useRouter()
  const hydrated = useHydrated()
  const call = useCallAction()
  const definitionOf = (entry: PolicyEntry) => definitions.find(({ name }) => name === entry.name) ?? null
  const titleOf = (entry: PolicyEntry) => definitionOf(entry)?.title ?? entry.name
  const hasLine = policies.some(({ name }) => name === 'apicast')
  // Without a line of its own a chain stands below the gateway's steps: it is shown where it takes effect.
  const shown: PolicyEntry[] = hasLine || policies.length === 0 ? policies : [{ name: 'apicast', version: 'builtin', enabled: true, configuration: {} }, ...policies]
  const rows = rowsOf(shown)
  /** Behind the last one for what is new, or no longer there. */
  const placeOf = (id: string | null) => rows.find((row) => row.id === id)?.index ?? shown.length

  const save: SaveChain = async (next, success, seen = version) => {
    const result = await call(setPoliciesAction, { productId, policies: next, seen })
    if (!result) return undefined
    if (!result.ok && result.error.code === 'conflict') {
      setSaved(null)
      // What was typed stays; the list below it becomes the one that is.
      setEditing((open) => open && { ...open, seen: null })
      setShowingJson((open) => open && { seen: null })
      router.refresh()
      return { policies: [result.error.message, whatNow(editing !== null, showingJson !== null)] }
    }
    if (!result.ok) return result.error.fields ?? { policies: [result.error.message] }
    if (result.data) setSaved({ of: given, ...result.data })
    toast.success(success)
    router.refresh()
    return null
  }
  async function saveOrSay(next: PolicyEntry[], success: string): Promise<boolean> {
    const errors = await save(next, success)
    if (errors) toast.error(Object.values(errors).flat().slice(0, 2).join(' '))
    return errors === null
  }
  const reorder = (ids: string[]) => saveOrSay(ids.map((id) => rows.find((row) => row.id === id)!.entry), 'Order saved')

  return (
    <>
      <Card
        flush
        title="Chain"
        description={rows.length === 0 ? undefined : 'The Gatehouse line stands for the gateway’s own steps. Two policies act differently above it than below it: URL rewriting and Edge rate limit.'}
        action={
          <span className="flex flex-wrap gap-2">
            <Button size="sm" variant="secondary" icon={<Braces aria-hidden />} disabled={!hydrated} onClick={() => setShowingJson({ seen: version })}>
              Edit as JSON
            </Button>
            <Button size="sm" variant="primary" icon={<Plus aria-hidden />} disabled={!hydrated} onClick={() => setChoosing(true)}>
              Add a policy
            </Button>
          </span>
        }
        className="overflow-hidden"
      >
        {rows.length === 0 ? (
          <EmptyState icon={<Workflow />} title="No policies yet">
            Calls are checked for key, rule and limits, and go on to your API. Add a policy for what else should happen: CORS, headers, retries, maintenance.
          </EmptyState>
        ) : (
          <SortableList
            label="Policy chain"
            items={rows}
            nameOf={({ entry }) => titleOf(entry)}
            onReorder={reorder}
            disabled={!hydrated}
            render={(row) => (
              <PolicyRow
                row={row}
                definition={definitionOf(row.entry)}
                disabled={!hydrated}
                onEdit={() => setEditing({ id: row.id, entry: row.entry, seen: version })}
                onRemove={() => setRemoving(row)}
                onSwitch={(enabled) => void saveOrSay(shown.with(row.index, { ...row.entry, enabled }), enabled ? `${titleOf(row.entry)} switched on` : `${titleOf(row.entry)} switched off`)}
              />
            )}
          />
        )}
      </Card>
      {choosing && (
        <PolicyGallery
          definitions={definitions}
          registered={registered}
          onClose={() => setChoosing(false)}
          onChoose={(entry) => {
            setChoosing(false)
            setEditing({ id: null, entry, seen: version })
          }}
        />
      )}
      {editing && (
        <PolicyDialog
          entry={editing.entry}
          definition={definitionOf(editing.entry)}
          path={`policies.${placeOf(editing.id)}.configuration`}
          isNew={editing.id === null}
          onClose={() => setEditing(null)}
          onSave={(entry) => save(shown.toSpliced(placeOf(editing.id), 1, entry), `${titleOf(entry)} ${editing.id === null ? 'added' : 'saved'}`, editing.seen ?? version)}
        />
      )}
      {showingJson && <PolicyJson policies={policies} onClose={() => setShowingJson(null)} onSave={(next) => save(next, 'Chain saved', showingJson.seen ?? version)} />}
      {removing && (
        <ConfirmDialog
          open
          onOpenChange={() => setRemoving(null)}
          title={`Remove ${titleOf(removing.entry)}`}
          confirmLabel="Remove policy"
          onConfirm={() => saveOrSay(shown.filter((_, index) => index !== removing.index), `${titleOf(removing.entry)} removed`)}
        >
          Its settings go with it. Staging runs without it at once, production after the next promotion.
        </ConfirmDialog>
      )}
    </>
  )
}

function whatNow(isEditing: boolean, isJson: boolean): string {
  if (isJson) return 'What you typed is still here. Save again to put it in the place of the whole chain as it is now.'
  return isEditing ? 'What you typed is still here. Save again to put it into the chain as it is now.' : 'It is shown as it is now: please try again.'
}

/** A policy is known by its name, not by its place: whoever moves one by keyboard keeps hold of it when the saved order arrives. */
function rowsOf(chain: PolicyEntry[]): Row[] {
  return chain.map((entry, index) => ({ id: `${entry.name} ${chain.slice(0, index).filter(({ name }) => name === entry.name).length}`, index, entry }))
}

function PolicyRow({ row: { entry }, definition, disabled, onEdit, onRemove, onSwitch }: { row: Row; definition: Definition | null; disabled: boolean; onEdit: () => void; onRemove: () => void; onSwitch: (enabled: boolean) => void }) {
  const title = definition?.title ?? entry.name
  if (definition?.kind === 'line')
    return (
      <div className="min-w-0 py-2.5">
        <p className="flex min-w-0 flex-wrap items-center gap-x-2">
          <span className="font-semibold">{title}</span>
          <Badge tone="accent">The gateway’s own steps</Badge>
        </p>
        <p className="text-xs text-text-3">{definition.sentence}</p>
      </div>
    )
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 py-2.5">
      <div className="min-w-0 flex-1 basis-52">
        <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-0 truncate font-semibold">{title}</span>
          {!entry.enabled && <Badge>Off</Badge>}
          {!definition && <Badge tone="warn">Only for self-managed gateways</Badge>}
          {definition?.kind === 'inert' && <Badge>Without effect here</Badge>}
        </p>
        <p className="text-xs text-text-3">{definition?.sentence ?? `Version ${entry.version}. Kept and handed to gateways of your own; ours goes on without it.`}</p>
      </div>
      <span className="flex shrink-0 items-center gap-1">
        <Switch aria-label={`${title} is on`} checked={entry.enabled} disabled={disabled} onChange={(event) => onSwitch(event.target.checked)} />
        <Button variant="ghost" size="icon-sm" aria-label={`Edit ${title}`} title="Edit" disabled={disabled} icon={<Pencil aria-hidden />} onClick={onEdit} />
        <Button variant="ghost" size="icon-sm" aria-label={`Remove ${title}`} title="Remove" disabled={disabled} icon={<Trash2 aria-hidden />} onClick={onRemove} />
      </span>
    </div>
  )
}

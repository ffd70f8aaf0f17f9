'use client'

import { Plus, Trash2 } from 'lucide-react'
import { useId, useState } from 'react'
import { VerbBadge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { Checkbox } from '@/components/ui/choice'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import type { OauthScope } from '@/lib/products/gateway-config'
import { updateOauthSettingsAction } from '../actions'

type Method = { id: number; name: string; verb: string | null }
type Draft = OauthScope & { key: number }

const isRead = ({ verb }: Method) => verb === 'GET' || verb === 'HEAD' || verb === 'OPTIONS'
// Of a method made by hand nobody knows which it is: the tenant ticks it himself.
const isWrite = (method: Method) => method.verb !== null && !isRead(method)

export function Scopes({ productId, scopes, methods }: { productId: number; scopes: OauthScope[]; methods: Method[] }) {
  const [drafts, setDrafts] = useState<Draft[]>(() => scopes.map((scope, key) => ({ ...scope, key })))
  const [nextKey, setNextKey] = useState(scopes.length)
  const add = (...added: OauthScope[]) => {
    setDrafts([...drafts, ...added.map((scope, index) => ({ ...scope, key: nextKey + index }))])
    setNextKey(nextKey + added.length)
  }
  const change = (key: number, to: Partial<OauthScope>) => setDrafts(drafts.map((draft) => (draft.key === key ? { ...draft, ...to } : draft)))
  const open = new Set(drafts.flatMap((draft) => (draft.methods === 'all' ? methods.map((method) => method.id) : draft.methods)))
  const closed = drafts.length === 0 ? [] : methods.filter((method) => !open.has(method.id))
  const idsOf = (wanted: Method[]) => wanted.map((method) => method.id)
  return (
    <Card id="scopes" title="Scopes" description="What an end user may allow or refuse an application. The gateway lets a token call the methods its scopes open, and no others.">
      <ActionForm
        action={updateOauthSettingsAction}
        toInput={() => ({ productId, scopes: drafts.map(({ name, sentence, methods: opened }) => ({ name, sentence, methods: opened })) })}
        success="Scopes saved"
      >
        {drafts.length === 0 && (
          <div className="rounded-lg border border-dashed border-line-strong p-4 text-sm">
            <p>No scopes yet: a token opens whatever its application’s plan opens.</p>
            {methods.length > 0 && (
              <Button
                size="sm"
                className="mt-3"
                onClick={() =>
                  add(
                    { name: 'read', sentence: 'See your data', methods: idsOf(methods.filter(isRead)) },
                    { name: 'write', sentence: 'Change your data', methods: idsOf(methods.filter(isWrite)) },
                  )
                }
              >
                Begin with read and write
              </Button>
            )}
          </div>
        )}
        <ul className="flex flex-col gap-4 empty:hidden">
          {drafts.map((draft, index) => (
            <ScopeFields
              key={draft.key}
              scope={draft}
              index={index}
              methods={methods}
              onChange={(to) => change(draft.key, to)}
              onRemove={() => setDrafts(drafts.filter((each) => each.key !== draft.key))}
            />
          ))}
        </ul>
        {closed.length > 0 && (
          <Callout kind="warning" title={closed.length === 1 ? 'One method is in no scope' : `${closed.length} methods are in no scope`}>
            No token can call {closed.length === 1 ? 'it' : 'them'}: {closed.slice(0, 5).map((method) => method.name).join(', ')}
            {closed.length > 5 ? ` and ${closed.length - 5} more` : ''}.
          </Callout>
        )}
        <FormActions>
          <SubmitButton variant="secondary">Save scopes</SubmitButton>
          <Button variant="ghost" icon={<Plus aria-hidden />} onClick={() => add({ name: '', sentence: '', methods: 'all' })}>
            Add scope
          </Button>
        </FormActions>
      </ActionForm>
    </Card>
  )
}

function ScopeFields({ scope, index, methods, onChange, onRemove }: { scope: Draft; index: number; methods: Method[]; onChange: (to: Partial<OauthScope>) => void; onRemove: () => void }) {
  const [filter, setFilter] = useState('')
  const listId = useId()
  const position = index + 1
  const chosen = scope.methods === 'all' ? null : new Set(scope.methods)
  const shown = methods.filter((method) => method.name.toLowerCase().includes(filter.trim().toLowerCase()))
  const toggle = (id: number, on: boolean) => onChange({ methods: on ? [...(chosen ?? []), id] : [...(chosen ?? [])].filter((each) => each !== id) })
  return (
    <li className="rounded-lg border border-line p-4">
      <div className="grid items-start gap-3 sm:grid-cols-[12rem_minmax(0,1fr)_auto]">
        <Field label="Name" name={`scopes.${index}.name`} hint="As clients ask for it.">
          <Input required mono value={scope.name} onChange={(event) => onChange({ name: event.target.value })} maxLength={64} placeholder="read" spellCheck={false} autoCapitalize="none" />
        </Field>
        <Field label="Sentence" name={`scopes.${index}.sentence`} hint="What the end user reads when asked.">
          <Input required value={scope.sentence} onChange={(event) => onChange({ sentence: event.target.value })} maxLength={200} placeholder="See your orders" />
        </Field>
        <Button variant="ghost" size="sm" className="justify-self-start sm:mt-6" icon={<Trash2 aria-hidden />} onClick={onRemove} aria-label={`Remove scope ${scope.name || position}`}>
          Remove
        </Button>
      </div>
      <div className="mt-3 flex flex-col gap-2">
        <Checkbox label="Opens every method" checked={scope.methods === 'all'} onChange={(event) => onChange({ methods: event.currentTarget.checked ? 'all' : methods.map((method) => method.id) })} />
        {chosen && (
          <>
            <div className="flex flex-wrap items-center gap-2">
              <Input className="max-w-56" value={filter} onChange={(event) => setFilter(event.target.value)} placeholder="Find a method" aria-label={`Find a method for scope ${scope.name || position}`} aria-controls={listId} />
              <Button size="sm" variant="ghost" onClick={() => onChange({ methods: methods.filter(isRead).map((method) => method.id) })}>
                Reads
              </Button>
              <Button size="sm" variant="ghost" onClick={() => onChange({ methods: methods.filter(isWrite).map((method) => method.id) })}>
                Writes
              </Button>
              <Button size="sm" variant="ghost" onClick={() => onChange({ methods: [] })}>
                None
              </Button>
              <span className="num text-xs text-text-2">
                {chosen.size} of {methods.length} chosen
              </span>
            </div>
            <ul id={listId} className="max-h-64 overflow-y-auto rounded-md border border-line">
              {shown.map((method) => (
                <li key={method.id} className="border-b border-line px-3 py-1.5 last:border-b-0">
                  <Checkbox
                    checked={chosen.has(method.id)}
                    onChange={(event) => toggle(method.id, event.currentTarget.checked)}
                    label={
                      <span className="flex min-w-0 items-center gap-2">
                        {method.verb && <VerbBadge verb={method.verb} />}
                        <span className="min-w-0 break-words">{method.name}</span>
                      </span>
                    }
                  />
                </li>
              ))}
              {shown.length === 0 && <li className="px-3 py-2 text-sm text-text-2">{methods.length === 0 ? 'This product has no methods yet.' : 'No method is named like that.'}</li>}
            </ul>
          </>
        )}
      </div>
    </li>
  )
}

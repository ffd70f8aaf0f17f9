'use client'

import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Checkbox } from '@/components/ui/choice'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import type { OidcIssuer } from '@/lib/products/gateway-config'
import { setOidcIssuersAction } from '../actions'

type Draft = OidcIssuer & { key: number }

const blank: OidcIssuer = { issuer: '', audience: '', claim: 'azp', algorithms: [] }

export function Issuers({ productId, issuers, algorithms }: { productId: number; issuers: OidcIssuer[]; algorithms: string[] }) {
  const [drafts, setDrafts] = useState<Draft[]>(() => (issuers.length > 0 ? issuers : [blank]).map((issuer, key) => ({ ...issuer, key })))
  const [nextKey, setNextKey] = useState(Math.max(1, issuers.length))
  const change = (key: number, to: Partial<OidcIssuer>) => setDrafts(drafts.map((draft) => (draft.key === key ? { ...draft, ...to } : draft)))
  return (
    <Card id="issuers" title="Identity providers" description="Tokens of these issuers are taken. Their keys are found by discovery and followed when they change.">
      <ActionForm action={setOidcIssuersAction} toInput={() => ({ productId, issuers: drafts.map(({ key: _, ...issuer }) => issuer) })} success="Identity providers saved">
        {drafts.length === 0 && <p className="text-sm text-text-2">None: every call is refused.</p>}
        <ul className="flex flex-col gap-4 empty:hidden">
          {drafts.map((draft, index) => (
            <li key={draft.key} className="flex flex-col gap-3 rounded-lg border border-line p-4">
              <Field label="Issuer" name={`issuers.${index}.issuer`} hint="Exactly as the tokens name it in iss.">
                <Input required type="url" mono value={draft.issuer} onChange={(event) => change(draft.key, { issuer: event.target.value })} placeholder="https://login.example.com/realms/acme" spellCheck={false} />
              </Field>
              <div className="grid gap-3 sm:grid-cols-2">
                <Field label="Audience" name={`issuers.${index}.audience`} optional hint="Tokens must be made for it. Empty: for anybody.">
                  <Input mono value={draft.audience} onChange={(event) => change(draft.key, { audience: event.target.value })} placeholder="https://api.example.com" spellCheck={false} />
                </Field>
                <Field label="Claim with the application id" name={`issuers.${index}.claim`} hint="Usually azp; a dot leads deeper, as in resource.client.">
                  <Input required mono value={draft.claim} onChange={(event) => change(draft.key, { claim: event.target.value })} spellCheck={false} autoCapitalize="none" />
                </Field>
              </div>
              <fieldset>
                <legend className="text-sm font-semibold">Algorithms</legend>
                <p className="mb-1.5 text-xs text-text-3">None ticked: those the provider announces.</p>
                <div className="flex flex-wrap gap-x-4 gap-y-2">
                  {algorithms.map((algorithm) => (
                    <Checkbox
                      key={algorithm}
                      label={algorithm}
                      checked={draft.algorithms.includes(algorithm)}
                      onChange={(event) => change(draft.key, { algorithms: event.currentTarget.checked ? [...draft.algorithms, algorithm] : draft.algorithms.filter((each) => each !== algorithm) })}
                    />
                  ))}
                </div>
              </fieldset>
              <div>
                <Button variant="ghost" size="sm" icon={<Trash2 aria-hidden />} onClick={() => setDrafts(drafts.filter((each) => each.key !== draft.key))} aria-label={`Remove issuer ${draft.issuer || index + 1}`}>
                  Remove
                </Button>
              </div>
            </li>
          ))}
        </ul>
        <FormActions>
          <SubmitButton variant="secondary">Save identity providers</SubmitButton>
          <Button
            variant="ghost"
            icon={<Plus aria-hidden />}
            onClick={() => {
              setDrafts([...drafts, { ...blank, key: nextKey }])
              setNextKey(nextKey + 1)
            }}
          >
            Add issuer
          </Button>
        </FormActions>
      </ActionForm>
    </Card>
  )
}

'use client'

import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { editBackendAction } from '../../actions'

const SERVERS_MAX = 20

export function Servers({ backendId, servers, hostHeader }: { backendId: number; servers: { url: string; weight: number }[]; hostHeader: string | null }) {
  const [lines, setLines] = useState(() => servers.map((server, index) => ({ key: index, url: server.url, weight: String(server.weight) })))
  const change = (key: number, part: { url?: string; weight?: string }) => setLines((before) => before.map((line) => (line.key === key ? { ...line, ...part } : line)))
  const total = lines.reduce((sum, line) => sum + (Number(line.weight) || 0), 0)
  return (
    <Card id="servers" title="Servers" description="Calls are shared by weight among the servers that are healthy. The first one is the private base URL.">
      <ActionForm
        action={editBackendAction}
        toInput={(input) => ({ backendId, hostHeader: input.hostHeader, servers: lines.map(({ url, weight }) => ({ url, weight })) })}
        success="Servers saved"
      >
        <div className="flex flex-col gap-3">
          {lines.map((line, index) => (
            <div key={line.key} className="grid items-start gap-x-3 gap-y-2 max-sm:grid-cols-[minmax(0,1fr)_3.5rem_2rem] sm:grid-cols-[minmax(0,1fr)_7rem_4.5rem_2rem]">
              <Field label={index === 0 ? 'Private base URL' : `Server ${index + 1}`} name={`servers.${index}.url`} className="max-sm:col-span-3">
                <Input required mono value={line.url} onChange={(event) => change(line.key, { url: event.target.value })} placeholder="https://api.internal.example.com:8443" spellCheck={false} autoCapitalize="none" inputMode="url" />
              </Field>
              {lines.length > 1 && (
                <>
                  <Field label="Weight" name={`servers.${index}.weight`}>
                    <Input type="number" required min={1} max={100} value={line.weight} onChange={(event) => change(line.key, { weight: event.target.value })} />
                  </Field>
                  <p className="num pt-7.5 text-text-2">{total > 0 ? `${Math.round(((Number(line.weight) || 0) / total) * 100)} %` : ''}</p>
                  <Button
                    variant="ghost"
                    size="icon-sm"
                    className="mt-6.5"
                    aria-label={`Remove server ${index + 1}`}
                    title="Remove"
                    icon={<Trash2 aria-hidden />}
                    onClick={() => setLines((before) => before.filter((each) => each.key !== line.key))}
                  />
                </>
              )}
            </div>
          ))}
          <div>
            <Button
              size="sm"
              icon={<Plus aria-hidden />}
              disabled={lines.length >= SERVERS_MAX}
              onClick={() => setLines((before) => [...before, { key: Math.max(...before.map((line) => line.key)) + 1, url: '', weight: '1' }])}
            >
              Add a server
            </Button>
          </div>
        </div>
        <Field label="Host header" name="hostHeader" optional hint="What the API sees as its host. Left empty: that of the server." className="lg:max-w-md">
          <Input mono defaultValue={hostHeader ?? ''} placeholder="api.example.com" spellCheck={false} autoCapitalize="none" />
        </Field>
        <FormActions>
          <SubmitButton variant="secondary">Save servers</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}

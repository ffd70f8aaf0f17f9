'use client'

import { FileUp } from 'lucide-react'
import { useRef, useState, useTransition, type DragEvent } from 'react'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { Checkbox, RadioGroup } from '@/components/ui/choice'
import { cn } from '@/components/ui/class-names'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Textarea } from '@/components/ui/textarea'
import type { ImportPlan } from '@/lib/products/openapi/plan-import'
import { previewImportAction } from '../actions'
import type { ImportRequest } from '../_input'

const BYTES_MAX = 10 * 1024 * 1024

/** File, paste or address; then a look at what would happen. */
export function ChooseDocument({ productId, onPlan }: { productId: number; onPlan: (request: ImportRequest, plan: ImportPlan) => void }) {
  const [file, setFile] = useState<{ name: string; text: string } | null>(null)
  const [over, setOver] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [pending, start] = useTransition()
  const picker = useRef<HTMLInputElement>(null)

  async function take(chosen: File | undefined) {
    if (!chosen) return
    if (chosen.size > BYTES_MAX) return setProblem(`${chosen.name} is larger than 10 MB.`)
    setProblem(null)
    setFile({ name: chosen.name, text: await chosen.text() })
  }

  function onDrop(event: DragEvent) {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer.files[0])
  }

  return (
    <form
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        const form = new FormData(event.currentTarget)
        const text = file?.text ?? String(form.get('text') ?? '')
        const request: ImportRequest = {
          productId,
          ...(text.trim() ? { text } : { url: String(form.get('url') ?? '') }),
          naming: form.get('naming') === 'summary' ? 'summary' : 'path',
          removeMissing: form.get('removeMissing') !== null,
        }
        start(async () => {
          const answer = await previewImportAction(request).catch(() => null)
          if (answer?.ok) onPlan(request, answer.data)
          else setProblem(answer ? (Object.values(answer.error.fields ?? {}).flat()[0] ?? answer.error.message) : 'We could not reach the server. Check your connection and try again.')
        })
      }}
    >
      {problem && (
        <Callout kind="danger" title="This document cannot be imported">
          {problem}
        </Callout>
      )}
      <Card title="Your OpenAPI document" description="OpenAPI 3.0 or 3.1, or Swagger 2.0; JSON or YAML; up to 10 MB.">
        <div
          onDragOver={(event) => {
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={onDrop}
          className={cn('flex flex-col items-center gap-3 rounded-lg border border-dashed px-4 py-8 text-center', over ? 'border-accent bg-accent-soft' : 'border-line-strong')}
        >
          <FileUp aria-hidden className="size-6 text-text-3" />
          <p aria-live="polite">{file ? <span className="font-semibold">{file.name}</span> : 'Drop the file here'}</p>
          <div className="flex gap-2">
            <Button onClick={() => picker.current?.click()}>{file ? 'Choose another file' : 'Choose a file'}</Button>
            {file && (
              <Button variant="ghost" onClick={() => setFile(null)}>
                Take it back
              </Button>
            )}
          </div>
          <input ref={picker} type="file" aria-label="OpenAPI file" accept=".json,.yaml,.yml,application/json,application/yaml" className="sr-only" tabIndex={-1} onChange={(event) => void take(event.target.files?.[0])} />
        </div>
        {!file && (
          <div className="mt-4 grid gap-4 lg:grid-cols-2">
            <Field label="Or paste it" name="text">
              <Textarea rows={6} mono spellCheck={false} placeholder="openapi: 3.1.0" />
            </Field>
            <Field label="Or give its address" name="url" hint="We fetch it once, now.">
              <Input type="url" mono placeholder="https://api.example.com/openapi.json" />
            </Field>
          </div>
        )}
      </Card>
      <Card title="How to import">
        <div className="flex flex-col gap-4">
          <RadioGroup
            name="naming"
            legend="Name methods by"
            defaultValue="path"
            options={[
              { value: 'path', label: 'Verb and path', hint: 'GET statuses/mentions_timeline' },
              { value: 'summary', label: 'The document’s summaries', hint: 'Get recent mentions' },
            ]}
          />
          <Checkbox name="removeMissing" value="yes" defaultChecked label="Remove methods of an earlier import that this document no longer has" hint="Those with usage or limits are kept and marked." />
        </div>
      </Card>
      <div>
        <Button type="submit" variant="primary" pending={pending}>
          Preview the import
        </Button>
      </div>
    </form>
  )
}

'use client'

import { FileUp } from 'lucide-react'
import { useEffect, useRef, useState, type DragEvent } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { Field, FieldError } from '@/components/ui/field'
import { Textarea } from '@/components/ui/textarea'

const BYTES_MAX = 10 * 1024 * 1024

/** The document: pasted, dropped or chosen. `problemLine` is where the server stumbled; it is shown and marked. */
export function SpecSource({ defaultValue = '', problemLine }: { defaultValue?: string; problemLine: { line: number } | null }) {
  const [over, setOver] = useState(false)
  const [refused, setRefused] = useState<string | null>(null)
  const [fileName, setFileName] = useState<string | null>(null)
  const picker = useRef<HTMLInputElement>(null)
  const box = useRef<HTMLDivElement>(null)

  useEffect(() => {
    const area = box.current?.querySelector('textarea')
    if (problemLine && area) showLine(area, problemLine.line)
  }, [problemLine])

  async function take(file: File | undefined) {
    const area = box.current?.querySelector('textarea')
    if (!file || !area) return
    if (file.size > BYTES_MAX) return setRefused(`${file.name} is larger than 10 MB.`)
    setRefused(null)
    setFileName(file.name)
    area.value = await file.text()
    area.dispatchEvent(new Event('input', { bubbles: true }))
  }

  function onDrop(event: DragEvent) {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer.files[0])
  }

  return (
    <div
      ref={box}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
      className={cn('flex flex-col gap-2 rounded-lg', over && 'outline-2 outline-offset-4 outline-accent outline-dashed')}
    >
      <Field label="Document" name="source" hint="OpenAPI 3.0 or 3.1, or Swagger 2.0; JSON or YAML; up to 10 MB. Paste it, or drop a file here.">
        <Textarea rows={18} mono spellCheck={false} defaultValue={defaultValue} placeholder="openapi: 3.1.0" className="whitespace-pre" />
      </Field>
      <div className="flex flex-wrap items-center gap-3">
        <Button size="sm" icon={<FileUp aria-hidden />} onClick={() => picker.current?.click()}>
          Choose a file
        </Button>
        <span aria-live="polite" className="text-xs text-text-2">
          {fileName}
        </span>
      </div>
      {refused && <FieldError>{refused}</FieldError>}
      <input ref={picker} type="file" aria-label="API document file" accept=".json,.yaml,.yml,application/json,application/yaml" className="sr-only" tabIndex={-1} onChange={(event) => void take(event.target.files?.[0])} />
    </div>
  )
}

/** Marks the line and brings it a few lines below the upper edge. */
function showLine(area: HTMLTextAreaElement, line: number) {
  const lines = area.value.split('\n')
  const start = lines.slice(0, line - 1).reduce((length, each) => length + each.length + 1, 0)
  area.focus()
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
  area.scrollTop = Math.max(0, line - 4) * (parseFloat(getComputedStyle(area).lineHeight) || 20)
}

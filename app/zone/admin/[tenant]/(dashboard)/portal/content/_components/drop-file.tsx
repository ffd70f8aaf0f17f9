'use client'

import { FileUp } from 'lucide-react'
import { useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { FieldError } from '@/components/ui/field'
import { bytes } from '@/components/ui/format'

const accepted = '.png,.jpg,.jpeg,.gif,.webp,.avif,.ico,.svg,.woff,.woff2,.ttf,.otf,.css,.js,.mjs,.txt,.json,.xml,.pdf'

/** A place to drop a file, and a button for everybody else. */
export function DropFile({ file, error, onChoose }: { file: File | null; error?: string; onChoose: (file: File) => void }) {
  const [over, setOver] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const take = (chosen: File | undefined) => chosen && onChoose(chosen)
  return (
    <div className="flex flex-col gap-1.5">
      <p className="text-sm font-semibold">File</p>
      <div
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          take(event.dataTransfer.files[0])
        }}
        className={cn('flex flex-col items-center gap-2 rounded-lg border border-dashed px-4 py-6 text-center', over ? 'border-accent bg-accent-soft' : 'border-line-strong')}
      >
        <FileUp aria-hidden className="size-5 text-text-3" />
        <p aria-live="polite" className="max-w-full truncate">
          {file ? (
            <>
              <span className="font-semibold">{file.name}</span> <span className="text-text-2">{bytes(file.size)}</span>
            </>
          ) : (
            'Drop the file here'
          )}
        </p>
        <Button size="sm" onClick={() => picker.current?.click()}>
          {file ? 'Choose another file' : 'Choose a file'}
        </Button>
        <input ref={picker} type="file" aria-label="File" accept={accepted} className="sr-only" tabIndex={-1} onChange={(event) => take(event.target.files?.[0])} />
      </div>
      <p className="text-xs text-text-3">Images, fonts, CSS, JavaScript, text, JSON, XML or PDF; up to 20 MB.</p>
      {error && <FieldError>{error}</FieldError>}
    </div>
  )
}

'use client'

import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { useCallAction } from '@/components/ui/call-action'
import { Callout } from '@/components/ui/callout'
import { useHydrated } from '@/components/ui/form'
import { RelativeTime } from '@/components/ui/relative-time'
import { readFileTextAction, saveFileTextAction } from '../_actions'
import type { EditorLanguage } from './code-editor'
import { ConflictNotice } from './conflict-notice'
import { LazyCodeEditor } from './lazy-code-editor'
import { LeaveDialog } from './leave-dialog'
import { useSaveKey } from './use-save-key'
import { useUnsavedText } from './use-unsaved-text'

/** A style sheet, script or other text in place. Files have no drafts: what is saved is served. */
export function FileEditor({ file, opened }: { file: { id: number; path: string; updatedAt: Date }; opened: string }) {
  const router = useRouter()
  const call = useCallAction()
  const hydrated = useHydrated()
  const [saved, setSaved] = useState({ text: opened, updatedAt: file.updatedAt })
  const [refusal, setRefusal] = useState<string | null>(null)
  const [conflict, setConflict] = useState<{ message: string; text: string; updatedAt: Date } | null>(null)
  const [pending, start] = useTransition()
  const unsaved = useUnsavedText({ place: `file/${file.id}`, version: saved.updatedAt.toISOString(), saved: saved.text })

  const save = () =>
    start(async () => {
      const text = unsaved.text
      setRefusal(null)
      const result = await call(saveFileTextAction, { fileId: file.id, text, basedOn: saved.updatedAt })
      if (!result) return
      if (result.ok) {
        setSaved({ text, updatedAt: result.data!.updatedAt })
        setConflict(null)
        toast.success('Saved', { description: 'It is served from now on.' })
        return router.refresh()
      }
      const read = result.error.code === 'conflict' ? await call(readFileTextAction, { fileId: file.id }) : undefined
      if (read?.ok && read.data && read.data.updatedAt.getTime() !== saved.updatedAt.getTime()) setConflict({ message: result.error.message, ...read.data })
      else setRefusal(result.error.fields?.text?.[0] ?? result.error.message)
    })
  useSaveKey(() => {
    if (!pending && unsaved.dirty) save()
  })

  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p role="status" className="text-text-2">
          {unsaved.dirty && <span className="font-semibold text-text">Unsaved changes · </span>}
          saved <RelativeTime at={saved.updatedAt} /> · this is what visitors get
        </p>
        <Button variant="primary" pending={pending} disabled={!hydrated || !unsaved.dirty} onClick={save}>
          Save file
        </Button>
      </div>
      {conflict && (
        <ConflictNotice
          message={conflict.message}
          mine={unsaved.text}
          theirs={conflict.text}
          onTakeTheirs={() => {
            setSaved(conflict)
            unsaved.setText(conflict.text)
            setConflict(null)
          }}
          onKeepMine={() => {
            setSaved(conflict)
            setConflict(null)
            toast.info('Save to replace their version with yours')
          }}
        />
      )}
      {refusal && (
        <Callout kind="danger" title="Not saved">
          {refusal}
        </Callout>
      )}
      <LazyCodeEditor value={unsaved.text} onChange={unsaved.setText} language={languageOf(file.path)} label="File text" describedBy="editor-keys" />
      <p id="editor-keys" className="text-xs text-text-3">
        Tab indents; press Esc, then Tab to leave the editor. Ctrl S or ⌘ S saves.
      </p>
      <LeaveDialog to={unsaved.leavingTo} onStay={unsaved.stay} onLeave={unsaved.forget} />
    </div>
  )
}

function languageOf(path: string): EditorLanguage {
  if (path.endsWith('.css')) return 'css'
  return /\.(svg|xml)$/i.test(path) ? 'html' : 'text'
}

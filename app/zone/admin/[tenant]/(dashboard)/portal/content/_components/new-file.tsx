'use client'

import { useRouter } from 'next/navigation'
import { useRef, useState, type SubmitEvent } from 'react'
import { toast } from 'sonner'
import { Callout } from '@/components/ui/callout'
import { Checkbox } from '@/components/ui/choice'
import { DialogActions } from '@/components/ui/dialog-actions'
import { Field } from '@/components/ui/field'
import { bytes } from '@/components/ui/format'
import { Input } from '@/components/ui/input'
import { ProgressBar } from '@/components/ui/progress'
import { DropFile } from './drop-file'
import { suggestPath, uploadBytesMax, uploadFile } from './upload'

/** Path and file; a path nobody typed follows the file's name. Then on to the file, which tells how to use it. */
export function NewFile({ onCancel }: { onCancel: () => void }) {
  const router = useRouter()
  const [path, setPath] = useState('')
  const [typed, setTyped] = useState(false)
  const [file, setFile] = useState<File | null>(null)
  const [replace, setReplace] = useState(false)
  const [errors, setErrors] = useState<Record<string, string[]>>({})
  const [general, setGeneral] = useState<string | null>(null)
  const [progress, setProgress] = useState<{ sent: number; total: number } | null>(null)
  const abort = useRef<AbortController>(null)

  function choose(chosen: File) {
    setFile(chosen)
    setErrors(chosen.size > uploadBytesMax ? { file: ['A file has at most 20 MB.'] } : {})
    if (!typed) setPath(suggestPath(chosen.name))
  }

  async function onSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault()
    if (!file) return setErrors({ file: ['Choose a file.'] })
    if (file.size > uploadBytesMax) return
    setErrors({})
    setGeneral(null)
    abort.current = new AbortController()
    setProgress({ sent: 0, total: file.size })
    const answer = await uploadFile({ path, file, replace }, (sent, total) => setProgress({ sent, total }), abort.current.signal)
    setProgress(null)
    if (!answer.ok) {
      setErrors(answer.fields)
      setGeneral(Object.keys(answer.fields).length > 0 ? null : answer.message)
      return
    }
    toast.success(`${answer.path} is served on your portal`)
    router.push(`/portal/content/file/${answer.id}`)
  }

  return (
    <form method="post" onSubmit={(event) => void onSubmit(event)} className="flex flex-col gap-4">
      {general && <Callout kind="danger">{general}</Callout>}
      <Field label="Path" name="path" error={errors.path?.[0]} hint="Where browsers find it, for example /images/icon.ico. Its ending says what it is.">
        <Input
          required
          mono
          autoFocus
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          placeholder="/images/icon.ico"
          value={path}
          onChange={(event) => {
            setPath(event.target.value)
            setTyped(event.target.value !== '')
          }}
        />
      </Field>
      <DropFile file={file} error={errors.file?.[0]} onChoose={choose} />
      <Checkbox label="Replace what may be there already" checked={replace} onChange={(event) => setReplace(event.target.checked)} />
      {progress && <ProgressBar label="Uploading" done={progress.sent} total={progress.total} unit={`bytes (${bytes(progress.total)})`} onCancel={() => abort.current?.abort()} />}
      <DialogActions pending={progress !== null} onCancel={onCancel}>Upload file</DialogActions>
    </form>
  )
}

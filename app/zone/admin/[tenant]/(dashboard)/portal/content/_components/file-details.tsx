'use client'

import { useRouter } from 'next/navigation'
import { useRef, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Checkbox } from '@/components/ui/choice'
import { Copyable } from '@/components/ui/copy-button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { bytes } from '@/components/ui/format'
import { Input } from '@/components/ui/input'
import { ProgressBar } from '@/components/ui/progress'
import { RelativeTime } from '@/components/ui/relative-time'
import { useDelete } from '@/components/ui/use-delete'
import { deleteFileAction, editFileAction } from '../_actions'
import { uploadFile } from './upload'

export type PortalFile = { id: number; path: string; contentType: string; size: number; downloadable: boolean; updatedAt: Date }

/** What a file is, how a template uses it, and what may be done with it. */
export function FileDetails({ file, url, image }: { file: PortalFile; url: string; image: string | null }) {
  const remove = useDelete({ name: file.path, goTo: '/portal/content?kind=file' })
  const snippet = snippetFor(file)
  return (
    <div className="flex flex-col gap-4">
      <Card title="File">
        {image && (
          <span className="mb-3 grid place-items-center rounded-lg border border-line bg-sunken p-4">
            {/* A tenant's own picture, by value: no other address is asked. */}
            <img src={image} alt="" className="max-h-40 max-w-full" />
          </span>
        )}
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-2">
          <dt className="text-text-2">Type</dt>
          <dd className="font-mono text-[13px]">{file.contentType}</dd>
          <dt className="text-text-2">Size</dt>
          <dd className="num">{bytes(file.size)}</dd>
          <dt className="text-text-2">Changed</dt>
          <dd>
            <RelativeTime at={file.updatedAt} />
          </dd>
        </dl>
        <div className="mt-3 flex flex-col gap-1.5">
          <p className="text-sm font-semibold">Address</p>
          <Copyable value={url} label="Copy address" />
        </div>
        {snippet && (
          <div className="mt-3 flex flex-col gap-1.5">
            <p className="text-sm font-semibold">{snippet.label}</p>
            <Copyable value={snippet.code} label="Copy the line" />
          </div>
        )}
      </Card>
      <Card title="Settings">
        <ActionForm action={editFileAction} toInput={(input) => ({ ...input, fileId: file.id })} success="Settings saved">
          <Field label="Path" name="path">
            <Input required mono maxLength={200} spellCheck={false} defaultValue={file.path} />
          </Field>
          <Checkbox name="downloadable" label="Browsers download it" hint="Instead of showing it." defaultChecked={file.downloadable} />
          <FormActions>
            <SubmitButton variant="secondary">Save settings</SubmitButton>
          </FormActions>
        </ActionForm>
      </Card>
      <div className="flex flex-wrap gap-2">
        <ReplaceFile path={file.path} />
        <ConfirmDialog title={`Delete ${file.path}?`} confirmLabel="Delete file" onConfirm={() => remove(deleteFileAction, { fileId: file.id })} trigger={<Button variant="ghost">Delete file</Button>}>
          Browsers get “Not found” at its path from now on. Take it out of your layouts and pages too.
        </ConfirmDialog>
      </div>
    </div>
  )
}

/** New bytes at the same path. */
function ReplaceFile({ path }: { path: string }) {
  const router = useRouter()
  const picker = useRef<HTMLInputElement>(null)
  const [progress, setProgress] = useState<{ sent: number; total: number } | null>(null)

  async function replace(file: File | undefined) {
    if (!file) return
    setProgress({ sent: 0, total: file.size })
    const answer = await uploadFile({ path, file, replace: true }, (sent, total) => setProgress({ sent, total }), new AbortController().signal)
    setProgress(null)
    if (answer.ok) toast.success(`${path} is replaced`)
    else toast.error(Object.values(answer.fields).flat()[0] ?? answer.message)
    router.refresh()
  }

  return (
    <>
      <Button pending={progress !== null} onClick={() => picker.current?.click()}>
        Upload a new version
      </Button>
      <input ref={picker} type="file" aria-label="New version of the file" className="sr-only" tabIndex={-1} onChange={(event) => void replace(event.target.files?.[0])} />
      {progress && (
        <div className="basis-full">
          <ProgressBar label="Uploading" done={progress.sent} total={progress.total} unit={`bytes (${bytes(progress.total)})`} />
        </div>
      )}
    </>
  )
}

/** The line that takes the file into a layout or page. */
function snippetFor({ path, contentType }: PortalFile): { label: string; code: string } | null {
  if (contentType === 'image/x-icon') return { label: 'As favicon, in the <head> of a layout', code: `<link rel="shortcut icon" href="${path}">` }
  if (contentType === 'text/css') return { label: 'In the <head> of a layout', code: `<link rel="stylesheet" href="${path}">` }
  if (contentType === 'text/javascript') return { label: 'In a layout or page', code: `<script src="${path}" defer></script>` }
  if (contentType.startsWith('image/')) return { label: 'In a page', code: `<img src="${path}" alt="">` }
  return null
}

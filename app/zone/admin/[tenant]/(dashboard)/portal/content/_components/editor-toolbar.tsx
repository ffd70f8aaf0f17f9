'use client'

import { ChevronDown, EyeOff, MoreHorizontal, RotateCcw, Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { useCallAction } from '@/components/ui/call-action'
import { ConfirmDialog } from '@/components/ui/dialog'
import { useHydrated } from '@/components/ui/form'
import { Menu, type MenuItem } from '@/components/ui/menu'
import type { ContentDetail } from '@/lib/portal/content/list-content'
import type { MailPreview } from '@/lib/portal/content/preview-mail'
import { deleteContentAction, hidePageAction, previewAction, previewMailAction, resetAction } from '../_actions'
import { MailPreviewDialog } from './mail-preview'

export type PreviewAs = { developerId: number; name: string; account: string }

type Question = 'reset' | 'hide' | 'delete'

/** What may be done with a template. One primary: Publish. */
export function EditorToolbar({
  content,
  dirty,
  doing,
  people,
  onSave,
  onPublish,
  saveFirst,
  onChanged,
  onDeleted,
}: {
  content: ContentDetail
  dirty: boolean
  doing: 'save' | 'publish' | null
  people: PreviewAs[]
  onSave: () => void
  onPublish: () => void
  /** A preview shows the saved draft: answers whether there is one of what is typed. */
  saveFirst: () => Promise<boolean>
  onChanged: (content: ContentDetail) => void
  onDeleted: () => void
}) {
  const router = useRouter()
  const call = useCallAction()
  const hydrated = useHydrated()
  const [question, setQuestion] = useState<Question | null>(null)
  const [opening, setOpening] = useState(false)
  const [mail, setMail] = useState<MailPreview | null>(null)
  const { kind, systemName, builtIn, state } = content
  const hasVersion = content.updatedAt !== null
  const ownPage = kind === 'page' && !builtIn

  async function preview(developerId: number | null) {
    // Opened at once: a browser lets a page open a tab only while a click is being handled.
    const tab = window.open('', '_blank')
    setOpening(true)
    const saved = await saveFirst()
    const answer = saved ? await call(previewAction, { kind, systemName, developerId }) : undefined
    setOpening(false)
    if (answer?.ok && answer.data && tab) return tab.location.replace(answer.data.url)
    tab?.close()
    if (answer && !answer.ok) toast.error(answer.error.message)
    if (!tab) toast.error('Your browser did not let us open a tab. Allow pop-ups for this site and try again.')
  }

  async function previewMail() {
    setOpening(true)
    const saved = await saveFirst()
    const result = saved ? await call(previewMailAction, { systemName }) : undefined
    setOpening(false)
    if (result?.ok && result.data) setMail(result.data)
    else if (result && !result.ok) toast.error(result.error.message)
  }

  async function answer(action: typeof resetAction, said: string): Promise<boolean> {
    const result = await call(action, { kind, systemName })
    if (!result) return true
    if (!result.ok) {
      toast.error(result.error.message)
      return false
    }
    onChanged(result.data!.content)
    toast.success(said)
    router.refresh()
    return true
  }

  async function remove(): Promise<boolean> {
    const result = await call(deleteContentAction, { kind, systemName })
    if (!result) return true
    if (!result.ok) {
      toast.error(result.error.message)
      return false
    }
    onDeleted()
    toast.success(builtIn ? 'Your version is removed' : 'Deleted')
    router.push(`/portal/content?kind=${kind}`)
    return true
  }

  const canReset = hasVersion && (builtIn || content.publishedText !== null)
  const more: MenuItem[] = [
    ...(ownPage && (state === 'published' || state === 'changed') ? [{ label: 'Hide from visitors', icon: <EyeOff aria-hidden />, onSelect: () => setQuestion('hide') } satisfies MenuItem] : []),
    ...(hasVersion ? [{ label: builtIn ? 'Remove my version' : `Delete this ${kind}`, icon: <Trash2 aria-hidden />, danger: true, onSelect: () => setQuestion('delete') } satisfies MenuItem] : []),
  ]
  const previews: MenuItem[] = [{ label: 'As a visitor', onSelect: () => void preview(null) }, ...people.map((person) => ({ label: `As ${person.name}`, hint: person.account, onSelect: () => void preview(person.developerId) }))]
  const ask = (which: Question) => ({ open: question === which, onOpenChange: (open: boolean) => setQuestion(open ? which : null) })
  return (
    <div className="flex flex-wrap items-center gap-2">
      {canReset && (
        <Button variant="ghost" icon={<RotateCcw aria-hidden />} onClick={() => setQuestion('reset')}>
          {builtIn ? 'Reset to built-in' : 'Reset to published'}
        </Button>
      )}
      {kind === 'mail' ? (
        <Button pending={opening} disabled={!hydrated || doing !== null} onClick={() => void previewMail()}>
          Preview
        </Button>
      ) : (
        <span className="inline-flex">
          <Button className="rounded-r-none" pending={opening} disabled={!hydrated || doing !== null} onClick={() => void preview(null)}>
            Preview
          </Button>
          <Menu
            trigger={
              <Button className="rounded-l-none border-l-0 px-1.5" aria-label="Preview as" disabled={!hydrated || opening || doing !== null}>
                <ChevronDown aria-hidden />
              </Button>
            }
            items={previews}
          />
        </span>
      )}
      <Button pending={doing === 'save'} disabled={!hydrated || doing !== null || !dirty} onClick={onSave}>
        Save draft
      </Button>
      <Button variant="primary" pending={doing === 'publish'} disabled={!hydrated || doing !== null || (!dirty && (state === 'published' || state === 'built_in'))} onClick={onPublish}>
        Publish
      </Button>
      {more.length > 0 && (
        <Menu
          trigger={
            <Button variant="ghost" size="icon" aria-label="More">
              <MoreHorizontal aria-hidden />
            </Button>
          }
          items={more}
        />
      )}
      <MailPreviewDialog mail={mail} onClose={() => setMail(null)} />
      <ConfirmDialog {...ask('reset')} title={builtIn ? 'Reset to the built-in text?' : 'Reset to the published text?'} confirmLabel="Reset the draft" onConfirm={() => answer(resetAction, 'The draft is reset')}>
        {builtIn ? 'The built-in text becomes your draft.' : 'What visitors see becomes your draft.'} What you changed since is gone. Visitors see no difference until you publish.
      </ConfirmDialog>
      <ConfirmDialog {...ask('hide')} title="Hide this page?" confirmLabel="Hide page" onConfirm={() => answer(hidePageAction, 'The page is hidden')}>
        Visitors get “Page not found” at {content.path} until you publish it again. Its text stays here as a draft.
      </ConfirmDialog>
      <ConfirmDialog {...ask('delete')} title={builtIn ? 'Remove your version?' : `Delete ${content.title}?`} confirmLabel={builtIn ? 'Remove my version' : `Delete ${kind}`} onConfirm={remove}>
        {builtIn ? 'Visitors see the built-in text again, at once. Your text and its draft are gone.' : 'Its text is gone for good.'}
      </ConfirmDialog>
    </div>
  )
}

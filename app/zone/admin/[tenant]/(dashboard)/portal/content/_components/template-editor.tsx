'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useRef, useState, useTransition } from 'react'
import { toast } from 'sonner'
import { useCallAction, type ActionResult } from '@/components/ui/call-action'
import { Callout } from '@/components/ui/callout'
import type { ContentDetail } from '@/lib/portal/content/list-content'
import { publishAction, readContentAction, saveDraftAction } from '../_actions'
import type { EditorLanguage, EditorProblem } from './code-editor'
import { ConflictNotice } from './conflict-notice'
import { EditorToolbar, type PreviewAs } from './editor-toolbar'
import { LazyCodeEditor } from './lazy-code-editor'
import { LeaveDialog } from './leave-dialog'
import type { LayoutChoice } from './page-choices'
import { PageSettings } from './page-settings'
import { StateLine } from './state-line'
import { TemplateHelp } from './template-help'
import { useSaveKey } from './use-save-key'
import { useUnsavedText } from './use-unsaved-text'
import { WithCode } from './with-code'

type Conflict = { message: string; theirs: ContentDetail }

/** One template: its text, what may be done with it, what it may use. */
export function TemplateEditor({ opened, openedProblem, layouts, people }: { opened: ContentDetail; openedProblem: EditorProblem | null; layouts: LayoutChoice[]; people: PreviewAs[] }) {
  const router = useRouter()
  const call = useCallAction()
  const [content, setContent] = useState(opened)
  const [problem, setProblem] = useState(openedProblem)
  const [refusal, setRefusal] = useState<string | null>(null)
  const [conflict, setConflict] = useState<Conflict | null>(null)
  const [doing, setDoing] = useState<'save' | 'publish' | null>(null)
  const [pending, start] = useTransition()
  const { kind, systemName } = content
  const unsaved = useUnsavedText({ place: `${kind}/${systemName}`, version: content.updatedAt?.toISOString() ?? '', saved: content.text })
  const text = useRef(unsaved.text)
  text.current = unsaved.text

  /** A new version of this template: what was typed while it was on its way stays. */
  function take(next: ContentDetail, sent?: string) {
    setContent(next)
    setConflict(null)
    if (sent === undefined || text.current === sent) unsaved.setText(next.text)
  }

  async function fail(error: { code: string; message: string; fields?: Record<string, string[]> }) {
    const line = Number(error.fields?.line?.[0] ?? 0) || null
    const message = error.fields?.body?.[0] ?? error.message
    if (error.code === 'conflict') {
      const read = await call(readContentAction, { kind, systemName })
      const theirs = read?.ok ? read.data : undefined
      if (theirs && theirs.updatedAt?.getTime() !== content.updatedAt?.getTime()) return setConflict({ message: error.message, theirs })
    }
    if (line !== null) setProblem({ line, message: message.replace(/^Line \d+: /, '') })
    setRefusal(message)
  }

  /** Answers whether it worked. */
  async function send(what: 'save' | 'publish'): Promise<boolean> {
    const body = text.current
    const input = { kind, systemName, body, basedOn: content.updatedAt }
    setRefusal(null)
    setDoing(what)
    const result: ActionResult<{ content: ContentDetail; problem?: EditorProblem | null }> | undefined = await call(what === 'save' ? saveDraftAction : publishAction, input)
    setDoing(null)
    if (!result) return false
    if (!result.ok) {
      await fail(result.error)
      return false
    }
    take(result.data!.content, body)
    setProblem(result.data!.problem ?? null)
    if (what === 'publish') toast.success('Published', { description: 'Visitors see it from now on.' })
    else if (result.data!.problem) toast.warning('Draft saved', { description: 'It cannot be published yet.' })
    else toast.success('Draft saved')
    // The lists and the breadcrumb of other pages are told.
    router.refresh()
    return true
  }
  const run = (what: 'save' | 'publish') => start(async () => void (await send(what)))
  useSaveKey(() => {
    if (!pending) run('save')
  })

  // What Liquid said of a line is true only while the text is what it read.
  useEffect(() => setRefusal(null), [unsaved.text])

  const language = languageOf(content)
  const settings = kind === 'page' && <PageSettings key={content.updatedAt?.getTime()} content={content} layouts={layouts} onSaved={(next) => take(next, content.text)} />
  return (
    <div data-wide className="grid gap-6 xl:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex min-w-0 flex-col gap-3">
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <StateLine content={content} dirty={unsaved.dirty} />
          <EditorToolbar
            content={content}
            dirty={unsaved.dirty}
            doing={doing}
            people={people}
            onSave={() => run('save')}
            onPublish={() => run('publish')}
            saveFirst={() => (unsaved.dirty ? send('save') : Promise.resolve(true))}
            onChanged={(next) => {
              take(next)
              setProblem(null)
              setRefusal(null)
            }}
            onDeleted={unsaved.forget}
          />
        </div>
        {unsaved.restored && unsaved.dirty && (
          <Callout kind="info" title="Your unsaved changes are back">
            You left this page before saving.{' '}
            <button
              type="button"
              className="link"
              onClick={() => {
                unsaved.setText(content.text)
                unsaved.dismissRestored()
              }}
            >
              Throw them away
            </button>
          </Callout>
        )}
        {conflict && (
          <ConflictNotice
            message={conflict.message}
            mine={unsaved.text}
            theirs={conflict.theirs.text}
            onTakeTheirs={() => take(conflict.theirs)}
            onKeepMine={() => {
              // The next save begins from their version and so replaces it.
              take(conflict.theirs, '\0')
              toast.info('Save to replace their version with yours')
            }}
          />
        )}
        {refusal ? (
          <Callout kind="danger" title="Not published">
            <WithCode text={refusal} />
          </Callout>
        ) : (
          problem && (
            <Callout kind="warning" title="Liquid cannot read this draft">
              {problem.line === null ? '' : `Line ${problem.line}: `}
              <WithCode text={problem.message} />
            </Callout>
          )
        )}
        <LazyCodeEditor value={unsaved.text} onChange={unsaved.setText} language={language} label="Template text" describedBy="editor-keys" problem={problem} />
        <p id="editor-keys" className="text-xs text-text-3">
          Tab indents; press Esc, then Tab to leave the editor. Ctrl S or ⌘ S saves the draft.
        </p>
      </div>
      <aside aria-label="About this template" className="flex min-w-0 flex-col gap-4">
        {settings}
        <TemplateHelp kind={kind} systemName={systemName} />
      </aside>
      <LeaveDialog to={unsaved.leavingTo} onStay={unsaved.stay} onLeave={unsaved.forget} />
    </div>
  )
}

function languageOf({ kind, contentType, liquid }: ContentDetail): EditorLanguage {
  if (kind === 'mail') return 'liquid'
  if (liquid) return 'liquid'
  return contentType === 'text/html' ? 'html' : contentType === 'text/css' ? 'css' : 'text'
}

'use client'

import { css } from '@codemirror/lang-css'
import { html } from '@codemirror/lang-html'
import { liquid } from '@codemirror/lang-liquid'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { lintGutter, setDiagnostics } from '@codemirror/lint'
import { tags } from '@lezer/highlight'
import CodeMirror, { EditorView, type Extension } from '@uiw/react-codemirror'
import { useEffect, useMemo, useState } from 'react'

export type EditorLanguage = 'liquid' | 'html' | 'css' | 'text'

export type EditorProblem = { line: number | null; message: string }

export type CodeEditorProps = { value: string; onChange: (value: string) => void; language: EditorLanguage; label: string; describedBy?: string; problem?: EditorProblem | null; readOnly?: boolean }

/** The text itself. Reached by `LazyCodeEditor` only, so that no other page of the dashboard carries it. */
export default function CodeEditor({ value, onChange, language, label, describedBy, problem = null, readOnly = false }: CodeEditorProps) {
  const [view, setView] = useState<EditorView | null>(null)
  const extensions = useMemo(
    () => [
      languages[language](),
      look,
      syntaxHighlighting(colours),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', ...(describedBy && { 'aria-describedby': describedBy }) }),
      lintGutter(),
    ],
    [language, label, describedBy],
  )

  // What Liquid said stands on its line, in the gutter and below the text.
  useEffect(() => {
    if (!view) return
    const { doc } = view.state
    const line = problem?.line && problem.line <= doc.lines ? doc.line(problem.line) : null
    view.dispatch(setDiagnostics(view.state, problem && line ? [{ from: line.from, to: Math.max(line.to, line.from), severity: 'error', message: problem.message }] : []))
    if (line) view.dispatch({ effects: EditorView.scrollIntoView(line.from, { y: 'center' }) })
  }, [view, problem])

  return (
    <CodeMirror
      value={value}
      onChange={onChange}
      onCreateEditor={setView}
      extensions={extensions}
      theme="none"
      readOnly={readOnly}
      height="min(70dvh, 48rem)"
      minHeight="16rem"
      className="overflow-hidden rounded-lg border border-line-strong bg-surface text-[13px] focus-within:border-accent"
      basicSetup={{ foldGutter: false, autocompletion: true, highlightActiveLine: !readOnly }}
    />
  )
}

const languages: Record<EditorLanguage, () => Extension> = {
  liquid: () => liquid({ base: html() }),
  html: () => html(),
  css: () => css(),
  text: () => [],
}

// Our tokens, which are light-dark() pairs: the editor follows the page's theme by itself.
const look = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--surface)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--text-3)', border: 'none', borderRight: '1px solid var(--line)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--sunken) 60%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--line)', color: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-line)' },
  '.cm-tooltip, .cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--text)', borderColor: 'var(--line)' },
  '.cm-panel input, .cm-panel button': { color: 'var(--text)', backgroundImage: 'none', backgroundColor: 'var(--surface)', border: '1px solid var(--line-strong)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--accent-soft)', outline: '1px solid var(--accent-line)' },
})

const colours = HighlightStyle.define([
  { tag: [tags.comment, tags.meta, tags.processingInstruction], color: 'var(--text-3)' },
  { tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword, tags.modifier], color: 'var(--violet-text)' },
  { tag: [tags.tagName, tags.angleBracket], color: 'var(--accent-text)' },
  { tag: [tags.attributeName, tags.propertyName, tags.function(tags.variableName)], color: 'var(--warn-text)' },
  { tag: [tags.string, tags.attributeValue, tags.special(tags.string), tags.url], color: 'var(--good-text)' },
  { tag: [tags.number, tags.bool, tags.atom, tags.unit, tags.color], color: 'var(--bad-text)' },
])

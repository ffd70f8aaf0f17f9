'use client'

import { useEffect, useRef, useState } from 'react'

/**
 * What is typed and not yet saved. Closing the tab and following a link ask first; the way back that no browser lets us
 * ask on is covered by a copy in this tab, taken up again when the same version is opened (`restored`).
 */
export function useUnsavedText({ place, version, saved }: { place: string; version: string; saved: string }) {
  const [text, setText] = useState(saved)
  const [restored, setRestored] = useState(false)
  const [leavingTo, setLeavingTo] = useState<string | null>(null)
  const dirty = text !== saved
  const isDirty = useRef(dirty)
  isDirty.current = dirty
  const key = `gh-unsaved ${place}`

  useEffect(() => {
    const kept = readKept(key)
    if (!kept || kept.version !== version) return
    setText(kept.text)
    setRestored(true)
    // Only what was left behind before this page was opened: later versions of this page are its own.
  }, [key])

  useEffect(() => {
    const timer = setTimeout(() => keep(key, dirty ? { version, text } : null), 300)
    return () => clearTimeout(timer)
  }, [key, version, text, dirty])

  useEffect(() => {
    const onLeave = (event: BeforeUnloadEvent) => {
      if (isDirty.current) event.preventDefault()
    }
    const onClick = (event: MouseEvent) => {
      const link = (event.target as Element | null)?.closest?.('a[href]') as HTMLAnchorElement | null
      if (!isDirty.current || !link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
      if (link.target === '_blank' || link.origin !== window.location.origin || link.pathname === window.location.pathname) return
      event.preventDefault()
      event.stopPropagation()
      setLeavingTo(link.pathname + link.search)
    }
    window.addEventListener('beforeunload', onLeave)
    document.addEventListener('click', onClick, true)
    return () => {
      window.removeEventListener('beforeunload', onLeave)
      document.removeEventListener('click', onClick, true)
    }
  }, [])

  /** To be called before leaving for good: nothing asks and nothing is kept. */
  function forget() {
    isDirty.current = false
    keep(key, null)
  }

  return { text, setText, dirty, restored, dismissRestored: () => setRestored(false), leavingTo, stay: () => setLeavingTo(null), forget }
}

type Kept = { version: string; text: string }

function readKept(key: string): Kept | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? 'null')
    return typeof kept === 'object' && kept !== null && 'text' in kept && typeof kept.text === 'string' && 'version' in kept && typeof kept.version === 'string' ? (kept as Kept) : null
  } catch {
    // Storage is off or holds something else: then there is nothing to take up.
    return null
  }
}

function keep(key: string, kept: Kept | null): void {
  try {
    if (kept) sessionStorage.setItem(key, JSON.stringify(kept))
    else sessionStorage.removeItem(key)
  } catch {
    // Storage is off or full: the questions on leaving still stand.
  }
}

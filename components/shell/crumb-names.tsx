'use client'

import { createContext, useContext, useLayoutEffect, useMemo, useState, type ReactNode } from 'react'

type Names = Record<string, string>

const NamesContext = createContext<Names>({})
const SayContext = createContext<(path: string, name: string) => void>(() => {})

export function CrumbNamesProvider({ children }: { children: ReactNode }) {
  const [names, setNames] = useState<Names>({})
  const say = useMemo(() => (path: string, name: string) => setNames((before) => (before[path] === name ? before : { ...before, [path]: name })), [])
  return (
    <SayContext value={say}>
      <NamesContext value={names}>{children}</NamesContext>
    </SayContext>
  )
}

export function useCrumbNames(): Names {
  return useContext(NamesContext)
}

/** Tells the breadcrumb what stands behind an id: `<CrumbName path="/products/7" name="REST API" />`. Renders nothing. */
export function CrumbName({ path, name }: { path: string; name: string }) {
  const say = useContext(SayContext)
  useLayoutEffect(() => say(path, name), [say, path, name])
  return null
}

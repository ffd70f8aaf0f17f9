'use client'

import { useDeferredValue, useMemo, useState } from 'react'
import type { MatrixRow } from '@/lib/plans/queries'

const FIRST = 120

/** Rows by a search over names; a long list shows its beginning until asked, so that a page of 845 methods stays quick. */
export function useShownRows(rows: MatrixRow[]) {
  const [query, setQuery] = useState('')
  const [all, setAll] = useState(false)
  const wanted = useDeferredValue(query.trim().toLowerCase())
  const found = useMemo(() => (wanted === '' ? rows : rows.filter((row) => `${row.name} ${row.systemName}`.toLowerCase().includes(wanted))), [rows, wanted])
  const shown = all ? found : found.slice(0, FIRST)
  return { query, setQuery, shown, found: found.length, hidden: found.length - shown.length, showAll: () => setAll(true) }
}

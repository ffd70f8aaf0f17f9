'use client'

import type { ReactNode } from 'react'

/** What opens a row that has no page of its own; found by the table's arrow keys like a row's link. */
export function RowButton({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" data-row-link="" className="block max-w-full truncate rounded-sm text-left font-semibold hover:text-accent-text" onClick={onClick}>
      {children}
    </button>
  )
}

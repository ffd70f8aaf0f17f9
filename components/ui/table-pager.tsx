'use client'

import { ChevronLeft, ChevronRight, Download } from 'lucide-react'
import { Button } from '@/components/ui/button'

export function Pager({ previous, next, hidden }: { previous?: () => void; next?: () => void; hidden: boolean }) {
  if (hidden) return null
  return (
    <nav aria-label="Pages" className="flex gap-1">
      <Button size="sm" icon={<ChevronLeft aria-hidden />} disabled={!previous} onClick={previous}>
        Previous
      </Button>
      <Button size="sm" disabled={!next} onClick={next}>
        Next
        <ChevronRight aria-hidden />
      </Button>
    </nav>
  )
}

export function ExportButton({ href, onClick }: { href?: string; onClick: () => void }) {
  if (!href)
    return (
      <Button variant="ghost" icon={<Download aria-hidden />} onClick={onClick} aria-label="Export as CSV">
        <span className="max-sm:hidden">Export</span>
      </Button>
    )
  return (
    <Button variant="ghost" icon={<Download aria-hidden />} onClick={() => window.location.assign(href)} aria-label="Export as CSV">
      <span className="max-sm:hidden">Export</span>
    </Button>
  )
}

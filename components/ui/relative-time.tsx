'use client'

import { useEffect, useState } from 'react'
import { exactTime, relativeTime } from '@/components/ui/format'

/** "5 minutes ago" with the exact time on hover; keeps counting while the page is open. Null shows a dash. */
export function RelativeTime({ at, timeZone = 'UTC', className }: { at: Date | string | null | undefined; timeZone?: string; className?: string }) {
  const [now, setNow] = useState<number | null>(null)
  useEffect(() => {
    const tick = () => setNow(Date.now())
    tick()
    const timer = setInterval(tick, 30_000)
    return () => clearInterval(timer)
  }, [])
  if (!at) return <span className="text-text-3">—</span>
  const exact = exactTime(at, timeZone)
  return (
    <time dateTime={new Date(at).toISOString()} title={exact} className={className} suppressHydrationWarning>
      {relativeTime(at, new Date(now ?? Date.now()))}
    </time>
  )
}

'use client'

import { useEffect, useState } from 'react'
import { exactTime, relativeTime } from '@/components/ui/format'

/** "5 minutes ago" with the exact time on hover; keeps counting while the page is open. Null shows a dash. `ahead` and `behind`: words before it, by which side of now it is on. */
export function RelativeTime({ at, timeZone = 'UTC', className, ahead, behind }: { at: Date | string | null | undefined; timeZone?: string; className?: string; ahead?: string; behind?: string }) {
  const [now, setNow] = useState<number | null>(null)
  useEffect(() => {
    const tick = () => setNow(Date.now())
    tick()
    const timer = setInterval(tick, 30_000)
    return () => clearInterval(timer)
  }, [])
  if (!at) return <span className="text-text-3">—</span>
  const exact = exactTime(at, timeZone)
  const told = relativeTime(at, new Date(now ?? Date.now()))
  const word = /^(in|tomorrow|next)\b/.test(told) ? ahead : behind
  return (
    <time dateTime={new Date(at).toISOString()} title={exact} className={className} suppressHydrationWarning>
      {word ? `${word} ${told}` : told}
    </time>
  )
}

import { exactNumber } from '@/components/ui/format'
import { RelativeTime } from '@/components/ui/relative-time'
import type { CallLimit } from '@/lib/calls/call-record'

/** Limits with their counters, the one that refused marked in words. `adds`: what a call would add. */
export function LimitRows({ limits, timeZone }: { limits: (CallLimit & { adds?: number })[]; timeZone: string }) {
  return (
    <ul className="divide-y divide-line">
      {limits.map(({ of, metric, period, limit, current, windowEnd, exceeded, adds = 0 }, index) => (
        <li key={index} className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
          <span className="min-w-0 flex-1 basis-56">
            <span className="font-mono text-[13px]">{metric}</span> {period === 'eternity' ? 'in all' : `${period === 'hour' ? 'an' : 'a'} ${period}`}
            {of === 'end_user' && <span className="text-text-2">, end user</span>}
          </span>
          <span className="num">
            {exactNumber(current)} of {exactNumber(limit)}
            {adds > 0 && <span className="text-text-2"> (+{exactNumber(adds)})</span>}
          </span>
          <span className="basis-48 text-right whitespace-nowrap text-text-2 max-sm:text-left">{windowEnd === null ? 'never starts over' : <RelativeTime at={new Date(windowEnd)} timeZone={timeZone} ahead="starts over" behind="started over" />}</span>
          {exceeded && <span className="w-full text-bad-text">This limit refused the call.</span>}
        </li>
      ))}
    </ul>
  )
}

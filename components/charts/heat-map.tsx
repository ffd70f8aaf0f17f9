'use client'

import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { busiestOf, hourLabel, levelOf, shades, weekdays } from '@/components/charts/heat-levels'
import { TableToggle } from '@/components/charts/table-toggle'
import { exactNumber } from '@/components/ui/format'

export type HeatMapProps = {
  title: string
  /** `[weekday][hour]`, Monday first. */
  values: number[][]
  /** One of what is counted, and several: call, calls. */
  unit?: [one: string, many: string]
  note?: ReactNode
}

/** Hours of the week as a grid: arrow keys walk through it, the number shows on hover and focus, and as a table. */
export function HeatMap({ title, values, unit = ['call', 'calls'], note }: HeatMapProps) {
  const [asTable, setAsTable] = useState(false)
  const [at, setAt] = useState<{ day: number; hour: number } | null>(null)
  const [tabStop, setTabStop] = useState({ day: 0, hour: 9 })
  const grid = useRef<HTMLDivElement>(null)
  const titleId = useId()
  const most = Math.max(0, ...values.flat())
  const busiest = busiestOf(values)
  const words = (day: number, hour: number) => `${weekdays[day]} ${hourLabel(hour)}: ${exactNumber(values[day]![hour]!)} ${values[day]![hour] === 1 ? unit[0] : unit[1]}`

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    const steps: Record<string, [number, number]> = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -24], End: [0, 24] }
    const step = steps[event.key]
    if (!step || event.metaKey || event.ctrlKey || event.altKey) return
    event.preventDefault()
    const next = { day: Math.min(6, Math.max(0, tabStop.day + step[0])), hour: Math.min(23, Math.max(0, tabStop.hour + step[1])) }
    setTabStop(next)
    grid.current?.querySelector<HTMLElement>(`[data-day="${next.day}"][data-hour="${next.hour}"]`)?.focus()
  }

  return (
    <figure aria-labelledby={titleId} className="min-w-0">
      <figcaption className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-3">
          <span id={titleId} className="text-sm font-semibold">
            {title}
          </span>
          <span className="num text-sm text-text-2">{at ? words(at.day, at.hour) : busiest ? `Busiest: ${words(busiest.day, busiest.hour)}` : 'Nothing yet'}</span>
        </span>
        <TableToggle title={title} shape="map" asTable={asTable} onToggle={() => setAsTable(!asTable)} />
      </figcaption>
      {asTable ? (
        <HeatTable title={title} values={values} />
      ) : (
        <div ref={grid} role="grid" aria-labelledby={titleId} aria-readonly onKeyDown={onKeyDown} onMouseLeave={() => setAt(null)} className="flex flex-col gap-[2px]">
          {values.map((hours, day) => (
            <div key={day} role="row" className="grid grid-cols-[2rem_repeat(24,minmax(0,1fr))] gap-[2px]">
              <span role="rowheader" aria-label={weekdays[day]} className="self-center text-xs text-text-3">
                {weekdays[day]!.slice(0, 3)}
              </span>
              {hours.map((value, hour) => (
                <span
                  key={hour}
                  role="gridcell"
                  tabIndex={tabStop.day === day && tabStop.hour === hour ? 0 : -1}
                  aria-label={words(day, hour)}
                  title={words(day, hour)}
                  data-day={day}
                  data-hour={hour}
                  data-value={value}
                  onFocus={() => {
                    setAt({ day, hour })
                    setTabStop({ day, hour })
                  }}
                  onBlur={() => setAt(null)}
                  onMouseEnter={() => setAt({ day, hour })}
                  className="h-6 min-w-0 rounded-[3px] border border-line focus-visible:outline-2 focus-visible:outline-offset-1 focus-visible:outline-accent max-sm:h-5 max-sm:rounded-[2px]"
                  style={{ background: shades[levelOf(value, most)] }}
                />
              ))}
            </div>
          ))}
          <div aria-hidden className="grid grid-cols-[2rem_repeat(24,minmax(0,1fr))] gap-[2px] text-xs text-text-3">
            <span />
            {Array.from({ length: 8 }, (_, index) => (
              <span key={index} className="num col-span-3">
                {String(index * 3).padStart(2, '0')}
              </span>
            ))}
          </div>
        </div>
      )}
      <div className="mt-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-xs text-text-3">
        <span>{note}</span>
        <span className="flex items-center gap-1.5">
          <span className="num">0</span>
          <span aria-hidden className="flex gap-[2px]">
            {shades.map((shade) => (
              <span key={shade} className="size-3 rounded-[2px] border border-line" style={{ background: shade }} />
            ))}
          </span>
          <span className="num">{exactNumber(most)} an hour of the week</span>
        </span>
      </div>
    </figure>
  )
}

function HeatTable({ title, values }: { title: string; values: number[][] }) {
  return (
    <div tabIndex={0} role="region" aria-label={title} className="relative max-h-80 overflow-auto rounded-md border border-line">
      <table className="w-full text-sm">
        <thead className="sticky top-0 bg-sunken text-left text-xs text-text-2">
          <tr>
            <th scope="col" className="h-8 px-3 font-semibold">
              Hour
            </th>
            {weekdays.map((day) => (
              <th key={day} scope="col" className="px-3 text-right font-semibold">
                {day}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: 24 }, (_, hour) => (
            <tr key={hour} className="border-t border-line">
              <th scope="row" className="num h-8 px-3 text-left font-normal">
                {hourLabel(hour)}
              </th>
              {weekdays.map((day, index) => (
                <td key={day} className="num px-3 text-right">
                  {exactNumber(values[index]![hour]!)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

'use client'

import { useId, useState, type ReactNode } from 'react'
import { Area, AreaChart, Bar, BarChart, CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { TableToggle } from '@/components/charts/table-toggle'
import { niceTicks } from '@/components/charts/nice-ticks'
import { compactNumber, exactNumber } from '@/components/ui/format'

export type Series = { key: string; name: string; tone?: 1 | 2 | 3 | 4 | 5 | 6 }
export type ChartPoint = { label: string } & Record<string, string | number>

export type ChartProps = {
  kind: 'line' | 'area' | 'bar'
  /** What the chart shows; the caption of its table. */
  title: string
  /** Beside the title, like a total. */
  note?: ReactNode
  /** `label` is the text on the axis; the other fields are the series. */
  points: ChartPoint[]
  series: Series[]
  stacked?: boolean
  height?: number
  unit?: string
  /** What the first column of the table is: Day, Hour, Method. */
  labelHeader?: string
}

/** A chart with its legend, and the same figures as a table for those who would rather read. */
export function Chart({ kind, title, note, points, series, stacked = false, height = 240, unit = '', labelHeader = 'Time' }: ChartProps) {
  const [asTable, setAsTable] = useState(false)
  const titleId = useId()
  return (
    <figure aria-labelledby={titleId} className="min-w-0">
      <figcaption className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-3">
          <span id={titleId} className="text-sm font-semibold">
            {title}
          </span>
          {note && <span className="num text-sm text-text-2">{note}</span>}
        </span>
        <span className="flex items-center gap-3">
          {series.length > 1 && (
            <span className="flex flex-wrap gap-x-3 gap-y-1">
              {series.map((one, index) => (
                <span key={one.key} className="flex items-center gap-1.5 text-xs text-text-2">
                  <span aria-hidden className="size-2 rounded-[2px]" style={{ background: tone(one, index) }} />
                  {one.name}
                </span>
              ))}
            </span>
          )}
          <TableToggle title={title} shape="chart" asTable={asTable} onToggle={() => setAsTable(!asTable)} />
        </span>
      </figcaption>
      {asTable ? (
        <ChartTable points={points} series={series} title={title} labelHeader={labelHeader} unit={unit} heightMax={height} />
      ) : (
        <div aria-hidden style={{ height }} className="-ml-1 text-xs [&_*]:outline-none">
          <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 640, height }}>
            {plot(kind, points, series, stacked, unit)}
          </ResponsiveContainer>
        </div>
      )}
    </figure>
  )
}

function plot(kind: ChartProps['kind'], points: ChartPoint[], series: Series[], stacked: boolean, unit: string) {
  const margin = { top: 6, right: 4, bottom: 0, left: 0 }
  // Keyboard focus goes to the table view; the drawing itself is hidden from assistive technology.
  const shared = { data: points, margin, accessibilityLayer: false }
  const heights = points.map((point) => series.map((one) => Number(point[one.key] ?? 0)))
  const ticks = niceTicks(Math.max(0, ...heights.map((values) => (stacked ? values.reduce((sum, value) => sum + value, 0) : Math.max(0, ...values)))))
  const axes = (
    <>
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis dataKey="label" tickLine={false} axisLine={false} minTickGap={32} tick={tick} dy={4} height={24} />
      <YAxis tickLine={false} axisLine={false} width={44} tick={tick} tickFormatter={(value: number) => compactNumber(value)} ticks={ticks} domain={[0, ticks.at(-1)!]} interval={0} />
      <Tooltip
        isAnimationActive={false}
        cursor={kind === 'bar' ? { fill: 'var(--sunken)' } : { stroke: 'var(--line-strong)' }}
        content={({ active, payload, label }) =>
          active && payload?.length ? (
            <div className="rounded-lg border border-line bg-raised px-3 py-2 text-xs shadow-pop">
              <p className="mb-1 font-semibold text-text">{String(label)}</p>
              {series.map((one, index) => {
                const entry = payload.find((item) => item.dataKey === one.key)
                return (
                  <p key={one.key} className="flex items-center gap-1.5 text-text-2">
                    <span className="size-2 rounded-[2px]" style={{ background: tone(one, index) }} />
                    {one.name}
                    <span className="num ml-auto pl-4 text-text">{exactNumber(Number(entry?.value ?? 0)) + (unit && ` ${unit}`)}</span>
                  </p>
                )
              })}
            </div>
          ) : null
        }
      />
    </>
  )
  const stackId = stacked ? 'all' : undefined
  if (kind === 'bar')
    return (
      <BarChart {...shared}>
        {axes}
        {series.map((one, index) => (
          <Bar key={one.key} dataKey={one.key} stackId={stackId} fill={tone(one, index)} isAnimationActive={false} maxBarSize={points.length > 14 ? 28 : 56} radius={stacked && index < series.length - 1 ? 0 : [3, 3, 0, 0]} />
        ))}
      </BarChart>
    )
  if (kind === 'area')
    return (
      <AreaChart {...shared}>
        {axes}
        {series.map((one, index) => (
          <Area key={one.key} type="monotone" dataKey={one.key} stackId={stackId} stroke={tone(one, index)} fill={tone(one, index)} fillOpacity={0.12} strokeWidth={1.75} isAnimationActive={false} dot={false} activeDot={{ r: 3 }} />
        ))}
      </AreaChart>
    )
  return (
    <LineChart {...shared}>
      {axes}
      {series.map((one, index) => (
        <Line key={one.key} type="monotone" dataKey={one.key} stroke={tone(one, index)} strokeWidth={1.75} isAnimationActive={false} dot={false} activeDot={{ r: 3 }} />
      ))}
    </LineChart>
  )
}

const tick = { fill: 'var(--text-3)', fontSize: 12 }

function tone(series: Series, index: number): string {
  return `var(--chart-${series.tone ?? (index % 6) + 1})`
}

function ChartTable({ points, series, title, labelHeader, unit, heightMax }: { points: ChartPoint[]; series: Series[]; title: string; labelHeader: string; unit: string; heightMax: number }) {
  return (
    <div tabIndex={0} role="region" aria-label={title} className="relative overflow-auto rounded-md border border-line" style={{ maxHeight: heightMax }}>
      <table className="w-full text-sm">
        <thead className="sticky top-0 bg-sunken text-left text-xs text-text-2">
          <tr>
            <th scope="col" className="h-8 px-3 font-semibold">
              {labelHeader}
            </th>
            {series.map((one) => (
              <th key={one.key} scope="col" className="px-3 text-right font-semibold">
                {one.name}
                {unit && ` (${unit})`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map((point, index) => (
            <tr key={index} className="border-t border-line">
              <th scope="row" className="h-8 px-3 text-left font-normal whitespace-nowrap">
                {point.label}
              </th>
              {series.map((one) => (
                <td key={one.key} className="px-3 text-right">
                  {exactNumber(Number(point[one.key] ?? 0))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

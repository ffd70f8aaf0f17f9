/** A line without axes, for lists. The words beside it say what matters; `label` says it to those who cannot see it. */
export function Sparkline({ values, label, width = 96, height = 24, tone = 'chart-1' }: { values: number[]; label: string; width?: number; height?: number; tone?: 'chart-1' | 'chart-4' }) {
  const most = Math.max(1, ...values)
  const step = values.length > 1 ? width / (values.length - 1) : 0
  const points = values.map((value, index) => [Math.round(index * step * 10) / 10, Math.round((height - 2 - (value / most) * (height - 4)) * 10) / 10] as const)
  const line = points.map(([x, y]) => `${x},${y}`).join(' ')
  const quiet = values.every((value) => value === 0)
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${width} ${height}`} width={width} height={height} className={`shrink-0 overflow-visible ${quiet ? 'text-line-strong' : tone === 'chart-1' ? 'text-chart-1' : 'text-chart-4'}`}>
      {!quiet && <polygon points={`0,${height} ${line} ${width},${height}`} fill="currentColor" opacity="0.12" />}
      <polyline points={line} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  )
}

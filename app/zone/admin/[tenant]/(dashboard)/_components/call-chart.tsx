import { Chart, type ChartPoint } from '@/components/charts/chart'
import { exactNumber, slotLabel } from '@/components/ui/format'
import { sumByKind } from '@/lib/metering/outcome-kind'
import type { CallSeries } from '@/lib/metering/usage-series'

/** Calls over time by how they ended. Refused and failed calls lie on top, where they show. */
export function CallChart({ title, calls, height, withDay = false }: { title: string; calls: CallSeries; height?: number; withDay?: boolean }) {
  const { answered, refused, failed } = sumByKind(calls)
  const points: ChartPoint[] = calls.startsAt.map((at, index) => ({
    label: slotLabel(at, calls.granularity, calls.timezone, { withDay }),
    answered: answered[index]!,
    refused: refused[index]!,
    failed: failed[index]!,
  }))
  const total = calls.series.reduce((sum, one) => sum + one.total, 0)
  return (
    <Chart
      kind="bar"
      title={title}
      note={`${exactNumber(total)} in all`}
      stacked
      height={height}
      points={points}
      labelHeader={calls.granularity === 'hour' ? 'Hour' : calls.granularity === 'day' ? 'Day' : 'Month'}
      series={[
        { key: 'answered', name: 'Answered', tone: 1 },
        { key: 'refused', name: 'Refused', tone: 3 },
        { key: 'failed', name: 'Failed', tone: 4 },
      ]}
    />
  )
}

import { ChartLine, Table2 } from 'lucide-react'
import { Button } from '@/components/ui/button'

/** Between a picture and the same numbers as a table; `shape` is what the picture is called. */
export function TableToggle({ title, shape, asTable, onToggle }: { title: string; shape: 'chart' | 'map'; asTable: boolean; onToggle: () => void }) {
  return (
    <Button
      variant="ghost"
      size="icon-sm"
      aria-pressed={asTable}
      aria-label={asTable ? `Show ${title} as a ${shape}` : `Show ${title} as a table`}
      title={asTable ? `As a ${shape}` : 'As a table'}
      icon={asTable ? <ChartLine aria-hidden /> : <Table2 aria-hidden />}
      onClick={onToggle}
    />
  )
}

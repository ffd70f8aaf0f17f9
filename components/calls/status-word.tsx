import { StateDot, type Tone } from '@/components/ui/badge'

/** Status of an answer and, where the gateway gave it and there is room, why. */
export function StatusWord({ status, words }: { status: number; words?: string | null }) {
  return (
    <StateDot tone={toneOf(status)}>
      <span className="num">{status}</span>
      {words && <span className="text-text-2 max-sm:hidden">{words}</span>}
    </StateDot>
  )
}

function toneOf(status: number): Tone {
  if (status >= 500) return 'bad'
  return status >= 400 ? 'warn' : status >= 300 ? 'neutral' : 'good'
}

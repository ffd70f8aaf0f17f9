import Link from 'next/link'
import { StatusWord } from '@/components/calls/status-word'
import { VerbPath } from '@/components/ui/badge'
import { Card } from '@/components/ui/card'
import { LinkButton } from '@/components/ui/link-button'
import { RelativeTime } from '@/components/ui/relative-time'
import { outcomeWords } from '@/lib/analytics/outcome-words'
import type { CallItem } from '@/lib/calls/queries'

/** The newest few calls of an application, and the way to all of them. */
export function RecentCallsCard({ calls, productId, applicationId, timeZone }: { calls: CallItem[]; productId: number; applicationId: number; timeZone: string }) {
  const at = `/products/${productId}/calls`
  return (
    <Card
      title="Recent calls"
      description="Refusals and failures, and a sample of what went well."
      action={
        calls.length > 0 && (
          <LinkButton href={`${at}?application=${applicationId}`} size="sm">
            All kept calls
          </LinkButton>
        )
      }
      flush
    >
      {calls.length === 0 ? (
        <p className="px-4 py-4 text-text-2">No call of this application is kept at the moment.</p>
      ) : (
        <ul className="divide-y divide-line">
          {calls.map((call) => (
            <li key={call.id} className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
              <Link href={`${at}/${call.id}`} className="min-w-0 flex-1 basis-64 rounded-sm hover:text-accent-text">
                <VerbPath verb={call.method} path={call.target} />
              </Link>
              <StatusWord status={call.status} words={call.refusal && outcomeWords(call.refusal)} />
              <RelativeTime at={call.at} timeZone={timeZone} className="text-text-2" />
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

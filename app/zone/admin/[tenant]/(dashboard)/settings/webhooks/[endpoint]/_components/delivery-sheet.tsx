'use client'

import { Send } from 'lucide-react'
import { useEffect, useState } from 'react'
import { StateDot } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { useCallAction } from '@/components/ui/call-action'
import { DescriptionList } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'
import { Copyable } from '@/components/ui/copy-button'
import { Sheet } from '@/components/ui/dialog'
import { useAction } from '@/components/ui/form'
import { exactTime } from '@/components/ui/format'
import { Skeleton } from '@/components/ui/skeleton'
import type { Plain } from '@/lib/request/plain'
import type { DeliveryDetails } from '@/lib/webhooks/queries'
import { readDeliveryAction, resendDeliveryAction } from '../../actions'
import type { Delivery } from './delivery-table'
import { sayOutcome } from './delivery-words'

/** One delivery whole: what was sent, and what came back each time. */
export function DeliverySheet({ delivery, timeZone, active, onClose }: { delivery: Delivery; timeZone: string; active: boolean; onClose: () => void }) {
  const call = useCallAction()
  const [details, setDetails] = useState<Plain<DeliveryDetails> | null>(null)
  const resend = useAction(resendDeliveryAction, { success: 'On its way again', onDone: onClose })

  useEffect(() => {
    let gone = false
    void call(readDeliveryAction, { deliveryId: delivery.id }).then((result) => {
      if (!gone && result?.ok && result.data) setDetails(result.data)
    })
    return () => {
      gone = true
    }
    // Mounted anew for every delivery and every new try of it.
  }, [])

  return (
    <Sheet open onOpenChange={(open) => !open && onClose()} title={delivery.type} description={exactTime(delivery.createdAt, timeZone)}>
      <div className="flex flex-col gap-6">
        <DescriptionList items={[{ label: 'Message id', value: <Copyable value={delivery.messageId} label="Copy message id" />, hint: 'The same at every try, so your receiver can drop a second copy.' }]} />
        <Button icon={<Send aria-hidden />} className="self-start" pending={resend.pending} disabled={!active || delivery.state === 'sending'} onClick={() => resend.run({ deliveryId: delivery.id })}>
          Send again
        </Button>
        {details === null ? (
          <Skeleton className="h-40" />
        ) : (
          <>
            <CodeBlock title="Request body" language="json" code={pretty(details.body)} wrap />
            {details.tries.map((each) => (
              <section key={each.number} aria-label={`Try ${each.number}`} className="flex flex-col gap-2">
                <h3 className="flex flex-wrap items-center gap-x-3 text-sm font-semibold">
                  Try {each.number}
                  <StateDot tone={each.error === null ? 'good' : 'bad'} className="font-normal">
                    {sayOutcome(each.status, each.error)}
                  </StateDot>
                </h3>
                <p className="text-xs text-text-3">
                  {exactTime(each.at, timeZone)}, {each.durationMs} ms
                </p>
                <CodeBlock
                  title="Request headers"
                  language="http"
                  code={Object.entries(each.requestHeaders)
                    .map(([name, value]) => `${name}: ${value}`)
                    .join('\n')}
                  wrap
                />
                {each.answer ? <CodeBlock title="Answer" code={each.answer} wrap heightMax="max-h-60" /> : <p className="text-xs text-text-3">The answer had no body.</p>}
              </section>
            ))}
          </>
        )}
      </div>
    </Sheet>
  )
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body // made by an older version; shown as it was sent
  }
}

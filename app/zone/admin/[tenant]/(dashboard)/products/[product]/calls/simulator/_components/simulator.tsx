'use client'

import { useEffect, useRef, useState, useTransition } from 'react'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { Textarea } from '@/components/ui/textarea'
import { simulateAction } from '../../actions'
import { Outcome } from './outcome'

type Answer = Awaited<ReturnType<typeof simulateAction>>

/** Keys typed here go to the server once, for the answer, and are kept nowhere. */
export function Simulator({ productId, request, example, timeZone }: { productId: number; request: string; example: string; timeZone: string }) {
  const [source, setSource] = useState(request)
  const [environment, setEnvironment] = useState('')
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [pending, start] = useTransition()
  const begun = useRef(false)

  const simulate = (text: string) => start(async () => setAnswer(await simulateAction({ productId, source: text, ...(environment && { environment: environment as 'staging' }) })))
  useEffect(() => {
    // Led here by a call: its answer is what the reader came for.
    if (request === '' || begun.current) return
    begun.current = true
    simulate(request)
  })

  const failed = answer && !answer.ok ? answer.error : null
  return (
    <div className="flex flex-col gap-6">
      <Card>
        <form
          className="flex flex-col gap-4"
          autoComplete="off"
          onSubmit={(event) => {
            event.preventDefault()
            simulate(source)
          }}
        >
          <Field label="Call" name="source" error={failed?.fields?.source?.[0]} hint="A curl command, or the request id of a call listed under Calls. Keys in it are not stored.">
            <Textarea required mono rows={4} value={source} onChange={(event) => setSource(event.target.value)} placeholder={example} spellCheck={false} autoCapitalize="none" />
          </Field>
          <div className="flex flex-wrap items-end gap-3">
            <Field label="Environment" name="environment" error={failed?.fields?.environment?.[0]} className="w-64">
              <Select
                value={environment}
                onChange={(event) => setEnvironment(event.target.value)}
                options={[
                  { value: '', label: 'As the address says' },
                  { value: 'staging', label: 'Staging' },
                  { value: 'production', label: 'Production' },
                ]}
              />
            </Field>
            <Button type="submit" variant="primary" pending={pending}>
              Simulate
            </Button>
          </div>
        </form>
      </Card>
      <div aria-live="polite">{answer?.ok ? <Outcome result={answer.data} productId={productId} timeZone={timeZone} /> : failed && !failed.fields ? <Callout kind="danger">{failed.message}</Callout> : null}</div>
    </div>
  )
}

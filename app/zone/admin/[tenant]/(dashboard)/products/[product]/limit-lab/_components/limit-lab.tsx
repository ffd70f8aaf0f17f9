'use client'

import { useState, useTransition } from 'react'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { cn } from '@/components/ui/class-names'
import { CodeBlock } from '@/components/ui/code-block'
import { Field } from '@/components/ui/field'
import { duration } from '@/components/ui/format'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { runLimitLabAction } from '../actions'

type Answer = Awaited<ReturnType<typeof runLimitLabAction>>
type Result = Extract<Answer, { ok: true }>['data']
type Call = Result['order'][number]

type Props = {
  productId: number
  prefill: { verb: string; path: string }
  applications: { id: number; name: string; account: string | null }[]
  ready: boolean
}

export function LimitLab({ productId, prefill, applications, ready }: Props) {
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [pending, start] = useTransition()
  const problem = answer && !answer.ok ? (Object.values(answer.error.fields ?? {}).flat()[0] ?? answer.error.message) : null
  return (
    <div className="flex flex-col gap-6">
      <Card title="The calls" description="Real calls: those that pass reach your API and count on staging. Production is not touched.">
        <form
          className="flex flex-wrap items-end gap-3"
          onSubmit={(event) => {
            event.preventDefault()
            const form = new FormData(event.currentTarget)
            const text = (name: string) => String(form.get(name) ?? '')
            start(async () => setAnswer(await runLimitLabAction({ productId, verb: text('verb') as 'GET', path: text('path'), applicationId: text('applicationId'), calls: text('calls') })))
          }}
        >
          <Field label="Calls at once" name="calls" className="w-32">
            <Input type="number" min={1} max={400} required defaultValue={50} />
          </Field>
          <Field label="Verb" name="verb" className="w-28">
            <Select defaultValue={prefill.verb} options={['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].map((value) => ({ value, label: value }))} />
          </Field>
          <Field label="Path" name="path" className="min-w-0 flex-1 basis-64">
            <Input required mono defaultValue={prefill.path} spellCheck={false} autoCapitalize="none" />
          </Field>
          <Field label="As application" name="applicationId" className="w-full sm:w-80">
            <Select options={applications.map(({ id, name, account }) => ({ value: String(id), label: account ? `${name}, ${account}` : name }))} />
          </Field>
          <Button type="submit" variant="primary" pending={pending} disabled={!ready} title={ready ? undefined : 'Name the private base URL first'}>
            Send them
          </Button>
        </form>
      </Card>
      <div aria-live="polite">
        {problem && <Callout kind="danger">{problem}</Callout>}
        {answer?.ok && <Outcome result={answer.data} />}
        {!answer && (
          <p className="text-sm text-text-2">
            {ready ? 'Try it with more calls than the limit has left: exactly as many pass as there was room for, however many arrive together.' : 'Name the private base URL on the Gateway page first: the calls need somewhere to go.'}
          </p>
        )}
      </div>
    </div>
  )
}

function Outcome({ result }: { result: Result }) {
  const { calls, passed, outcomes, order, told, durationMs, application } = result
  return (
    <Card title={`${passed} of ${calls} passed`} description={`As ${application}, all sent at once, the last answer after ${duration(durationMs)}.`}>
      <div className="flex flex-col gap-5">
        <ul aria-hidden className="flex flex-wrap gap-1">
          {order.map((call, index) => (
            <li key={index} title={`${call.status}, ${wordsOf(call)}`} className={cn('size-3 rounded-xs', toneOf(call))} />
          ))}
        </ul>
        <ul className="flex flex-col gap-1 text-sm">
          {outcomes.map(({ status, refusal, calls: count }) => (
            <li key={`${status} ${refusal}`} className="flex items-baseline gap-3">
              <span aria-hidden className={cn('size-3 shrink-0 self-center rounded-xs', toneOf({ status, refusal }))} />
              <span className="num w-12 text-right font-semibold">{count}</span>
              <span className="num text-text-2">{status}</span>
              <span>{wordsOf({ status, refusal })}</span>
            </li>
          ))}
        </ul>
        {told && (
          <CodeBlock
            title="What a refused caller is told"
            code={[told.policy && `RateLimit-Policy: ${told.policy}`, told.rateLimit && `RateLimit: ${told.rateLimit}`, told.retryAfter && `Retry-After: ${told.retryAfter}`, '', told.body].filter((line) => line !== null).join('\n')}
            wrap
          />
        )}
      </div>
    </Card>
  )
}

function toneOf({ status, refusal }: Call): string {
  if (refusal === null) return status < 500 ? 'bg-good' : 'bg-bad'
  return refusal === 'limits_exceeded' || refusal === 'bursts_exceeded' || refusal === 'concurrency_exceeded' ? 'bg-warn' : 'bg-bad'
}

const words: Partial<Record<NonNullable<Call['refusal']>, string>> = {
  limits_exceeded: 'refused: a limit of the plan is used up',
  bursts_exceeded: 'refused: too many within a moment',
  concurrency_exceeded: 'refused: too many under way at once',
  method_disabled: 'refused: the plan does not include this method',
  no_match: 'refused: no mapping rule matches this path',
  key_unknown: 'refused: the key is not known',
  application_not_live: 'refused: the application is not live',
  account_not_approved: 'refused: its account is not approved',
  upstream_busy: 'refused: your API has as many calls under way as the product allows, and the queue was full',
  upstream_unreachable: 'your API could not be reached',
  upstream_timed_out: 'your API did not answer in time',
  end_user_missing: 'refused: the plan asks for an end user',
}

function wordsOf({ status, refusal }: Call): string {
  if (refusal === null) return status < 400 ? 'passed' : `passed, and your API answered ${status}`
  return words[refusal] ?? `refused: ${refusal.replaceAll('_', ' ')}`
}

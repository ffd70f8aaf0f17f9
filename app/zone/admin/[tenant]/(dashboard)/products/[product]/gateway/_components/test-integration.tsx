'use client'

import { useState, useTransition } from 'react'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'
import { Field } from '@/components/ui/field'
import { duration } from '@/components/ui/format'
import { Input } from '@/components/ui/input'
import { RelativeTime } from '@/components/ui/relative-time'
import { Select } from '@/components/ui/select'
import { StepDiagram, type Step } from '@/components/ui/steps'
import { Textarea } from '@/components/ui/textarea'
import type { Station } from '@/lib/onboarding/test-integration'
import { testIntegrationAction } from '../actions'

type Answer = Awaited<ReturnType<typeof testIntegrationAction>>
type Result = Extract<Answer, { ok: true }>['data']

const stations: [Station, string][] = [
  ['host', 'Host'],
  ['key', 'Key'],
  ['rule', 'Rule'],
  ['limit', 'Limit'],
  ['upstream', 'Your API'],
]
/** Refusals come in this order: the key is looked up after the rule, but a caller thinks of it first. */
const order: Record<Station, number> = { host: 0, rule: 1, key: 2, limit: 3, upstream: 4 }

export function TestIntegration({
  productId,
  prefill,
  stagingUrl,
  applications,
  ready,
  lastTest,
}: {
  productId: number
  prefill: { verb: string; path: string }
  stagingUrl: string
  applications: { id: number; name: string; kind: string; account: string | null }[]
  ready: boolean
  lastTest: unknown
}) {
  const [verb, setVerb] = useState(prefill.verb)
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [pending, start] = useTransition()
  return (
    <Card id="test" title="Test integration" description="Sends a real call through staging, as a caller would.">
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          const form = new FormData(event.currentTarget)
          const text = (name: string) => String(form.get(name) ?? '')
          start(async () => {
            setAnswer(await testIntegrationAction({ productId, verb: verb as 'GET', path: text('path'), applicationId: text('applicationId') || null, ...(text('body') && { body: text('body') }) }))
          })
        }}
      >
        <div className="flex flex-wrap items-end gap-3">
          <Field label="Verb" name="verb" className="w-28">
            <Select value={verb} onChange={(event) => setVerb(event.target.value)} options={['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].map((value) => ({ value, label: value }))} />
          </Field>
          <Field label="Test request" name="path" className="min-w-0 flex-1 basis-72">
            <Input required mono defaultValue={prefill.path} before={<span className="max-w-64 truncate">{stagingUrl}</span>} beforeClassName="max-2xl:hidden" spellCheck={false} autoCapitalize="none" />
          </Field>
          <Field label="As application" name="applicationId" className="w-full sm:w-56">
            <Select options={applications.map((each) => ({ value: each.kind === 'test' ? '' : String(each.id), label: each.account ? `${each.name}, ${each.account}` : each.name }))} />
          </Field>
          <Button type="submit" variant="primary" pending={pending} disabled={!ready} title={ready ? undefined : 'Name the private base URL first'}>
            Test
          </Button>
        </div>
        {!['GET', 'HEAD', 'OPTIONS'].includes(verb) && (
          <Field label="Body" name="body" optional>
            <Textarea rows={3} mono spellCheck={false} placeholder='{"status": "Hello"}' />
          </Field>
        )}
      </form>
      <div aria-live="polite" className="mt-4">
        {answer ? answer.ok ? <Outcome result={answer.data} /> : <Callout kind="danger">{Object.values(answer.error.fields ?? {}).flat()[0] ?? answer.error.message}</Callout> : <LastTest test={lastTest} ready={ready} />}
      </div>
    </Card>
  )
}

function Outcome({ result }: { result: Result }) {
  const counted = result.usage.map(({ name, value }) => `${name} +${value}`).join(', ')
  return (
    <div className="flex flex-col gap-4">
      {result.ok ? (
        <Callout kind="success" title={`Your API answered ${result.status} in ${duration(result.durationMs)}`}>
          {result.rules.map((rule) => `${rule.verb} ${rule.pattern}`).join(', ')} matched and counted {counted}, called as {result.application}.
        </Callout>
      ) : (
        <Callout kind="danger" title={result.problem}>
          {result.advice}
        </Callout>
      )}
      <StepDiagram steps={stepsOf(result)} />
      <div className="grid gap-4 lg:grid-cols-2">
        <CodeBlock title="The same call with curl" language="shell" code={result.curl} wrap />
        <CodeBlock title={`The answer: ${result.status}${result.contentType ? `, ${result.contentType}` : ''}`} language={result.contentType?.includes('json') ? 'json' : undefined} code={prettify(result)} heightMax="20rem" />
      </div>
    </div>
  )
}

function stepsOf({ failedStation, rules, status, application, durationMs }: Result): Step[] {
  return stations.map(([name, label]) => {
    const failed = failedStation === name
    const reached = failedStation === null || order[name] < order[failedStation]
    const details: Partial<Record<Station, string>> = { key: application, rule: rules[0] && `${rules[0].verb} ${rules[0].pattern}`, upstream: `${status} in ${duration(durationMs)}` }
    return { name, label, state: failed ? 'failed' : reached ? 'passed' : 'skipped', detail: failed || reached ? details[name] : name === 'key' && failedStation === 'rule' ? 'looked up after the rule' : undefined }
  })
}

function prettify({ body, contentType }: Result): string {
  if (!contentType?.includes('json')) return body || '(no body)'
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    // Cut in the middle, or not quite JSON: as it came.
    return body
  }
}

function LastTest({ test, ready }: { test: unknown; ready: boolean }) {
  const last = test as { ok: boolean; status: number; durationMs: number; problem: string | null; verb: string; path: string; at: string } | null
  if (!last)
    return (
      <>
        <StepDiagram steps={stations.map(([name, label]) => ({ name, label, state: 'waiting' }))} label={ready ? 'The road of the call, not tried yet' : 'The road of the call, waiting for the private base URL'} />
        {!ready && <p className="text-text-2">Save the private base URL above; then a call can be tried.</p>}
      </>
    )
  return (
    <Callout kind={last.ok ? 'success' : 'danger'} title={last.ok ? `Your API answered ${last.status} in ${duration(last.durationMs)}` : (last.problem ?? `Your API answered ${last.status}`)}>
      {last.verb} {last.path}, <RelativeTime at={last.at} />.
    </Callout>
  )
}

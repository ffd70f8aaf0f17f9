'use client'

import { useState, useTransition } from 'react'
import { verbOptions } from '@/components/mapping-rules/rule-dialogs'
import { VerbBadge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { testPathAction } from '../actions'

type Answer = Awaited<ReturnType<typeof testPathAction>>
type Explained = Extract<Answer, { ok: true }>['data']

const reasons = {
  other_verb: 'another verb',
  query_differs: 'the query is another',
  after_last: 'a rule above is the last',
}

/** Says which rules a request would meet and what it would count, without sending anything. */
export function TestPath({ productId }: { productId: number }) {
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [pending, start] = useTransition()
  return (
    <Card className="mb-6" title="Test a path" description="See which rules a request meets and what it would count. Nothing is sent.">
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          const form = new FormData(event.currentTarget)
          start(async () => setAnswer(await testPathAction({ productId, verb: form.get('verb') as 'GET', path: String(form.get('path')) })))
        }}
      >
        <Field label="Verb" name="verb" className="w-28">
          <Select options={verbOptions.filter((option) => option.value !== 'ANY')} defaultValue="GET" />
        </Field>
        <Field label="Path" name="path" className="min-w-0 flex-1 basis-60">
          <Input required mono placeholder="/orders/42?status=open" spellCheck={false} autoCapitalize="none" />
        </Field>
        <Button type="submit" pending={pending}>
          Test the path
        </Button>
      </form>
      <div aria-live="polite">{answer && <div className="mt-4">{answer.ok ? <Explanation explained={answer.data} /> : <Callout kind="danger">{answer.error.fields?.path?.[0] ?? answer.error.message}</Callout>}</div>}</div>
    </Card>
  )
}

function Explanation({ explained }: { explained: Explained }) {
  const { path, rules, usage } = explained
  if (path === null)
    return (
      <Callout kind="danger" title="The gateway refuses this path">
        It answers 400: the path has a broken percent-escape, a backslash or another character that no path may hold.
      </Callout>
    )
  const counting = rules.filter((rule) => rule.ignored === null)
  return (
    <>
      {counting.length > 0 ? (
        <Callout kind="success" title={`Counts ${usage.map(({ name, value }) => `${name} +${value}`).join(', ')}`} />
      ) : (
        <Callout kind="warning" title="No mapping rule matched">
          {rules.length > 0 ? 'The path meets the rules below, but none of them counts.' : 'No rule begins with this path. Add one, or check for a missing prefix.'}
        </Callout>
      )}
      {rules.length > 0 && (
        <ul className="mt-3 divide-y divide-line rounded-lg border border-line">
          {rules.map((rule) => (
            <li key={rule.id} className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
              <VerbBadge verb={rule.verb} />
              <code className="min-w-0 flex-1 basis-48 truncate font-mono text-[13px]">{rule.pattern}</code>
              <span className={rule.ignored ? 'text-text-3' : 'text-good-text'}>{rule.ignored ? `Does not count: ${reasons[rule.ignored]}` : `Counts +${rule.delta} ${rule.metricName}`}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

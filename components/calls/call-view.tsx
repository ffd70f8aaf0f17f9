import type { ReactNode } from 'react'
import { LimitRows } from '@/components/calls/limit-rows'
import { VerbBadge, VerbPath } from '@/components/ui/badge'
import { Callout } from '@/components/ui/callout'
import { Card, DescriptionList, type Description } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'
import { Copyable } from '@/components/ui/copy-button'
import { duration, exactTime } from '@/components/ui/format'
import { RelativeTime } from '@/components/ui/relative-time'
import { StepDiagram, type Step } from '@/components/ui/steps'
import type { HeaderPair, CallLimit } from '@/lib/calls/call-record'

export type ShownCall = {
  requestId: string
  at: Date | string
  method: string
  target: string
  status: number
  refusal: string | null
  durationMs: number
  environment: string
  story: { title: string; sentences: string[]; remedy: string | null }
  detail: {
    head: HeaderPair[]
    answerHead: HeaderPair[]
    step: string | null
    rules: { verb: string; pattern: string; delta: number; metric: string; ignored: string | null }[]
    limits: CallLimit[]
    upstreamMs: number | null
  }
}

const stations: [name: string, label: string][] = [
  ['host', 'Host'],
  ['key', 'Key'],
  ['rule', 'Rule'],
  ['limit', 'Limit'],
  ['upstream', 'API'],
]
/** Refusals come in this order; a caller thinks of the key before the rule. */
const order: Record<string, number> = { host: 0, credentials: 1, rule: 2, key: 3, limit: 4, upstream: 5 }

/** Everything that is kept of one call: what happened in words, then the facts. `facts` are the page's own. */
export function CallView({ call, timeZone, facts = [], children }: { call: ShownCall; timeZone: string; facts?: Description[]; children?: ReactNode }) {
  const { story, detail } = call
  const good = call.refusal === null && call.status < 400
  return (
    <div className="flex min-w-0 flex-col gap-6">
      <Callout kind={good ? 'success' : call.status >= 500 ? 'danger' : 'warning'} title={story.title}>
        {story.sentences.join(' ')} {story.remedy && <strong className="font-semibold">{story.remedy}</strong>}
      </Callout>
      <StepDiagram steps={stepsOf(call)} />
      <div className="grid items-start gap-6 lg:grid-cols-[20rem_minmax(0,1fr)]">
        <Card title="Facts">
          <DescriptionList
            stacked
            items={[
              { label: 'Call', value: <VerbPath verb={call.method} path={call.target} wrap /> },
              { label: 'Request id', value: <Copyable value={call.requestId} label="Copy request id" /> },
              { label: 'Time', value: <span className="num">{exactTime(call.at, timeZone)}</span>, hint: <RelativeTime at={call.at} timeZone={timeZone} /> },
              { label: 'Environment', value: call.environment === 'staging' ? 'Staging' : 'Production' },
              { label: 'Status', value: <span className="num">{call.status}</span> },
              { label: 'Took', value: `${duration(call.durationMs)} in all`, hint: detail.upstreamMs === null ? 'It was not sent to the API.' : `${duration(detail.upstreamMs)} of it waiting for the API and its answer` },
              ...facts,
            ]}
          />
        </Card>
        <div className="flex min-w-0 flex-col gap-6">
          {children}
          {detail.limits.length > 0 && (
            <Card title="Limits" description="Those this call touched, as they stood after it." flush>
              <LimitRows limits={detail.limits} timeZone={timeZone} />
            </Card>
          )}
          <Card title="Mapping rules" flush>
            <RuleRows rules={detail.rules} />
          </Card>
          <CodeBlock title="Request head, credentials masked" code={headOf(call)} />
          <CodeBlock title="Answer head, in part" code={[`${call.status}`, ...detail.answerHead.map(([name, value]) => `${name}: ${value}`)].join('\n')} />
        </div>
      </div>
    </div>
  )
}

/** The call as a line for a shell. Where a key was taken out, the title says that one is to be filled in. */
export function CallAsCurl({ code }: { code: string }) {
  return <CodeBlock title={code.includes('YOUR_KEY') ? 'The same call with curl; fill in the key' : 'The same call with curl'} language="shell" code={code} wrap />
}

const reasons: Record<string, string> = { other_verb: 'another verb', query_differs: 'the query is another', after_last: 'a rule above is the last' }

export function RuleRows({ rules }: { rules: { verb: string; pattern: string; delta: number; metric: string; ignored: string | null }[] }) {
  if (rules.length === 0) return <p className="px-4 py-4 text-text-2">No mapping rule fits this path.</p>
  return (
    <ul className="divide-y divide-line">
      {rules.map((rule, index) => (
        <li key={index} className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
          <VerbBadge verb={rule.verb} />
          <code className="min-w-0 flex-1 basis-48 truncate font-mono text-[13px]">{rule.pattern}</code>
          <span className={rule.ignored ? 'text-text-3' : 'text-good-text'}>{rule.ignored ? `Does not count: ${reasons[rule.ignored] ?? rule.ignored}` : `Counts +${rule.delta} ${rule.metric}`}</span>
        </li>
      ))}
    </ul>
  )
}

/** Where a call was refused; what came before it passed. */
export function stationSteps(step: string | null): Step[] {
  const failed = step === 'credentials' ? 'key' : step
  const reached = step === null ? Infinity : (order[step] ?? 0)
  return stations.map(([name, label]) => ({ name, label, state: failed === name ? 'failed' : order[name]! < reached ? 'passed' : 'skipped' }))
}

function stepsOf({ refusal, detail, status }: ShownCall): Step[] {
  if (refusal === null && status >= 500) return stationSteps('upstream')
  return stationSteps(refusal === null ? null : (detail.step ?? 'host'))
}

function headOf({ method, target, detail }: ShownCall): string {
  return [`${method} ${target}`, ...detail.head.map(([name, value]) => `${name}: ${value}`)].join('\n')
}

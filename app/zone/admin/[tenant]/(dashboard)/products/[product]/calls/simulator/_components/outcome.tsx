import Link from 'next/link'
import { RuleRows, stationSteps } from '@/components/calls/call-view'
import { LimitRows } from '@/components/calls/limit-rows'
import { strangerWords } from '@/components/calls/stranger-words'
import { Badge, PlanTag, StateDot, VerbPath } from '@/components/ui/badge'
import { Callout } from '@/components/ui/callout'
import { Card, DescriptionList, type Description } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'
import { StepDiagram } from '@/components/ui/steps'
import type { SimulationResult } from '@/lib/gateway/simulate-request'
import type { Plain } from '@/lib/request/plain'

type Result = Plain<SimulationResult>

const kinds: Record<string, string> = { bucket: 'Burst', window: 'Sliding window', concurrency: 'Calls under way' }
const whose: Record<string, string> = { product: 'of the product', application: 'of the application', end_user: 'of the end user' }

/** The decision first, then everything it rests on, in the order the gateway asks. */
export function Outcome({ result, productId, timeZone }: { result: Result; productId: number; timeZone: string }) {
  const { refusal, application, passes, usage, limits, policies, bursts, scopes, notes } = result
  const met = limits.filter(({ adds, exceeded }) => adds > 0 || exceeded)
  const others = limits.filter((limit) => !met.includes(limit))
  const counted = usage.map(({ name, value }) => `${name} +${value}`).join(', ')
  return (
    <div className="flex flex-col gap-6">
      {passes ? (
        <Callout kind="success" title="The call would pass">
          It would count {counted} and go to your API.
        </Callout>
      ) : (
        <Callout kind="danger" title={`The call would be refused: ${refusal!.title}`}>
          {refusal!.detail} The caller would get {refusal!.status}
          {refusal!.retryAfterSeconds !== null && ` and be asked to wait ${refusal!.retryAfterSeconds} s`}.
        </Callout>
      )}
      {notes.length > 0 && <Callout>{notes.join(' ')}</Callout>}
      <StepDiagram steps={stationSteps(refusal?.step ?? null)} />
      <div className="grid items-start gap-6 lg:grid-cols-[20rem_minmax(0,1fr)]">
        <Card title="Facts">
          <DescriptionList stacked items={factsOf(result, application)} />
        </Card>
        <div className="flex min-w-0 flex-col gap-6">
          <Card title="Mapping rules" description={counted ? `Counts ${counted}.` : undefined} flush>
            <RuleRows rules={result.rules.map((rule) => ({ ...rule, metric: rule.metricName }))} />
          </Card>
          <Card title="Limits" description="Every window as it stands now; in brackets what this call would add." flush>
            {limits.length === 0 && <p className="px-4 py-4 text-text-2">{application ? 'No limits hold for this application.' : 'Without a recognised application there are no limits to show.'}</p>}
            {met.length > 0 && <LimitRows limits={met} timeZone={timeZone} />}
            {others.length > 0 && (
              <details className="border-line not-first:border-t">
                <summary className="cursor-pointer px-4 py-2.5 text-text-2 hover:text-text">{others.length === 1 ? 'One limit this call does not count for' : `${others.length} limits this call does not count for`}</summary>
                <div className="border-t border-line">
                  <LimitRows limits={others} timeZone={timeZone} />
                </div>
              </details>
            )}
          </Card>
          {(bursts.length > 0 || policies.length > 0 || scopes.length > 0) && (
            <Card title="Also on the way" flush>
              <ul className="divide-y divide-line">
                {bursts.map(({ of, kind, limit, left }, index) => (
                  <li key={`burst${index}`} className="flex flex-wrap justify-between gap-2 px-4 py-2">
                    <span>
                      {kinds[kind] ?? kind} <span className="text-text-2">{whose[of] ?? of}</span>
                    </span>
                    <span className="num">
                      room for {left} of {limit}
                    </span>
                  </li>
                ))}
                {policies.map(({ name, acts }, index) => (
                  <li key={`policy${index}`} className="flex flex-wrap justify-between gap-2 px-4 py-2">
                    <span>
                      Policy <span className="font-mono text-[13px]">{name}</span>
                    </span>
                    <span className="text-text-2">{acts}</span>
                  </li>
                ))}
                {scopes.length > 0 && (
                  <li className="flex flex-wrap items-center gap-2 px-4 py-2">
                    Opened by the scopes
                    {scopes.map((scope) => (
                      <Badge key={scope}>{scope}</Badge>
                    ))}
                  </li>
                )}
              </ul>
            </Card>
          )}
          {refusal && <CodeBlock title={`What the caller would get: ${refusal.status}, ${refusal.contentType}`} language={refusal.contentType.includes('json') ? 'json' : 'text'} code={pretty(refusal)} wrap />}
          {result.rules.every((rule) => rule.ignored) && refusal?.code === 'no_match' && (
            <p className="text-text-2">
              Add a rule for this path under{' '}
              <Link href={`/products/${productId}/mapping-rules`} className="link">
                Mapping rules
              </Link>
              .
            </p>
          )}
        </div>
      </div>
    </div>
  )
}

function factsOf(result: Result, application: Result['application']): Description[] {
  return [
    { label: 'Call', value: <VerbPath verb={result.method} path={result.target} wrap /> },
    { label: 'Host', value: <span className="font-mono text-[13px]">{result.host}</span>, hint: result.environment === 'staging' ? 'Staging' : 'Production' },
    {
      label: 'Application',
      value: !application ? (
        strangerWords(result.refusal?.code)
      ) : application.isTest ? (
        application.name
      ) : (
        <Link href={`/applications/${application.id}`} className="link">
          {application.name}
        </Link>
      ),
      hint: application && <StateDot state={application.state} />,
    },
    ...(application?.account ? [{ label: 'Account', value: application.account.name, hint: <StateDot state={application.account.state} /> }] : []),
    { label: 'Plan', value: application?.plan && <PlanTag name={application.plan.name} /> },
    ...(result.endUser ? [{ label: 'End user', value: result.endUser.isNew ? 'New: would be registered' : `Number ${result.endUser.id}` }] : []),
    { label: 'Upstream', value: result.upstream && <span className="font-mono text-[13px] break-all">{result.upstream}</span>, hint: result.passes ? undefined : 'It would not get there.' },
  ]
}

function pretty({ body, contentType }: NonNullable<Result['refusal']>): string {
  if (!contentType.includes('json')) return body || '(no body)'
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body // worded by the tenant
  }
}

import { ArrowRight, ChartNoAxesColumn } from 'lucide-react'
import type { Metadata } from 'next'
import { Badge, StateDot } from '@/components/ui/badge'
import { Card, DescriptionList, Figure } from '@/components/ui/card'
import { Copyable } from '@/components/ui/copy-button'
import { EmptyState } from '@/components/ui/empty-state'
import { duration, zoneName } from '@/components/ui/format'
import { LinkButton } from '@/components/ui/link-button'
import { CompactNumber } from '@/components/ui/number'
import { PageHeader } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { hasSampleUsage } from '@/lib/metering/queries'
import { callSeries } from '@/lib/metering/usage-series'
import { nextStepOf, type NextStep } from '@/lib/onboarding/next-step'
import { countParts } from '@/lib/products/count-parts'
import { findPendingChanges } from '@/lib/products/promote-config'
import { getProduct } from '@/lib/products/queries'
import type { AuthenticationMode } from '@/lib/products/gateway-config'
import { pageData, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { productPermissions, type Ctx } from '@/lib/tenants/context'
import { CallChart } from '../../../_components/call-chart'

export const metadata: Metadata = { title: 'Overview' }

const DAYS = 7
const DAY_MS = 86_400_000

const callersSend: Record<AuthenticationMode, string> = {
  user_key: 'An API key',
  app_id_app_key: 'An application id and a key',
  oauth: 'An access token of ours',
  oidc: 'A token of your identity provider',
  introspection: 'A token of your authorization server',
}

export default async function OverviewPage({ params }: { params: Promise<{ product: string }> }) {
  const ctx = await requireAdmin(...productPermissions)
  const productId = pathId((await params).product)
  const [product, pending, parts] = await Promise.all([pageData(getProduct(ctx, productId)), pageData(findPendingChanges(ctx, { productId })), countParts(ctx, productId)])
  const next = nextStepOf({ product, parts, pending })
  const mayNext = next !== null && ctx.permissions.has(next.needs)
  const at = `/products/${product.id}`
  const { production, staging } = product.baseUrls
  const test = product.lastTest as { ok: boolean; status: number; durationMs: number; problem: string | null; at: string } | null
  return (
    <>
      <PageHeader
        title="Overview"
        description={product.description || 'How this API is doing: its calls, its addresses, and what to do next.'}
        action={
          mayNext ? (
            <LinkButton href={next.href} variant="primary">
              {next.action}
            </LinkButton>
          ) : ctx.permissions.has('analytics') ? (
            <LinkButton href={`${at}/analytics`} variant="primary" icon={<ChartNoAxesColumn aria-hidden />}>
              See analytics
            </LinkButton>
          ) : undefined
        }
      />
      <div className="flex flex-col gap-6">
        {mayNext && <NextStepLine step={next} />}
        <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
          <Figure label="Methods" value={<CompactNumber value={parts.methods} />} />
          <Figure label="Mapping rules" value={<CompactNumber value={parts.mappingRules} />} />
          <Figure label="Plans" value={parts.plans} hint={parts.plans > 0 ? `${parts.publishedPlans} published` : 'Partners need one'} />
          <Figure label="Applications" value={<CompactNumber value={parts.applications} />} hint={parts.pendingApplications > 0 ? `${parts.pendingApplications} waiting for you` : undefined} />
        </div>
        {ctx.permissions.has('analytics') && <WeekOfCalls ctx={ctx} productId={productId} />}
        <div className="grid gap-6 lg:grid-cols-2">
          <Card title="Addresses" description="Partners call production; staging serves every change at once and is never billed.">
            <DescriptionList
              stacked
              items={[
                {
                  label: 'Production base URL',
                  value: production && <Copyable value={production} label="Copy production base URL" />,
                  hint: pending.liveVersion === null ? 'Answers 404 until you promote.' : undefined,
                },
                { label: 'Staging base URL', value: staging && <Copyable value={staging} label="Copy staging base URL" /> },
                { label: 'Private base URL', value: product.privateBaseUrl && <Copyable value={product.privateBaseUrl} label="Copy private base URL" />, hint: product.privateBaseUrl ? undefined : 'Not named yet.' },
              ]}
            />
          </Card>
          <Card
            title="Integration"
            description="Whether calls reach your API."
          >
            <DescriptionList
              items={[
                {
                  label: 'Last test',
                  value: test ? (
                    <StateDot tone={test.ok ? 'good' : 'bad'}>{test.ok ? `Answered ${test.status} in ${duration(test.durationMs)}` : 'Failed'}</StateDot>
                  ) : (
                    <StateDot tone="neutral">Not tried yet</StateDot>
                  ),
                  hint: test && (
                    <>
                      {test.problem && `${test.problem} `}
                      <RelativeTime at={test.at} timeZone={ctx.tenant.timezone} />
                    </>
                  ),
                },
                {
                  label: 'Production',
                  value: pending.liveVersion === null ? <StateDot tone="warn">Not promoted yet</StateDot> : <StateDot tone="good">Version {pending.liveVersion} is live</StateDot>,
                  hint: pending.liveVersion !== null && pending.changes.length > 0 ? `Staging is ahead by ${pending.changes.length === 1 ? 'one change' : `${pending.changes.length} changes`}.` : undefined,
                },
                { label: 'Callers send', value: callersSend[product.authenticationMode] },
              ]}
            />
          </Card>
        </div>
      </div>
    </>
  )
}

function NextStepLine({ step }: { step: NextStep }) {
  return (
    <section aria-labelledby="next-step" className="flex items-start gap-3 rounded-lg border border-accent-line bg-accent-soft px-4 py-3">
      <ArrowRight aria-hidden className="mt-0.5 size-4 shrink-0 text-accent-text" />
      <div className="min-w-0">
        <h2 id="next-step" className="text-sm font-semibold">
          Next: {step.title}
        </h2>
        <p className="text-text-2">{step.description}</p>
      </div>
    </section>
  )
}

async function WeekOfCalls({ ctx, productId }: { ctx: Ctx; productId: bigint }) {
  const from = new Date(ctx.now.getTime() - (DAYS - 1) * DAY_MS)
  const [calls, sample] = await Promise.all([callSeries(ctx, { productId, environment: 'production', granularity: 'day', from, to: ctx.now }), hasSampleUsage(ctx, productId, { environment: 'production', from })])
  if (calls.series.length === 0)
    return (
      <Card flush>
        <EmptyState icon={<ChartNoAxesColumn />} title="No calls in the last 7 days" className="py-8">
          The first call in production shows here within seconds.
        </EmptyState>
      </Card>
    )
  return (
    <Card
      footer={
        <span>
          In production, days of {zoneName(ctx.tenant.timezone)}. {sample && <Badge tone="warn">Holds sample data</Badge>}
        </span>
      }
    >
      <CallChart title="Calls in the last 7 days" calls={calls} height={200} />
    </Card>
  )
}

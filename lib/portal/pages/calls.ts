import { getApplication } from '@/lib/applications/queries'
import { callAsCurl } from '@/lib/calls/call-as-curl'
import { findOwnCall, getCallOf, listCalls, type CallDto, type CallItem } from '@/lib/calls/queries'
import { notFound } from '@/lib/errors'
import { explainCall } from '@/lib/gateway/explain-call'
import { problemWords } from '@/lib/gateway/problem-words'
import type { RefusalCode } from '@/lib/gateway/refusals'
import { drop, typedText, type Drop, type LiquidObject } from '@/lib/liquid/values'
import { loadOwnAccount } from '@/lib/portal/drops/load-own-account'
import { goTo, idIn } from '@/lib/portal/pages/outcomes'
import type { PortalAnswer, PortalRequest, PortalRoute, Visit } from '@/lib/portal/portal-route'

const path = '/admin/applications/:application_id/calls'

/** A partner's own recent calls: what was sent, what came back and why. Never where the API behind it is, never anybody else's. */
export const callsRoutes: PortalRoute[] = [
  { method: 'GET', path, who: 'developer', handle: list },
  { method: 'GET', path: `${path}/:id`, who: 'developer', handle: show },
  // Where the `instance` of a problem detail leads.
  { method: 'GET', path: '/calls/:request_id', who: 'developer', handle: findByRequestId },
]

const statuses = ['2xx', '3xx', '4xx', '5xx']

async function list(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const applicationId = await ownApplication(visit, request)
  const { account, applications } = await loadOwnAccount(visit, { applications: { id: applicationId } })
  const { query } = request
  const status = statuses.find((each) => each === query.get('status'))
  const q = (query.get('q') ?? '').trim().slice(0, 200)
  const { items, nextCursor, previousCursor, total } = await listCalls(visit.ctx, { applicationId }, { status: status as '2xx' | undefined, refusal: query.get('refused') === '1' ? 'any' : undefined, q: q || undefined, cursor: query.get('cursor') ?? undefined })
  const at = `/admin/applications/${applicationId}/calls`
  const to = (cursor: string | null) => cursor && `${at}?${new URLSearchParams({ ...(status && { status }), ...(query.get('refused') === '1' && { refused: '1' }), ...(q && { q }), cursor })}`
  return {
    kind: 'page',
    page: 'applications/calls/index',
    title: 'Calls',
    assigns: {
      account,
      application: applications[0]!,
      calls: items.map((call) => callDrop(call, at)),
      calls_total: total,
      calls_url: at,
      statuses: statuses.map((value) => ({ value, selected: value === status })),
      selected_status: status ?? null,
      only_refused: query.get('refused') === '1',
      query: typedText(q),
      next_url: to(nextCursor),
      previous_url: to(previousCursor),
    },
  }
}

async function show(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const applicationId = await ownApplication(visit, request)
  const call = await getCallOf(visit.ctx, applicationId, idIn(request))
  const { account, applications } = await loadOwnAccount(visit, { applications: { id: applicationId } })
  return { kind: 'page', page: 'applications/calls/show', title: 'Call', assigns: { account, application: applications[0]!, call: { ...callDrop(call, `/admin/applications/${applicationId}/calls`), ...detailOf(call) } } }
}

async function findByRequestId(visit: Visit, { params }: PortalRequest): Promise<PortalAnswer> {
  const found = await findOwnCall(visit.ctx, params.request_id ?? '')
  if (found) return { kind: 'redirect', to: `/admin/applications/${found.applicationId}/calls/${found.id}` }
  return goTo('/admin/applications', 'No call of yours with this request id is kept. Refusals are kept for seven days; where no key was recognised, nobody knows whose call it was.', 'info')
}

/** Throws `not_found` for an application of another account. */
async function ownApplication({ ctx }: Visit, request: PortalRequest): Promise<bigint> {
  const applicationId = idIn(request, 'application_id')
  if (applicationId === 0n) throw notFound()
  await getApplication(ctx, applicationId)
  return applicationId
}

/** Paths and heads are what somebody sent: typed text, escaped whatever a template says (LQ-4). */
function callDrop(call: CallItem, at: string): Drop {
  const { id, requestId, method, target, status, refusal, durationMs, environment } = call
  return drop('call', id, {
    id,
    url: `${at}/${id}`,
    request_id: typedText(requestId),
    at: call.at.toISOString(),
    method: typedText(method),
    target: typedText(target),
    status,
    kind: status >= 500 ? 'bad' : status >= 400 ? 'warn' : 'good',
    'refused?': refusal !== null,
    reason: refusal === null ? null : problemWords(refusal as RefusalCode).title,
    duration_ms: Math.round(durationMs * 10) / 10,
    environment,
  })
}

function detailOf(call: CallDto): LiquidObject {
  const { head, answerHead, rules, limits, upstreamMs } = call.detail
  const story = explainCall(call, 'partner')
  return {
    title: story.title,
    sentences: story.sentences.map(typedText),
    remedy: story.remedy,
    docs_url: call.refusal === null ? null : `/docs/errors#${call.refusal}`,
    head: head.map(([name, value]) => ({ name: typedText(name), value: typedText(value) })),
    answer_head: answerHead.map(([name, value]) => ({ name: typedText(name), value: typedText(value) })),
    methods: rules.filter((rule) => rule.ignored === null).map(({ metric, delta }) => ({ name: metric, delta })),
    limits: limits.map(({ metric, period, limit, current, windowEnd, exceeded }) => ({ metric, period, value: limit, current, 'exceeded?': exceeded, resets_at: windowEnd === null ? null : new Date(windowEnd).toISOString() })),
    api_ms: upstreamMs,
    curl: typedText(callAsCurl(call)),
  }
}

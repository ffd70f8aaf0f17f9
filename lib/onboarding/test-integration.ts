import { z } from 'zod'
import type { Prisma } from '@/lib/db/generated/client'
import { recordAudit } from '@/lib/events/record-audit'
import { callGateway, type GatewayAnswer } from '@/lib/gateway/call-gateway'
import { withToken } from '@/lib/onboarding/caller-token'
import type { RefusalCode } from '@/lib/gateway/refusals'
import { curlOf, withCredentials } from '@/lib/products/caller-request'
import type { GatewayConfig } from '@/lib/products/gateway-config'
import { readSnapshot } from '@/lib/products/promote-config'
import { getProduct, readCallerApplication } from '@/lib/products/queries'
import { verbs } from '@/lib/products/field-inputs'
import type { Ctx } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'
import { publicOrigin } from '@/lib/zones/public-origin'

export const testInput = z.object({
  productId: idInput,
  verb: z.enum(verbs).exclude(['ANY']),
  path: z.string().trim().min(1, 'Write a path, like /1.1/search/tweets.json.').max(8000, 'This path is longer than the gateway accepts.'),
  /** Null: the test application. */
  applicationId: idInput.nullish(),
  body: z.string().max(100_000, 'Use at most 100 KB.').optional(),
})
export type TestInput = z.input<typeof testInput>

/** The five stations of the diagram (screens.md, section 3). */
export type Station = 'host' | 'key' | 'rule' | 'limit' | 'upstream'

export type TestResult = {
  ok: boolean
  /** What the caller got. */
  status: number
  durationMs: number
  failedStation: Station | null
  /** One sentence about what happened, and one about what to do; null where all is well. */
  problem: string | null
  advice: string | null
  rules: { verb: string; pattern: string }[]
  usage: { name: string; value: number }[]
  contentType: string | null
  /** The beginning of the answer's body, as text. */
  body: string
  curl: string
  application: string
  at: Date
}

const BODY_SHOWN = 4_000

/**
 * One real call through staging, with the test application unless another is chosen; the outcome is kept as the
 * product's last test. A refusal or a bad answer is an outcome, not an error. Throws `not_found`, `invalid`.
 */
export async function testIntegration(ctx: Ctx, raw: TestInput): Promise<TestResult> {
  const { productId, verb, path, applicationId, body } = testInput.parse(raw)
  const product = await getProduct(ctx, productId)
  const [application, config] = await Promise.all([readCallerApplication(ctx, productId, applicationId ?? null), readSnapshot(ctx.db, productId)])
  const caller = await withToken(ctx, productId, config, application)
  const request = withCredentials(config, caller, path.startsWith('/') ? path : `/${path}`)
  const contentType: [string, string][] = body ? [['content-type', body.trimStart().startsWith('{') || body.trimStart().startsWith('[') ? 'application/json' : 'application/x-www-form-urlencoded']] : []
  const headers: [string, string][] = [...request.headers, ...contentType]
  const answer = await callGateway(product, 'staging', { method: verb, target: request.target, headers, body: body || undefined })

  const verdict = judge(answer, config)
  const result: TestResult = {
    ...verdict,
    status: answer.status,
    durationMs: Math.round(answer.durationMs),
    rules: (answer.trace?.rules ?? []).filter((rule) => rule.ignored === null).map((rule) => ({ verb: rule.verb, pattern: rule.pattern })),
    usage: (answer.trace?.usage ?? []).map(({ name, value }) => ({ name, value })),
    contentType: answer.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null,
    body: answer.body.subarray(0, BODY_SHOWN).toString('utf8'),
    curl: curlOf(verb, `${publicOrigin(product.hosts.staging ?? '')}${request.target}`, headers, body),
    application: application.name,
    at: ctx.now,
  }
  // The curl holds the key: a partner's is noted like every other look at it.
  if (applicationId) await ctx.db.$transaction((tx) => recordAudit(tx, ctx.audit, { action: 'credential.revealed', object: { kind: 'application', id: applicationId, name: application.name } }))
  const { ok, status, durationMs, problem } = result
  await ctx.db.product.updateMany({ where: { id: productId }, data: { lastTest: { ok, status, durationMs, problem, verb, path, at: ctx.now.toISOString() } satisfies Prisma.InputJsonValue } })
  return result
}

/** The first GET rule without a variable, as a path one can call; where there is none, the first path at all. */
export function suggestTestPath(rules: { verb: string; pattern: string }[]): { verb: string; path: string } {
  const plain = rules.find((rule) => (rule.verb === 'GET' || rule.verb === 'ANY') && !rule.pattern.includes('{'))
  const chosen = plain ?? rules.find((rule) => rule.verb === 'GET') ?? rules[0]
  if (!chosen) return { verb: 'GET', path: '/' }
  return { verb: chosen.verb === 'ANY' ? 'GET' : chosen.verb, path: chosen.pattern.replace('$', '').replace(/\{[^}]*\}/g, '1') }
}

function judge({ status, trace }: GatewayAnswer, config: GatewayConfig): Pick<TestResult, 'ok' | 'failedStation' | 'problem' | 'advice'> {
  if (trace?.refusal) {
    const { failedStep, refusal } = trace
    return { ok: false, failedStation: failedStep === 'credentials' ? 'key' : (failedStep ?? 'upstream'), ...explain(refusal, config) }
  }
  if (status >= 200 && status < 300) return { ok: true, failedStation: null, problem: null, advice: null }
  const upstream = { ok: false, failedStation: 'upstream' as const }
  if (status >= 500) return { ...upstream, problem: `Your API answered ${status}.`, advice: 'The call reached it, so the gateway is in order. Look into the log of your API.' }
  if (status === 401 || status === 403)
    return { ...upstream, problem: `Your API answered ${status}: it refused the call.`, advice: 'If it insists on the secret token, check that it expects the one below in X-3scale-proxy-secret-token.' }
  if (status === 404) return { ...upstream, problem: 'Your API answered 404: it does not know this path.', advice: 'Check that the private base URL and the path together give an address of your API.' }
  if (status >= 300 && status < 400) return { ...upstream, problem: `Your API answered ${status}, a redirect.`, advice: 'Name the address it leads to as the private base URL.' }
  return { ...upstream, problem: `Your API answered ${status}.`, advice: 'The call reached it, so the gateway is in order. The answer below says what it missed.' }
}

function explain(refusal: RefusalCode, config: GatewayConfig): { problem: string; advice: string } {
  const words: Partial<Record<RefusalCode, [string, string]>> = {
    unknown_host: ['The staging host is not known yet.', 'Wait a second and try again.'],
    no_upstream: ['The private base URL is missing.', 'Name it above: it is where your API lives.'],
    secret_unreadable: ['The secret token cannot be read with the keys of this installation.', 'Rotate the secret token below.'],
    no_match: ['No mapping rule matched this path.', 'Choose a path that one of the mapping rules covers, or add a rule.'],
    bad_request: ['The path cannot be read.', 'Check its percent-escapes and leave out backslashes.'],
    application_not_live: ['The application is suspended or waits for approval.', 'Resume it, or choose another application.'],
    account_not_approved: ['The account of this application is not approved.', 'Approve it, or choose another application.'],
    plan_missing: ['The application is on no plan.', 'Put it on a plan, or choose another application.'],
    method_disabled: ['The plan of this application does not include this method.', 'Enable the method on the plan, or choose another application.'],
    end_user_missing: [`The plan of this application asks for an end user in the header ${config.endUserHeader}.`, 'Use the test application here.'],
    limits_exceeded: ['The application has used up a limit of its plan.', 'Wait for the next window, raise the limit, or choose another application.'],
    upstream_unreachable: ['Your API could not be reached.', 'Check the host and port of the private base URL, and that your API runs and accepts calls from here.'],
    upstream_not_allowed: ['The private base URL leads to an address that is not allowed.', 'Private networks have to be opened by whoever runs this installation, with EGRESS_ALLOW.'],
    upstream_timed_out: ['Your API did not answer in time.', `The gateway waited ${config.upstream.firstByteTimeoutMs / 1000} s for the first byte. Look at what keeps your API busy.`],
    upstream_bad_response: ['Your API answered with something that is no proper HTTP.', 'Check that the private base URL names the right port, and http or https as your API expects.'],
    loop_detected: ['The private base URL leads back to a gateway.', 'Name the address of your API itself.'],
    body_too_large: ['The body is larger than this product accepts.', 'Send a smaller one.'],
  }
  const [problem, advice] = words[refusal] ?? ['The gateway refused the call.', 'The answer below says why.']
  return { problem, advice }
}

import { z } from 'zod'
import { callGateway } from '@/lib/gateway/call-gateway'
import { withToken } from '@/lib/onboarding/caller-token'
import { refusals, type RefusalCode } from '@/lib/gateway/refusals'
import { withCredentials } from '@/lib/products/caller-request'
import { readSnapshot } from '@/lib/products/promote-config'
import { getProduct, readCallerApplication } from '@/lib/products/queries'
import { recordAudit } from '@/lib/events/record-audit'
import type { Ctx } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'
import { assertAllowed, throttle } from '@/lib/throttle/throttle'

const labCallsMax = 400

export const limitLabInput = z.object({
  productId: idInput,
  verb: z.enum(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: z.string().trim().min(1, 'Write a path, like /1.1/search/tweets.json.').max(8000, 'This path is longer than the gateway accepts.'),
  applicationId: idInput,
  calls: z.coerce.number({ error: 'Write a whole number.' }).int('Write a whole number.').min(1, 'Send at least one call.').max(labCallsMax, `Send at most ${labCallsMax} at once.`),
})
export type LimitLabInput = z.input<typeof limitLabInput>

export type LabOutcome = { status: number; refusal: RefusalCode | null; calls: number }

export type LabResult = {
  calls: number
  passed: number
  /** The most frequent first. */
  outcomes: LabOutcome[]
  /** One a call, in the order in which the answers came. */
  order: { status: number; refusal: RefusalCode | null }[]
  /** Of a call a limit refused: what it was told. */
  told: { rateLimit: string | null; policy: string | null; retryAfter: string | null; body: string } | null
  durationMs: number
  application: string
}

/**
 * Sends calls through staging all at once, as one application, and tells what became of each: the proof that a limit
 * holds under any parallelism. They are real calls: those that pass reach the API and count on staging. Throws
 * `not_found`, `invalid`, `too_many_requests`.
 */
export async function runLimitLab(ctx: Ctx, raw: LimitLabInput): Promise<LabResult> {
  const { productId, verb, path, applicationId, calls } = limitLabInput.parse(raw)
  const product = await getProduct(ctx, productId)
  const [application, config] = await Promise.all([readCallerApplication(ctx, productId, applicationId), readSnapshot(ctx.db, productId)])
  const { target, headers } = withCredentials(config, await withToken(ctx, productId, config, application), path.startsWith('/') ? path : `/${path}`)
  assertAllowed(await throttle().take('limit_lab', String(ctx.tenant.id)))
  await recordAudit(ctx.db, ctx.audit, { action: 'limit_lab.run', object: { kind: 'application', id: applicationId, name: application.name }, after: { calls, verb, path } })

  const began = performance.now()
  const order: LabResult['order'] = []
  let told: LabResult['told'] = null
  const send = async () => {
    const answer = await callGateway(product, 'staging', { method: verb, target, headers }, { bodyBytesMax: 2_000, totalMs: 60_000 })
    const refusal = answer.trace?.refusal ?? null
    order.push({ status: answer.status, refusal })
    if (!refusal || refusals[refusal].step !== 'limit' || told) return
    const header = (name: string) => answer.headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? null
    told = { rateLimit: header('ratelimit'), policy: header('ratelimit-policy'), retryAfter: header('retry-after'), body: answer.body.toString('utf8') }
  }
  await Promise.all(Array.from({ length: calls }, send))
  return { calls, passed: order.filter(({ refusal }) => refusal === null).length, outcomes: countOutcomes(order), order, told, durationMs: Math.round(performance.now() - began), application: application.name }
}

function countOutcomes(order: LabResult['order']): LabOutcome[] {
  const byKind = Map.groupBy(order, ({ status, refusal }) => `${status} ${refusal}`)
  return [...byKind.values()].map((all) => ({ ...all[0]!, calls: all.length })).toSorted((one, other) => other.calls - one.calls)
}

import type { BurstPass, BurstState, BurstStore, BurstSubject } from '@/lib/metering/burst-store'
import type { Call } from '@/lib/gateway/call'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import { refuse } from '@/lib/gateway/refusals'
import type { Refusal } from '@/lib/gateway/refusals'

/** What a call holds of its short-term bounds: until it ends, or until it is refused further on. */
export type HeldBursts = { states: readonly BurstState[]; pass: BurstPass }

/** How long a place among the calls under way outlives the longest call: for what comes before and after the upstream. */
const LEASE_MARGIN_MS = 5_000

/** Takes the bounds, all or none, before any limit is asked: a call that comes too fast uses up nothing. Throws `AppError('unavailable')`. */
export async function takeBursts(store: BurstStore, subjects: readonly BurstSubject[], product: CompiledProduct, applicationId: number, call: Call, totalTimeoutMs: number): Promise<HeldBursts | Refusal> {
  const taking = store.take({ subjects, id: call.requestId, at: call.at, lastsMsMax: totalTimeoutMs + LEASE_MARGIN_MS, waiter: call })
  const result = taking instanceof Promise ? await taking : taking
  if (result.admitted) return { states: result.states, pass: result.pass }
  const refusal = refuse(result.exceeded.kind === 'concurrency' ? 'concurrency_exceeded' : 'bursts_exceeded', product, applicationId)
  refusal.burst = result.exceeded
  return refusal
}

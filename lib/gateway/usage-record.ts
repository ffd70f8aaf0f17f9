import type { LimitState } from '@/lib/metering/counter-store'
import { countedOf } from '@/lib/metering/counted-of'
import type { UsageRecord } from '@/lib/metering/journal'
import type { Call } from '@/lib/gateway/call'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import type { Identity } from '@/lib/gateway/live-directory'
import type { Usage } from '@/lib/gateway/match-usage'

/** The durable record of an admitted call: what it counts, and which limit counters moved by how much. */
export function usageRecord(product: CompiledProduct, identity: Identity, endUserId: number | null, usage: Usage, states: readonly LimitState[], call: Call): UsageRecord {
  return {
    id: call.requestId,
    at: call.at,
    tenantId: product.tenantId,
    productId: product.productId,
    environment: product.environment,
    applicationId: identity.application.id,
    endUserId,
    credentialId: identity.credentialId,
    address: call.clientAddress,
    usage: usage.entries as UsageRecord['usage'],
    counted: countedOf(states),
  }
}

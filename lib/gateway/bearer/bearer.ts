import type { Clock } from '@/lib/clock'
import type { EgressPolicy } from '@/lib/http/egress/policy'
import type { BearerFacts } from '@/lib/gateway/bearer/bearer-settings'
import { createForeignTokens } from '@/lib/gateway/bearer/foreign-tokens'
import type { ForeignTokens } from '@/lib/gateway/bearer/foreign-tokens'
import { createGrantUse } from '@/lib/gateway/bearer/grant-use'
import type { GrantUse } from '@/lib/gateway/bearer/grant-use'
import { createProviderKeys } from '@/lib/gateway/bearer/provider-keys'
import type { ProviderKeys } from '@/lib/gateway/bearer/provider-keys'
import { createTokenMemory } from '@/lib/gateway/bearer/token-memory'
import type { TokenMemory } from '@/lib/gateway/bearer/token-memory'
import { createLiveCache } from '@/lib/gateway/live-cache'
import type { LiveCache } from '@/lib/gateway/live-cache'
import type { LiveData } from '@/lib/gateway/load-live'

/** What the gateway keeps about bearer tokens; one per process, beside the directory. */
export type Bearer = {
  /** Our own, by a digest of the token; dropped when their grant ends. */
  tokens: LiveCache<BearerFacts>
  foreign: ForeignTokens
  memory: TokenMemory
  providers: ProviderKeys
  use: GrantUse
  /** For tests: where providers may be. */
  policy: EgressPolicy | undefined
}

export function createBearer(data: LiveData, clock: Clock, policy?: EgressPolicy): Bearer {
  return {
    tokens: createLiveCache<BearerFacts>({ name: 'tokens', max: 100_000, clock, of: (facts) => facts }),
    foreign: createForeignTokens(),
    memory: createTokenMemory(),
    providers: createProviderKeys(clock, policy),
    use: createGrantUse((uses) => data.noteGrantUses(uses)),
    policy,
  }
}

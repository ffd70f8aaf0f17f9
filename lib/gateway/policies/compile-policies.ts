import { logger } from '@/lib/logger'
import type { Environment, GatewayConfig } from '@/lib/products/gateway-config'
import { policySchemas } from '@/lib/products/policy-schemas'
import type { PolicyConfiguration, PolicyName } from '@/lib/products/policy-schemas'
import { openPolicySecrets } from '@/lib/products/policy-secrets'
import type { PolicyHooks } from '@/lib/gateway/policies/policy-run'
import { cors } from '@/lib/gateway/policies/cors'
import { customMetrics } from '@/lib/gateway/policies/custom-metrics'
import { defaultCredentials } from '@/lib/gateway/policies/default-credentials'
import type { AnonymousCredentials } from '@/lib/gateway/policies/default-credentials'
import { headers } from '@/lib/gateway/policies/headers'
import { ipCheck } from '@/lib/gateway/policies/ip-check'
import { jwtClaimCheck } from '@/lib/gateway/policies/jwt-claim-check'
import { logging } from '@/lib/gateway/policies/logging'
import { maintenanceMode } from '@/lib/gateway/policies/maintenance-mode'
import { rateLimit } from '@/lib/gateway/policies/rate-limit'
import { urlRewriting } from '@/lib/gateway/policies/url-rewriting'

/** A chain made ready: for each moment of a call those policies that have something to do then, in the order of the chain. */
export type CompiledPolicies = {
  early: readonly PolicyHooks[]
  /** Above the gateway's own line: before credentials and mapping rules. */
  rewriteAbove: readonly PolicyHooks[]
  admitAbove: readonly PolicyHooks[]
  /** Below it, or in a chain without one. */
  rewriteBelow: readonly PolicyHooks[]
  admitBelow: readonly PolicyHooks[]
  onRequest: readonly PolicyHooks[]
  onResponse: readonly PolicyHooks[]
  atEnd: readonly PolicyHooks[]
  /** What a call without credentials is taken for. */
  anonymous: AnonymousCredentials | null
}

export type PolicyPlace = {
  tenantId: number
  productId: number
  environment: Environment
  config: GatewayConfig
  /** Place in the chain: counters of two policies of one kind are not the same. */
  index: number
}

type Compile<Name extends PolicyName> = (configuration: PolicyConfiguration<Name>, place: PolicyPlace) => PolicyHooks

/** Those with hooks. What only tunes the upstream (timeouts, retries, sizes) is settled in `tuneUpstream`. */
const compilers: { [Name in PolicyName]?: Compile<Name> } = {
  cors,
  headers,
  url_rewriting: urlRewriting,
  ip_check: ipCheck,
  rate_limit: rateLimit,
  maintenance_mode: maintenanceMode,
  jwt_claim_check: jwtClaimCheck,
  logging,
  custom_metrics: customMetrics,
}

const GUARDS: ReadonlySet<string> = new Set(['ip_check', 'jwt_claim_check', 'maintenance_mode'])

/** Null where nothing of the chain has anything to do while a call runs: most products, and they pay one look for it. */
export function compilePolicies(config: GatewayConfig, at: Omit<PolicyPlace, 'config' | 'index'>): CompiledPolicies | null {
  if (config.policies.length === 0) return null
  const line = config.policies.findIndex((entry) => entry.name === 'apicast')
  const hooks: { hooks: PolicyHooks; above: boolean }[] = []
  let anonymous: AnonymousCredentials | null = null
  for (const [index, { name, enabled, configuration }] of openPolicySecrets(at.tenantId, at.productId, config.policies).entries()) {
    if (!enabled || !(name in policySchemas)) continue
    try {
      const parsed = policySchemas[name as PolicyName].parse(configuration)
      if (name === 'default_credentials') anonymous = defaultCredentials(parsed as PolicyConfiguration<'default_credentials'>)
      const compile = compilers[name as PolicyName] as Compile<PolicyName> | undefined
      if (compile) hooks.push({ hooks: compile(parsed as PolicyConfiguration<PolicyName>, { ...at, config, index }), above: index < line })
    } catch (error) {
      // Stored before a rule of its schema changed. One that keeps callers out must not open the door by that.
      logger.error({ err: error, productId: at.productId, policy: name }, 'a stored policy has a configuration that cannot be read')
      if (GUARDS.has(name)) hooks.push({ hooks: { early: () => ({ code: 'policy_unreadable', answer: null }) }, above: true })
    }
  }
  if (hooks.length === 0 && !anonymous) return null
  const having = (hook: keyof PolicyHooks, above?: boolean) => hooks.filter((each) => each.hooks[hook] && (above === undefined || each.above === above)).map((each) => each.hooks)
  return {
    early: having('early'),
    rewriteAbove: having('rewrite', true),
    admitAbove: having('admit', true),
    rewriteBelow: having('rewrite', false),
    admitBelow: having('admit', false),
    onRequest: having('onRequest'),
    onResponse: having('onResponse'),
    atEnd: having('atEnd'),
    anonymous,
  }
}

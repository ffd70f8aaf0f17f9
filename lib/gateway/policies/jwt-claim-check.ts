import { parsePattern } from '@/lib/products/pattern'
import { compileLinearPattern } from '@/lib/products/linear-pattern'
import type { PolicyConfiguration } from '@/lib/products/policy-schemas'
import { matchTokens, tokensOf } from '@/lib/gateway/match-tokens'
import { holds, textOf } from '@/lib/gateway/policies/condition'
import type { Comparison } from '@/lib/gateway/policies/condition'
import { claimsOf } from '@/lib/gateway/policies/liquid-scope'
import type { PolicyHooks } from '@/lib/gateway/policies/policy-run'

/**
 * Claims of the caller's token against rules by path. Runs once the token has been accepted; a call without one that
 * comes under a rule has no claim at all, so what asks for one refuses it.
 */
export function jwtClaimCheck({ error_message, rules }: PolicyConfiguration<'jwt_claim_check'>): PolicyHooks {
  const compiled = rules.map(({ resource, resource_type, methods, combine_op, operations }) => ({
    path: textOf(resource, resource_type),
    methods: methods && methods.length > 0 && !methods.includes('ANY') ? new Set<string>(methods) : null,
    any: combine_op === 'or',
    operations: operations.map(({ jwt_claim, jwt_claim_type, op, value, value_type }): Omit<Comparison, 'left'> & { claim: string; liquid: boolean; left: Comparison['left'] } => ({
      claim: jwt_claim,
      liquid: jwt_claim_type === 'liquid',
      left: textOf(jwt_claim, jwt_claim_type),
      op,
      right: textOf(value, value_type),
      pattern: op === 'matches' && value_type === 'plain' ? compileLinearPattern(value) : null,
    })),
  }))
  const refused = { code: 'claim_not_allowed' as const, answer: { status: 403, headers: ['Content-Type', 'text/plain; charset=utf-8'], body: error_message } }
  return {
    admit(run) {
      for (const { path, methods, any, operations } of compiled) {
        if (methods && !methods.has(run.call.method)) continue
        if (!fits(path(run), run.path)) continue
        const claims = claimsOf(run)
        if (Object.keys(claims).length === 0) return refused
        const check = (operation: (typeof operations)[number]) => claimTexts(operation.liquid ? operation.left(run) : Object.hasOwn(claims, operation.claim) ? claims[operation.claim] : undefined, operation.op).some((text) => holds(operation, text, run))
        if (!(any ? operations.some(check) : operations.every(check))) return refused
      }
      return null
    },
  }
}

/** A list fits where one of its items does; "is not" must be true of all of it, so it is compared as one text. */
function claimTexts(claim: unknown, op: string): string[] {
  if (Array.isArray(claim) && op !== '!=') return claim.map(asText)
  return [asText(claim)]
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean)
}

function fits(resource: string, path: string): boolean {
  try {
    const pattern = parsePattern(resource)
    return matchTokens(tokensOf(pattern), path, 0, path.length, pattern.exact)
  } catch {
    // A Liquid path that came out as none: nothing comes under the rule, and its claims cannot be asked for. Refusing all would be no better reading.
    return false
  }
}

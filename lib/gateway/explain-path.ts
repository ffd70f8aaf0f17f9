import type { GatewayConfig, Verb } from '@/lib/products/gateway-config'
import { canonicalTarget } from '@/lib/gateway/canonical-path'
import { addUp, compileUsageMatcher, isOfBackend, parseParams, takeCounting } from '@/lib/gateway/match-usage'
import type { UsageMatcher } from '@/lib/gateway/match-usage'
import { findRules, findRulesOfPath } from '@/lib/gateway/rule-trie'

export type PathExplanation = {
  /** The path as the gateway reads it; null where it refuses to (`400`). */
  path: string | null
  /** Every rule whose path matches, in order of position, with the reason where it does not count. */
  rules: ExplainedRule[]
  /** What a call would count, ancestors included; empty: the answer is "No Mapping Rule matched". */
  usage: { metricId: number; systemName: string; name: string; value: number }[]
}

export type ExplainedRule = {
  id: number
  verb: Verb
  pattern: string
  metricId: number
  metricName: string
  delta: number
  last: boolean
  /** Null: it counts. */
  ignored: null | 'other_verb' | 'query_differs' | 'after_last'
}

/**
 * "Test a path": which rules a request meets, which of them count, and what would be counted. `target`: path and query.
 * Whoever has the config's rules compiled gives `matcher`: a call that is kept must not cost the more, the more rules there are.
 */
export function explainPath(config: Explained, verb: string, target: string, matcher: UsageMatcher = compileUsageMatcher(config)): PathExplanation {
  const canonical = canonicalTarget(target.startsWith('/') ? target : `/${target}`)
  if (!canonical) return { path: null, rules: [], usage: [] }
  const { path, query } = canonical
  const { trie, lineage, metrics } = matcher
  const mount = mountOf(config.backends ?? [], path)
  // A rule of a backend that does not take the call says nothing about it.
  const met = findRulesOfPath(trie, path).filter((rule) => isOfBackend(rule, mount)).sort((one, other) => one.index - other.index)
  const matching = findRules(trie, verb, path, trie.needsQuery ? parseParams(query, null) : null).filter((rule) => isOfBackend(rule, mount))
  const fits = new Set(matching)
  const counting = new Set(takeCounting(matching))
  const usage = addUp([...counting], lineage)
  return {
    path,
    rules: met.map((rule) => {
      const { id, verb: ruleVerb, pattern, metricId, delta, last } = rule
      const ignored = ruleVerb !== verb && ruleVerb !== 'ANY' ? 'other_verb' : !fits.has(rule) ? 'query_differs' : counting.has(rule) ? null : 'after_last'
      return { id, verb: ruleVerb, pattern, metricId, metricName: metrics.get(metricId)?.name ?? '', delta, last, ignored }
    }),
    usage: (usage?.entries ?? []).map(([metricId, value]) => ({ metricId, systemName: metrics.get(metricId)?.systemName ?? '', name: metrics.get(metricId)?.name ?? '', value })),
  }
}

type Explained = Pick<GatewayConfig, 'metrics' | 'mappingRules'> & Partial<Pick<GatewayConfig, 'backends'>>

/** The id of the backend whose mount takes the path, as `findMount` has it. */
function mountOf(backends: GatewayConfig['backends'], path: string): number | null {
  const fitting = backends.filter((backend) => `${path}/`.startsWith(`${backend.path.replace(/\/+$/, '')}/`))
  return fitting.toSorted((one, other) => other.path.length - one.path.length)[0]?.id ?? null
}

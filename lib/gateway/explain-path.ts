import type { GatewayConfig, Verb } from '@/lib/products/gateway-config'
import { parsePattern } from '@/lib/products/pattern'
import type { ParsedPattern } from '@/lib/products/pattern'
import { canonicalTarget } from '@/lib/gateway/canonical-path'
import { matchTokens, tokensOf } from '@/lib/gateway/match-tokens'
import { addUp, isOfBackend, lineageOf, parseParams, takeCounting } from '@/lib/gateway/match-usage'

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

/** "Test a path": which rules a request meets, which of them count, and what would be counted. `target`: path and query. */
export function explainPath(config: Pick<GatewayConfig, 'metrics' | 'mappingRules'> & Partial<Pick<GatewayConfig, 'backends'>>, verb: string, target: string): PathExplanation {
  const canonical = canonicalTarget(target.startsWith('/') ? target : `/${target}`)
  if (!canonical) return { path: null, rules: [], usage: [] }
  const metrics = new Map(config.metrics.map((metric) => [metric.id, metric]))
  const params = parseParams(canonical.query, null)

  const mount = mountOf(config.backends ?? [], canonical.path)

  const met = config.mappingRules.flatMap((rule, index) => {
    // A rule of a backend that does not take the call says nothing about it.
    if (!isOfBackend(rule, mount)) return []
    const pattern = readPattern(rule.pattern)
    if (!pattern || !matchTokens(tokensOf(pattern), canonical.path, 0, canonical.path.length, pattern.exact)) return []
    const ignored = rule.verb !== verb && rule.verb !== 'ANY' ? ('other_verb' as const) : queryMatches(pattern, params) ? null : ('query_differs' as const)
    return [{ ...rule, index, ignored }]
  })
  const counting = takeCounting(met.filter((rule) => rule.ignored === null))
  const usage = addUp(counting, lineageOf(config.metrics))
  return {
    path: canonical.path,
    rules: met.map(({ id, verb: ruleVerb, pattern, metricId, delta, last, ignored, index }) => ({
      id,
      verb: ruleVerb,
      pattern,
      metricId,
      metricName: metrics.get(metricId)?.name ?? '',
      delta,
      last,
      ignored: ignored ?? (counting.some((rule) => rule.index === index) ? null : 'after_last'),
    })),
    usage: (usage?.entries ?? []).map(([metricId, value]) => ({ metricId, systemName: metrics.get(metricId)?.systemName ?? '', name: metrics.get(metricId)?.name ?? '', value })),
  }
}

/** The id of the backend whose mount takes the path, as `findMount` has it. */
function mountOf(backends: GatewayConfig['backends'], path: string): number | null {
  const fitting = backends.filter((backend) => `${path}/`.startsWith(`${backend.path.replace(/\/+$/, '')}/`))
  return fitting.toSorted((one, other) => other.path.length - one.path.length)[0]?.id ?? null
}

function queryMatches(pattern: ParsedPattern, params: ReadonlyMap<string, string>): boolean {
  return pattern.query.every(({ name, value }) => params.has(name) && (value === null || params.get(name) === value))
}

function readPattern(pattern: string): ParsedPattern | null {
  try {
    return parsePattern(pattern)
  } catch {
    // The gateway skips such a rule too.
    return null
  }
}

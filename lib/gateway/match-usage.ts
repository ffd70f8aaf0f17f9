import type { GatewayConfig } from '@/lib/products/gateway-config'
import { decodeQueryText } from '@/lib/products/pattern'
import { buildRuleTrie, findRules } from '@/lib/gateway/rule-trie'
import type { RuleTrie } from '@/lib/gateway/rule-trie'

/** What a call counts: metric id to increment, every ancestor included (reference gateway 1.2). */
export type Usage = { byMetric: ReadonlyMap<number, number>; entries: readonly [metricId: number, value: number][] }

/** `ofBackends`: there are rules that count for the calls of one backend only. `metrics`: by id, to name them. */
export type UsageMatcher = { trie: RuleTrie<CompiledRule>; lineage: Lineage; ofBackends: boolean; metrics: ReadonlyMap<number, GatewayConfig['metrics'][number]> }

/** `usage` is what the rule counts alone, made once: most calls match one rule. */
export type CompiledRule = GatewayConfig['mappingRules'][number] & { index: number; usage: Usage | null }

/** Metric id to itself and its ancestors. */
type Lineage = ReadonlyMap<number, readonly number[]>

export function compileUsageMatcher(config: Pick<GatewayConfig, 'metrics' | 'mappingRules'>): UsageMatcher {
  const lineage = lineageOf(config.metrics)
  const rules = config.mappingRules.map((rule, index) => ({ ...rule, index, usage: addUp([rule], lineage) }))
  const metrics = new Map(config.metrics.map((metric) => [metric.id, metric]))
  return { trie: buildRuleTrie(rules), lineage, ofBackends: rules.some((rule) => rule.backendId != null), metrics }
}

/**
 * Mapping rules to usage: every matching rule adds its increment, in order of position, until one that is `last`
 * (reference gateway 1.3). Null where nothing matches. `query` and `form` are raw text; a form parameter wins.
 * `backendId` names the backend the call goes to: the product's own rules count always, those of other backends never.
 */
export function matchUsage(matcher: UsageMatcher, verb: string, path: string, query: string, form: string | null, backendId: number | null = null): Usage | null {
  let found = findRules(matcher.trie, verb, path, matcher.trie.needsQuery ? parseParams(query, form) : null)
  if (matcher.ofBackends) found = found.filter((rule) => isOfBackend(rule, backendId))
  if (found.length === 0) return null
  if (found.length === 1) return found[0]!.usage
  const counting = takeCounting(found)
  return counting.length === 1 ? counting[0]!.usage : addUp(counting, matcher.lineage)
}

/** A rule of another backend neither counts nor stops the others with its `last`. */
export function isOfBackend(rule: { backendId?: number | null }, backendId: number | null): boolean {
  return rule.backendId == null || rule.backendId === backendId
}

/** Of all matching rules those that count, in order of position: up to the first that is `last`, which still counts. */
export function takeCounting<Rule extends { index: number; last: boolean }>(matching: Rule[]): Rule[] {
  matching.sort((one, other) => one.index - other.index)
  const last = matching.findIndex((rule) => rule.last)
  return last === -1 ? matching : matching.slice(0, last + 1)
}

/** Usage of these rules together, rolled up. Null where every increment is 0 or less. */
export function addUp(rules: readonly { metricId: number; delta: number }[], lineage: Lineage): Usage | null {
  const byMetric = new Map<number, number>()
  for (const { metricId, delta } of rules)
    if (delta > 0) for (const id of lineage.get(metricId) ?? [metricId]) byMetric.set(id, (byMetric.get(id) ?? 0) + delta)
  return byMetric.size === 0 ? null : { byMetric, entries: [...byMetric] }
}

export function lineageOf(metrics: GatewayConfig['metrics']): Lineage {
  const parents = new Map(metrics.map((metric) => [metric.id, metric.parentId]))
  return new Map(
    metrics.map(({ id }) => {
      const line = [id]
      for (let parent = parents.get(id); parent != null && !line.includes(parent); parent = parents.get(parent)) line.push(parent)
      return [id, line]
    }),
  )
}

/** Parameters of a query and an urlencoded body; of a repeated one the last value, the body's after the query's. */
export function parseParams(query: string, form: string | null): Map<string, string> {
  const params = new Map<string, string>()
  for (const text of form === null ? [query] : [query, form]) {
    if (text === '') continue
    for (const pair of text.split('&')) {
      if (pair === '') continue
      const equals = pair.indexOf('=')
      if (equals === -1) params.set(decodeQueryText(pair), '')
      else params.set(decodeQueryText(pair.slice(0, equals)), decodeQueryText(pair.slice(equals + 1)))
    }
  }
  return params
}

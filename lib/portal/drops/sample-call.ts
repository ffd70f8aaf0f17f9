import { isMethodEnabled, isRead } from '@/lib/plans/method-enabled'
import { curlOf, withCredentials, type Caller } from '@/lib/products/caller-request'
import type { LiveConfig } from '@/lib/portal/drops/live-config'

export type SamplePlan = {
  newMethods: string
  /** The plan's own word about methods, by metric id. */
  words: ReadonlyMap<number, boolean>
  /** Metrics with a limit of 0: closed. */
  closed: ReadonlySet<number>
}

/**
 * A call that passes as it stands, as a line for a shell: the first rule that only reads, is let through by the plan and
 * has no variable, with the caller's key. Empty without a rule that passes or without a live key. Pure.
 */
export function sampleCurl(config: LiveConfig, plan: SamplePlan, caller: Caller, baseUrl: string): string {
  const { mode } = config.authentication
  if (baseUrl === '' || (mode === 'user_key' ? caller.userKey : caller.appKey) === null) return ''
  const rule = findSampleRule(config, plan)
  if (!rule) return ''
  const { target, headers } = withCredentials(config, caller, pathOf(rule.pattern))
  return curlOf(rule.verb === 'ANY' ? 'GET' : rule.verb, baseUrl + target, headers)
}

/** Reads before writes, plain paths before those with variables; null where the plan lets nothing through. */
function findSampleRule({ mappingRules, methods }: LiveConfig, plan: SamplePlan): { verb: string; pattern: string } | null {
  const verbsOf = Map.groupBy(mappingRules, (rule) => rule.metricId)
  const closed = new Set(plan.closed)
  for (const { id, verb } of methods) {
    const read = isRead(verb, (verbsOf.get(id) ?? []).map((rule) => rule.verb))
    if (!isMethodEnabled({ newMethods: plan.newMethods, explicit: plan.words.get(id), read })) closed.add(id)
  }
  const open = mappingRules.filter((rule) => !closed.has(rule.metricId))
  const reads = open.filter(({ verb }) => verb === 'GET' || verb === 'ANY')
  return reads.find(({ pattern }) => !pattern.includes('{')) ?? reads[0] ?? open[0] ?? null
}

const pathOf = (pattern: string) => pattern.replace('$', '').replace(/\{[^}]*\}/g, '1')

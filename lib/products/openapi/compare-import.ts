import { callKey, pathName, type MethodDraft } from '@/lib/products/openapi/draft-methods'
import { compareRules } from '@/lib/products/openapi/order-rules'
import { freeSystemName } from '@/lib/products/system-name'

/** The rows an import compares with: every metric below Hits, retired ones included, and every rule in order. */
export type PresentMethod = {
  id: bigint
  name: string
  systemName: string
  description: string
  verb: string | null
  path: string | null
  operationId: string | null
  retired: boolean
  removedFromDocument: boolean
  /** Why it would be kept if the document lacks it. */
  hasUsage: boolean
  limits: number
}

export type PresentRule = { id: bigint; verb: string; pattern: string; metricId: bigint; delta: number; last: boolean; imported: boolean }

export type PlannedChange = { metricId: bigint; draft: MethodDraft; name: string; description: string; changes: FieldChange[]; rule: RuleChange }

export type FieldChange = { field: 'name' | 'pattern' | 'operationId' | 'description' | 'mapping rule' | 'state'; from: string | null; to: string | null }

/** `keep`: the rule is right, or the tenant's own. */
export type RuleChange = { kind: 'keep' } | { kind: 'update'; ruleId: bigint } | { kind: 'create' }

export type Comparison = {
  create: (MethodDraft & { finalSystemName: string })[]
  change: PlannedChange[]
  remove: PresentMethod[]
  /** Not in the document any more, but with usage or limits: stays and is marked. `marked`: by an earlier import. */
  keep: (PresentMethod & { marked: boolean })[]
  unchanged: number
  /** The untouched rule of a new product: beside the imported ones it would count Hits twice. */
  catchAll: PresentRule | null
  warnings: string[]
}

type Options = { naming: 'path' | 'summary'; removeMissing: boolean }

/** Pure: what an import of `drafts` would do. Matches on verb and path, then on the operationId, then on a rule of the tenant's own for the same call. */
export function compareImport(drafts: MethodDraft[], methods: PresentMethod[], rules: PresentRule[], hitsId: bigint, otherSystemNames: Iterable<string>, options: Options): Comparison {
  const matches = matchMethods(drafts, methods, rules)
  const taken = new Set([...methods.map((method) => method.systemName), ...otherSystemNames])
  const rulesOf = Map.groupBy(rules, (rule) => rule.metricId)
  const result: Comparison = { create: [], change: [], remove: [], keep: [], unchanged: 0, catchAll: findCatchAll(rules, hitsId), warnings: [] }

  for (const draft of drafts) {
    const method = matches.get(draft)
    if (!method) {
      const finalSystemName = freeSystemName(draft.systemName, (name) => taken.has(name))
      taken.add(finalSystemName)
      result.create.push({ ...draft, finalSystemName })
      continue
    }
    const change = planChange(draft, method, rulesOf.get(method.id) ?? [])
    if (change.changes.length > 0) result.change.push(change)
    else result.unchanged++
  }

  const matched = new Set([...matches.values()].map((method) => method.id))
  for (const method of options.removeMissing ? methods : []) {
    if (matched.has(method.id) || method.verb === null || method.retired) continue
    if (method.hasUsage || method.limits > 0) result.keep.push({ ...method, marked: method.removedFromDocument })
    else result.remove.push(method)
  }
  result.warnings.push(...warnOfOwnRules(drafts, rules))
  return result
}

function matchMethods(drafts: MethodDraft[], methods: PresentMethod[], rules: PresentRule[]): Map<MethodDraft, PresentMethod> {
  const matches = new Map<MethodDraft, PresentMethod>()
  const used = new Set<bigint>()
  const byId = new Map(methods.map((method) => [method.id, method]))
  const pass = (keyed: Iterable<[string, PresentMethod | undefined]>, keyOf: (draft: MethodDraft) => string | null) => {
    const index = new Map<string, PresentMethod>()
    // One that is in use goes before a retired one with the same key.
    for (const [key, method] of keyed) if (method && (!index.has(key) || index.get(key)!.retired)) index.set(key, method)
    for (const draft of drafts) {
      const key = keyOf(draft)
      const method = matches.has(draft) || key === null ? undefined : index.get(key)
      if (!method || used.has(method.id)) continue
      matches.set(draft, method)
      used.add(method.id)
    }
  }
  const imported = methods.filter((method) => method.verb !== null)
  const byCall = (draft: MethodDraft) => callKey(draft.verb, draft.path)
  pass(imported.map((method) => [callKey(method.verb!, method.path ?? ''), method]), byCall)
  pass(imported.flatMap((method) => (method.operationId === null ? [] : [[method.operationId, method] as [string, PresentMethod]])), (draft) => draft.operationId)
  // A method made by hand with the very rule the import would make is the same method.
  const own = rules.filter((rule) => byId.get(rule.metricId)?.verb === null)
  pass(own.map((rule) => [callKey(rule.verb, rule.pattern), byId.get(rule.metricId)]), (draft) => callKey(draft.verb, draft.pattern))
  return matches
}

function planChange(draft: MethodDraft, method: PresentMethod, rules: PresentRule[]): PlannedChange {
  const changes: FieldChange[] = []
  const note = (field: FieldChange['field'], from: string | null, to: string | null) => from !== to && changes.push({ field, from, to })
  const name = followsDocument(method) ? draft.name : method.name
  const description = method.description || draft.description
  note('name', method.name, name)
  note('description', method.description, description)
  if (method.verb !== null) note('operationId', method.operationId, draft.operationId)
  if (method.retired || method.removedFromDocument) note('state', method.retired ? 'deleted' : 'removed from the document', 'in the document')

  const call = `${draft.verb} ${draft.pattern}`
  const exact = rules.some((rule) => `${rule.verb} ${rule.pattern}` === call)
  const former = rules.find((rule) => rule.imported)
  const rule: RuleChange = exact ? { kind: 'keep' } : former ? { kind: 'update', ruleId: former.id } : rules.length > 0 ? { kind: 'keep' } : { kind: 'create' }
  if (rule.kind === 'update') note('pattern', `${former!.verb} ${former!.pattern}`, call)
  if (rule.kind === 'create') note('mapping rule', null, call)
  // Adopted or moved: the next import matches on what stands here.
  if (changes.length === 0 && (method.verb !== draft.verb || method.path !== draft.path)) note('pattern', method.path, draft.path)
  return { metricId: method.id, draft, name, description, changes, rule }
}

/** A name the tenant has written himself stays. */
function followsDocument(method: PresentMethod): boolean {
  if (method.verb === null || method.path === null) return false
  const segments = method.path.split('/')
  // The prefix of the server is not part of the name, and how long it was is not stored.
  return segments.some((_, index) => index > 0 && pathName(method.verb!, `/${segments.slice(index).join('/')}`) === method.name) || `${method.verb} ${method.path.slice(1)}` === method.name
}

function findCatchAll(rules: PresentRule[], hitsId: bigint): PresentRule | null {
  if (rules.some((rule) => rule.imported)) return null
  return rules.find((rule) => rule.metricId === hitsId && rule.verb === 'ANY' && rule.pattern === '/' && rule.delta === 1 && !rule.last) ?? null
}

function warnOfOwnRules(drafts: MethodDraft[], rules: PresentRule[]): string[] {
  const calls = new Set(drafts.map((draft) => callKey(draft.verb, draft.pattern)))
  const others = rules.filter((rule) => !rule.imported && !isCatchAll(rule) && !calls.has(callKey(rule.verb, rule.pattern)))
  return others.length === 0 ? [] : [`${others.length === 1 ? 'One mapping rule of your own stays' : `${others.length} mapping rules of your own stay`} in front of the imported ones. Calls that match both are counted by both.`]
}

const isCatchAll = (rule: { pattern: string }) => rule.pattern === '/'

/**
 * The order of all rules after an import: the tenant's own stay on their side of the imported ones; before the first
 * import they stand in front, but for catch-alls, which go last.
 */
export function orderAllRules<Rule extends { verb: string; pattern: string; imported: boolean; isNew: boolean }>(rules: Rule[]): Rule[] {
  const first = rules.findIndex((rule) => rule.imported && !rule.isNew)
  const own = rules.map((rule, index) => ({ rule, front: first === -1 ? !isCatchAll(rule) : index < first })).filter(({ rule }) => !rule.imported)
  const imported = rules.filter((rule) => rule.imported).sort(compareRules)
  return [...own.filter(({ front }) => front).map(({ rule }) => rule), ...imported, ...own.filter(({ front }) => !front).map(({ rule }) => rule)]
}

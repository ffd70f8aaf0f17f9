import { z } from 'zod'
import { invalid } from '@/lib/errors'
import type { PolicyEntry } from '@/lib/products/gateway-config'
import { firstOfEachPlace, plainProblem } from '@/lib/products/plain-problem'
import { policySchemas } from '@/lib/products/policy-schemas'
import type { PolicyName } from '@/lib/products/policy-schemas'

/**
 * The policies a chain is made of. Names and JSON are APIcast's where it has the policy, so a chain of a 3scale product
 * can be pasted as it is.
 */
export type PolicyDefinition = {
  name: PolicyName
  title: string
  /** What it does for the tenant, in one sentence. */
  sentence: string
  /** `line`: the gateway's own steps, so that others can stand above or below them. `inert`: read and kept, but nothing is left for it to do here. */
  kind: 'active' | 'line' | 'inert'
}

export const policyDefinitions: readonly PolicyDefinition[] = [
  { name: 'apicast', title: 'Gatehouse', sentence: 'Keys, mapping rules and limits.', kind: 'line' },
  { name: 'cors', title: 'CORS', sentence: 'Lets web pages of other sites call this API, and answers their preflight requests without asking for a key.', kind: 'active' },
  { name: 'headers', title: 'Headers', sentence: 'Adds, sets or deletes headers on the way to your API and back.', kind: 'active' },
  { name: 'url_rewriting', title: 'URL rewriting', sentence: 'Changes path and query before your API sees them; above the Gatehouse line mapping rules see the changed path too.', kind: 'active' },
  { name: 'ip_check', title: 'IP check', sentence: 'Lets in only some addresses, or keeps some out.', kind: 'active' },
  { name: 'rate_limit', title: 'Edge rate limit', sentence: 'Bounds calls by address, header or anything else, whatever plan they are on; above the Gatehouse line it counts strangers too.', kind: 'active' },
  { name: 'maintenance_mode', title: 'Maintenance mode', sentence: 'Answers every call with a text of yours; nothing is counted and your API is left in peace.', kind: 'active' },
  { name: 'default_credentials', title: 'Anonymous access', sentence: 'Calls without credentials count as calls of one application, with the limits of its plan.', kind: 'active' },
  { name: 'jwt_claim_check', title: 'JWT claim check', sentence: 'Lets calls through only if their token says what it should, path by path.', kind: 'active' },
  { name: 'upstream_connection', title: 'Upstream timeouts', sentence: 'How long to wait for your API, in place of the bounds on the Gateway page.', kind: 'active' },
  { name: 'retry', title: 'Retries', sentence: 'Tries again when your API gives no answer, for calls that may be repeated.', kind: 'active' },
  { name: 'payload_limits', title: 'Payload limits', sentence: 'Refuses requests and answers that are too large.', kind: 'active' },
  { name: 'logging', title: 'Logging', sentence: 'Writes a line of your own for each call to the log of the gateway.', kind: 'active' },
  { name: 'custom_metrics', title: 'Custom metrics', sentence: 'Counts what only the answer knows, like rows returned or errors.', kind: 'active' },
  { name: 'caching', title: 'Authorisation cache', sentence: 'Kept for APIcast. Limits are exact here, so there is no cache whose mode could be chosen.', kind: 'inert' },
  { name: '3scale_batcher', title: 'Batcher', sentence: 'Kept for APIcast. Usage is recorded in batches here anyway, without letting calls over a limit.', kind: 'inert' },
]

/** By name; null for one we do not have. */
export function findPolicyDefinition(name: string): PolicyDefinition | null {
  return policyDefinitions.find((definition) => definition.name === name) ?? null
}

/** The configuration as JSON Schema, for forms and for `GET /policies`. */
export function policyJsonSchema(name: PolicyName): Record<string, unknown> {
  let schema = jsonSchemas.get(name)
  // Through text: zod's own object also carries functions.
  if (!schema) jsonSchemas.set(name, (schema = JSON.parse(JSON.stringify(z.toJSONSchema(policySchemas[name], { io: 'input', unrepresentable: 'any' }))) as Record<string, unknown>))
  return schema
}

const jsonSchemas = new Map<PolicyName, Record<string, unknown>>()

const POLICIES_MAX = 50
const CHAIN_BYTES_MAX = 200_000
const DEPTH_MAX = 32

/** What else an entry holds is another tool's, and is kept for it. */
const entrySchema = z.looseObject({
  name: z.string({ error: 'Name the policy.' }).min(1, 'Name the policy.').max(100),
  version: z.string().max(50).nullish(),
  enabled: z.boolean({ error: 'Write true or false.' }).nullish(),
  configuration: z.record(z.string(), z.unknown(), { error: 'Write an object.' }).nullish(),
})

/**
 * Reads a chain as APIcast writes it and gives it in our shape: every name known, every configuration complete with its
 * defaults. `registered`: names of the tenant's own policies for self-managed gateways, whose configuration is kept as
 * it is. Throws `invalid`, each field named by its path: `policies.2.configuration.ips.0`.
 */
export function parsePolicies(raw: unknown, registered: ReadonlySet<string> = new Set()): PolicyEntry[] {
  const list: unknown = typeof raw === 'object' && raw !== null && 'policies_config' in raw ? raw.policies_config : raw
  if (!Array.isArray(list)) throw invalid({ policies: ['Write a list: [{ "name": "cors", "enabled": true, "configuration": {} }].'] }, 'This is no list of policies.')
  if (list.length > POLICIES_MAX) throw invalid({ policies: [`Use at most ${POLICIES_MAX} policies.`] })
  // Before anything else walks it: what is nested without end would end in the middle of a call, and no text of Postgres holds a NUL.
  if (!isPlain(list, DEPTH_MAX)) throw invalid({ policies: [`Nest at most ${DEPTH_MAX} levels, and leave NUL characters out.`] })
  if (JSON.stringify(list).length > CHAIN_BYTES_MAX) throw invalid({ policies: ['This chain is larger than 200 KB.'] })
  const problems: Record<string, string[]> = {}
  const entries = list.map((item, index) => parseEntry(item, `policies.${index}`, registered, problems))
  const lines = entries.filter((entry) => entry?.name === 'apicast').length
  if (lines > 1) (problems.policies ??= []).push('The Gatehouse line (apicast) can stand in a chain only once.')
  const first = Object.values(problems)[0]?.[0]
  if (first) throw invalid(problems, first)
  return entries as PolicyEntry[]
}

function isPlain(value: unknown, levels: number): boolean {
  if (typeof value === 'string') return !value.includes('\0')
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.entries(value).every(([key, item]) => !key.includes('\0') && isPlain(item, levels - 1))
}

function parseEntry(item: unknown, path: string, registered: ReadonlySet<string>, problems: Record<string, string[]>): PolicyEntry | null {
  const say = (issues: readonly z.core.$ZodIssue[], under: string) => {
    for (const issue of firstOfEachPlace(issues)) (problems[[under, ...issue.path.map(String)].join('.')] ??= []).push(issue.message)
  }
  const entry = entrySchema.safeParse(item, { error: plainProblem })
  if (!entry.success) {
    say(entry.error.issues, path)
    return null
  }
  const { name, version, enabled, configuration, ...others } = entry.data
  const shape = { ...others, name, version: version || 'builtin', enabled: enabled ?? true }
  if (!findPolicyDefinition(name)) {
    if (registered.has(name)) return { ...shape, configuration: configuration ?? {} }
    problems[`${path}.name`] = [`There is no policy “${name}” here. Remove it, or register it first if your own gateway brings it.`]
    return null
  }
  const { $schema: _schema, ...given } = configuration ?? {}
  const parsed = policySchemas[name as PolicyName].safeParse(given, { error: plainProblem })
  if (!parsed.success) {
    say(parsed.error.issues, `${path}.configuration`)
    return null
  }
  return { ...shape, configuration: parsed.data as Record<string, unknown> }
}

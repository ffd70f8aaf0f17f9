import type { ErrorAnswers, GatewayConfig, MountedBackend, PolicyEntry } from '@/lib/products/gateway-config'
import { findPolicyDefinition } from '@/lib/products/policies'
import { describeBursts } from '@/lib/products/bursts'
import { sameJson } from '@/lib/products/same-json'

const LISTED_MAX = 5
/** The policy that stands for the gateway's own steps in a chain. */
const LINE = 'apicast'

/** What a person reads before promoting or rolling back: one line a change, in the order of the gateway page. Empty: the same. */
export function diffConfigs(before: GatewayConfig | null, after: GatewayConfig): string[] {
  if (!before) return [`First version: ${count(after.mappingRules.length, 'mapping rule')}, upstream ${after.upstream.privateBaseUrl ?? 'not named yet'}`]
  return [
    ...changed('Name', before.productName, after.productName),
    ...changed('Private base URL', before.upstream.privateBaseUrl, after.upstream.privateBaseUrl),
    ...diffBackends(before, after),
    ...diffMappingRules(before, after),
    ...diffMetrics(before, after),
    ...changed('Authentication', modes[before.authentication.mode], modes[after.authentication.mode]),
    ...changed('Credentials location', before.authentication.location, after.authentication.location),
    ...changed('Name of the user key', before.authentication.userKeyName, after.authentication.userKeyName),
    ...changed('Name of the application id', before.authentication.appIdName, after.authentication.appIdName),
    ...changed('Name of the application key', before.authentication.appKeyName, after.authentication.appKeyName),
    ...changed('End-user header', before.endUserHeader, after.endUserHeader),
    ...(before.upstream.secretTokenCipher === after.upstream.secretTokenCipher ? [] : ['Secret token: rotated']),
    ...changed('Host header', before.upstream.hostHeader, after.upstream.hostHeader),
    ...changed('Rate limit headers', before.rateLimitHeaders ? 'on' : 'off', after.rateLimitHeaders ? 'on' : 'off'),
    ...changed('Refusals', refusalStyles[before.refusalStyle], refusalStyles[after.refusalStyle]),
    ...changed('Successful calls kept (%)', before.callSamplePercent, after.callSamplePercent),
    ...diffTokens(before, after),
    ...(sameJson(before.bursts, after.bursts) ? [] : [`Bursts: ${describeBursts(before.bursts)} → ${describeBursts(after.bursts)}`]),
    ...changed('Referrer filters', before.referrerFiltersRequired ? 'held to' : 'ignored', after.referrerFiltersRequired ? 'held to' : 'ignored'),
    ...changed('Credentials for your API', before.stripCredentials ? 'taken off' : 'passed on', after.stripCredentials ? 'taken off' : 'passed on'),
    ...diffPolicies(before, after),
    ...(Object.keys(bounds) as (keyof typeof bounds)[]).flatMap((key) => changed(bounds[key], before.upstream[key], after.upstream[key])),
    ...(Object.keys(answers) as (keyof ErrorAnswers)[]).flatMap((key) => (sameJson(before.errorAnswers[key], after.errorAnswers[key]) ? [] : [`Error answer "${answers[key]}": changed`])),
  ]
}

const refusalStyles = { text: 'texts', problem: 'problem details' }
const modes = { user_key: 'user key', app_id_app_key: 'application id and key', oauth: 'OAuth 2.0', oidc: 'OpenID Connect', introspection: 'token introspection' }
const answers: Record<keyof ErrorAnswers, string> = { authMissing: 'credentials missing', authFailed: 'authentication failed', noMatch: 'no mapping rule', limitsExceeded: 'limits exceeded' }
const bounds = {
  bodyBytesMax: 'Largest body (bytes)',
  connectTimeoutMs: 'Connect timeout (ms)',
  firstByteTimeoutMs: 'First-byte timeout (ms)',
  idleTimeoutMs: 'Idle timeout (ms)',
  totalTimeoutMs: 'Total timeout (ms)',
  concurrencyMax: 'Calls at once',
} as const

function changed(what: string, before: string | number | null, after: string | number | null): string[] {
  return before === after ? [] : [`${what}: ${before ?? 'none'} → ${after ?? 'none'}`]
}

/** What concerns bearer tokens; secrets are named, never shown. */
function diffTokens(before: GatewayConfig, after: GatewayConfig): string[] {
  const scopes = (config: GatewayConfig) => config.oauth.scopes.map((scope) => scope.name)
  const issuers = (config: GatewayConfig) => config.oidcIssuers.map((each) => each.issuer)
  const onOff = (on: boolean) => (on ? 'on' : 'off')
  const sameNames = sameJson(scopes(before), scopes(after))
  return [
    ...changed('OAuth login URL', before.oauth.loginUrl, after.oauth.loginUrl),
    ...listed('scope', 'added', without(scopes(after), scopes(before))),
    ...listed('scope', 'removed', without(scopes(before), scopes(after))),
    ...(sameNames && !sameJson(before.oauth.scopes, after.oauth.scopes) ? ['Scopes: sentences or methods changed'] : []),
    ...changed('Client credentials', onOff(before.oauth.clientCredentials), onOff(after.oauth.clientCredentials)),
    ...changed('Classic clients', onOff(before.oauth.classicClients), onOff(after.oauth.classicClients)),
    ...listed('identity provider', 'added', without(issuers(after), issuers(before))),
    ...listed('identity provider', 'removed', without(issuers(before), issuers(after))),
    ...(sameJson(issuers(before), issuers(after)) && !sameJson(before.oidcIssuers, after.oidcIssuers) ? ['Identity providers: claims, audiences or algorithms changed'] : []),
    ...changed('Token introspection', before.introspection?.url ?? null, after.introspection?.url ?? null),
    ...(before.introspection && after.introspection && before.introspection.url === after.introspection.url && !sameJson(before.introspection, after.introspection) ? ['Token introspection: client or claim changed'] : []),
  ]
}

function diffBackends(before: GatewayConfig, after: GatewayConfig): string[] {
  const nameOf = ({ name, path }: MountedBackend) => `${name} under ${path}`
  const old = new Map((before.backends ?? []).map((backend) => [backend.id, backend]))
  const current = new Map(after.backends.map((backend) => [backend.id, backend]))
  const added = after.backends.filter(({ id }) => !old.has(id)).map(nameOf)
  const removed = [...old.values()].filter(({ id }) => !current.has(id)).map(nameOf)
  const altered = after.backends.filter((backend) => old.has(backend.id) && !sameJson(old.get(backend.id), backend)).map(nameOf)
  return [...listed('backend', 'mounted', added), ...listed('backend', 'unmounted', removed), ...listed('backend', 'changed', altered)]
}

function diffMappingRules(before: GatewayConfig, after: GatewayConfig): string[] {
  const nameOf = (config: GatewayConfig) => {
    const names = new Map(config.metrics.map((metric) => [metric.id, metric.systemName]))
    return config.mappingRules.map((rule) => `${rule.verb} ${rule.pattern} → ${names.get(rule.metricId) ?? '?'} +${rule.delta}${rule.last ? ', last' : ''}`)
  }
  const [old, current] = [nameOf(before), nameOf(after)]
  const added = without(current, old)
  const removed = without(old, current)
  const lines = [...listed('mapping rule', 'added', added), ...listed('mapping rule', 'removed', removed)]
  const stays = (rules: string[], others: string[]) => rules.filter((rule) => !others.includes(rule)).join('\n')
  return stays(current, added) === stays(old, removed) ? lines : [...lines, 'Mapping rules: order changed']
}

function diffMetrics(before: GatewayConfig, after: GatewayConfig): string[] {
  const old = new Map(before.metrics.map((metric) => [metric.id, metric]))
  const current = new Map(after.metrics.map((metric) => [metric.id, metric]))
  const added = after.metrics.filter((metric) => !old.has(metric.id)).map((metric) => metric.name)
  const removed = before.metrics.filter((metric) => !current.has(metric.id)).map((metric) => metric.name)
  const altered = after.metrics.filter((metric) => old.has(metric.id) && !sameJson(old.get(metric.id), metric)).map((metric) => metric.name)
  return [...listed('method or metric', 'added', added), ...listed('method or metric', 'removed', removed), ...listed('method or metric', 'changed', altered)]
}

/** Policies are told apart by name: of two with one name, the first of one version is compared with the first of the other. */
function diffPolicies(before: GatewayConfig, after: GatewayConfig): string[] {
  const [old, current] = [withLine(before.policies ?? []), withLine(after.policies)]
  const nameOf = ({ name }: PolicyEntry) => findPolicyDefinition(name)?.title ?? name
  const [oldNames, names] = [old.map(nameOf), current.map(nameOf)]
  const added = without(names, oldNames)
  const removed = without(oldNames, names)
  const altered: string[] = []
  const left = [...old]
  for (const entry of current) {
    const at = left.findIndex(({ name }) => name === entry.name)
    const [match] = at === -1 ? [] : left.splice(at, 1)
    if (entry.name === LINE) continue
    if (match && match.enabled !== entry.enabled) altered.push(`${nameOf(entry)} ${entry.enabled ? 'switched on' : 'switched off'}`)
    else if (match && !sameJson(match, entry)) altered.push(`${nameOf(entry)} changed`)
  }
  const lines = [...listed('policy', 'added', added), ...listed('policy', 'removed', removed), ...altered.map((text) => `Policy ${text}`)]
  return lines.length > 0 || sameJson(names, oldNames) ? lines : ['Policies: order changed']
}

/** A chain without the line of the gateway's own steps stands below it: writing the line down changes nothing. */
function withLine(policies: PolicyEntry[]): PolicyEntry[] {
  return policies.some(({ name }) => name === LINE) ? policies : [{ name: LINE, version: 'builtin', enabled: true, configuration: {} }, ...policies]
}

function without(list: string[], taken: string[]): string[] {
  const left = new Map<string, number>()
  for (const item of taken) left.set(item, (left.get(item) ?? 0) + 1)
  return list.filter((item) => {
    const times = left.get(item) ?? 0
    if (times > 0) left.set(item, times - 1)
    return times === 0
  })
}

function listed(noun: string, verb: string, items: string[]): string[] {
  if (items.length === 0) return []
  const shown = items.slice(0, LISTED_MAX).join('; ')
  return [`${count(items.length, noun)} ${verb}: ${shown}${items.length > LISTED_MAX ? `; and ${items.length - LISTED_MAX} more` : ''}`]
}

function count(number: number, noun: string): string {
  if (number === 1) return `1 ${noun}`
  if (noun === 'method or metric') return `${number} methods or metrics`
  return noun === 'policy' ? `${number} policies` : `${number} ${noun}s`
}

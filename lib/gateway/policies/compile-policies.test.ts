import { expect, it } from 'vitest'
import type { GatewayConfig, PolicyEntry } from '@/lib/products/gateway-config'
import { parsePolicies, policyDefinitions } from '@/lib/products/policies'
import { compilePolicies } from '@/lib/gateway/policies/compile-policies'
import type { Call } from '@/lib/gateway/call'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import type { GatewayParts } from '@/lib/gateway/decide'
import { PolicyRun } from '@/lib/gateway/policies/policy-run'
import { tuneUpstream } from '@/lib/gateway/policies/tune-upstream'

const configOf = (policies: Partial<PolicyEntry>[]): GatewayConfig => ({ policies: policies.map((entry) => ({ version: 'builtin', enabled: true, configuration: {}, ...entry })), metrics: [] }) as unknown as GatewayConfig
const compile = (...policies: Partial<PolicyEntry>[]) => compilePolicies(configOf(policies), { tenantId: 1, productId: 2, environment: 'staging' })

it('a chain without anything to do while a call runs costs nothing', () => {
  expect(compile()).toBeNull()
  expect(compile({ name: 'apicast' }, { name: 'caching' }, { name: 'retry', configuration: { retries: 2 } }, { name: 'of their own gateway', configuration: { x: 1 } })).toBeNull()
  expect(compile({ name: 'cors', enabled: false })).toBeNull()
})

it('a guard whose configuration cannot be read keeps its door shut, any other policy rests', () => {
  const compiled = compile({ name: 'ip_check', configuration: { ips: 'x' } })!
  expect(compiled.early[0]!.early!({} as PolicyRun)).toEqual({ code: 'policy_unreadable', answer: null })
  expect(compile({ name: 'headers', configuration: { request: 'x' } })).toBeNull()
})

it('whatever the save lets through, the gateway can compile', () => {
  const longest = `https://${'a'.repeat(440)}`
  const chain = parsePolicies([{ name: 'cors', configuration: { allow_origin: longest } }, ...policyDefinitions.flatMap(({ name }) => (['cors', 'headers', 'url_rewriting', 'rate_limit', 'maintenance_mode', 'logging'].includes(name) ? [{ name }] : []))])
  expect(compile(...chain)!.early.length).toBe(3)
})

it('tuning: the last of several counts, seconds become milliseconds, 0 is no limit', () => {
  const entry = (name: string, configuration: Record<string, unknown>, enabled = true): PolicyEntry => ({ name, version: 'builtin', enabled, configuration })
  expect(tuneUpstream([entry('cors', {})])).toBeNull()
  expect(tuneUpstream([entry('upstream_connection', { connect_timeout: 1.5, send_timeout: 20, read_timeout: 7 }), entry('payload_limits', { request: 0, response: 10 }), entry('retry', { retries: 5 }), entry('retry', { retries: 2 }), entry('retry', { retries: 9 }, false)])).toEqual({
    connectTimeoutMs: 1_500, firstByteTimeoutMs: 20_000, idleTimeoutMs: 7_000, responseBytesMax: 10, retries: 2,
  })
})

it('a chain made to take long is ended, and the call refused', async () => {
  // Each place that fits begins a look at all that follows: square in the path, though every single look is linear.
  const slow = { name: 'url_rewriting', configuration: { commands: Array.from({ length: 50 }, () => ({ op: 'gsub', regex: 'a(?:[ab]*c)?', replace: 'b' })) } }
  const config = configOf([slow, { name: 'apicast' }])
  const place = { tenantId: 1, productId: 2, environment: 'staging' as const }
  const path = `/${'a'.repeat(15_000)}`
  const run = new PolicyRun(compilePolicies(config, place)!, {} as GatewayParts, { ...place, config } as unknown as CompiledProduct, { method: 'GET', target: path, requestId: 'r' } as unknown as Call, { path, query: '' })
  expect(await run.begin()).toEqual({ code: 'policies_too_slow', answer: null })
})

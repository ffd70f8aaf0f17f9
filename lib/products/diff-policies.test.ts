import { expect, it } from 'vitest'
import { defaultErrorAnswers, defaultSettings } from '@/lib/products/gateway-config'
import type { GatewayConfig, PolicyEntry } from '@/lib/products/gateway-config'
import { diffConfigs } from '@/lib/products/diff-configs'

const entry = (name: string, configuration: Record<string, unknown> = {}, enabled = true): PolicyEntry => ({ name, version: 'builtin', enabled, configuration })
const config = (policies: PolicyEntry[], more: Partial<GatewayConfig> = {}): GatewayConfig =>
  ({ ...structuredClone(defaultSettings), authentication: { mode: 'user_key' }, upstream: {}, metrics: [], mappingRules: [], errorAnswers: defaultErrorAnswers, policies, ...more }) as unknown as GatewayConfig

it.each([
  ['nothing', [entry('cors')], [entry('cors')], []],
  ['one more', [], [entry('cors'), entry('retry')], ['2 policies added: CORS; Retries']],
  ['one less', [entry('ip_check')], [], ['1 policy removed: IP check']],
  ['another setting', [entry('retry', { retries: 1 })], [entry('retry', { retries: 2 })], ['Policy Retries changed']],
  ['switched off', [entry('cors')], [entry('cors', {}, false)], ['Policy CORS switched off']],
  ['another order', [entry('cors'), entry('retry')], [entry('retry'), entry('cors')], ['Policies: order changed']],
  ['the line of the own steps written down', [entry('cors')], [entry('apicast'), entry('cors'), entry('retry')], ['1 policy added: Retries']],
  ['a policy moved above that line', [entry('cors')], [entry('cors'), entry('apicast')], ['Policies: order changed']],
  ['one of a registry', [], [entry('soap')], ['1 policy added: soap']],
])('a chain with %s', (_, before, after, lines) => {
  expect(diffConfigs(config(before), config(after))).toEqual(lines)
})

it('says when credentials are taken off', () => {
  expect(diffConfigs(config([]), config([], { stripCredentials: true }))).toEqual(['Credentials for your API: passed on → taken off'])
})

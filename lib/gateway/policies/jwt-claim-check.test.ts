import { describe, expect, it } from 'vitest'
import { defaultErrorAnswers } from '@/lib/products/gateway-config'
import type { AuthenticationMode, GatewayConfig } from '@/lib/products/gateway-config'
import type { Authorisation } from '@/lib/gateway/authorise'
import type { Call } from '@/lib/gateway/call'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import type { GatewayParts } from '@/lib/gateway/decide'
import type { Identity } from '@/lib/gateway/live-directory'
import { compilePolicies } from '@/lib/gateway/policies/compile-policies'
import { PolicyRun } from '@/lib/gateway/policies/policy-run'

const place = { tenantId: 1, productId: 2, environment: 'staging' as const }
type Rule = Record<string, unknown>

async function statusOf(rules: Rule[], claims: unknown, { path = '/orders/7', method = 'GET', mode = 'oidc' as AuthenticationMode, header = '' } = {}): Promise<number | null> {
  const config = { policies: [{ name: 'jwt_claim_check', version: 'builtin', enabled: true, configuration: { rules } }], metrics: [], authentication: { mode }, errorAnswers: defaultErrorAnswers } as unknown as GatewayConfig
  const call = { method, target: path, host: 'h', clientAddress: '192.0.2.1', headers: {}, rawHeaders: header === '' ? [] : ['X-Role', header], at: 0 } as unknown as Call
  const run = new PolicyRun(compilePolicies(config, place)!, {} as GatewayParts, { ...place, config } as unknown as CompiledProduct, call, { path, query: '' })
  const token = typeof claims === 'string' ? claims : `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`
  const answer = await run.admit({ application: { id: 9 } } as unknown as Identity, {} as Authorisation, token)
  return answer && answer.answer!.status
}

const rule = (operations: Rule[], more: Rule = {}): Rule => ({ resource: '/orders/{id}', combine_op: 'and', operations, ...more })
const is = (jwt_claim: string, value: string, op = '=='): Rule => ({ jwt_claim, op, value })

describe('jwt_claim_check', () => {
  it.each([
    ['an equal claim', [rule([is('role', 'admin')])], { role: 'admin' }, null],
    ['another value', [rule([is('role', 'admin')])], { role: 'guest' }, 403],
    ['no such claim', [rule([is('role', 'admin')])], { sub: 'x' }, 403],
    ['a list that holds it', [rule([is('groups', 'b')])], { groups: ['a', 'b'] }, null],
    ['a list that does not', [rule([is('groups', 'c')])], { groups: ['a', 'b'] }, 403],
    ['a number', [rule([is('level', '3')])], { level: 3 }, null],
    ['not equal', [rule([is('role', 'guest', '!=')])], { role: 'admin' }, null],
    ['a match', [rule([is('role', '^adm', 'matches')])], { role: 'admin' }, null],
    ['all of two, one holds', [rule([is('a', '1'), is('b', '2')])], { a: '1', b: '3' }, 403],
    ['any of two, one holds', [rule([is('a', '1'), is('b', '2')], { combine_op: 'or' })], { a: '1', b: '3' }, null],
    ['a path outside the rule', [rule([is('a', '1')], { resource: '/other' })], {}, null],
    ['a method outside the rule', [rule([is('a', '1')], { methods: ['POST'] })], {}, null],
    ['every method', [rule([is('a', '1')], { methods: ['ANY'] })], { a: '2' }, 403],
    ['two rules, the second refuses', [rule([is('a', '1')]), rule([is('b', '1')])], { a: '1' }, 403],
    ['a claim named by Liquid', [rule([{ jwt_claim: '{{ jwt.realm.role }}', jwt_claim_type: 'liquid', op: '==', value: 'admin' }])], { realm: { role: 'admin' } }, null],
    ['a value of a header', [rule([{ jwt_claim: 'role', op: '==', value: "{{ headers['x-role'] }}", value_type: 'liquid' }])], { role: 'admin' }, null],
    ['a path by Liquid', [rule([is('sub', 'y')], { resource: '/orders/{{ jwt.order }}', resource_type: 'liquid' })], { order: '7', sub: 'x' }, 403],
    ['claims that are inherited only', [rule([is('constructor', 'x', '!='), is('toString', '', '==')])], { a: 1 }, null],
    ['an opaque token', [rule([is('role', 'x', '!=')])], 'opaque', 403],
    ['a token whose middle is no JSON', [rule([is('role', 'x', '!=')])], 'a.b.c', 403],
  ])('%s', async (_, rules, claims, expected) => {
    expect(await statusOf(rules, claims, { header: 'admin' })).toBe(expected)
  })

  it('in a product called with keys nobody has claims, whatever the call carries', async () => {
    expect(await statusOf([rule([is('role', 'admin')])], { role: 'admin' }, { mode: 'user_key' })).toBe(403)
  })
})

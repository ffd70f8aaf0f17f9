import { describe, expect, it } from 'vitest'
import { nextStepOf } from '@/lib/onboarding/next-step'

describe('the next step of a product', () => {
  const done = {
    product: { id: 7, privateBaseUrl: 'http://127.0.0.1:1', lastTest: { ok: true } as unknown },
    parts: { methods: 83, mappingRules: 83, plans: 2, applications: 3, pendingApplications: 0 },
    pending: { liveVersion: 1 as number | null, changes: [] as string[] },
  }
  const lacking = (changes: { product?: object; parts?: object; pending?: object }) =>
    nextStepOf({ product: { ...done.product, ...changes.product }, parts: { ...done.parts, ...changes.parts }, pending: { ...done.pending, ...changes.pending } })

  it('is nothing where everything is in place', () => expect(nextStepOf(done)).toBeNull())

  it.each([
    ['no method', { parts: { methods: 0 }, product: { privateBaseUrl: null } }, '/products/7/import'],
    ['no address', { product: { privateBaseUrl: null, lastTest: null } }, '/products/7/gateway'],
    ['no rule', { parts: { mappingRules: 0 }, product: { lastTest: null } }, '/products/7/mapping-rules'],
    ['no test', { product: { lastTest: null }, pending: { liveVersion: null } }, '/products/7/gateway#test'],
    ['a failed test', { product: { lastTest: { ok: false } } }, '/products/7/gateway#test'],
    ['never promoted', { pending: { liveVersion: null, changes: ['all'] } }, '/products/7/gateway'],
    ['no plan', { parts: { plans: 0, applications: 0 } }, '/products/7/plans'],
    ['somebody waiting', { parts: { pendingApplications: 2 } }, '/applications?state=pending'],
    ['unpromoted changes', { pending: { changes: ['One mapping rule added'] } }, '/products/7/gateway'],
    ['no partner', { parts: { applications: 0 } }, '/accounts/new'],
  ])('with %s leads to its place', (_, changes, href) => expect(lacking(changes)?.href).toBe(href))
})

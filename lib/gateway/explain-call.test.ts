import { describe, expect, it } from 'vitest'
import { explainCall } from '@/lib/gateway/explain-call'
import { refusals } from '@/lib/gateway/refusals'

const detail = {
  rules: [],
  usage: [],
  upstreamMs: null,
  limits: [{ of: 'application' as const, metric: 'hits', period: 'minute' as const, limit: 60, current: 60, windowEnd: Date.UTC(2026, 10, 23, 18, 43), exceeded: true }],
}
const told = (refusal: string, audience: 'tenant' | 'partner') => explainCall({ status: 429, refusal, durationMs: 3, detail }, audience)

describe('what became of a call, in words', () => {
  it('to the tenant, the plan and the application are somebody else’s', () => {
    for (const code of Object.keys(refusals)) expect(told(code, 'tenant').sentences.join(' '), code).not.toMatch(/\byour (plan|application|calls|token|address)\b/i)
    expect(told('limits_exceeded', 'partner').sentences[0]).toBe('A limit of your plan is used up.')
  })

  it('the limit that refused is named with its window', () => {
    expect(told('limits_exceeded', 'tenant').sentences).toContain('The limit of 60 hits a minute stood at 60. Its window runs to 2026-11-23 18:43:00 UTC.')
  })
})

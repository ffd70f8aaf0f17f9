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

  it('who meets a limit that no waiting opens is not told to wait', () => {
    const of = (limit: Partial<(typeof detail.limits)[0]> | { windowEnd: null }, usage: { metric: string; value: number }[]) =>
      explainCall({ status: 429, refusal: 'limits_exceeded', durationMs: 3, detail: { ...detail, usage, limits: [{ ...detail.limits[0]!, ...limit }] as never } }, 'partner')
    const tooLarge = of({ limit: 5, current: 0 }, [{ metric: 'hits', value: 7 }])
    expect([tooLarge.sentences[1], tooLarge.remedy]).toEqual(['The limit of 5 hits a minute stood at 0. This call alone counts more than it allows.', 'Choose a bigger plan: waiting does not help.'])
    expect(of({ windowEnd: null }, [{ metric: 'hits', value: 1 }]).remedy).toBe('Choose a bigger plan: waiting does not help.')
    expect(of({}, [{ metric: 'hits', value: 1 }]).remedy).toBe('Wait until the window ends, or choose a bigger plan.')
  })
})

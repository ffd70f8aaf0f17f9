import { describe, expect, it } from 'vitest'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import { rateLimitHeaders } from '@/lib/gateway/rate-limit-headers'
import type { BurstState } from '@/lib/metering/burst-store'
import type { LimitState } from '@/lib/metering/counter-store'

const NOW = Date.parse('2026-11-24T10:30:00Z')
const HOUR = { windowStart: NOW - 1_800_000, windowEnd: NOW + 1_800_000 }
const product = { metricLabels: new Map([[1, 'hits'], [2, 'bytes']]) } as unknown as CompiledProduct
const state = (one: Partial<LimitState>): LimitState => ({ subject: 'app:1', metricId: 1, period: 'hour', limit: 100, current: 0, added: 1, ...HOUR, ...one })
const burst = (left: number): BurstState => ({ subject: 'app:1', kind: 'bucket', limit: 5, left, windowMs: 1_000, resetMs: 1_000, retryMs: 0 })

describe('GW-9: RateLimit names the tightest window of this call', () => {
  it.each<[string, LimitState[], BurstState[] | null, string]>([
    ['the one with the fewest left', [state({ current: 10 }), state({ metricId: 2, limit: 5, current: 1 })], null, '"bytes-hour";r=4;t=1800'],
    ['the one with room for the fewest calls like this one, whatever its units', [state({ current: 60 }), state({ metricId: 2, limit: 100_000, current: 97_000, added: 1_000 })], null, '"bytes-hour";r=3000;t=1800'],
    ['of two as tight the one that lasts longest', [state({ current: 90 }), state({ limit: 10, period: 'eternity', windowStart: 0, windowEnd: null })], null, '"hits-eternity";r=10'],
    ['one whose call set it back by its units left', [state({ current: 90, added: -5 }), state({ metricId: 2, limit: 100, current: 80 })], null, '"hits-hour";r=10;t=1800'],
    ['a limit that has shrunk below its use', [state({ limit: 5, current: 9 })], null, '"hits-hour";r=0;t=1800'],
    ['a burst where it has less room', [state({ limit: 10_000, current: 5_000, added: 1_000 })], [burst(4)], '"application-bucket";r=4;t=1'],
    ['the limit where both have as much room', [state({ limit: 10_000, current: 6_000, added: 1_000 })], [burst(4)], '"hits-hour";r=4000;t=1800'],
  ])('%s', (_, states, bursts, expected) => {
    const headers = rateLimitHeaders(product, states, NOW, bursts)
    expect(headers[headers.indexOf('RateLimit') + 1]).toBe(expected)
  })
})

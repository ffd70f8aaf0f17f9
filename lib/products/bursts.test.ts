import { describe, expect, it } from 'vitest'
import { fieldsOfBursts } from '@/lib/products/burst-fields'
import { burstFields, describeBursts } from '@/lib/products/bursts'
import type { Bursts } from '@/lib/products/gateway-config'

const bursts: Bursts = { bucket: { perSecond: 2.5, size: 10 }, window: { calls: 100, seconds: 60 }, concurrency: 4 }

describe('bursts from a form', () => {
  it('go to the form and back, and what was parsed may be parsed again', () => {
    expect(burstFields.parse(fieldsOfBursts(bursts))).toEqual(bursts)
    expect(burstFields.parse(burstFields.parse(fieldsOfBursts(bursts)))).toEqual(bursts)
    for (const part of [{ ...bursts, bucket: null }, { ...bursts, window: null }, { ...bursts, concurrency: null }]) expect(burstFields.parse(burstFields.parse(fieldsOfBursts(part)))).toEqual(part)
  })

  it('nothing filled in is none', () => {
    for (const value of [null, {}, fieldsOfBursts(null), { bucketPerSecond: '', bucketSize: '', windowCalls: '', windowSeconds: '', concurrency: '' }]) expect(burstFields.parse(value)).toBeNull()
  })

  it.each([
    [{ bucketPerSecond: '5' }, 'bucketSize'],
    [{ bucketSize: '5' }, 'bucketPerSecond'],
    [{ windowCalls: '5' }, 'windowSeconds'],
    [{ windowSeconds: '5' }, 'windowCalls'],
    [{ concurrency: '0' }, 'concurrency'],
    [{ concurrency: '1.5' }, 'concurrency'],
    [{ windowCalls: '10001', windowSeconds: '5' }, 'windowCalls'],
    [{ bucketPerSecond: 'many', bucketSize: '5' }, 'bucketPerSecond'],
  ])('%j is refused at %s', (fields, at) => {
    expect(burstFields.safeParse(fields).error?.issues.map(({ path }) => path.join('.'))).toContain(at)
  })

  it('are told in words', () => {
    expect(describeBursts(bursts)).toBe('2.5 calls a second, 10 at once; 100 calls within any 60 seconds; 4 under way')
    expect(describeBursts(null)).toBe('none')
  })
})

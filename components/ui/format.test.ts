import { describe, expect, it } from 'vitest'
import { bytes, compactNumber, duration, exactTime, longDay, relativeTime } from '@/components/ui/format'

const now = '2026-11-23T12:00:00Z'

describe('words for numbers and times', () => {
  it.each([
    ['2026-11-23T11:59:50Z', 'just now'],
    ['2026-11-23T11:55:00Z', '5 minutes ago'],
    ['2026-11-22T11:00:00Z', 'yesterday'],
    ['2026-11-25T12:30:00Z', 'in 2 days'],
    ['2026-11-30T11:59:58Z', 'in 7 days'],
    ['2026-11-23T12:00:03Z', 'just now'],
    ['2026-11-23T12:00:30Z', 'in a moment'],
    ['2026-08-01T12:00:00Z', '3 months ago'],
  ])('%s is said relative to now', (at, said) => expect(relativeTime(at, now)).toBe(said))

  it('says the exact time with its zone', () => {
    expect(exactTime('2026-12-23T14:05:09Z')).toBe('23 Dec 2026, 14:05:09 UTC')
    expect(longDay('2026-12-23T23:30:00Z')).toBe('23 December 2026')
    expect(longDay('2026-12-23T23:30:00Z', 'Europe/Berlin')).toBe('24 December 2026')
  })

  it('shortens numbers, bytes and durations', () => {
    expect([compactNumber(950), compactNumber(12_345), compactNumber(1_234_567)]).toEqual(['950', '12.3K', '1.2M'])
    expect([bytes(0), bytes(1_500), bytes(10_485_760)]).toEqual(['0 B', '1.5 kB', '10 MB'])
    expect([duration(812), duration(1_400), duration(125_000)]).toEqual(['812 ms', '1.4 s', '2 min 5 s'])
  })
})

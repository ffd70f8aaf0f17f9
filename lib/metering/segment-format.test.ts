import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { UsageRecord } from '@/lib/metering/journal'
import { periods } from '@/lib/metering/periods'
import { encodeHeader, encodeRecord, parseSegment } from '@/lib/metering/segment-format'
import { addRecord, emptySums } from '@/lib/metering/usage-sums'

const ids = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
const values = fc.integer({ min: 0, max: 1_000_000 })
const records: fc.Arbitrary<UsageRecord> = fc.record({
  id: fc.string({ maxLength: 22 }),
  at: fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }),
  tenantId: ids,
  productId: ids,
  environment: fc.constantFrom('staging', 'production'),
  applicationId: ids,
  endUserId: fc.option(ids),
  credentialId: fc.option(ids),
  address: fc.string({ unit: 'grapheme' }),
  usage: fc.array(fc.tuple(ids, values), { maxLength: 4 }),
  counted: fc.array(fc.record({ subject: fc.string({ unit: 'grapheme' }), metricId: fc.integer({ min: 1, max: 2 ** 49 }), period: fc.constantFrom(...periods), windowStart: values, value: values }), { maxLength: 4 }),
})
const header = { v: 1, batch: 'abc', openedAt: 1 } as const
const segmentOf = (all: UsageRecord[]) => Buffer.from(encodeHeader(header) + all.map(encodeRecord).join(''))

describe('a segment', () => {
  it('gives back every record as it was, so a replay books the same sums', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 8 }), (all) => {
        const parsed = parseSegment(segmentOf(all))
        expect(parsed).toEqual({ header, records: all, damaged: 0 })
        const [written, read] = [emptySums(), emptySums()]
        for (const record of all) addRecord(written, record)
        for (const record of parsed.records) addRecord(read, record)
        expect(read).toEqual(written)
      }),
    )
  })

  it('USE-2 cut at any byte, loses only the record that was being written', () => {
    fc.assert(
      fc.property(fc.array(records, { minLength: 1, maxLength: 4 }), fc.nat(), (all, at) => {
        const bytes = segmentOf(all)
        const cut = bytes.subarray(0, at % (bytes.length + 1))
        const parsed = parseSegment(cut)
        const wholeLines = cut.toString('latin1').split('\n').length - 1
        expect(parsed.damaged).toBe(0)
        expect(parsed.records).toEqual(all.slice(0, Math.max(0, wholeLines - 1)))
        // The same in a prepared segment, whose rest is zeros.
        expect(parseSegment(Buffer.concat([cut, Buffer.alloc(1_000)]))).toEqual(parsed)
      }),
    )
  })

  it('a flipped bit is noticed and costs one record', () => {
    fc.assert(
      fc.property(fc.array(records, { minLength: 2, maxLength: 4 }), fc.nat(), fc.integer({ min: 0, max: 7 }), (all, at, bit) => {
        const bytes = segmentOf(all)
        const position = at % bytes.length
        const flipped = bytes[position]! ^ (1 << bit)
        fc.pre(bytes[position] !== 10 && flipped !== 10)
        bytes[position] = flipped
        const parsed = parseSegment(bytes)
        expect(parsed.damaged).toBe(1)
        expect(parsed.records.length + (parsed.header ? 1 : 0)).toBe(all.length)
      }),
    )
  })

  it('refuses numbers a reader could not get back', () => {
    const record = { id: 'a', at: 1, tenantId: 1, productId: 1, environment: 'production', applicationId: 1, endUserId: null, credentialId: null, address: '', usage: [[1, 1]], counted: [] } satisfies UsageRecord
    expect(() => encodeRecord({ ...record, usage: [[1, NaN]] })).toThrow(RangeError)
    expect(() => encodeRecord({ ...record, tenantId: 2 ** 60 })).toThrow(RangeError)
    expect(() => encodeRecord({ ...record, usage: [[1, 1.5]] })).toThrow(RangeError)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { UsageRecord } from '@/lib/metering/journal'
import { periods } from '@/lib/metering/periods'
import { addRecord, bucketOf, BUCKET_MS, countersOf, emptySums } from '@/lib/metering/usage-sums'

// Few callers, many metrics and a few windows, out of order: so that kinds repeat, and some callers have more than fit without an index.
const record: fc.Arbitrary<UsageRecord> = fc.record({
  id: fc.constant('id'),
  at: fc.integer({ min: 0, max: 3 * BUCKET_MS }),
  tenantId: fc.constant(1),
  productId: fc.constant(2),
  environment: fc.constantFrom('staging', 'production'),
  applicationId: fc.integer({ min: 1, max: 2 }),
  endUserId: fc.option(fc.integer({ min: 1, max: 2 })),
  credentialId: fc.option(fc.integer({ min: 1, max: 3 })),
  address: fc.constant('192.0.2.1'),
  usage: fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 9 })), { maxLength: 8 }),
  counted: fc.array(
    fc.record({ subject: fc.constantFrom('app:1', 'user:1'), metricId: fc.integer({ min: 1, max: 30 }), period: fc.constantFrom(...periods), windowStart: fc.integer({ min: 0, max: 2 }), value: fc.integer({ min: 1, max: 9 }) }),
    { maxLength: 8 },
  ),
})

/** The same sums with glued keys: slow, and plain to see. */
function addPlainly(records: UsageRecord[]): Record<string, number> {
  const sums: Record<string, number> = {}
  const add = (key: string, value: number) => (sums[key] = (sums[key] ?? 0) + value)
  const latest = (key: string, at: number) => (sums[key] = Math.max(sums[key] ?? 0, at))
  for (const { at, environment, applicationId, endUserId, credentialId, usage, counted } of records) {
    for (const [metricId, value] of usage) {
      add(`${environment} app ${applicationId} ${metricId} ${bucketOf(at)}`, value)
      if (endUserId !== null) add(`${environment} app ${applicationId} user ${endUserId} ${metricId} ${bucketOf(at)}`, value)
    }
    for (const { subject, metricId, period, windowStart, value } of counted) add(`${environment} ${subject} ${metricId} ${period} ${windowStart}`, value)
    if (credentialId !== null) latest(`credential ${credentialId}`, at)
    latest(`${environment} last ${applicationId}`, at)
    sums[`${environment} first ${applicationId}`] = Math.min(sums[`${environment} first ${applicationId}`] ?? Infinity, at)
  }
  return sums
}

function addUp(records: UsageRecord[]): { read: Record<string, number>; entries: number } {
  const sums = emptySums()
  for (const one of records) addRecord(sums, one)
  const read: Record<string, number> = {}
  let entries = 0
  const put = (key: string, value: number) => {
    expect(read, 'each sum stands once').not.toHaveProperty([key])
    read[key] = value
    entries++
  }
  const latest = (id: number, at: number) => (read[`credential ${id}`] = Math.max(read[`credential ${id}`] ?? 0, at))
  for (const environment of ['staging', 'production'] as const) {
    for (const [id, { metrics, endUsers, firstAt, lastAt, credentialId, credentialUsedAt }] of sums.applications[environment]) {
      for (const [name, { triples }] of [['', metrics] as const, ...[...(endUsers ?? [])].map(([user, own]) => [` user ${user}`, own] as const)])
        for (let i = 0; i < triples.length; i += 3) put(`${environment} app ${id}${name} ${triples[i]} ${triples[i + 1]}`, triples[i + 2]!)
      if (credentialId !== null) latest(credentialId, credentialUsedAt)
      read[`${environment} first ${id}`] = firstAt
      read[`${environment} last ${id}`] = lastAt
    }
    for (const [subject, own] of sums.subjects[environment])
      for (const { metricId, period, windowStart, value } of countersOf(own)) put(`${environment} ${subject} ${metricId} ${period} ${windowStart}`, value)
  }
  for (const [id, { usedAt }] of sums.credentials) latest(id, usedAt)
  expect(sums.records).toBe(records.length)
  return { read, entries: sums.entries - entries }
}

describe('addRecord', () => {
  it('USE-2 adds up what a plain reading of the records adds up, however many metrics and windows a caller has', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 120 }), (records) => {
        expect(addUp(records)).toEqual({ read: addPlainly(records), entries: 0 })
      }),
      { numRuns: 60 },
    )
  })

  it('USE-2 the uses of a credential are its own, and its last one too, where a call without one or with an older time comes too', () => {
    const sums = emptySums()
    const call = { id: 'id', tenantId: 1, productId: 2, environment: 'production', applicationId: 3, endUserId: null, address: '192.0.2.1', usage: [], counted: [] } as const
    const add = (at: number, credentialId: number | null) => addRecord(sums, { ...call, at, credentialId, address: `192.0.2.${at}`, usage: [], counted: [] })
    add(9, null)
    add(5, 7)
    add(6, 8)
    add(4, 7)
    const { credentialId, credentialUsedAt, credentialUses, credentialAddress } = sums.applications.production.get(3)!
    expect([credentialId, credentialUsedAt, credentialUses, credentialAddress]).toEqual([7, 5, 2, '192.0.2.5'])
    expect([...sums.credentials]).toEqual([[8, { tenantId: 1, usedAt: 6, uses: 1, address: '192.0.2.6' }]])
  })
})

import { describe, expect, it } from 'vitest'
import { ownerPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { bookSegments } from '@/lib/metering/book-segments'
import { addOutcome, addRecord, emptyOutcomes, emptySums } from '@/lib/metering/usage-sums'

testDatabase()

it('ISO-6 sums beyond what a column takes stop there, and take nothing of other tenants along', async () => {
  const [loud, quiet] = [await makeTenant(), await makeTenant()].map(({ tenant }) => Number(tenant.id)) as [number, number]
  const at = Date.parse('2026-11-23T12:00:00Z')
  const huge = Number.MAX_SAFE_INTEGER
  for (const id of ['one', 'two', 'three']) {
    const sums = emptySums()
    const record = (tenantId: number, value: number) =>
      addRecord(sums, { id: '', at, tenantId, productId: tenantId, environment: 'production', applicationId: tenantId, endUserId: tenantId, credentialId: null, address: '', usage: [[1, value]], counted: [{ subject: `app:${tenantId}`, metricId: 1, period: 'eternity', windowStart: 0, value }] })
    for (let i = 0; i < 1_100; i++) record(loud, huge)
    record(quiet, 5)
    await bookSegments(ownerPool(), [{ id, sums, outcomes: null }])
  }
  for (const table of ['usage_buckets', 'usage_days', 'usage_months', 'end_user_usage_days', 'limit_counters']) {
    const { rows } = await ownerPool().query<{ tenant: number; value: number }>(`SELECT "tenantId"::int AS tenant, value::float8 FROM ${table} ORDER BY 1`)
    expect(rows, table).toEqual([{ tenant: loud, value: huge }, { tenant: quiet, value: 15 }])
  }
})

describe('USE-2 of thousands of applications', () => {
  const APPLICATIONS = 1_500
  const at = Date.parse('2026-11-23T12:00:00Z')

  /** Each application once, from `first` on and around: two metrics, two counters, an end user, an outcome. */
  function batchOf(id: string, tenantId: number, applications: number, first = 0) {
    const [sums, outcomes] = [emptySums(), emptyOutcomes()]
    for (let i = 0; i < applications; i++) {
      const applicationId = ((first + i * 7) % APPLICATIONS) + 1
      const counted = [1, 2].map((metricId) => ({ subject: `app:${applicationId}`, metricId, period: 'day', windowStart: at, value: 1 }) as const)
      addRecord(sums, { id: '', at, tenantId, productId: 1, environment: 'production', applicationId, endUserId: applicationId % 50, credentialId: applicationId, address: '', usage: [[1, 1], [2, 3]], counted })
      addOutcome(outcomes, { at, tenantId, productId: 1, environment: 'production', applicationId, outcome: '200', durationMs: 2 }, 1, 1_000_000)
    }
    return { id, sums, outcomes }
  }

  const booked = async (tenantId: number) => {
    const read = async (table: string, key: string, value: string) => (await ownerPool().query<{ key: string; value: string }>(`SELECT ${key} AS key, ${value}::text AS value FROM ${table} WHERE "tenantId" = $1 ORDER BY 1`, [tenantId])).rows.map((row) => `${row.key}=${row.value}`)
    return {
      buckets: await read('usage_buckets', `concat("applicationId", '/', "metricId")`, 'value'),
      days: await read('usage_days', `concat("applicationId", '/', "metricId")`, 'value'),
      months: await read('usage_months', `concat("applicationId", '/', "metricId")`, 'value'),
      endUsers: await read('end_user_usage_days', `concat("endUserId", '/', "applicationId", '/', "metricId")`, 'value'),
      counters: await read('limit_counters', `concat(subject, '/', "metricId")`, 'value'),
      calls: await read('call_buckets', `concat("applicationId", '/', outcome)`, 'concat(calls, $$/$$, "durationMsSum")'),
    }
  }

  it('what is booked in slices is what is booked at once', async () => {
    const [sliced, whole] = [await makeTenant(), await makeTenant()].map(({ tenant }) => Number(tenant.id)) as [number, number]
    await bookSegments(ownerPool(), [batchOf('sliced', sliced, APPLICATIONS)])
    for (let part = 0; part < 6; part++) await bookSegments(ownerPool(), [batchOf(`part-${part}`, whole, APPLICATIONS / 6, (part * APPLICATIONS * 7) / 6)])
    const found = await booked(sliced)
    expect(found).toEqual(await booked(whole))
    expect(found.buckets).toHaveLength(APPLICATIONS * 2)
    expect(found.calls).toHaveLength(APPLICATIONS)
  })

  it('several that book much and little of the same callers at the same time wait for each other in no circle', async () => {
    const tenantId = Number((await makeTenant()).tenant.id)
    const sizes = [APPLICATIONS, 40, APPLICATIONS, 300, APPLICATIONS, 700, 5]
    await Promise.all(sizes.map((size, i) => bookSegments(ownerPool(), [batchOf(`parallel-${i}`, tenantId, size, i * 211)])))
    const { rows } = await ownerPool().query<{ value: string }>('SELECT sum(value)::text AS value FROM usage_days WHERE "tenantId" = $1 AND "metricId" = 1', [tenantId])
    expect(Number(rows[0]!.value)).toBe(sizes.reduce((sum, size) => sum + size))
  })
})

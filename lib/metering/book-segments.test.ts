import { expect, it } from 'vitest'
import { ownerPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { bookSegments } from '@/lib/metering/book-segments'
import { addRecord, emptySums } from '@/lib/metering/usage-sums'

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

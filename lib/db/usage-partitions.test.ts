import { expect, it } from 'vitest'
import { ownerPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'

testDatabase()

const insert = (tenantId: bigint, at: string) =>
  ownerPool().query(
    `INSERT INTO usage_buckets ("tenantId", environment, "productId", "applicationId", "metricId", "bucketAt", value) VALUES ($1, 'production', 1, 1, 1, $2, 5)
     ON CONFLICT ("tenantId", environment, "productId", "applicationId", "metricId", "bucketAt") DO UPDATE SET value = usage_buckets.value + excluded.value`,
    [tenantId, at],
  )
const partitionOf = async (at: string) => (await ownerPool().query<{ part: string }>('SELECT tableoid::regclass::text AS part FROM usage_buckets WHERE "bucketAt" = $1', [at])).rows.map((row) => row.part)

it('usage outside of every month lands in the default partition and moves over when its month is made', async () => {
  const { tenant, db } = await makeTenant()
  for (const at of ['2031-03-01T00:00:00Z', '2031-03-31T23:45:00Z', '2031-04-01T00:00:00Z', '2031-03-01T00:00:00Z']) await insert(tenant.id, at)
  expect(await partitionOf('2031-03-31T23:45:00Z')).toEqual(['usage_buckets_default'])

  const made = await ownerPool().query(`SELECT ensure_usage_partitions('2031-03-15', 1) AS made`)
  expect(made.rows).toEqual([{ made: 2 }])
  expect(await partitionOf('2031-03-01T00:00:00Z')).toEqual(['usage_buckets_2031_03'])
  expect(await partitionOf('2031-03-31T23:45:00Z')).toEqual(['usage_buckets_2031_03'])
  expect(await partitionOf('2031-04-01T00:00:00Z')).toEqual(['usage_buckets_default'])
  const rows = await db.usageBucket.findMany({ orderBy: { bucketAt: 'asc' } })
  expect(rows.map((row) => row.value)).toEqual([10n, 5n, 5n])
})

it('months are those of UTC whatever the session says, and making them again makes none', async () => {
  const { tenant } = await makeTenant()
  const client = await ownerPool().connect()
  try {
    await client.query(`SET timezone = 'Pacific/Auckland'`)
    await client.query(`SELECT ensure_usage_partitions('2032-01-31', 2)`)
    const again = await client.query(`SELECT ensure_usage_partitions('2032-01-31', 2) AS made`)
    expect(again.rows).toEqual([{ made: 0 }])
  } finally {
    client.release(true)
  }
  for (const at of ['2032-01-31T23:45:00Z', '2032-02-01T00:00:00Z']) await insert(tenant.id, at)
  expect(await partitionOf('2032-01-31T23:45:00Z')).toEqual(['usage_buckets_2032_01'])
  expect(await partitionOf('2032-02-01T00:00:00Z')).toEqual(['usage_buckets_2032_02'])
})

it('several workers that make the same months at once make them once', async () => {
  const results = await Promise.all(Array.from({ length: 5 }, () => ownerPool().query<{ made: number }>(`SELECT ensure_usage_partitions('2033-01-01', 3) AS made`)))
  expect(results.map((result) => result.rows[0]!.made).sort()).toEqual([0, 0, 0, 0, 6])
})

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { ownerPool } from '@/lib/db/pools'
import { testDatabase } from '@/lib/db/test-database'
import { diffSchemas, readSchema } from '@/scripts/diff-schemas'

const database = testDatabase()
const schema = readSchema(fileURLToPath(new URL('../../prisma/schema', import.meta.url)))

it('the migrations make exactly the tables, columns, keys and indexes of prisma/schema', async () => {
  const script = await diffSchemas(database.superuserUrl(), null, schema)
  const migrated = await describeTables('public')
  await ownerPool().query(`CREATE SCHEMA wanted; SET search_path = wanted; ${script!.replace('CREATE SCHEMA IF NOT EXISTS "public";', '')}; RESET search_path`)
  const wanted = await describeTables('wanted')
  expect(Object.keys(migrated)).toEqual(Object.keys(wanted))
  for (const table of Object.keys(wanted)) expect(migrated[table], table).toEqual(wanted[table])
})

it('migrated-schema.prisma is prisma/schema: no change waits for its migration', async () => {
  const snapshot = readFileSync(new URL('../../prisma/migrations/migrated-schema.prisma', import.meta.url), 'utf8')
  expect(await diffSchemas(database.superuserUrl(), snapshot, schema), 'run: node --import ./scripts/alias.mjs scripts/write-migration.ts <name>').toBeNull()
})

it('the usage tables are partitioned by month with a default partition', async () => {
  const { rows } = await ownerPool().query<{ parent: string; parts: string[] }>(`
    SELECT inhparent::regclass::text AS parent, array_agg(inhrelid::regclass::text ORDER BY 1) AS parts FROM pg_inherits
    WHERE inhparent IN (SELECT oid FROM pg_class WHERE relkind = 'p') GROUP BY 1 ORDER BY 1`)
  expect(rows.map((row) => row.parent)).toEqual(['call_buckets', 'usage_buckets'])
  const month = new Date().toISOString().slice(0, 7).replace('-', '_')
  for (const { parent, parts } of rows) expect(parts).toEqual(expect.arrayContaining([`${parent}_default`, `${parent}_${month}`]))
})

/** Columns, constraints and indexes by table. Partitions, policies and Prisma's own table are not Prisma's to describe. */
async function describeTables(namespace: string): Promise<Record<string, string[]>> {
  const { rows } = await ownerPool().query<{ table: string; facts: string[] }>(
    `WITH tables AS (
       SELECT oid, relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> '_prisma_migrations'
     ), facts AS (
       SELECT t.relname, format('column %s %s %s %s', attname, format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'not null' END, pg_get_expr(adbin, adrelid)) AS fact
       FROM tables t JOIN pg_attribute a ON attrelid = t.oid AND attnum > 0 AND NOT attisdropped LEFT JOIN pg_attrdef d ON adrelid = t.oid AND adnum = attnum
       UNION ALL SELECT t.relname, format('constraint %s %s', conname, pg_get_constraintdef(c.oid)) FROM tables t JOIN pg_constraint c ON conrelid = t.oid AND contype <> 'n'
       UNION ALL SELECT t.relname, format('index %s', pg_get_indexdef(indexrelid)) FROM tables t JOIN pg_index ON indrelid = t.oid
     )
     SELECT relname AS table, array_agg(replace(replace(replace(fact, $1 || '.', ''), '"' || $1 || '".', ''), ' ON ONLY ', ' ON ') ORDER BY fact) AS facts FROM facts GROUP BY 1 ORDER BY 1`,
    [namespace],
  )
  return Object.fromEntries(rows.map((row) => [row.table, row.facts]))
}

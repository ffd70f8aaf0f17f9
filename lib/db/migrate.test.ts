import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import { openDatabase } from '@/lib/db/connect'
import { startEmbeddedPostgres } from '@/lib/db/embedded-postgres'
import type { EmbeddedPostgres } from '@/lib/db/embedded-postgres'
import { migrateDatabase } from '@/lib/db/migrate'
import { databaseState, endPools } from '@/lib/db/pools'
import { systemDb } from '@/lib/db/system-db'
import { tenantDb } from '@/lib/db/tenant-db'
import { env } from '@/lib/env'

// A server of its own, as a hosting company would hand it over: no role of ours is there yet.
let server: EmbeddedPostgres
let folder: string
let count = 0

beforeAll(async () => {
  server = await startEmbeddedPostgres(join(inject('testDatabaseDir'), `foreign-${process.pid}`), { durable: false })
})
afterAll(() => server.stop())

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-migrations-'))
  cpSync(fileURLToPath(new URL('../../prisma/migrations', import.meta.url)), folder, { recursive: true })
  for (const name of await databases()) await admin(`DROP DATABASE ${name} WITH (FORCE)`)
  await admin('DROP ROLE IF EXISTS gatehouse_app')
  return () => rmSync(folder, { recursive: true, force: true })
})

it('on a foreign server it makes the role, migrates, and a tenant is served through the one login', async () => {
  const url = await makeOwner('CREATEROLE')
  const { applied } = await migrateDatabase(url, folder)
  expect(applied.slice(0, 2)).toEqual(['20261123100000_init', '20261123100100_row_security'])
  expect(await query(url, `SELECT rolcanlogin, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = 'gatehouse_app'`)).toEqual([{ rolcanlogin: false, rolsuper: false, rolbypassrls: false }])

  Object.assign(env(), { DATABASE_URL: url, DATABASE_APP_URL: undefined, DATABASE_DIRECT_URL: undefined })
  await openDatabase()
  const tenant = await systemDb('test of a foreign server').tenant.create({ data: { slug: 'a', name: 'A' } })
  expect(await tenantDb(tenant.id).$queryRaw`SELECT current_user::text AS name`).toEqual([{ name: 'gatehouse_app' }])
  expect(await tenantDb(tenant.id + 1n).tenant.count()).toBe(0)
  await endPools()
})

it('a second run finds nothing to do, and so do ten at once', async () => {
  const url = await makeOwner('CREATEROLE')
  const runs = await Promise.all(Array.from({ length: 10 }, () => migrateDatabase(url, folder)))
  expect(runs.filter((run) => run.applied.length > 0)).toHaveLength(1)
  expect(await migrateDatabase(url, folder)).toEqual({ applied: [] })
  const rows = await query(url, 'SELECT count(*)::int AS n, count(DISTINCT migration_name)::int AS names, bool_and(finished_at IS NOT NULL AND length(checksum) = 64 AND applied_steps_count = 1) AS done FROM _prisma_migrations')
  expect(rows).toEqual([{ n: runs.find((run) => run.applied.length)!.applied.length, names: rows[0]!.n, done: true }])
})

it('a migration that fails leaves nothing of itself, and runs once mended', async () => {
  const url = await makeOwner('CREATEROLE')
  write('29990101000000_broken', 'CREATE TABLE half (n int);\nSELECT 1 / 0;')
  await expect(migrateDatabase(url, folder)).rejects.toThrow('Migration 29990101000000_broken failed: division by zero. Nothing of it was kept.')
  expect(await query(url, `SELECT to_regclass('half') AS half`)).toEqual([{ half: null }])
  write('29990101000000_broken', 'CREATE TABLE half (n int);')
  expect(await migrateDatabase(url, folder)).toEqual({ applied: ['29990101000000_broken'] })
})

it('a file marked non-transactional may build indexes concurrently', async () => {
  const url = await makeOwner('CREATEROLE')
  write('29990101000000_index', `-- non-transactional\n-- ends with ; in a comment\nCREATE INDEX CONCURRENTLY IF NOT EXISTS first_idx ON accounts (state);\n\nCREATE INDEX CONCURRENTLY IF NOT EXISTS second_idx ON accounts (state);\n`)
  await migrateDatabase(url, folder)
  expect(await query(url, `SELECT count(*)::int AS n FROM pg_indexes WHERE indexname IN ('first_idx', 'second_idx')`)).toEqual([{ n: 2 }])
})

it('a migration changed after it was applied is refused by name, one begun elsewhere too, an unknown one is let be', async () => {
  const url = await makeOwner('CREATEROLE')
  await migrateDatabase(url, folder)
  await query(url, `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('1', 'x', '29990101000000_newer', now())`)
  expect(await migrateDatabase(url, folder)).toEqual({ applied: [] })

  appendFileSync(join(folder, '20261123100000_init', 'migration.sql'), '\n-- edited')
  await expect(migrateDatabase(url, folder)).rejects.toThrow('Migration 20261123100000_init was changed after it had been applied here.')
  await query(url, `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '29990101000000_newer'`)
  await expect(migrateDatabase(url, folder)).rejects.toThrow('Migration 29990101000000_newer was begun elsewhere and did not finish.')
})

it('a login that may not make the role is told what an administrator has to run, and that is enough', async () => {
  const url = await makeOwner('NOCREATEROLE')
  await expect(migrateDatabase(url, folder)).rejects.toThrow(/may not set up the role gatehouse_app .* Let an administrator run once: CREATE ROLE gatehouse_app NOLOGIN; GRANT gatehouse_app TO/)
  await admin('CREATE ROLE gatehouse_app NOLOGIN')
  await admin(`GRANT gatehouse_app TO ${new URL(url).username} WITH SET TRUE`)
  expect((await migrateDatabase(url, folder)).applied).not.toEqual([])
})

it('ISO-3 a gatehouse_app that may bypass row security is refused', async () => {
  const url = await makeOwner('CREATEROLE')
  await admin('CREATE ROLE gatehouse_app BYPASSRLS')
  await expect(migrateDatabase(url, folder)).rejects.toThrow(/may bypass row security/)
})

it('ISO-3 an app login that is more than gatehouse_app is refused at start; an unreachable database gets one sentence', async () => {
  const url = await makeOwner('CREATEROLE')
  databaseState().urls = null
  Object.assign(env(), { DATABASE_URL: url, DATABASE_APP_URL: server.superuserUrl(new URL(url).pathname.slice(1)) })
  await expect(openDatabase()).rejects.toThrow('DATABASE_APP_URL logs in with a role that may bypass row security')
  Object.assign(env(), { DATABASE_URL: 'postgresql://a:b@127.0.0.1:1/x', DATABASE_APP_URL: undefined })
  await expect(openDatabase()).rejects.toThrow(/^The database of DATABASE_URL cannot be reached: .*ECONNREFUSED.*\.$/)
})

/** A database and its owner, who is no superuser. */
async function makeOwner(right: 'CREATEROLE' | 'NOCREATEROLE'): Promise<string> {
  const name = `foreign_${++count}`
  await admin(`CREATE ROLE ${name} LOGIN PASSWORD 'x' NOSUPERUSER ${right}`)
  await admin(`CREATE DATABASE ${name} OWNER ${name}`)
  const url = new URL(server.superuserUrl(name))
  url.username = name
  url.password = 'x'
  return url.href
}

async function databases(): Promise<string[]> {
  return (await query(server.superuserUrl(), `SELECT datname FROM pg_database WHERE datname LIKE 'foreign%'`)).map((row) => String(row.datname))
}

const admin = (sql: string) => query(server.superuserUrl(), sql)

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

function write(name: string, sql: string) {
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'migration.sql'), sql)
}

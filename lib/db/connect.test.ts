import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { closeDatabase, openDatabase } from '@/lib/db/connect'
import { migrateDatabase } from '@/lib/db/migrate'
import { databaseState, databaseUrls, ownerPool } from '@/lib/db/pools'
import { systemDb } from '@/lib/db/system-db'
import { tenantDb } from '@/lib/db/tenant-db'
import { env } from '@/lib/env'
import { followChanges } from '@/lib/events/follow-changes'
import type { Change } from '@/lib/events/follow-changes'
import { recordChange } from '@/lib/events/record-change'

// An installation without DATABASE_URL: the embedded server in a data folder of its own.
beforeAll(() => void Object.assign(env(), { DATA_DIR: join(inject('testDatabaseDir'), `installation-${process.pid}`) }))
afterAll(() => closeDatabase())

it('without an opened database and without DATABASE_URL there is one clear sentence', () => {
  expect(() => databaseUrls()).toThrow(/^DATABASE_URL is not set\. .*set DATABASE_URL to run Next alone\.$/)
})

it('opens the embedded database, as an owner who is no superuser and an app login that is only gatehouse_app', async () => {
  const urls = await openDatabase()
  await migrateDatabase()
  expect(await openDatabase()).toBe(urls)
  const { rows } = await ownerPool().query(`SELECT current_user AS name, rolsuper OR rolcreaterole OR rolbypassrls AS more, 7::int8 AS n, ARRAY[1, 2]::int8[] AS list FROM pg_roles WHERE rolname = current_user`)
  expect(rows).toEqual([{ name: 'gatehouse_owner', more: false, n: 7, list: [1, 2] }])
  expect(new URL(urls.app!).username).toBe('gatehouse_app')
})

it('keeps its data over a close and an open', async () => {
  const { id } = await systemDb('test of an installation').tenant.create({ data: { slug: 'kept', name: 'Kept' } })
  await closeDatabase()
  expect(() => databaseUrls()).toThrow('DATABASE_URL is not set')
  await openDatabase()
  expect(await migrateDatabase()).toEqual({ applied: [] })
  expect(await tenantDb(id).tenant.findFirst({ select: { name: true } })).toEqual({ name: 'Kept' })
})

it('comes back on the same address when the server is killed under the running app, and caches hear that they may be stale', async () => {
  const { id } = (await systemDb('test of an installation').tenant.findFirst())!
  const heard: Change[] = []
  const follower = await followChanges((changes) => void heard.push(...changes), { pollMs: 50 })
  const before = databaseState().urls
  const file = join(env().DATA_DIR, 'postgres', 'data', 'postmaster.pid')
  process.kill(Number(readFileSync(file, 'utf8').split('\n')[0]), 'SIGKILL')

  await expect.poll(() => heard).toContainEqual({ tenantId: null, topic: 'everything', subjectId: null })
  await expect.poll(() => tenantDb(id).tenant.count().catch(() => 'away')).toBe(1)
  expect(databaseState().urls).toEqual(before)
  await recordChange(tenantDb(id), { tenantId: id, topic: 'tenant', subjectId: 5n })
  await expect.poll(() => heard.at(-1)?.subjectId).toBe(5)
  await follower.close()
})

it('keeps the folder to its user', () => {
  expect(statSync(join(env().DATA_DIR, 'postgres')).mode & 0o077).toBe(0)
})

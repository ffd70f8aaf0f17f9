import pg from 'pg'
import { afterEach, expect, it } from 'vitest'
import { connectDirectly, ownerPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { followChanges } from '@/lib/events/follow-changes'
import type { Change, ChangeFollower } from '@/lib/events/follow-changes'
import { pruneChanges } from '@/lib/events/prune-changes'
import { recordChange } from '@/lib/events/record-change'

const database = testDatabase()
let followers: ChangeFollower[] = []

afterEach(async () => {
  await Promise.all(followers.map((follower) => follower.close()))
  followers = []
})

async function follow(options?: Parameters<typeof followChanges>[1]) {
  const heard: Change[] = []
  const follower = await followChanges((changes) => void heard.push(...changes), options)
  followers.push(follower)
  return { heard, follower, ids: () => heard.map((change) => change.subjectId) }
}

it('hears of a change once it is committed, with numbers for ids', async () => {
  const ctx = await makeTenant()
  const { heard } = await follow()
  await ctx.db.$transaction(async (tx) => {
    await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'product', subjectId: 5n })
    await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'tenant' })
  })
  await expect.poll(() => heard).toEqual([
    { tenantId: Number(ctx.tenant.id), topic: 'product', subjectId: 5 },
    { tenantId: Number(ctx.tenant.id), topic: 'tenant', subjectId: null },
  ])
})

it('hears nothing of what was before it began, nothing of what was rolled back, and nothing twice', async () => {
  const ctx = await makeTenant()
  await recordChange(ctx.db, { tenantId: ctx.tenant.id, topic: 'plan', subjectId: 1n })
  const { ids, follower } = await follow()
  await expect(
    ctx.db.$transaction(async (tx) => {
      await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'plan', subjectId: 2n })
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  await recordChange(ctx.db, { tenantId: ctx.tenant.id, topic: 'plan', subjectId: 3n })
  for (let i = 0; i < 5; i++) await follower.catchUp()
  expect(ids()).toEqual([3])
})

it('the poll alone keeps the promise: without LISTEN every change arrives', async () => {
  const ctx = await makeTenant()
  const { ids } = await follow({ listen: false, pollMs: 20 })
  for (let id = 1n; id <= 20n; id++) await recordChange(ctx.db, { tenantId: ctx.tenant.id, topic: 'application', subjectId: id })
  await expect.poll(ids).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
})

it('LISTEN alone brings it, however rarely the poll looks', async () => {
  const ctx = await makeTenant()
  const { ids } = await follow({ pollMs: 3_600_000 })
  await expect.poll(listeners).toBe(1)
  await recordChange(ctx.db, { tenantId: ctx.tenant.id, topic: 'session', subjectId: 9n })
  await expect.poll(ids).toEqual([9])
})

it('no late commit is skipped: a transaction that began first and commits last is heard of, and holds nobody else up', async () => {
  const ctx = await makeTenant()
  const { ids, follower } = await follow({ listen: false })
  const early = await begin(ctx.tenant.id, 100)
  await recordChange(ctx.db, { tenantId: ctx.tenant.id, topic: 'plan', subjectId: 101n })
  await follower.catchUp()
  expect(ids()).toEqual([101])
  const middle = await begin(ctx.tenant.id, 102)
  await recordChange(ctx.db, { tenantId: ctx.tenant.id, topic: 'plan', subjectId: 103n })
  await follower.catchUp()
  expect(ids()).toEqual([101, 103])
  await early.commit()
  await follower.catchUp()
  await middle.commit()
  await follower.catchUp()
  await follower.catchUp()
  expect(ids()).toEqual([101, 103, 100, 102])
})

it('many writers at once: every change is heard exactly once', async () => {
  const ctx = await makeTenant()
  const { ids, follower } = await follow({ pollMs: 5 })
  await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      ctx.db.$transaction(async (tx) => {
        await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'application', subjectId: BigInt(i) })
        await tx.$executeRaw`SELECT pg_sleep(${(i % 7) / 200}::float8)`
      }, { maxWait: 20_000 }),
    ),
  )
  await follower.catchUp()
  expect(ids().sort((a, b) => a! - b!)).toEqual(Array.from({ length: 200 }, (_, i) => i))
})

it('after the database was away it says that everything may have changed, then goes on, with LISTEN as well', async () => {
  const ctx = await makeTenant()
  const { heard, ids, follower } = await follow({ pollMs: 30 })
  await expect.poll(listeners).toBe(1)
  await whileAway(async () => {
    await expect(follower.catchUp()).rejects.toThrow('changes cannot be read')
  })
  await expect.poll(() => heard).toEqual([{ tenantId: null, topic: 'everything', subjectId: null }])
  await recordChange(ctx.db, { tenantId: ctx.tenant.id, topic: 'plan', subjectId: 7n })
  await expect.poll(ids).toEqual([null, 7])
  await expect.poll(listeners).toBe(1)
})

it('a follower that throws is not asked again about the same change and misses nothing later', async () => {
  const ctx = await makeTenant()
  const heard: (number | null)[] = []
  const follower = await followChanges((changes) => {
    for (const change of changes) heard.push(change.subjectId)
    if (heard.length === 1) throw new Error('a mistake of the follower')
  })
  followers.push(follower)
  for (const id of [1n, 2n]) {
    await recordChange(ctx.db, { tenantId: ctx.tenant.id, topic: 'plan', subjectId: id })
    await follower.catchUp()
  }
  expect(heard).toEqual([1, 2])
})

it('after close nothing is asked and nothing is left open', async () => {
  const ctx = await makeTenant()
  const { heard, follower } = await follow({ pollMs: 5 })
  await expect.poll(listeners).toBe(1)
  await follower.close()
  await recordChange(ctx.db, { tenantId: ctx.tenant.id, topic: 'plan', subjectId: 1n })
  expect(await listeners()).toBe(0)
  expect(heard).toEqual([])
})

it('forgets what is older than an hour and nothing younger', async () => {
  const ctx = await makeTenant()
  await pruneChanges()
  await recordChange(ctx.db, { tenantId: ctx.tenant.id, topic: 'plan', subjectId: 1n })
  await ownerPool().query(`INSERT INTO change_log ("tenantId", topic, "createdAt") VALUES ($1, 'plan', now() - interval '61 minutes')`, [ctx.tenant.id])
  expect(await pruneChanges()).toBe(1)
  expect(await ctx.db.change.count()).toBe(1)
})

/** A transaction that has written its change and commits when told. */
async function begin(tenantId: bigint, subjectId: number) {
  const client = await connectDirectly('test')
  await client.query('BEGIN')
  await client.query(`INSERT INTO change_log ("tenantId", topic, "subjectId") VALUES ($1, 'plan', $2)`, [tenantId, subjectId])
  return {
    async commit() {
      await client.query('COMMIT')
      await client.end()
    },
  }
}

const listeners = async () => (await asSuperuser(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'gatehouse listen'`))[0]!.n

/** Cuts every connection to this database and lets nobody in meanwhile, as a restart of the server does. */
async function whileAway(work: () => Promise<void>) {
  const name = new URL(database.urls.owner).pathname.slice(1)
  const elsewhere = database.superuserUrl().replace(name, 'postgres')
  await asSuperuser(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`, elsewhere)
  await asSuperuser(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`, elsewhere)
  await work()
  await asSuperuser(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`, elsewhere)
}

async function asSuperuser(sql: string, url = database.superuserUrl()): Promise<{ n?: number }[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<{ n?: number }>(sql)).rows
  } finally {
    await client.end()
  }
}

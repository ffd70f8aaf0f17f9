import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { beforeAll, describe, expect, it } from 'vitest'
import { Prisma } from '@/lib/db/generated/client'
import { appPool, connectDirectly, ownerPool } from '@/lib/db/pools'
import { tenantDb } from '@/lib/db/tenant-db'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import type { Ctx } from '@/lib/tenants/context'

// Both ways of serving: a login of the app's own, and stepping down from the owner's login in every transaction.
describe.each([{ oneLogin: false }, { oneLogin: true }])('with oneLogin: $oneLogin', ({ oneLogin }) => {
  const database = testDatabase({ oneLogin })
  let a: Ctx
  let b: Ctx
  let product: { id: bigint }
  let foreignProduct: { id: bigint }
  let foreignAccount: { id: bigint; orgName: string }

  beforeAll(async () => {
    a = await makeTenant({ slug: `a-${oneLogin}` })
    b = await makeTenant({ slug: `b-${oneLogin}` })
    await a.db.account.create({ data: { tenantId: a.tenant.id, orgName: 'Ours' } })
    product = await a.db.product.create({ data: productData(a) })
    foreignAccount = await b.db.account.create({ data: { tenantId: b.tenant.id, orgName: 'Theirs' } })
    foreignProduct = await b.db.product.create({ data: productData(b) })
  })

  it('ISO-3 serves as gatehouse_app, which owns nothing and may bypass nothing', async () => {
    const [role] = await a.db.$queryRaw<{ name: string; tenant: string; super: boolean; bypass: boolean; owned: bigint }[]>`
      SELECT current_user::text AS name, current_setting('app.tenant_id') AS tenant, rolsuper AS super, rolbypassrls AS bypass,
        (SELECT count(*) FROM pg_class WHERE relowner = r.oid) AS owned FROM pg_roles r WHERE rolname = current_user`
    expect(role).toEqual({ name: 'gatehouse_app', tenant: String(a.tenant.id), super: false, bypass: false, owned: 0n })
  })

  it('ISO-2 ISO-3 another tenant sees nothing, by id, in lists, in counts', async () => {
    expect(await a.db.account.findUnique({ where: { id: foreignAccount.id } })).toBeNull()
    expect(await a.db.account.findFirst({ where: { OR: [{ id: foreignAccount.id }, { orgName: 'Theirs' }] } })).toBeNull()
    expect((await a.db.account.findMany()).map((row) => row.orgName)).toEqual(['Ours'])
    expect(await a.db.account.count()).toBe(1)
    expect((await a.db.account.aggregate({ _count: true }))._count).toBe(1)
    expect(await a.db.account.groupBy({ by: ['tenantId'] })).toEqual([{ tenantId: a.tenant.id }])
    expect(await a.db.tenant.findMany({ select: { id: true } })).toEqual([{ id: a.tenant.id }])
  })

  it('ISO-2 ISO-3 another tenant changes and deletes nothing', async () => {
    await expect(a.db.account.update({ where: { id: foreignAccount.id }, data: { orgName: 'taken' } })).rejects.toMatchObject({ code: 'P2025' })
    await expect(a.db.account.delete({ where: { id: foreignAccount.id } })).rejects.toMatchObject({ code: 'P2025' })
    expect(await a.db.account.updateMany({ data: { state: 'suspended' } })).toEqual({ count: 1 })
    expect(await a.db.account.deleteMany({ where: { orgName: 'Theirs' } })).toEqual({ count: 0 })
    expect(await b.db.account.findMany()).toMatchObject([{ id: foreignAccount.id, orgName: 'Theirs', state: 'approved' }])
  })

  it('ISO-3 raw SQL without a where sees and changes one tenant only', async () => {
    expect(await a.db.$queryRaw`SELECT DISTINCT "tenantId" FROM accounts`).toEqual([{ tenantId: a.tenant.id }])
    expect(await a.db.$executeRaw`UPDATE accounts SET "orgName" = 'Ours'`).toBe(1)
    await expect(a.db.$executeRaw`INSERT INTO accounts ("tenantId", "orgName") VALUES (${b.tenant.id}, 'planted')`).rejects.toThrow(/row-level security/)
    await expect(a.db.$executeRaw`UPDATE accounts SET "tenantId" = ${b.tenant.id}`).rejects.toThrow(/row-level security/)
    const unsafe = a.db as unknown as { $queryRawUnsafe(sql: string): Promise<unknown> }
    await expect(unsafe.$queryRawUnsafe('SELECT 1')).rejects.toThrow('tagged template')
  })

  it('ISO-2 a nested connect cannot steal a row of another tenant', async () => {
    const foreignMetric = await b.db.metric.create({ data: { tenantId: b.tenant.id, productId: foreignProduct.id, systemName: `hits-${randomUUID()}`, name: 'Hits' } })
    const theft = { metrics: { connect: { tenantId_id: { tenantId: b.tenant.id, id: foreignMetric.id } } } }
    await expect(a.db.product.update({ where: { id: product.id }, data: theft })).rejects.toThrow()
    await expect(a.db.$transaction((tx) => tx.product.update({ where: { id: product.id }, data: theft }))).rejects.toThrow()
    expect(await b.db.metric.findUnique({ where: { id: foreignMetric.id } })).toMatchObject({ tenantId: b.tenant.id, productId: foreignProduct.id })
  })

  it('ISO-2 nested writes reach no foreign row and inherit the tenant', async () => {
    const made = await a.db.account.create({ data: { tenantId: a.tenant.id, orgName: 'With people', developers: { create: { email: 'x@example.com', emailNormal: `${randomUUID()}@example.com` } } }, include: { developers: true } })
    expect(made.developers[0]!.tenantId).toBe(a.tenant.id)
    const victim = await b.db.developer.create({ data: { tenantId: b.tenant.id, accountId: foreignAccount.id, email: 'v@example.com', emailNormal: `${randomUUID()}@example.com` } })
    await a.db.account.update({ where: { id: made.id }, data: { developers: { deleteMany: {}, updateMany: { where: {}, data: { role: 'admin' } } } } })
    await expect(a.db.account.update({ where: { id: made.id }, data: { developers: { delete: { id: victim.id } } } })).rejects.toThrow()
    expect(await b.db.developer.findUnique({ where: { id: victim.id } })).toMatchObject({ role: 'member' })
    await a.db.account.delete({ where: { id: made.id } })
  })

  it('ISO-1 a child cannot point at a parent of another tenant, whoever writes it', async () => {
    await expect(a.db.developer.create({ data: { tenantId: a.tenant.id, accountId: foreignAccount.id, email: 'x@example.com', emailNormal: 'x@example.com' } })).rejects.toMatchObject({ code: 'P2003' })
    const byOwner = ownerPool().query(`INSERT INTO developers ("tenantId", "accountId", email, "emailNormal") VALUES ($1, $2, 'x', 'x')`, [a.tenant.id, foreignAccount.id])
    await expect(byOwner).rejects.toMatchObject({ code: '23503' })
  })

  it('what is rolled back leaves nothing, whether made by Prisma, nested or by SQL', async () => {
    const before = await a.db.account.count()
    const failing = a.db.$transaction(async (tx) => {
      await tx.account.create({ data: { tenantId: a.tenant.id, orgName: 'never', developers: { create: { email: 'n@example.com', emailNormal: 'n@example.com' } } } })
      await tx.$executeRaw`INSERT INTO accounts ("tenantId", "orgName") VALUES (${a.tenant.id}, 'never')`
      expect(await tx.account.count()).toBe(before + 2)
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    const batch = a.db.$transaction([a.db.account.create({ data: { tenantId: a.tenant.id, orgName: 'never' } }), a.db.$executeRaw`SELECT 1 / 0`])
    await expect(batch).rejects.toThrow()
    expect(await a.db.account.count()).toBe(before)
    expect(await a.db.developer.count({ where: { email: 'n@example.com' } })).toBe(0)
  })

  it('ISO-3 a transaction sees its tenant only, at every isolation level and beside another one', async () => {
    for (const isolationLevel of [undefined, 'RepeatableRead', 'Serializable'] as const) {
      await a.db.$transaction(
        async (inA) => {
          await b.db.$transaction(async (inB) => {
            expect(await inA.$queryRaw`SELECT DISTINCT "tenantId" FROM accounts`).toEqual([{ tenantId: a.tenant.id }])
            expect(await inB.$queryRaw`SELECT DISTINCT "tenantId" FROM accounts`).toEqual([{ tenantId: b.tenant.id }])
            expect(await inB.account.findUnique({ where: { id: foreignAccount.id } })).toMatchObject({ orgName: 'Theirs' })
            expect(await inA.account.findUnique({ where: { id: foreignAccount.id } })).toBeNull()
          })
        },
        { isolationLevel },
      )
    }
    const [first, second] = await a.db.$transaction([a.db.account.count(), a.db.$queryRaw`SELECT current_setting('app.tenant_id') AS id`])
    expect([first, second]).toEqual([1, [{ id: String(a.tenant.id) }]])
  })

  it('ISO-3 a pooled connection carries no tenant and no role on, also after errors and many tenants at once', async () => {
    const contexts = [a, b]
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const ctx = contexts[i % 2]!
        if (i % 5 === 0) await expect(ctx.db.$executeRaw`SELECT 1 / 0`).rejects.toThrow()
        const rows = await ctx.db.$queryRaw<{ tenantId: bigint }[]>`SELECT DISTINCT "tenantId" FROM accounts`
        expect(rows).toEqual([{ tenantId: ctx.tenant.id }])
      }),
    )
    const clients = await Promise.all(Array.from({ length: appPool().totalCount }, () => appPool().connect()))
    for (const client of clients) {
      const { rows } = await client.query(`SELECT coalesce(current_setting('app.tenant_id', true), '') AS tenant, current_user = session_user AS itself`)
      expect(rows).toEqual([{ tenant: '', itself: true }])
      client.release()
    }
    expect(appPool().listenerCount('error')).toBe(1)
  })

  it('ISO-3 refuses a tenant id that is not a positive bigint', () => {
    for (const id of [0n, -1n, 1, '1; RESET ROLE', undefined]) expect(() => tenantDb(id as bigint)).toThrow(TypeError)
  })

  it('AUD-1 the audit log can be appended to and read, never changed; the same holds for events, changes and versions', async () => {
    const entry = await a.db.auditEntry.create({ data: { tenantId: a.tenant.id, actorKind: 'system', actorName: 'Test', action: 'test.made' } })
    await expect(a.db.auditEntry.update({ where: { id: entry.id }, data: { action: 'test.hidden' } })).rejects.toThrow(/permission denied/)
    for (const table of ['audit_entries', 'events', 'change_log', 'config_versions', 'promotions', 'usage_days', 'limit_counters']) {
      await expect(a.db.$queryRaw`DELETE FROM ${Prisma.raw(table)}`, table).rejects.toThrow(/permission denied/)
      await expect(a.db.$queryRaw`TRUNCATE ${Prisma.raw(table)}`, table).rejects.toThrow(/permission denied/)
    }
    expect(await a.db.auditEntry.findMany({ select: { action: true } })).toEqual([{ action: 'test.made' }])
    expect(await b.db.auditEntry.count()).toBe(0)
  })

  it('ISO-8 as gatehouse_app without a tenant every table is empty, partitions are closed, and an insert for another tenant fails', async () => {
    const owner = await connectDirectly('test', database.urls.owner)
    const app = await connectDirectly('test', database.urls.app ?? database.urls.owner)
    try {
      const tables = await tenantTables(owner)
      await fillEveryTable(database.superuserUrl(), tables, b.tenant.id)
      if (oneLogin) await app.query('SET ROLE gatehouse_app')
      for (const { table, column, partition } of tables) {
        const { rows: full } = await owner.query(`SELECT count(*)::int AS n FROM "${table}" WHERE "${column}" = $1`, [b.tenant.id])
        if (!partition) expect(full[0].n, table).toBeGreaterThan(0)
        const count = app.query(`SELECT count(*)::int AS n FROM "${table}"`)
        if (partition) await expect(count, table).rejects.toMatchObject({ code: '42501' })
        else expect((await count).rows, table).toEqual([{ n: 0 }])
      }
      await app.query(`SELECT set_config('app.tenant_id', $1, false)`, [a.tenant.id])
      for (const { table, column } of tables) {
        await expect(app.query(`INSERT INTO "${table}" ("${column}") VALUES ($1)`, [b.tenant.id]), table).rejects.toMatchObject({ code: '42501' })
      }
      for (const table of ['usage_batches', 'journal_leases', '_prisma_migrations']) await expect(app.query(`SELECT FROM ${table}`), table).rejects.toMatchObject({ code: '42501' })
      await expect(app.query(`SELECT ensure_usage_partitions('2030-01-01', 1)`)).rejects.toMatchObject({ code: '42501' })
      await expect(app.query('CREATE TABLE public.planted (id int)')).rejects.toMatchObject({ code: '42501' })
    } finally {
      await app.end()
      await owner.end()
    }
  })

  it('ISO-8 every table with tenantId, partitions included, has row security enabled, forced, and its policies', async () => {
    const { rows } = await ownerPool().query<{ table: string; enabled: boolean; forced: boolean; partition: boolean; policies: string[] }>(`
      SELECT c.relname AS table, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced, c.relispartition AS partition,
        ARRAY(SELECT polname::text FROM pg_policy p WHERE p.polrelid = c.oid ORDER BY 1) AS policies
      FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenantId'
      WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace`)
    expect(rows.length).toBeGreaterThan(50)
    for (const row of rows) {
      expect(row).toMatchObject({ enabled: true, forced: true })
      expect(row.policies, row.table).toEqual(row.partition ? ['system'] : ['system', 'tenant'])
    }
  })

  it('ISO-1 every key between tenant-owned tables is composite with tenantId', async () => {
    const { rows: foreign } = await ownerPool().query<{ name: string; columns: string[]; target: string[] }>(`
      SELECT conname AS name, ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY k(n, i) JOIN pg_attribute ON attrelid = conrelid AND attnum = n ORDER BY i) AS columns,
        ARRAY(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY k(n, i) JOIN pg_attribute ON attrelid = confrelid AND attnum = n ORDER BY i) AS target
      FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`)
    expect(foreign.length).toBeGreaterThan(20)
    for (const key of foreign) expect([key.columns[0], key.target], key.name).toEqual(['tenantId', ['tenantId', 'id']])

    const { rows: unique } = await ownerPool().query<{ name: string }>(`
      SELECT i.relname AS name FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
      WHERE x.indisunique AND NOT x.indisprimary AND t.relnamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = t.oid AND attnum = x.indkey[0] AND attname = 'tenantId') ORDER BY 1`)
    // Looked up before the tenant is known: random secrets' hashes, host names, the tenant's own row.
    expect(unique.map((row) => row.name).filter((name) => !/_(hash|\w+Hash)_key$/.test(name))).toEqual(['hosts_name_key', 'tenants_slug_key'])
  })

  it('a product is deleted with all that hangs on it, end users and their plans included', async () => {
    const { id: tenantId } = a.tenant
    const doomed = await a.db.product.create({ data: { ...productData(a), metrics: { create: { systemName: 'hits', name: 'Hits' } } }, include: { metrics: true } })
    const plan = await a.db.plan.create({ data: { tenantId, productId: doomed.id, name: 'P', systemName: 'p', limits: { create: { metricId: doomed.metrics[0]!.id, period: 'day', value: 1n } } } })
    const userPlan = await a.db.plan.create({ data: { tenantId, productId: doomed.id, kind: 'end_user', name: 'U', systemName: 'u' } })
    await a.db.endUser.create({ data: { tenantId, productId: doomed.id, planId: userPlan.id, externalId: 'u1' } })
    await a.db.application.create({ data: { tenantId, productId: doomed.id, planId: plan.id, name: 'App', appId: 'app1' } })
    await expect(a.db.plan.delete({ where: { id: plan.id } })).rejects.toMatchObject({ code: 'P2003' })
    await a.db.product.delete({ where: { id: doomed.id } })
    expect(await a.db.plan.count({ where: { productId: doomed.id } })).toBe(0)
    expect(await a.db.endUser.count({ where: { productId: doomed.id } })).toBe(0)
  })
})

function productData(ctx: Ctx) {
  return { tenantId: ctx.tenant.id, name: 'API', systemName: `api-${randomUUID()}`, secretTokenCipher: 'x', errorAnswers: {} }
}

type Table = { table: string; column: string; partition: boolean }

async function tenantTables(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(`
    SELECT c.relname AS table, CASE WHEN c.relname = 'tenants' THEN 'id' ELSE 'tenantId' END AS column, c.relispartition AS partition FROM pg_class c
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND (c.relname = 'tenants' OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenantId')) ORDER BY 1`)
  return rows
}

/** One row in every table, whatever its columns and keys: so that an empty answer means something. */
async function fillEveryTable(superuserUrl: string, tables: Table[], tenantId: bigint) {
  const client = await connectDirectly('test', superuserUrl)
  try {
    await client.query('SET session_replication_role = replica')
    for (const { table, column, partition } of tables) {
      if (partition || table === 'tenants') continue
      const { rows: columns } = await client.query<{ name: string; type: string }>(
        `SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = $1 AND is_nullable = 'NO' AND column_default IS NULL AND column_name <> $2`,
        [table, column],
      )
      const names = [column, ...columns.map((each) => each.name)].map((name) => `"${name}"`)
      await client.query(`INSERT INTO "${table}" (${names.join(', ')}) VALUES ($1${columns.map((each) => `, ${sampleOf(each.type)}`).join('')})`, [tenantId])
    }
  } finally {
    await client.end()
  }
}

const sampleOf = (type: string) => (/int|double|numeric/.test(type) ? '1' : /time|date/.test(type) ? 'now()' : /bool/.test(type) ? 'true' : /json|ARRAY/.test(type) ? `'{}'` : `'sample'`)

import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { embeddedUrls, prepareCluster } from '@/lib/db/connect'
import { startEmbeddedPostgres } from '@/lib/db/embedded-postgres'
import type { EmbeddedPostgres } from '@/lib/db/embedded-postgres'
import { migrateDatabase } from '@/lib/db/migrate'
import { connectDirectly, databaseState, endPools } from '@/lib/db/pools'
import type { DatabaseUrls } from '@/lib/db/pools'
import { systemDb } from '@/lib/db/system-db'
import { tenantDb } from '@/lib/db/tenant-db'
import { env } from '@/lib/env'
import { permissions } from '@/lib/tenants/context'
import type { Ctx, TenantFeatures } from '@/lib/tenants/context'

/** For test files only: a migrated Postgres database of their own. */
export type TestDatabase = {
  /** Filled before the first test runs. */
  urls: DatabaseUrls
  /** The server's superuser, for what a test must look at or break from outside. */
  superuserUrl(): string
}

const TEMPLATE = 'template_gatehouse'

/**
 * Call it at the top of a test file: before its tests a fresh, migrated database is made (about 50 ms; the first one of a
 * run takes a second) and `env()`, `tenantDb`, `systemDb` and `ownerPool` point at it; after them it is dropped.
 * `oneLogin: true` leaves DATABASE_APP_URL unset, so that transactions step down from the owner's login.
 */
export function testDatabase({ oneLogin = false }: { oneLogin?: boolean } = {}): TestDatabase {
  const database: TestDatabase = {
    urls: { owner: '', app: null, direct: '' },
    superuserUrl: () => {
      throw new Error('the test database is made before the first test')
    },
  }
  let server: EmbeddedPostgres
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`

  beforeAll(async () => {
    server = await startEmbeddedPostgres(inject('testDatabaseDir'), { durable: false })
    await ensureTemplate(server)
    await asSuperuser(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} OWNER gatehouse_owner STRATEGY FILE_COPY`))
    const urls = embeddedUrls(server, name)
    database.urls = oneLogin ? { ...urls, app: null } : urls
    database.superuserUrl = () => server.superuserUrl(name)
    databaseState().urls = database.urls
    Object.assign(env(), { DATABASE_URL: urls.owner, DATABASE_APP_URL: database.urls.app ?? undefined, DATABASE_DIRECT_URL: urls.direct })
  })

  afterAll(async () => {
    await endPools()
    await asSuperuser(server, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
    await server.stop({ leaveRunning: true })
  })
  return database
}

let tenantCount = 0

/** A tenant with its admin and portal hosts and nothing else, as the context of a request made by the system with every permission. */
export async function makeTenant({ slug = `tenant${++tenantCount}`, features = {}, now = new Date() }: { slug?: string; features?: TenantFeatures; now?: Date } = {}): Promise<Ctx> {
  const tenant = await systemDb('builder of test tenants').$transaction(async (tx) => {
    const row = await tx.tenant.create({ data: { slug, name: slug[0]!.toUpperCase() + slug.slice(1), features } })
    await tx.host.createMany({
      data: [
        { tenantId: row.id, name: `${slug}.${env().ADMIN_DOMAIN}`, zone: 'admin' },
        { tenantId: row.id, name: `${slug}.${env().PORTAL_DOMAIN}`, zone: 'portal' },
      ],
    })
    return row
  })
  const actor = { kind: 'system', id: null, name: 'Test' } as const
  return {
    tenant: { id: tenant.id, slug, name: tenant.name, timezone: tenant.timezone, features, trialEndsAt: tenant.trialEndsAt },
    actor,
    permissions: new Set(permissions),
    db: tenantDb(tenant.id),
    now,
    audit: { tenantId: tenant.id, actor, address: null, requestId: null },
  }
}

/** Migrates once a run; other files copy. Files run in several processes, hence the lock. */
async function ensureTemplate(server: EmbeddedPostgres) {
  await asSuperuser(server, async (client) => {
    await client.query('SELECT pg_advisory_lock(7402121)')
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1 AND datistemplate', [TEMPLATE])
    if (rowCount) return
    await client.query(`DROP DATABASE IF EXISTS ${TEMPLATE}`)
    await prepareCluster(server.superuserUrl(), server.password, TEMPLATE)
    await migrateDatabase(embeddedUrls(server, TEMPLATE).direct)
    // Marked only now: what a killed run left half done is made again.
    await client.query(`ALTER DATABASE ${TEMPLATE} IS_TEMPLATE true`)
  })
}

async function asSuperuser<Result>(server: EmbeddedPostgres, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = await connectDirectly('gatehouse tests', server.superuserUrl())
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

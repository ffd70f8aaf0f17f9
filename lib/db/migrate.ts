import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { APP_ROLE, connectDirectly, databaseUrls } from '@/lib/db/pools'
import { logger } from '@/lib/logger'

/**
 * Applies prisma/migrations in the order of their names and keeps Prisma's own table of them, so that
 * `prisma migrate deploy` agrees; Prisma's own command would download an engine. A file is one transaction, unless its
 * first line is `-- non-transactional` (for CREATE INDEX CONCURRENTLY): then each statement, ended by `;` at the end of
 * a line, stands alone.
 */
export async function migrateDatabase(url = databaseUrls().direct, folder = findMigrations()): Promise<{ applied: string[] }> {
  const client = await connectDirectly('gatehouse migrations', url)
  try {
    await takeTurn(client)
    await ensureAppRole(client)
    await client.query(MIGRATIONS_TABLE)
    const { rows: known } = await client.query<AppliedRow>('SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at')
    const files = readMigrations(folder)
    assertHistory(known, files)
    const applied: string[] = []
    for (const file of files) {
      if (known.some((row) => row.migration_name === file.name)) continue
      await apply(client, file)
      applied.push(file.name)
    }
    if (applied.length > 0) logger.info({ applied }, 'the database was migrated')
    return { applied }
  } finally {
    await client.end()
  }
}

type MigrationFile = { name: string; sql: string; checksum: string }
type AppliedRow = { migration_name: string; checksum: string; finished_at: Date | null }

const PRISMA_MIGRATE_LOCK = 72_707_369
const TURN_DEADLINE_MS = 10 * 60_000

const MIGRATIONS_TABLE = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`

/**
 * The lock that Prisma takes as well: of several processes that start at once one migrates, the others find it done.
 * Asked for again and again, since CREATE INDEX CONCURRENTLY would wait for the statement that waits for it.
 */
async function takeTurn(client: pg.Client) {
  const deadline = Date.now() + TURN_DEADLINE_MS
  for (;;) {
    const { rows } = await client.query<{ mine: boolean }>(`SELECT pg_try_advisory_lock(${PRISMA_MIGRATE_LOCK}) AS mine`)
    if (rows[0]?.mine) return
    if (Date.now() > deadline) throw new Error(`Another process has been migrating this database for ${TURN_DEADLINE_MS / 60_000} minutes. Wait until it is done, then start again.`)
    await sleep(100)
  }
}

async function apply(client: pg.Client, file: MigrationFile) {
  const started = new Date()
  const finish = () =>
    client.query('INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count) VALUES ($1, $2, $3, $4, now(), 1)', [randomUUID(), file.checksum, file.name, started])
  try {
    if (isNonTransactional(file.sql)) {
      for (const statement of splitStatements(file.sql)) await client.query(statement)
      await finish()
      return
    }
    await client.query('BEGIN')
    await client.query(file.sql)
    await finish()
    await client.query('COMMIT')
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => {})
    throw new Error(`Migration ${file.name} failed: ${(cause as Error).message}. ${isNonTransactional(file.sql) ? 'It may be half done; it is tried again at the next start.' : 'Nothing of it was kept.'}`, { cause })
  }
}

/** A later statement may meet what an earlier try left, so such files say IF NOT EXISTS. */
const isNonTransactional = (sql: string) => /^--\s*non-transactional\s*$/m.test(sql.slice(0, sql.indexOf('\n') + 1))

const splitStatements = (sql: string) => sql.split(/;[ \t]*(?:\r?\n|$)/).filter((statement) => statement.replace(/^\s*--.*$/gm, '').trim() !== '')

function assertHistory(known: AppliedRow[], files: MigrationFile[]) {
  const halfDone = known.find((row) => !row.finished_at)
  if (halfDone) throw new Error(`Migration ${halfDone.migration_name} was begun elsewhere and did not finish. Mend it with "prisma migrate resolve", then start again.`)
  for (const row of known) {
    const file = files.find((candidate) => candidate.name === row.migration_name)
    // A newer version of the app may have run here; its migrations only add, so the older one can still serve.
    if (!file) logger.warn({ migration: row.migration_name }, 'the database has a migration this version does not know')
    else if (file.checksum !== row.checksum) throw new Error(`Migration ${row.migration_name} was changed after it had been applied here. Restore the file, and put the change into a migration of its own.`)
  }
}

function readMigrations(folder: string): MigrationFile[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'migration.sql')))
    .map((entry) => entry.name)
    .sort()
  return names.map((name) => {
    const bytes = readFileSync(join(folder, name, 'migration.sql'))
    return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') }
  })
}

/** prisma/migrations of the project, from the source file as well as from the bundle in dist. */
function findMigrations(): string {
  for (let step = import.meta.dirname; ; step = dirname(step)) {
    const folder = join(step, 'prisma', 'migrations')
    if (existsSync(folder)) return folder
    if (step === dirname(step)) throw new Error('prisma/migrations was not found beside the program.')
  }
}

/** Makes the role that serves and can bypass nothing, and lets the owner step down to it. Roles belong to the server, not to one database. */
async function ensureAppRole(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ exists: boolean; can: boolean; bypasses: boolean; version: number }>(`
    SELECT r.oid IS NOT NULL AS exists, coalesce(r.rolsuper OR r.rolbypassrls, false) AS bypasses, current_setting('server_version_num')::int AS version,
      CASE WHEN r.oid IS NULL THEN false WHEN current_setting('server_version_num')::int >= 160000 THEN pg_has_role(current_user, r.oid, 'SET') ELSE pg_has_role(current_user, r.oid, 'MEMBER') END AS can
    FROM (SELECT 1) AS one LEFT JOIN pg_roles r ON r.rolname = '${APP_ROLE}'`)
  const role = rows[0]!
  if (role.bypasses) throw new Error(`The role ${APP_ROLE} may bypass row security, so tenants would not be isolated. Run: ALTER ROLE ${APP_ROLE} NOSUPERUSER NOBYPASSRLS`)
  try {
    if (!role.exists) await client.query(`CREATE ROLE ${APP_ROLE} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS`)
    if (!role.can) await client.query(`GRANT ${APP_ROLE} TO CURRENT_USER${role.version >= 160000 ? ' WITH SET TRUE, INHERIT FALSE' : ''}`)
  } catch (cause) {
    // Another installation on the same server made it in this very moment.
    if ((cause as { code?: string }).code === '42710' || (cause as { code?: string }).code === '23505') return ensureAppRole(client)
    throw new Error(
      `The login in DATABASE_URL may not set up the role ${APP_ROLE} (${(cause as Error).message}). Let an administrator run once: CREATE ROLE ${APP_ROLE} NOLOGIN; GRANT ${APP_ROLE} TO "<that login>" WITH SET TRUE;`,
      { cause },
    )
  }
}

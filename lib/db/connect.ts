import pg from 'pg'
import type { EmbeddedPostgres } from '@/lib/db/embedded-postgres'
import { APP_ROLE, connectDirectly, databaseState, endPools, urlsOfSettings } from '@/lib/db/pools'
import type { DatabaseUrls } from '@/lib/db/pools'
import { env } from '@/lib/env'
import { logger } from '@/lib/logger'
import { perProcess } from '@/lib/per-process'

/**
 * Opens the database of this installation: the one of DATABASE_URL, else the embedded server. Called by server.ts, the
 * command line and the worker, never by the Next bundle, which finds the outcome through `databaseUrls()`.
 * Throws a plain `Error` with one sentence for the person who started us. Migrations are `migrateDatabase()`, after it.
 */
export async function openDatabase(): Promise<DatabaseUrls> {
  const state = databaseState()
  if (state.urls) return state.urls
  const urls = urlsOfSettings() ?? (await openEmbedded())
  await assertLogins(urls)
  state.urls = urls
  return urls
}

/** Ends the pools and leaves the embedded server, which stops when nobody else uses it. */
export async function closeDatabase(): Promise<void> {
  await endPools()
  const { server } = embedded()
  embedded().server = null
  await server?.stop()
}

const embedded = () => perProcess('embeddedPostgres', (): { server: EmbeddedPostgres | null } => ({ server: null }))

const DATABASE = 'gatehouse'
const OWNER = 'gatehouse_owner'

async function openEmbedded(): Promise<DatabaseUrls> {
  const { startEmbeddedPostgres } = await import('@/lib/db/embedded-postgres')
  const start = (port?: number) =>
    startEmbeddedPostgres(env().DATA_DIR, {
      port,
      onLost: () => {
        logger.error('the embedded database went away; starting it again')
        // On the same port, so that the pools simply connect again.
        start(embedded().server?.port).then(
          (server) => (embedded().server = server),
          (error: unknown) => logger.fatal({ err: error }, 'the embedded database could not be started again'),
        )
      },
    })
  const server = await start()
  embedded().server = server
  await prepareCluster(server.superuserUrl(), server.password, DATABASE)
  return embeddedUrls(server, DATABASE)
}

/** Logins of an embedded server: the owner's, and one that can never be more than gatehouse_app. */
export function embeddedUrls(server: EmbeddedPostgres, database: string): DatabaseUrls {
  const of = (user: string) => `postgresql://${user}:${server.password}@127.0.0.1:${server.port}/${database}`
  return { owner: of(OWNER), app: of(APP_ROLE), direct: of(OWNER) }
}

/** Makes roles and database where missing; the superuser is not used for anything else. */
export async function prepareCluster(superuserUrl: string, password: string, database: string): Promise<void> {
  const client = await connectDirectly('gatehouse set-up', superuserUrl)
  try {
    await client.query('SELECT pg_advisory_lock(7402120)')
    const secret = pg.escapeLiteral(password)
    const { rows } = await client.query<{ owner: boolean; app: boolean; database: boolean }>(
      `SELECT to_regrole('${OWNER}') IS NOT NULL AS owner, to_regrole('${APP_ROLE}') IS NOT NULL AS app, EXISTS (SELECT FROM pg_database WHERE datname = $1) AS database`,
      [database],
    )
    const found = rows[0]!
    const plain = 'NOSUPERUSER NOCREATEROLE NOBYPASSRLS'
    if (!found.owner) await client.query(`CREATE ROLE ${OWNER} LOGIN NOCREATEDB ${plain} PASSWORD ${secret}`)
    if (!found.app) await client.query(`CREATE ROLE ${APP_ROLE} LOGIN NOCREATEDB ${plain} PASSWORD ${secret}`)
    await client.query(`GRANT ${APP_ROLE} TO ${OWNER} WITH SET TRUE, INHERIT FALSE`)
    if (!found.database) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)} OWNER ${OWNER}`)
  } finally {
    await client.end()
  }
}

/** The owner should not be a superuser; the app's login must not be more than gatehouse_app. */
async function assertLogins(urls: DatabaseUrls) {
  if (await hasRights(urls.owner, 'DATABASE_URL', 'rolsuper')) {
    logger.warn('DATABASE_URL logs in as a superuser. Use an owner of the database without that right: a mistake then cannot reach beyond it.')
  }
  if (urls.app && (await hasRights(urls.app, 'DATABASE_APP_URL', 'rolsuper OR rolbypassrls'))) {
    throw new Error(`DATABASE_APP_URL logs in with a role that may bypass row security, so tenants would not be isolated. Use a login that is ${APP_ROLE} or a member of it.`)
  }
}

async function hasRights(url: string, setting: string, rights: string): Promise<boolean> {
  let client: pg.Client
  try {
    client = await connectDirectly('gatehouse start', url)
  } catch (cause) {
    throw new Error(`The database of ${setting} cannot be reached: ${reasonOf(cause)}.`, { cause })
  }
  try {
    const { rows } = await client.query<{ yes: boolean }>(`SELECT ${rights} AS yes FROM pg_roles WHERE rolname = current_user`)
    return rows[0]?.yes ?? false
  } finally {
    await client.end()
  }
}

/** Node gives an empty message when both addresses of a name refuse. */
function reasonOf(cause: unknown): string {
  const error = cause as { message?: string; code?: string }
  return (error.message || error.code || 'no answer').replace(/\.$/, '')
}

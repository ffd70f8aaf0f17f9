import pg from 'pg'
import type { LRUCache } from 'lru-cache'
import type { PrismaClient } from '@/lib/db/generated/client'
import { env } from '@/lib/env'
import { logger } from '@/lib/logger'
import { perProcess } from '@/lib/per-process'

/**
 * Where the database is and the two pools that reach it. Kept per process, so that route handlers (another module
 * graph) find the embedded server that `server.ts` started.
 */
export type DatabaseUrls = {
  /** Owner's login: migrations, jobs, config load. */
  owner: string
  /** Login that can only act as gatehouse_app; null: the owner's login, stepped down in every transaction. */
  app: string | null
  /** Past any pooler: LISTEN and migrations. */
  direct: string
}

export const APP_ROLE = 'gatehouse_app'

type DatabaseState = {
  urls: DatabaseUrls | null
  ownerPool: pg.Pool | null
  gatewayPool: pg.Pool | null
  appPool: pg.Pool | null
  tenantClients: LRUCache<bigint, PrismaClient> | null
  systemClient: PrismaClient | null
  systemReasons: Set<string>
}

/** The one shared holder; only lib/db touches it. */
export const databaseState = (): DatabaseState =>
  perProcess('database', () => ({ urls: null, ownerPool: null, gatewayPool: null, appPool: null, tenantClients: null, systemClient: null, systemReasons: new Set<string>() }))

/** Of the opened database, else of the settings. Throws where neither is there, as under plain `next start` without DATABASE_URL. */
export function databaseUrls(): DatabaseUrls {
  const state = databaseState()
  state.urls ??= urlsOfSettings()
  if (!state.urls) throw new Error('DATABASE_URL is not set. Only "npm start" and "npm run dev" bring a database of their own; set DATABASE_URL to run Next alone.')
  return state.urls
}

/** The `DATABASE_*` settings, or null where DATABASE_URL is unset. */
export function urlsOfSettings(): DatabaseUrls | null {
  const { DATABASE_URL, DATABASE_APP_URL, DATABASE_DIRECT_URL } = env()
  return DATABASE_URL ? { owner: DATABASE_URL, app: DATABASE_APP_URL ?? null, direct: DATABASE_DIRECT_URL ?? DATABASE_URL } : null
}

/**
 * The owner's pool for SQL of hot paths and work across tenants: no row security. Its `int8` comes back as a number
 * (ids and counts stay below 2^53); a `sum()` of int8 is numeric, so cast it: `sum(value)::int8`.
 * Imported in few named files (ISO-4).
 */
export function ownerPool(): pg.Pool {
  return (databaseState().ownerPool ??= makePool(databaseUrls().owner, 'gatehouse'))
}

/**
 * The same login for what calls wait for: config, credentials, limit counters. Its own, so that booking and jobs never
 * stand in a call's way, and with a statement time-out, so that a slow database is told from a dead one in seconds.
 */
export function gatewayPool(): pg.Pool {
  return (databaseState().gatewayPool ??= makePool(databaseUrls().owner, 'gatehouse gateway', { max: 6, connectionTimeoutMillis: 2_000, query_timeout: 6_000 }))
}

/** The pool behind every tenant's client. Its own, so that a tenant's transaction never waits for one of the system's. */
export function appPool(): pg.Pool {
  const { app, owner } = databaseUrls()
  return (databaseState().appPool ??= makePool(app ?? owner, 'gatehouse app'))
}

/** A connection outside the pools, past any pooler: for LISTEN, session locks and migrations. The caller ends it. */
export async function connectDirectly(applicationName: string, url = databaseUrls().direct): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: applicationName, connectionTimeoutMillis: 10_000, keepAlive: true, types: numberTypes })
  client.on('error', (error) => logger.warn({ err: error }, 'a database connection broke'))
  try {
    await client.connect()
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  return client
}

/** Ends the pools and forgets every client; the next use opens the database anew. */
export async function endPools(): Promise<void> {
  const state = databaseState()
  const pools = [state.ownerPool, state.gatewayPool, state.appPool]
  Object.assign(state, { urls: null, ownerPool: null, gatewayPool: null, appPool: null, tenantClients: null, systemClient: null })
  await Promise.all(pools.map((pool) => pool?.end()))
}

function makePool(connectionString: string, applicationName: string, bounds: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString, application_name: applicationName, max: 10, connectionTimeoutMillis: 10_000, idleTimeoutMillis: 30_000, keepAlive: true, types: numberTypes, ...bounds })
  // Without a listener the loss of an idle connection would end the process; the next query simply opens another.
  pool.on('error', (error) => logger.warn({ err: error }, 'an idle database connection broke'))
  // The same for one in use that breaks between two queries of a transaction: the next query says so.
  pool.on('connect', (client) => void client.on('error', (error) => logger.warn({ err: error }, 'a database connection broke')))
  return pool
}

const INT8 = 20
const INT8_ARRAY = 1016
// Set on our pools only: Prisma's adapter brings its own parsers with each query, and other users of pg keep the defaults.
const numberTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary' && oid === INT8) return Number
    if (format !== 'binary' && oid === INT8_ARRAY) return (text: string) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(Number))
    return pg.types.getTypeParser(oid, format)
  },
}

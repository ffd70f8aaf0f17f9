import type pg from 'pg'
import { completeConfig } from '@/lib/products/gateway-config'
import type { Bursts, Environment, GatewayConfig } from '@/lib/products/gateway-config'
import { snapshotConfig } from '@/lib/products/snapshot-config'
import type { SnapshotRows } from '@/lib/products/snapshot-config'
import type { BearerFacts } from '@/lib/gateway/bearer/bearer-settings'
import type { LimitRule } from '@/lib/metering/counter-store'
import type { Period } from '@/lib/metering/periods'

/**
 * Everything the gateway reads from Postgres, with its SQL, in one place: plain `pg` on the owner's pool (across
 * tenants; ISO-4), one statement a question. Ids are numbers. Nothing here is on the hot path: the caches are.
 */
export type LiveData = {
  host(name: string): Promise<HostEntry | null>
  /** Null where the environment serves nothing: no such product, or production before the first promotion. */
  product(productId: number, environment: Environment): Promise<LiveProduct | null>
  /** The application that holds this live `user_key`. */
  userKey(productId: number, hash: string): Promise<LiveCredential | null>
  /** Those of these credentials that still live, in no order: what was read before, read again. */
  credentials(ids: readonly number[]): Promise<LiveCredential[]>
  /** The application of this public id with its live `app_key`s, newest first, five at the most. */
  application(productId: number, appId: string): Promise<{ application: LiveApplication; keys: LiveKey[] } | null>
  plan(planId: number): Promise<LivePlan | null>
  /** What a living access token of ours speaks for, by its hash. */
  accessToken(productId: number, environment: Environment, hash: string): Promise<{ facts: BearerFacts; ended: boolean } | null>
  /** Books when grants were last used. */
  noteGrantUses(uses: { id: number; at: number }[]): Promise<void>
  endUser(productId: number, externalId: string): Promise<LiveEndUser | null>
  /** Registers an end user seen for the first time; null where the product holds `usersMax` of them already. */
  registerEndUser(product: { tenantId: number; productId: number }, externalId: string, planId: number, usersMax: number): Promise<LiveEndUser | null>
  /** Whether the product holds `usersMax` end users already; looks without registering anybody. */
  endUsersFull(product: { tenantId: number; productId: number }, usersMax: number): Promise<boolean>
}

export type LiveKey = { id: number; hash: string; expiresAt: number | null }

export type HostEntry = { tenantId: number; productId: number; environment: Environment }

export type LiveProduct = {
  tenantId: number
  productId: number
  config: GatewayConfig
  /** Product and tenant are both active. */
  active: boolean
  /** Null while the tenant has end-user plans switched off. */
  endUsers: { registrationRequired: boolean; defaultPlanId: number | null; countersShared: boolean; usersMax: number } | null
  /** Under which origin a gateway of the tenant's own relays to us; null: it is hosted here. */
  selfManagedOrigin: string | null
  /** Where the tenant's partners read what a refusal means; its own proved domain first. */
  portalHost: string | null
  /** Look-up hashes of the service token and the provider key: whoever holds one may ask what a call met. */
  debugHashes: string[]
}

export type LiveApplication = { id: number; tenantId: number; state: string; kind: string; planId: number | null; accountState: string | null; referrerFilters: readonly string[] }

/** `expiresAt`: refused from then on, milliseconds since 1970. */
export type LiveCredential = { application: LiveApplication; credentialId: number; hash: string; expiresAt: number | null }

export type LivePlan = {
  id: number
  tenantId: number
  name: string
  /** enabled | disabled | reads_only */
  newMethods: string
  endUserRequired: boolean
  /** Metric id to an explicit word about it. */
  explicit: ReadonlyMap<number, boolean>
  limits: readonly LimitRule[]
  /** Of each application or end user on it; null: none. */
  bursts: Bursts | null
}

export type LiveEndUser = {
  id: number
  tenantId: number
  planId: number
  state: string
  /** Of this user alone, in place of the plan's for the same metric and period; null: none. */
  ownLimits: readonly LimitRule[] | null
}

const QUERY_TIMEOUT_MS = 2_000

export function loadLive(pool: pg.Pool): LiveData {
  const one = async <Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[]): Promise<Row | null> => {
    const { rows } = await pool.query<Row>({ name: `gateway ${name}`, text, values, query_timeout: QUERY_TIMEOUT_MS } as pg.QueryConfig)
    return rows[0] ?? null
  }

  return {
    host: (name) =>
      one<HostEntry>('host', `SELECT "tenantId", "productId", environment FROM hosts WHERE name = $1 AND zone = 'gateway' AND "productId" IS NOT NULL`, [name]),

    async product(productId, environment) {
      const row = await one<ProductRow>(
        `product ${environment}`,
        `SELECT p.*, t.state AS "tenantState", t."providerKeyHash", coalesce((t.features->>'endUserPlans')::boolean, false) AS "endUserPlans", ${PORTAL_HOST}, ${environment === 'staging' ? STAGING_COLUMNS : PRODUCTION_COLUMNS}
           FROM products p JOIN tenants t ON t.id = p."tenantId" WHERE p.id = $1`,
        [productId],
      )
      if (!row) return null
      const config = environment === 'staging' ? snapshotConfig({ product: row, metrics: row.metrics ?? [], mappingRules: row.mappingRules ?? [], backends: row.backends ?? [] }) : row.content && completeConfig(row.content)
      if (!config) return null
      return {
        tenantId: row.tenantId,
        productId,
        config,
        active: row.state === 'active' && row.tenantState === 'active',
        endUsers: row.endUserPlans
          ? {
              registrationRequired: row.endUserRegistrationRequired,
              defaultPlanId: row.defaultEndUserPlanId,
              countersShared: row.endUserCounters !== 'per_application',
              usersMax: row.endUsersMax,
            }
          : null,
        selfManagedOrigin: selfManagedOriginOf(row, environment),
        portalHost: row.portalHost,
        debugHashes: [row.serviceTokenHash, row.providerKeyHash].filter((hash) => hash !== null),
      }
    },

    async userKey(productId, hash) {
      const row = await one<ApplicationRow & { credentialId: number; hash: string; expiresAt: number | null }>(
        'user key',
        `SELECT ${APPLICATION_COLUMNS}, c.id AS "credentialId", c.hash, (extract(epoch FROM c."expiresAt") * 1000)::float8 AS "expiresAt"
           FROM credentials c JOIN applications a ON a.id = c."applicationId" LEFT JOIN accounts o ON o.id = a."accountId"
          WHERE c."tenantId" = (SELECT "tenantId" FROM products WHERE id = $1) AND c."productId" = $1 AND c.hash = $2 AND c.kind = 'user_key' AND c."revokedAt" IS NULL`,
        [productId, hash],
      )
      return row && { application: applicationOf(row), credentialId: row.credentialId, hash: row.hash, expiresAt: row.expiresAt }
    },

    async credentials(ids) {
      const { rows } = await pool.query<ApplicationRow & { credentialId: number; hash: string; expiresAt: number | null }>({
        name: 'gateway credentials',
        text: `SELECT ${APPLICATION_COLUMNS}, c.id AS "credentialId", c.hash, (extract(epoch FROM c."expiresAt") * 1000)::float8 AS "expiresAt"
           FROM credentials c JOIN applications a ON a.id = c."applicationId" LEFT JOIN accounts o ON o.id = a."accountId"
          WHERE c.id = ANY ($1::int8[]) AND c."revokedAt" IS NULL`,
        values: [ids],
        query_timeout: QUERY_TIMEOUT_MS,
      } as pg.QueryConfig)
      return rows.map((row) => ({ application: applicationOf(row), credentialId: row.credentialId, hash: row.hash, expiresAt: row.expiresAt }))
    },

    async application(productId, appId) {
      const row = await one<ApplicationRow & { keys: LiveKey[] | null }>(
        'application',
        `SELECT ${APPLICATION_COLUMNS},
                (SELECT json_agg(json_build_object('id', k.id, 'hash', k.hash, 'expiresAt', (extract(epoch FROM k."expiresAt") * 1000)::float8)) FROM
                  (SELECT c.id, c.hash, c."expiresAt" FROM credentials c WHERE c."tenantId" = a."tenantId" AND c."applicationId" = a.id AND c.kind = 'app_key' AND c."revokedAt" IS NULL
                    ORDER BY c.id DESC LIMIT 5) k) AS keys
           FROM applications a LEFT JOIN accounts o ON o.id = a."accountId"
          WHERE a."tenantId" = (SELECT "tenantId" FROM products WHERE id = $1) AND a."productId" = $1 AND a."appId" = $2`,
        [productId, appId],
      )
      return row && { application: applicationOf(row), keys: row.keys ?? [] }
    },

    async accessToken(productId, environment, hash) {
      const row = await one<BearerFacts & { ended: boolean }>(
        'access token',
        `SELECT g."tenantId", g.id, a."appId", g."endUserId", t.scopes, (extract(epoch FROM t."expiresAt") * 1000)::float8 AS "validUntil", NULL AS opened,
                (g."revokedAt" IS NOT NULL OR coalesce(t."expiresAt" <= now(), false)) AS ended
           FROM oauth_tokens t JOIN oauth_grants g ON g."tenantId" = t."tenantId" AND g.id = t."grantId" JOIN applications a ON a."tenantId" = g."tenantId" AND a.id = g."applicationId"
          WHERE t.hash = $3 AND t.kind = 'access' AND g."productId" = $1 AND g.environment = $2`,
        [productId, environment, hash],
      )
      if (!row) return null
      const { ended, ...facts } = row
      return { facts, ended }
    },

    async noteGrantUses(uses) {
      await pool.query({
        text: `UPDATE oauth_grants g SET "lastUsedAt" = greatest(g."lastUsedAt", to_timestamp(u.at / 1000.0))
                 FROM unnest($1::bigint[], $2::float8[]) AS u(id, at) WHERE g.id = u.id AND (g."lastUsedAt" IS NULL OR g."lastUsedAt" < to_timestamp(u.at / 1000.0))`,
        values: [uses.map((use) => use.id), uses.map((use) => use.at)],
      })
    },

    async plan(planId) {
      const row = await one<PlanRow>(
        'plan',
        `SELECT p.id, p."tenantId", p.name, p."newMethods", p."endUserRequired", p.bursts,
                (SELECT json_agg(json_build_array(m."metricId", m.enabled)) FROM plan_methods m WHERE m."planId" = p.id) AS methods,
                (SELECT json_agg(json_build_object('metricId', l."metricId", 'period', l.period, 'value', l.value) ORDER BY l.id) FROM limits l WHERE l."planId" = p.id) AS limits
           FROM plans p WHERE p.id = $1`,
        [planId],
      )
      return row && { id: row.id, tenantId: row.tenantId, name: row.name, newMethods: row.newMethods, endUserRequired: row.endUserRequired, explicit: new Map(row.methods ?? []), limits: row.limits ?? [], bursts: row.bursts }
    },

    endUser: (productId, externalId) =>
      one<LiveEndUser>(
        'end user',
        `SELECT u.id, u."tenantId", u."planId", u.state,
                (SELECT json_agg(json_build_object('metricId', l."metricId", 'period', l.period, 'value', l.value) ORDER BY l.id) FROM end_user_limits l WHERE l."tenantId" = u."tenantId" AND l."endUserId" = u.id) AS "ownLimits"
           FROM end_users u WHERE u."tenantId" = (SELECT "tenantId" FROM products WHERE id = $1) AND u."productId" = $1 AND u."externalId" = $2`,
        [productId, externalId],
      ),

    async registerEndUser({ tenantId, productId }, externalId, planId, usersMax) {
      const written = await registerWithinCap(pool, { tenantId, productId, externalId, planId, usersMax })
      // Nothing written: full, or another call registered the same user in the same moment.
      return written ?? this.endUser(productId, externalId)
    },

    async endUsersFull({ tenantId, productId }, usersMax) {
      const row = await one<{ full: boolean }>('end users full', `SELECT count(*) >= $3 AS full FROM (SELECT 1 FROM end_users WHERE "tenantId" = $1 AND "productId" = $2 LIMIT $3) seen`, [tenantId, productId, usersMax])
      return row!.full
    },
  }
}

type NewEndUser = { tenantId: number; productId: number; externalId: string; planId: number; usersMax: number }

/**
 * One registration of a product at a time, whichever process: of many at once, each counts those ahead of it, so the cap
 * is never passed. The count stops at the cap: a full product costs no more than a bounded look (USE-7).
 */
async function registerWithinCap(pool: pg.Pool, { tenantId, productId, externalId, planId, usersMax }: NewEndUser): Promise<LiveEndUser | null> {
  const client = await pool.connect()
  const query = (text: string, values: unknown[] = []) => client.query<LiveEndUser>({ text, values, query_timeout: QUERY_TIMEOUT_MS } as pg.QueryConfig)
  let broken = true
  try {
    await query('BEGIN')
    await query(`SELECT pg_advisory_xact_lock(hashtextextended('end users of product ' || $1, 0))`, [String(productId)])
    // A statement of its own: its snapshot is younger than the lock.
    const { rows } = await query(
      `INSERT INTO end_users ("tenantId", "productId", "planId", "externalId", registered)
       SELECT $1, $2, $3, $4, 'first_sight'
        WHERE (SELECT count(*) FROM (SELECT 1 FROM end_users WHERE "tenantId" = $1 AND "productId" = $2 LIMIT $5) seen) < $5
       ON CONFLICT ("tenantId", "productId", "externalId") DO NOTHING
       RETURNING id, "tenantId", "planId", state, NULL AS "ownLimits"`,
      [tenantId, productId, planId, externalId, usersMax],
    )
    await query('COMMIT')
    broken = false
    return rows[0] ?? null
  } finally {
    // After a failure the connection may still wait for the lock: it goes, and the lock with it.
    client.release(broken)
  }
}

type ProductRow = Omit<SnapshotRows['product'], 'id'> & {
  id: number
  tenantId: number
  state: string
  tenantState: string
  deployment: string
  selfManagedProductionUrl: string | null
  selfManagedStagingUrl: string | null
  endUserPlans: boolean
  endUserRegistrationRequired: boolean
  endUserCounters: string
  endUsersMax: number
  defaultEndUserPlanId: number | null
  serviceTokenHash: string | null
  providerKeyHash: string | null
  portalHost: string | null
  metrics?: SnapshotRows['metrics'] | null
  mappingRules?: SnapshotRows['mappingRules'] | null
  backends?: SnapshotRows['backends'] | null
  content?: GatewayConfig | null
}

function selfManagedOriginOf({ deployment, selfManagedProductionUrl, selfManagedStagingUrl }: ProductRow, environment: Environment): string | null {
  const url = environment === 'production' ? selfManagedProductionUrl : selfManagedStagingUrl
  return deployment === 'self_managed' && url !== null && URL.canParse(url) ? new URL(url).origin : null
}

type ApplicationRow = LiveApplication

type PlanRow = Omit<LivePlan, 'explicit' | 'limits'> & { methods: [number, boolean][] | null; limits: { metricId: number; period: Period; value: number }[] | null }

const PORTAL_HOST = `
  (SELECT h.name FROM hosts h LEFT JOIN domains d ON d.name = h.name AND d."tenantId" = h."tenantId"
    WHERE h."tenantId" = p."tenantId" AND h.zone = 'portal' AND (d.id IS NULL OR (d.state = 'proved' AND d.problem IS NULL AND d."checkedAt" IS NOT NULL))
    ORDER BY d.id NULLS LAST, h.id LIMIT 1) AS "portalHost"`

const STAGING_COLUMNS = `
  (SELECT json_agg(json_build_object('id', m.id, 'systemName', m."systemName", 'name', m.name, 'parentId', m."parentId", 'verb', m.verb) ORDER BY m.id)
     FROM metrics m WHERE m."tenantId" = p."tenantId" AND m."productId" = p.id AND m."retiredAt" IS NULL) AS metrics,
  (SELECT json_agg(json_build_object('id', r.id, 'verb', r.verb, 'pattern', r.pattern, 'metricId', r."metricId", 'delta', r.delta, 'last', r.last, 'position', r.position))
     FROM mapping_rules r WHERE r."tenantId" = p."tenantId" AND r."productId" = p.id) AS "mappingRules",
  (SELECT json_agg(json_build_object('id', b.id, 'systemName', b."systemName", 'name', b.name, 'path', u.path, 'privateBaseUrl', b."privateBaseUrl",
            'servers', b.servers, 'hostHeader', b."hostHeader", 'healthCheck', b."healthCheck", 'mappingRules', coalesce(
              (SELECT json_agg(json_build_object('id', r.id, 'verb', r.verb, 'pattern', r.pattern, 'metricId', m.id, 'delta', r.delta, 'last', r.last, 'position', r.position))
                 FROM backend_mapping_rules r JOIN metrics m ON m."tenantId" = r."tenantId" AND m."backendMetricId" = r."backendMetricId" AND m."productId" = p.id AND m."retiredAt" IS NULL
                WHERE r."tenantId" = b."tenantId" AND r."backendId" = b.id), '[]'::json)) ORDER BY u.id)
     FROM backend_usages u JOIN backends b ON b."tenantId" = u."tenantId" AND b.id = u."backendId"
    WHERE u."tenantId" = p."tenantId" AND u."productId" = p.id) AS backends`

const PRODUCTION_COLUMNS = `
  (SELECT v.content FROM config_versions v WHERE v."tenantId" = p."tenantId" AND v."productId" = p.id AND v.version = p."liveVersion") AS content`

const APPLICATION_COLUMNS = `a.id, a."tenantId", a.state, a.kind, a."planId", a."referrerFilters", o.state AS "accountState"`

function applicationOf({ id, tenantId, state, kind, planId, accountState, referrerFilters }: ApplicationRow): LiveApplication {
  return { id, tenantId, state, kind, planId, accountState, referrerFilters }
}

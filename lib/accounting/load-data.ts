import type pg from 'pg'

/**
 * Everything the accounting API reads from Postgres beside what the gateway does, with its SQL, in one place (owner's
 * pool, across tenants; ISO-4). Live rows, not promoted ones (design section 5). Nothing here is on the hot path.
 */
export type AccountingData = {
  /** Null where there is no such product. */
  service(productId: number): Promise<ServiceRow | null>
  /** By the look-up hash of a provider key; null where it is nobody's, or the tenant is suspended. */
  provider(hash: string): Promise<Provider | null>
  application(productId: number, by: ApplicationLookup): Promise<ApplicationRow | null>
}

export type Provider = { tenantId: number; defaultServiceId: number | null }

/** `metrics`: those retired too, which a promoted version of somebody's gateway may still count. */
export type ServiceRow = { tenantId: number; serviceTokenHash: string | null; metrics: { id: number; systemName: string; parentId: number | null; retired: boolean }[] }

export type ApplicationLookup = { appId: string } | { userKeyHash: string } | { id: number }

export type ApplicationRow = {
  id: number
  tenantId: number
  productId: number
  appId: string
  state: string
  /** partner | test */
  kind: string
  accountState: string | null
  planId: number | null
  redirectUris: string[]
  referrerFilters: string[]
  /** The `user_key` it was found by. */
  userKeyId: number | null
  userKeyExpiresAt: number | null
  /** Live `app_key`s, the oldest first. Times are milliseconds since 1970. */
  keys: AppKey[]
}

export type AppKey = { id: number; hash: string; cipher: string | null; expiresAt: number | null }

const QUERY_TIMEOUT_MS = 2_000

export function loadAccountingData(pool: pg.Pool): AccountingData {
  const one = async <Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[]): Promise<Row | null> => {
    const { rows } = await pool.query<Row>({ name: `accounting ${name}`, text, values, query_timeout: QUERY_TIMEOUT_MS } as pg.QueryConfig)
    return rows[0] ?? null
  }
  return {
    async service(productId) {
      const row = await one<Omit<ServiceRow, 'metrics'> & { metrics: ServiceRow['metrics'] | null }>(
        'service',
        `SELECT p."tenantId", p."serviceTokenHash",
                (SELECT json_agg(json_build_object('id', m.id, 'systemName', m."systemName", 'parentId', m."parentId", 'retired', m."retiredAt" IS NOT NULL) ORDER BY m.id)
                   FROM metrics m WHERE m."tenantId" = p."tenantId" AND m."productId" = p.id) AS metrics
           FROM products p WHERE p.id = $1`,
        [productId],
      )
      return row && { ...row, metrics: row.metrics ?? [] }
    },

    provider: (hash) =>
      one<Provider>(
        'provider',
        `SELECT t.id AS "tenantId", (SELECT p.id FROM products p WHERE p."tenantId" = t.id ORDER BY p."isDefault" DESC, p.id LIMIT 1) AS "defaultServiceId"
           FROM tenants t WHERE t."providerKeyHash" = $1 AND t.state = 'active'`,
        [hash],
      ),

    async application(productId, by) {
      if ('userKeyHash' in by) {
        const row = await one<ApplicationColumns>(
          'application by user key',
          `SELECT ${APPLICATION}, c.id AS "userKeyId", (extract(epoch FROM c."expiresAt") * 1000)::float8 AS "userKeyExpiresAt"
             FROM credentials c JOIN applications a ON a.id = c."applicationId" LEFT JOIN accounts o ON o.id = a."accountId"
            WHERE c."tenantId" = ${TENANT} AND c."productId" = $1 AND c.hash = $2 AND c.kind = 'user_key' AND c."revokedAt" IS NULL`,
          [productId, by.userKeyHash],
        )
        return row && applicationOf(row)
      }
      const [column, value] = 'id' in by ? (['id', by.id] as const) : (['"appId"', by.appId] as const)
      const row = await one<ApplicationColumns>(
        `application by ${column}`,
        `SELECT ${APPLICATION}, NULL AS "userKeyId", NULL AS "userKeyExpiresAt" FROM applications a LEFT JOIN accounts o ON o.id = a."accountId"
          WHERE a."tenantId" = ${TENANT} AND a."productId" = $1 AND a.${column} = $2`,
        [productId, value],
      )
      return row && applicationOf(row)
    },
  }
}

const TENANT = `(SELECT "tenantId" FROM products WHERE id = $1)`

const APPLICATION = `a.id, a."tenantId", a."productId", a."appId", a.state, a.kind, a."planId", a."redirectUris", a."referrerFilters", o.state AS "accountState",
  (SELECT json_agg(json_build_object('id', k.id, 'hash', k.hash, 'cipher', k.cipher, 'expiresAt', (extract(epoch FROM k."expiresAt") * 1000)::float8) ORDER BY k.id) FROM credentials k
    WHERE k."tenantId" = a."tenantId" AND k."applicationId" = a.id AND k.kind = 'app_key' AND k."revokedAt" IS NULL) AS keys`

type ApplicationColumns = Omit<ApplicationRow, 'keys'> & { keys: AppKey[] | null }

const applicationOf = (row: ApplicationColumns): ApplicationRow => ({ ...row, keys: row.keys ?? [] })

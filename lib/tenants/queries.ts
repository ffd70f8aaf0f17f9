import { ownerPool } from '@/lib/db/system-db'
import type { TenantFacts, TenantFeatures } from '@/lib/tenants/context'

/** Tenants are found before there is a context: these few reads run on the owner's pool. */
export type TenantRow = TenantFacts & { state: 'active' | 'suspended'; createdAt: Date }

type Row = { id: number; slug: string; name: string; timezone: string; features: TenantFeatures; trialEndsAt: Date | null; state: 'active' | 'suspended'; createdAt: Date }

const COLUMNS = `t.id, t.slug, t.name, t.timezone, t.features, t."trialEndsAt", t.state, t."createdAt"`

/** The tenant a host belongs to, by exact name (no port, lower case); null for a host nobody has, or of another zone. */
export async function findTenantByHost(hostName: string, zone: 'admin' | 'portal'): Promise<TenantRow | null> {
  if (hostName.length === 0 || hostName.length > 253) return null
  const { rows } = await ownerPool().query<Row>(`SELECT ${COLUMNS} FROM hosts h JOIN tenants t ON t.id = h."tenantId" WHERE h.name = $1 AND h.zone = $2`, [hostName, zone])
  return rows[0] ? toTenant(rows[0]) : null
}

export async function findTenantBySlug(slug: string): Promise<TenantRow | null> {
  const { rows } = await ownerPool().query<Row>(`SELECT ${COLUMNS} FROM tenants t WHERE t.slug = $1`, [slug])
  return rows[0] ? toTenant(rows[0]) : null
}

export async function findTenantById(id: bigint): Promise<TenantRow | null> {
  const { rows } = await ownerPool().query<Row>(`SELECT ${COLUMNS} FROM tenants t WHERE t.id = $1`, [id])
  return rows[0] ? toTenant(rows[0]) : null
}

/**
 * The active tenants one of whose products is reached at a host: a name of ours, a proved domain of theirs, or a gateway
 * they run. Anybody may claim to run one, so that counts only where the name is nobody's (ISO-6).
 */
export async function listTenantsByGatewayHost(host: string): Promise<TenantRow[]> {
  const { rows } = await ownerPool().query<Row>(
    `SELECT ${COLUMNS} FROM tenants t
     WHERE t.state = 'active' AND (
       EXISTS (SELECT 1 FROM hosts h WHERE h."tenantId" = t.id AND h.name = $1)
       OR NOT EXISTS (SELECT 1 FROM hosts h WHERE h.name = $1) AND EXISTS (
         SELECT 1 FROM products p
         WHERE p."tenantId" = t.id AND $1 IN (substring(p."selfManagedProductionUrl" FROM '^https?://([^/:]+)'), substring(p."selfManagedStagingUrl" FROM '^https?://([^/:]+)'))))
     ORDER BY t.id`,
    [host],
  )
  return rows.map(toTenant)
}

/** All tenants of the installation, by slug; for the command line and jobs. */
export async function listTenants(): Promise<TenantRow[]> {
  const { rows } = await ownerPool().query<Row>(`SELECT ${COLUMNS} FROM tenants t ORDER BY t.slug`)
  return rows.map(toTenant)
}

/** A zone's first host of a tenant, without port: links in mails are built from it, never from a request (ZONE-5). */
export async function findHostOf(tenantId: bigint, zone: 'admin' | 'portal'): Promise<string | null> {
  const { rows } = await ownerPool().query<{ name: string }>('SELECT name FROM hosts WHERE "tenantId" = $1 AND zone = $2 ORDER BY id LIMIT 1', [tenantId, zone])
  return rows[0]?.name ?? null
}

function toTenant(row: Row): TenantRow {
  return { ...row, id: BigInt(row.id) }
}

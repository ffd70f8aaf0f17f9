import { ownerPool } from '@/lib/db/system-db'
import { env } from '@/lib/env'
import { findHostOf } from '@/lib/tenants/queries'
import { publicOrigin } from '@/lib/zones/public-origin'

/**
 * Where the tenant's partners go, as a browser writes it: the first domain of its own that is proved and leads here,
 * else the portal's host under our base. Links in mails are built from it (ZONE-5).
 */
export async function portalUrlOf(tenant: { id: bigint; slug: string }): Promise<string> {
  const { rows } = await ownerPool().query<{ name: string }>(
    `SELECT d.name FROM domains d JOIN hosts h ON h.name = d.name AND h."tenantId" = d."tenantId"
      WHERE d."tenantId" = $1 AND d.zone = 'portal' AND d.state = 'proved' AND d.problem IS NULL AND d."checkedAt" IS NOT NULL ORDER BY d.id LIMIT 1`,
    [tenant.id],
  )
  return publicOrigin(rows[0]?.name ?? (await findHostOf(tenant.id, 'portal')) ?? `${tenant.slug}.${env().PORTAL_DOMAIN}`)
}

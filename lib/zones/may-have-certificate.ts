import { normalHost, zoneOfHost, type ZoneDomains } from '@/lib/zones/zone-of-host'
import { hostLookup } from '@/lib/zones/resolve-host'
import { env } from '@/lib/env'

/**
 * What a TLS-terminating proxy asks before it gets a certificate for a name: whether this installation serves it.
 * Our site and stored hosts of any zone (portals and gateways, own domains among them); nothing else, so that nobody
 * can make the proxy ask the authority for names of his own. Throws `unavailable` while the database is away.
 */
export async function mayHaveCertificate(typed: string | null, domains: ZoneDomains = env()): Promise<boolean> {
  const host = normalHost(typed ?? undefined)
  if (!host) return false
  const zone = zoneOfHost(host, domains)
  if (zone === 'site' || zone === 'accounting') return true
  if (zone === 'bare-ip' || zone === 'unknown') return false
  const row = await hostLookup().find(host)
  return row !== null && (zone === 'stranger' ? row.zone !== 'admin' : row.zone === zone)
}

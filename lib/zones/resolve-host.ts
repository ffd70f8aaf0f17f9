import type pg from 'pg'
import { env } from '@/lib/env'
import { ownerPool } from '@/lib/db/pools'
import { perProcess } from '@/lib/per-process'
import { createHostLookup, type HostLookup, type HostRow } from '@/lib/zones/host-lookup'
import { zoneOfHost, type ZoneDomains } from '@/lib/zones/zone-of-host'

/** Whose host it is. Gateway hosts under our base are told by name alone: the gateway has a look-up of its own. */
export type HostFacts =
  | { zone: 'site' | 'bare-ip' | 'accounting'; host: string }
  | { zone: 'admin' | 'portal'; host: string; tenantId: bigint }
  | { zone: 'gateway'; host: string }

/** The hosts table of this installation, remembered. Invalidate with `forgetHosts()` on the change topic `host` or `tenant`. */
export function hostLookup(): HostLookup {
  return perProcess('hostLookup', () => createHostLookup(readHostRow))
}

export function forgetHosts(): void {
  hostLookup().forget()
}

/**
 * Host → zone → tenant by exact match of a stored row (ZONE-2). Null: nobody's host, to be answered with 404. Answers
 * at once where it can, so that gateway calls do not wait a turn. Throws `unavailable` while the database is away.
 */
export function resolveHost(host: string, lookup: HostLookup = hostLookup(), domains: ZoneDomains = env()): HostFacts | null | Promise<HostFacts | null> {
  const zone = zoneOfHost(host, domains)
  if (zone === 'site' || zone === 'bare-ip' || zone === 'accounting' || zone === 'gateway') return { zone, host }
  if (zone === 'unknown') return null
  const row = lookup.find(host)
  return row instanceof Promise ? row.then((found) => factsOf(host, zone, found)) : factsOf(host, zone, row)
}

function factsOf(host: string, zone: 'admin' | 'portal' | 'stranger', row: HostRow | null): HostFacts | null {
  if (!row) return null
  // A name under one base that is stored for another zone is a mistake in the data: nobody's host.
  if (zone !== 'stranger' && zone !== row.zone) return null
  if (row.zone === 'gateway') return { zone: 'gateway', host }
  // Our dashboard lives under our own base only: a tenant's domain must never share an origin with it.
  if (row.zone === 'admin' && zone !== 'admin') return null
  return { zone: row.zone, host, tenantId: row.tenantId }
}

// The owner's pool: whose host it is must be known before there is a tenant to speak for.
async function readHostRow(host: string): Promise<HostRow | null> {
  const { rows } = await ownerPool().query<{ zone: HostRow['zone']; tenantId: number; productId: number | null; environment: HostRow['environment'] }>({
    name: 'host-lookup',
    text: 'SELECT zone, "tenantId", "productId", environment FROM hosts WHERE name = $1',
    values: [host],
    // Without an answer the old one serves; whoever asks must not wait for ever.
    query_timeout: 2_000,
  } as pg.QueryConfig)
  const row = rows[0]
  return row ? { zone: row.zone, tenantId: BigInt(row.tenantId), productId: row.productId === null ? null : BigInt(row.productId), environment: row.environment } : null
}

import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'
import { isIP } from 'node:net'
import { env } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { perProcess } from '@/lib/per-process'
import { isInNetwork, isPublicAddress, normalAddress } from '@/lib/http/egress/classify-address'

/** One address of a host, as `dns.lookup` gives it. */
export type ResolvedAddress = { address: string; family: 4 | 6 }

/**
 * What decides where this installation may connect to on behalf of a tenant. Nothing a tenant, a header or a row says
 * widens it (EG-6); tests pass their own with a resolver that answers what they need.
 */
export type EgressPolicy = {
  /** Networks opened by the operator: `{ network: '127.0.0.0/8', port: 4000 }`, port null for every port. */
  allow: { network: string; port: number | null }[]
  /** Ports of our own app, database, Redis and mail server: never reached through this module. */
  ownPorts: () => ReadonlySet<number>
  /** Addresses of this machine: public-looking ones among them are treated as private. */
  ownAddresses: () => ReadonlySet<string>
  /** Whether a host name (lower case, no port) is served by this installation. */
  isOwnHost: (host: string) => boolean | Promise<boolean>
  /** All A and AAAA records. Rejects where the name does not exist. */
  resolve: (host: string) => Promise<ResolvedAddress[]>
}

// Databases, caches, brokers, container and cluster managers: no API a partner would call answers there.
const SERVICE_PORTS = new Set([
  1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 4369, 5432, 5672, 5900, 5984, 6000, 6379, 6443, 8500, 9042, 9092, 9200, 9300, 10250, 11211, 15672,
  25672, 27017, 27018, 50070,
])

/** The policy of this installation, from its settings. */
export function egressPolicy(): EgressPolicy {
  return perProcess('egressPolicy', () => ({
    allow: env().egressAllow.map(parseAllowRule),
    ownPorts: () => ownPorts(),
    ownAddresses: machineAddresses,
    isOwnHost,
    resolve: async (host) => (await lookup(host, { all: true, order: 'verbatim' })) as ResolvedAddress[],
  }))
}

/** Names one more port of ours, known only once it is bound (`PORT=0`, the embedded database). */
export function closeOwnPort(port: number): void {
  ownPorts().add(port)
}

/** Hosts the look-up knows (own domains of tenants) besides those under our base domains. Set where a database is at hand. */
export function setOwnHostLookup(isKnown: (host: string) => boolean | Promise<boolean>): void {
  perProcess('egressHosts', () => ({ isKnown })).isKnown = isKnown
}

/** `127.0.0.0/8:4000`, `10.0.0.0/8:*`, `[::1]/128:4000` → network and port. The settings have checked the spelling. */
export function parseAllowRule(rule: string): EgressPolicy['allow'][number] {
  const at = rule.lastIndexOf(':')
  const port = rule.slice(at + 1)
  return { network: rule.slice(0, at).replace(/[[\]]/g, ''), port: port === '*' ? null : Number(port) }
}

/**
 * Parses and checks all that can be told from a URL alone (EG-1, EG-2). Throws `address_not_allowed` with a sentence
 * for the person who typed it. `httpsOnly`: webhooks of a public installation.
 */
export function parseEgressUrl(input: string | URL, policy: EgressPolicy, { httpsOnly = false } = {}): URL {
  const text = String(input)
  if (!URL.canParse(text)) throw refuse('Write a whole address, like https://api.example.com.')
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('The address must begin with https:// or http://.')
  if (httpsOnly && url.protocol !== 'https:') throw refuse('The address must begin with https://.')
  if (url.username || url.password) throw refuse('Leave user name and password out of the address.')
  if (url.hash || text.endsWith('#')) throw refuse('Leave out what follows the # in the address.')
  if (url.hostname.length < 1 || url.hostname.length > 253) throw refuse('The host name of the address is too long or missing.')
  const port = portOf(url)
  const opened = policy.allow.some((rule) => rule.port === port)
  if (!isOrdinaryPort(port, policy) && !opened) throw refuse('This port cannot be used. Choose 80, 443 or one above 1023 that serves HTTP.')
  const literal = literalOf(url.hostname)
  if (literal) assertAddressAllowed(literal, port, policy)
  return url
}

/** Throws `address_not_allowed` unless this installation may connect to the address and port (EG-3, EG-6). */
export function assertAddressAllowed(address: string, port: number, policy: EgressPolicy): void {
  const own = policy.ownAddresses().has(normalAddress(address) ?? address)
  if (isPublicAddress(address) && !own && isOrdinaryPort(port, policy)) return
  // Opening a network never opens our own services on it.
  if (policy.ownPorts().has(port)) throw refuse()
  if (policy.allow.some((rule) => (rule.port === port || (rule.port === null && !SERVICE_PORTS.has(port))) && isInNetwork(address, rule.network))) return
  throw refuse()
}

/**
 * Every address of the host, each one checked: one that is not allowed refuses them all (EG-3). Throws
 * `address_not_allowed`, or `could_not_connect` where the name does not resolve.
 */
export async function resolveAllowed(host: string, port: number, policy: EgressPolicy): Promise<ResolvedAddress[]> {
  const name = host.toLowerCase().replace(/\.$/, '')
  const literal = literalOf(name)
  if (literal) {
    assertAddressAllowed(literal, port, policy)
    return [{ address: literal, family: isIP(literal) as 4 | 6 }]
  }
  if (await policy.isOwnHost(name)) throw refuse('This address belongs to this installation. Name the address of the API itself.')
  let addresses: ResolvedAddress[]
  try {
    addresses = await policy.resolve(name)
  } catch (cause) {
    throw new AppError('could_not_connect', { publicMessage: 'The host could not be reached.', cause })
  }
  if (addresses.length === 0) throw new AppError('could_not_connect', { publicMessage: 'The host could not be reached.' })
  for (const { address } of addresses) assertAddressAllowed(address, port, policy)
  return addresses
}

/** The address a URL's host spells out, without brackets; null for names. */
export function literalOf(hostname: string): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return isIP(bare) ? bare : null
}

export function portOf(url: URL): number {
  return url.port ? Number(url.port) : url.protocol === 'https:' ? 443 : 80
}

function isOrdinaryPort(port: number, policy: EgressPolicy): boolean {
  // 80 and 443 stay open even where we listen there ourselves: whether it is us is told by the address.
  if (port === 80 || port === 443) return true
  return port >= 1024 && !SERVICE_PORTS.has(port) && !policy.ownPorts().has(port)
}

function isOwnHost(host: string): boolean | Promise<boolean> {
  const { SITE_DOMAIN, ADMIN_DOMAIN, PORTAL_DOMAIN, GATEWAY_DOMAIN } = env()
  if ([ADMIN_DOMAIN, PORTAL_DOMAIN, GATEWAY_DOMAIN].some((base) => host === base || host.endsWith(`.${base}`))) return true
  // On a developer's machine the site is called `localhost`, and so is everything else; there our port decides.
  if (host === SITE_DOMAIN && !env().local) return true
  return perProcess('egressHosts', () => ({ isKnown: (_: string): boolean | Promise<boolean> => false })).isKnown(host)
}

function ownPorts(): Set<number> {
  return perProcess('ownPorts', () => {
    const { PORT, METRICS_PORT, DATABASE_URL, DATABASE_APP_URL, DATABASE_DIRECT_URL, REDIS_URL, UPSTASH_REDIS_REST_URL, SMTP_URL, GATEWAY_INTERNAL_URL } = env()
    const usual: Record<string, number> = { 'redis:': 6379, 'rediss:': 6379, 'smtp:': 25, 'smtps:': 465, 'postgres:': 5432, 'postgresql:': 5432, 'http:': 80, 'https:': 443 }
    const ports = [DATABASE_URL, DATABASE_APP_URL, DATABASE_DIRECT_URL, REDIS_URL, UPSTASH_REDIS_REST_URL, SMTP_URL, GATEWAY_INTERNAL_URL]
      .filter((url) => url !== undefined)
      .map((url) => new URL(url))
      .map((url) => Number(url.port) || usual[url.protocol] || 0)
    return new Set([PORT, METRICS_PORT ?? 0, ...ports].filter((port) => port > 0))
  })
}

/** Read again every ten seconds: addresses come and go with interfaces. */
function machineAddresses(): ReadonlySet<string> {
  const known = perProcess('machineAddresses', () => ({ addresses: new Set<string>(), readAt: -Infinity }))
  if (performance.now() - known.readAt > 10_000) {
    known.addresses = new Set(Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((entry) => normalAddress(entry.address) ?? entry.address)))
    known.readAt = performance.now()
  }
  return known.addresses
}

function refuse(publicMessage = 'This address cannot be used from here.'): AppError {
  return new AppError('address_not_allowed', { publicMessage })
}

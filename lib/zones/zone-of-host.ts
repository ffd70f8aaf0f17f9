/** The four base names of an installation, as the settings give them. Pure: the middleware uses this file as well. */
export type ZoneDomains = { SITE_DOMAIN: string; ADMIN_DOMAIN: string; PORTAL_DOMAIN: string; GATEWAY_DOMAIN: string }

/**
 * What a host name says by itself. `stranger`: no base of ours, so it may be a tenant's own domain; only the hosts
 * table knows. `unknown`: below a base, where nothing can be.
 */
export type ZoneByName = 'site' | 'admin' | 'portal' | 'gateway' | 'accounting' | 'bare-ip' | 'stranger' | 'unknown'

const NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/
const PORT = /^\d{1,5}$/

/**
 * The key of the hosts table: lower case, without port and one trailing dot; IPv6 keeps its brackets (ZONE-2). Null
 * for what is no host at all: missing, `a@b`, `a/b`, lists, spaces, empty labels.
 */
export function normalHost(host: string | undefined): string | null {
  if (!host) return null
  const lower = host.toLowerCase()
  if (lower.startsWith('[')) {
    const end = lower.indexOf(']')
    const rest = lower.slice(end + 1)
    const isPort = rest === '' || (rest.startsWith(':') && isPortNumber(rest.slice(1)))
    return end > 0 && isPort && /^\[[0-9a-f:.]+\]$/.test(lower.slice(0, end + 1)) && URL.canParse(`http://${lower.slice(0, end + 1)}/`) ? lower.slice(0, end + 1) : null
  }
  const colon = lower.indexOf(':')
  if (colon >= 0 && !isPortNumber(lower.slice(colon + 1))) return null
  const named = colon < 0 ? lower : lower.slice(0, colon)
  const bare = named.endsWith('.') ? named.slice(0, -1) : named
  return NAME.test(bare) ? bare : null
}

/** Which zone a normal host name belongs to as far as its name tells. Nothing is decided here about who exists. */
export function zoneOfHost(host: string, domains: ZoneDomains): ZoneByName {
  if (host === domains.SITE_DOMAIN) return 'site'
  if (host.startsWith('[') || IPV4.test(host)) return 'bare-ip'
  const found = basesOf(domains).find(({ base, below }) => host.endsWith(below) || host === base)
  if (!found) return 'stranger'
  if (host === found.base) return 'unknown'
  if (found.zone === 'gateway' && host === `accounting.${found.base}`) return 'accounting'
  return found.zone
}

type Base = { base: string; below: string; zone: 'admin' | 'portal' | 'gateway' }

const basesByDomains = new WeakMap<ZoneDomains, Base[]>()

/** The longest base first, so that `admin.example.com` may lie below a portal base `example.com`. Made once: every call asks. */
function basesOf(domains: ZoneDomains): Base[] {
  let bases = basesByDomains.get(domains)
  if (!bases) {
    const { ADMIN_DOMAIN, PORTAL_DOMAIN, GATEWAY_DOMAIN } = domains
    const named = (zone: Base['zone'], base: string): Base => ({ base, below: `.${base}`, zone })
    bases = [named('admin', ADMIN_DOMAIN), named('portal', PORTAL_DOMAIN), named('gateway', GATEWAY_DOMAIN)].toSorted((a, b) => b.base.length - a.base.length)
    basesByDomains.set(domains, bases)
  }
  return bases
}

/** `acme` of `acme.admin.localhost`: only a folder name for the router; who that is, the hosts table says. */
export function labelBelow(host: string, base: string): string {
  return host.slice(0, -(base.length + 1))
}

function isPortNumber(text: string): boolean {
  return PORT.test(text) && Number(text) <= 65535
}

import { domainToASCII } from 'node:url'
import { parse } from 'tldts'
import { env } from '@/lib/env'
import { normalHost, zoneOfHost } from '@/lib/zones/zone-of-host'

export type NameVerdict = { ok: true; name: string; apex: boolean } | { ok: false; reason: string }

/**
 * A domain as somebody types it, to the key of the hosts table: lower case, punycode, no port, no trailing dot. Refused
 * with a sentence: what is no name, addresses, names under our own bases (ZONE-4), and suffixes under which everybody
 * registers. `apex`: the registrable domain itself, where a CNAME cannot stand.
 */
export function checkDomainName(typed: string): NameVerdict {
  const bare = typed.trim().toLowerCase().replace(/^https?:\/\//, '').replace(/\/.*$/, '').replace(/\.$/, '')
  if (bare === '') return no('Write a domain, like developer.example.com.')
  if (/[\s@:*]/.test(bare)) return no('Write the domain alone, without port, spaces or stars.')
  const name = normalHost(domainToASCII(bare))
  if (!name || !name.includes('.')) return no('This is no domain. It looks like developer.example.com.')
  const { isIp, isIcann, isPrivate, domain, publicSuffix } = parse(name, { allowPrivateDomains: true })
  if (isIp) return no('An address cannot be used, only a name.')
  if (name === 'localhost' || name.endsWith('.localhost') || zoneOfHost(name, env()) !== 'stranger') return no('This name belongs to the installation. Use a domain of your own.')
  if (domain === null || name === publicSuffix) return no('Everybody may register under this name. Use a domain of your own below it.')
  // Names that no registry knows (`.test`, `.internal`) reach nobody outside; an installation under localhost may try them.
  if (!isIcann && !isPrivate && !env().local) return no('No registry knows this ending. Use a domain that the world can reach.')
  return { ok: true, name, apex: name === domain }
}

const no = (reason: string): NameVerdict => ({ ok: false, reason })

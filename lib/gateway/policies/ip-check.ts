import ipaddr from 'ipaddr.js'
import type { PolicyConfiguration } from '@/lib/products/policy-schemas'
import type { PolicyHooks } from '@/lib/gateway/policies/policy-run'

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number]

/**
 * Addresses let in or kept out. The address is the one the front door has made out, with the proxies the operator
 * trusts taken into account: `client_ip_sources` is read and kept, but a header anybody can write is never believed.
 */
export function ipCheck({ ips, check_type, error_msg }: PolicyConfiguration<'ip_check'>): PolicyHooks {
  const networks = ips.map((text): Network => {
    const trimmed = text.trim()
    if (trimmed.includes('/')) return ipaddr.parseCIDR(trimmed)
    const address = ipaddr.process(trimmed)
    return [address, address.kind() === 'ipv4' ? 32 : 128]
  })
  const isListed = (text: string): boolean => {
    if (!ipaddr.isValid(text)) return false
    const address = ipaddr.process(text)
    return networks.some(([base, bits]) => base.kind() === address.kind() && address.match([base as ipaddr.IPv4, bits] as [ipaddr.IPv4, number]))
  }
  const refused = { code: 'ip_not_allowed' as const, answer: { status: 403, headers: ['Content-Type', 'text/plain; charset=utf-8'], body: error_msg } }
  return {
    // An address that cannot be read is on no list: let in by none, kept out by a list of those let in.
    early: ({ call }) => (isListed(call.clientAddress) === (check_type === 'whitelist') ? null : refused),
  }
}

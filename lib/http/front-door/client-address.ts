import { isInNetwork, normalAddress } from '@/lib/http/egress/classify-address'

/** Whether an address is one of TRUSTED_PROXIES. */
export type IsTrusted = (address: string) => boolean

export function trustOf(networks: string[]): IsTrusted {
  return networks.length === 0 ? () => false : (address) => networks.some((network) => isInNetwork(address, network))
}

/**
 * Who is calling (HTTP-3): the peer of the socket, or, where that is a proxy of ours, the nearest address in
 * `X-Forwarded-For` that is not. What stands further left was written by the caller and is not believed.
 */
export function clientAddressOf(peer: string, forwardedFor: string | undefined, isTrusted: IsTrusted): string {
  let nearest = peer
  if (!forwardedFor || !isTrusted(peer)) return nearest
  for (const hop of forwardedFor.split(',').toReversed()) {
    const address = normalAddress(withoutPort(hop.trim()))
    // Something that is no address was written by nobody we trust: the hop that passed it on is the caller.
    if (!address) return nearest
    nearest = address
    if (!isTrusted(address)) return nearest
  }
  return nearest
}

/** `::ffff:10.0.0.1` → `10.0.0.1`; a socket that is already gone has no address. */
export function peerAddressOf(remoteAddress: string | undefined): string {
  return (remoteAddress && normalAddress(remoteAddress)) || 'unknown'
}

/** Some proxies write `1.2.3.4:5678` and `[::1]:5678`. */
function withoutPort(hop: string): string {
  return hop.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1').replace(/^\[([^\]]+)\](:\d+)?$/, '$1')
}

import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

const GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::')

/** Azure's host agent answers on a public-looking address from inside every virtual machine. */
const HOST_AGENT = '168.63.129.16'

/**
 * Whether an address literal stands in the public internet (EG-3). The address is classified, never the text a person
 * wrote. Addresses that carry an IPv4 address inside are judged by that one.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  // ipaddr.js reads `::8.8.8.8` as `::ffff:8.8.8.8`, which is another address: spell the end in hex first.
  const spelled = address.includes(':') && address.includes('.') && URL.canParse(`http://[${address}]`) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address
  const parsed = unwrap(ipaddr.parse(spelled))
  if (!parsed || parsed.range() !== 'unicast' || parsed.toString() === HOST_AGENT) return false
  // Nothing outside 2000::/3 has been handed out; ipaddr.js calls a good part of the rest unicast.
  return parsed.kind() === 'ipv4' || parsed.match([GLOBAL_UNICAST, 3])
}

/** The same address in one spelling: IPv4 for IPv4-mapped, lower case, no zone. Null where the text is no address. */
export function normalAddress(address: string): string | null {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  return ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : null
}

/** Whether an address lies in a network like `10.0.0.0/8` or `::1/128`; IPv4-mapped addresses count as IPv4. */
export function isInNetwork(address: string, network: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  const [base, bits] = parseNetwork(network)
  return parsed.kind() === base.kind() && parsed.match([base as ipaddr.IPv4, bits] as [ipaddr.IPv4, number])
}

/** `10.0.0.0/8`, or a single address. Throws where it is neither. */
export function parseNetwork(network: string): [Address, number] {
  const bare = network.replace(/^\[|\](?=\/|$)/g, '')
  if (bare.includes('/')) return ipaddr.parseCIDR(bare)
  const address = ipaddr.process(bare)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

/** The IPv4 address inside a mapped, NAT64 or 6to4 one; null where there is one we do not take apart (Teredo, `::/96`). */
function unwrap(address: Address): Address | null {
  if (address.kind() === 'ipv4') return address
  const bytes = address.toByteArray()
  const inside = (at: number) => new ipaddr.IPv4(bytes.slice(at, at + 4))
  const startsWith = (...prefix: number[]) => prefix.every((byte, index) => bytes[index] === byte)
  if (startsWith(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff)) return inside(12)
  if (startsWith(0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0)) return inside(12)
  if (startsWith(0x20, 0x02)) return inside(2)
  if (startsWith(0x20, 0x01, 0, 0) || startsWith(...Array<number>(12).fill(0))) return null
  return address
}

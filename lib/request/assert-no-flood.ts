import { networkOf } from '@/lib/throttle/network-of'
import { assertAllowed, throttle } from '@/lib/throttle/throttle'

/** At every public door, once a request: one address cannot keep the doors busy for all. Throws `too_many_requests`. */
export async function assertNoFlood({ address }: { address: string | null }): Promise<void> {
  if (address !== null) assertAllowed(await throttle().take('address_flood', networkOf(address)))
}

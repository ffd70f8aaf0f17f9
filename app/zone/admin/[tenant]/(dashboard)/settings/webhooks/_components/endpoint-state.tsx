import { StateDot } from '@/components/ui/badge'
import type { Plain } from '@/lib/request/plain'
import type { EndpointDto } from '@/lib/webhooks/queries'

export type Endpoint = Plain<EndpointDto>

export function EndpointState({ endpoint }: { endpoint: Pick<Endpoint, 'active' | 'disabledBecause' | 'failingSince'> }) {
  if (endpoint.disabledBecause) return <StateDot tone="bad">Switched off by us</StateDot>
  if (!endpoint.active) return <StateDot tone="neutral">Off</StateDot>
  return endpoint.failingSince ? <StateDot tone="warn">Failing</StateDot> : <StateDot tone="good">On</StateDot>
}

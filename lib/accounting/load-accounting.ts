import { ownerPool } from '@/lib/db/pools'
import { loadGateway } from '@/lib/gateway/load-gateway'
import { perProcess } from '@/lib/per-process'
import { createAccounting } from '@/lib/accounting/accounting'
import type { Accounting } from '@/lib/accounting/accounting'

const holder = () => perProcess('accounting', () => ({ loading: null as Promise<Accounting> | null }))

/** The one accounting API of this process, on the one gateway of this process. Rejects where that cannot be opened. */
export function loadAccounting(): Promise<Accounting> {
  const held = holder()
  held.loading ??= loadGateway()
    .then((gateway) => createAccounting(gateway, ownerPool()))
    .catch((error: unknown) => {
      // The next one to ask tries again.
      held.loading = null
      throw error
    })
  return held.loading
}

/** Before the gateway is closed. */
export async function closeAccounting(): Promise<void> {
  const { loading } = holder()
  holder().loading = null
  // One that never opened has nothing to close.
  const accounting = await loading?.catch(() => null)
  await accounting?.close()
}

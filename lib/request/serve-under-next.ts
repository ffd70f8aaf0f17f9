import { closeAccounting } from '@/lib/accounting/load-accounting'
import { databaseUrls, endPools } from '@/lib/db/pools'
import { env } from '@/lib/env'
import { followChanges } from '@/lib/events/follow-changes'
import { closeGateway } from '@/lib/gateway/load-gateway'
import { setOwnHostLookup } from '@/lib/http/egress/policy'
import { standBeforeNext } from '@/lib/http/front-door/before-next'
import { isFrontDoorOpen } from '@/lib/http/front-door/front-door'
import { throttle } from '@/lib/throttle/throttle'
import { forgetHosts, hostLookup } from '@/lib/zones/resolve-host'

/**
 * What `server.ts` does around Next, where it does not run (plain `next start`, DATABASE_URL set). No migrations and
 * no jobs: a process with `ROLES=worker` does both. Throws where no database is set.
 */
export async function serveUnderNext(): Promise<void> {
  if (isFrontDoorOpen()) return
  databaseUrls()
  const settings = env()
  const changes = await followChanges((news) => {
    if (news.some(({ topic }) => topic === 'host' || topic === 'tenant' || topic === 'everything')) forgetHosts()
  })
  setOwnHostLookup(async (host) => (await hostLookup().find(host)) !== null)
  standBeforeNext({
    domains: settings,
    scheme: settings.PUBLIC_SCHEME,
    trustedProxies: settings.trustedProxies,
    async beforeEnd() {
      await closeAccounting()
      await closeGateway()
      await changes.close()
      await throttle().close()
      await endPools()
    },
  })
}

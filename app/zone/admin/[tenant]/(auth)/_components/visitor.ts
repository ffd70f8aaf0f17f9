import 'server-only'
import { headers } from 'next/headers'
import { systemClock } from '@/lib/clock'
import { getAdminTenant, visitorContext } from '@/lib/request/admin-context'
import { readIncoming } from '@/lib/request/incoming'
import type { Ctx } from '@/lib/tenants/context'

/** Who opens a page before sign-in; the layout has made sure that the host is somebody's. */
export async function readVisitor(): Promise<Ctx> {
  const incoming = readIncoming(await headers())
  return visitorContext(await getAdminTenant(incoming), incoming, new Date(systemClock.now()))
}

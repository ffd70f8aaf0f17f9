import 'server-only'
import { headers } from 'next/headers'
import { systemClock } from '@/lib/clock'
import { getAdminTenant, visitorContext } from '@/lib/request/admin-context'
import { readIncoming } from '@/lib/request/incoming'
import { orNotFound } from '@/lib/request/page-values'
import type { Ctx } from '@/lib/tenants/context'

/** Who opens a page before sign-in; a host that is nobody's has no such pages. */
export async function readVisitor(): Promise<Ctx> {
  const incoming = readIncoming(await headers())
  return visitorContext(await orNotFound(getAdminTenant(incoming)), incoming, new Date(systemClock.now()))
}

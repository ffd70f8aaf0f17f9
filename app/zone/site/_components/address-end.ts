import 'server-only'
import { env } from '@/lib/env'
import { publicOrigin } from '@/lib/zones/public-origin'

/** What follows a tenant's name in the address of its dashboard: `.admin.example.com`. */
export function addressEnd(): string {
  return publicOrigin(`x.${env().ADMIN_DOMAIN}`).replace(/^https?:\/\/x/, '')
}

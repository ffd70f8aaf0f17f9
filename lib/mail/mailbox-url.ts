import { env } from '@/lib/env'
import { hasMailbox } from '@/lib/mail/list-mailbox'
import { publicOrigin } from '@/lib/zones/public-origin'

/** Where the mails of a local installation can be read; null where they are really sent. */
export function mailboxUrl(): string | null {
  return hasMailbox() ? `${publicOrigin(env().SITE_DOMAIN)}/mailbox` : null
}

import { headers } from 'next/headers'
import { notFound } from 'next/navigation'
import { hasMailbox } from '@/lib/mail/list-mailbox'
import { readIncoming } from '@/lib/request/incoming'

/** The page door of the mailbox: local installations without an SMTP server, and only for who sits at the machine itself. */
export async function requireMailbox(): Promise<void> {
  const { address } = readIncoming(await headers())
  if (!hasMailbox() || !isLoopback(address)) notFound()
}

/** An address of this very machine; `null` (nobody told) is not one. */
export function isLoopback(address: string | null): boolean {
  return address !== null && /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/i.test(address)
}

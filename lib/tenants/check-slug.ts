import { systemDb } from '@/lib/db/system-db'

/** Subdomains that would look like ours, or that mail and browsers give a meaning to. */
const RESERVED = new Set(
  `www www2 admin administrator api app apps auth account accounts accounting assets autoconfig autodiscover billing blog cdn console content dashboard demo-site dev developer
  developers dns docs download email example files forum ftp gatehouse gateway gw help helpdesk host hostmaster id imap info internal invalid legal local localhost login mail mailbox
  master metrics mx news noc ns ns1 ns2 oauth operator partner partners pop pop3 portal portals postmaster preview privacy production proxy public registry root sales security
  service services shop signin signup site smtp ssl staging static stats status store support sysadmin system team tenant tenants terms test tls tmp update updates usenet user users
  webdav webhook webhooks webmail webmaster wpad zone`.split(/\s+/),
)

export type SlugVerdict = { available: true } | { available: false; reason: string }

/** What is wrong with a subdomain by its form, or null. 3 to 30 letters, digits and single hyphens, a letter first. */
export function findSlugProblem(slug: string): string | null {
  if (slug.length < 3) return 'Use at least 3 characters.'
  if (slug.length > 30) return 'Use at most 30 characters.'
  if (!/^[a-z0-9-]+$/.test(slug)) return 'Use small letters, digits and hyphens only.'
  if (!/^[a-z]/.test(slug)) return 'Start with a letter.'
  if (slug.endsWith('-') || slug.includes('--')) return 'Put hyphens only between letters or digits, one at a time.'
  if (RESERVED.has(slug)) return 'This name is reserved. Choose another.'
  return null
}

/** For the live check of the sign-up form: form, reserved names, and whether somebody has it. */
export async function checkSlug(slug: string): Promise<SlugVerdict> {
  const problem = findSlugProblem(slug)
  if (problem) return { available: false, reason: problem }
  const taken = await systemDb('sign-up of a tenant').tenant.findUnique({ where: { slug }, select: { id: true } })
  return taken ? { available: false, reason: 'This name is taken. Choose another.' } : { available: true }
}

import { Resolver } from 'node:dns/promises'
import { perProcess } from '@/lib/per-process'

/** The three questions we ask of the domain name system. Each answers an empty list where there is no such record, and throws where nobody answers. */
export type DomainResolver = {
  /** The texts of all TXT records, their parts joined. */
  txt(name: string): Promise<string[]>
  /** Where a CNAME leads, lower case, no trailing dot. */
  cname(name: string): Promise<string[]>
  /** A and AAAA. */
  addresses(name: string): Promise<string[]>
}

/** The resolver of this process. */
export function domainResolver(): DomainResolver {
  return perProcess('systemResolver', systemResolver)
}

/** Asks the machine's name servers: 2 s a try, two tries. */
function systemResolver(): DomainResolver {
  const dns = new Resolver({ timeout: 2_000, tries: 2 })
  return {
    txt: async (name) => (await orNone(dns.resolveTxt(name))).map((parts) => parts.join('')),
    cname: async (name) => (await orNone(dns.resolveCname(name))).map((target) => target.toLowerCase().replace(/\.$/, '')),
    addresses: async (name) => [...(await orNone(dns.resolve4(name))), ...(await orNone(dns.resolve6(name)))],
  }
}

async function orNone<Item>(asking: Promise<Item[]>): Promise<Item[]> {
  try {
    return await asking
  } catch (error) {
    if (['ENOTFOUND', 'ENODATA'].includes((error as { code?: string }).code ?? '')) return []
    throw error
  }
}

import { z } from 'zod'
import { idInput } from '@/lib/tenants/id-input'

const name = z.string().max(300, 'A domain has at most 253 characters.')

export const domainInput = z.object({ name })
export type DomainInput = z.input<typeof domainInput>

/** For the production gateway of a product. */
export const gatewayDomainInput = z.object({ productId: idInput, name })
export type GatewayDomainInput = z.input<typeof gatewayDomainInput>

export type DomainZone = 'portal' | 'gateway'

export const domainRef = z.object({ domainId: idInput })
export type DomainRef = z.input<typeof domainRef>

/** What keeps a domain from serving; null: it serves. */
export type DomainProblem = 'txt_missing' | 'txt_wrong' | 'dns_silent' | 'taken' | 'elsewhere' | 'not_pointing'

/** Beyond this one tenant's checks would crowd out the others'. */
export const DOMAINS_MAX = 20

/** Where the TXT record stands. */
export const txtNameOf = (domain: string) => `_gatehouse.${domain}`

/** What it must hold. */
export const txtValueOf = (token: string) => `gatehouse-verification=${token}`

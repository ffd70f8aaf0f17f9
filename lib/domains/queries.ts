import type { Domain } from '@/lib/db/generated/client'
import { checkDomainName } from '@/lib/domains/domain-name'
import { txtNameOf, txtValueOf, type DomainProblem } from '@/lib/domains/schema'
import { notFound } from '@/lib/errors'
import type { Ctx } from '@/lib/tenants/context'
import { findHostOf } from '@/lib/tenants/queries'

export type DomainDto = {
  id: number
  name: string
  state: 'waiting' | 'proved'
  problem: DomainProblem | null
  checkedAt: Date | null
  provedAt: Date | null
  /** The records to make, in this order. `type` ALIAS: an apex, where the provider has a word of its own for it. */
  records: { type: 'TXT' | 'CNAME' | 'ALIAS'; name: string; value: string }[]
}

/** The tenant's domains, the oldest first, and the address the portal always has. */
export async function listDomains(ctx: Ctx): Promise<{ ownHost: string; domains: DomainDto[] }> {
  const ownHost = (await findHostOf(ctx.tenant.id, 'portal')) ?? ''
  const rows = await ctx.db.domain.findMany({ where: { zone: 'portal' }, orderBy: { id: 'asc' } })
  return { ownHost, domains: rows.map((row) => toDto(row, ownHost)) }
}

/** The own domains of a product's production gateway, the oldest first. Throws `not_found`. */
export async function listGatewayDomains(ctx: Ctx, productId: bigint): Promise<DomainDto[]> {
  const host = await ctx.db.host.findFirst({ where: { productId, environment: 'production' }, orderBy: { id: 'asc' }, select: { name: true } })
  if (!host) throw notFound()
  const rows = await ctx.db.domain.findMany({ where: { zone: 'gateway', productId }, orderBy: { id: 'asc' } })
  return rows.map((row) => toDto(row, host.name))
}

function toDto({ id, name, state, problem, token, checkedAt, provedAt }: Domain, ownHost: string): DomainDto {
  const verdict = checkDomainName(name)
  return {
    id: Number(id),
    name,
    state: state as DomainDto['state'],
    problem: problem as DomainProblem | null,
    checkedAt,
    provedAt,
    records: [
      { type: 'TXT', name: txtNameOf(name), value: txtValueOf(token) },
      { type: verdict.ok && verdict.apex ? 'ALIAS' : 'CNAME', name, value: ownHost },
    ],
  }
}

/** Whether an address stands at a domain that the tenant has proved, or below one (ML-1). */
export async function isOfProvedDomain(db: Pick<Ctx['db'], 'domain'>, address: string): Promise<boolean> {
  const host = address.split('@').at(-1)?.toLowerCase() ?? ''
  const labels = host.split('.')
  const candidates = labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'))
  return candidates.length > 0 && (await db.domain.count({ where: { state: 'proved', name: { in: candidates } } })) > 0
}

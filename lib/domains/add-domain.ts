import { randomBytes } from 'node:crypto'
import { isUniqueViolation } from '@/lib/db/violations'
import { checkDomainName } from '@/lib/domains/domain-name'
import { findReservation } from '@/lib/domains/reserved-names'
import { DOMAINS_MAX, domainInput, gatewayDomainInput, type DomainInput, type DomainZone, type GatewayDomainInput } from '@/lib/domains/schema'
import { AppError, invalid, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'

/**
 * A domain for the portal, waiting for its proof: it serves nothing until the TXT record is there (ZONE-4). Several
 * tenants may wait for one name; only who proves it gets it. Throws `invalid` at `name`, `conflict` beyond twenty.
 */
export async function addDomain(ctx: Ctx, raw: DomainInput): Promise<{ id: bigint }> {
  return add(ctx, domainInput.parse(raw).name, 'portal', null)
}

/** The same for the production gateway of a product. Throws `not_found` besides. */
export async function addGatewayDomain(ctx: Ctx, raw: GatewayDomainInput): Promise<{ id: bigint }> {
  const { productId, name } = gatewayDomainInput.parse(raw)
  if (!(await ctx.db.product.findUnique({ where: { id: productId }, select: { id: true } }))) throw notFound()
  return add(ctx, name, 'gateway', productId)
}

async function add(ctx: Ctx, typed: string, zone: DomainZone, productId: bigint | null): Promise<{ id: bigint }> {
  const verdict = checkDomainName(typed)
  if (!verdict.ok) throw invalid({ name: [verdict.reason] })
  const { name } = verdict
  const until = await findReservation(name, ctx.tenant.id, ctx.now)
  if (until) throw invalid({ name: [`This domain was used by somebody else until lately. It is free on ${until.toISOString().slice(0, 10)}.`] })
  return ctx.db
    .$transaction(async (tx) => {
      // Two at once would each count nineteen: they take turns at the tenant.
      await tx.$queryRaw`SELECT id FROM tenants WHERE id = ${ctx.tenant.id} FOR UPDATE`
      if ((await tx.domain.count()) >= DOMAINS_MAX) throw new AppError('conflict', { publicMessage: `There are ${DOMAINS_MAX} domains already. Remove one first.` })
      const domain = await tx.domain.create({ data: { tenantId: ctx.tenant.id, name, zone, productId, token: randomBytes(16).toString('hex') }, select: { id: true } })
      await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'domain.added', data: { domainId: Number(domain.id) } })
      await recordAudit(tx, ctx.audit, { action: 'domain.added', object: { kind: 'domain', id: domain.id, name } })
      return domain
    })
    .catch((error: unknown) => {
      if (isUniqueViolation(error, 'domains_tenantId_name_key')) throw invalid({ name: ['You have added this domain already.'] })
      throw error
    })
}

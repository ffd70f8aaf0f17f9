import type { Domain } from '@/lib/db/generated/client'
import { ownerPool } from '@/lib/db/system-db'
import { domainResolver, type DomainResolver } from '@/lib/domains/resolver'
import { findReservation } from '@/lib/domains/reserved-names'
import { domainRef, txtNameOf, txtValueOf, type DomainProblem, type DomainRef, type DomainZone } from '@/lib/domains/schema'
import { isUniqueViolation } from '@/lib/db/violations'
import { notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent } from '@/lib/events/record-event'
import { logger } from '@/lib/logger'
import type { Ctx } from '@/lib/tenants/context'
import { findHostOf, listTenants } from '@/lib/tenants/queries'
import { systemContext } from '@/lib/tenants/system-context'

export type DomainCheck = { state: 'waiting' | 'proved'; problem: DomainProblem | null }

/**
 * Looks the domain up: the proof, then whether visitors would reach us. With the proof there it gets its row in `hosts`
 * and serves at once; where it points is told besides and never takes a proof back. With a `zone` only one of that zone
 * is found: who may change gateways is not always who may change the portal. Throws `not_found`.
 */
export async function checkDomain(ctx: Ctx, raw: DomainRef, resolver: DomainResolver = domainResolver(), zone?: DomainZone): Promise<DomainCheck> {
  const { domainId } = domainRef.parse(raw)
  const domain = await ctx.db.domain.findFirst({ where: { id: domainId, zone } })
  if (!domain) throw notFound()
  let proved = domain.state === 'proved'
  let problem: DomainProblem | null = proved ? null : await findProofProblem(domain, resolver)
  if (!proved && problem === null) {
    problem = await prove(ctx, domain)
    proved = problem === null
  }
  if (proved) problem = await findPointingProblem(domain.name, await ownHost(ctx, domain), resolver)
  await ctx.db.domain.updateMany({ where: { id: domainId }, data: { checkedAt: ctx.now, problem } })
  return { state: proved ? 'proved' : 'waiting', problem }
}

async function findProofProblem({ name, token }: { name: string; token: string }, resolver: DomainResolver): Promise<DomainProblem | null> {
  try {
    const texts = await resolver.txt(txtNameOf(name))
    if (texts.some((text) => text.trim() === txtValueOf(token))) return null
    return texts.some((text) => text.includes('gatehouse-verification')) ? 'txt_wrong' : 'txt_missing'
  } catch (error) {
    logger.debug({ err: error }, 'the name servers did not answer')
    return 'dns_silent'
  }
}

/** The row in `hosts` is what makes it ours; the unique name there decides between two that prove it at once. */
async function prove(ctx: Ctx, { id, name, zone, productId }: Pick<Domain, 'id' | 'name' | 'zone' | 'productId'>): Promise<DomainProblem | null> {
  if (await findReservation(name, ctx.tenant.id, ctx.now)) return 'taken'
  try {
    await ctx.db.$transaction(async (tx) => {
      const { count } = await tx.domain.updateMany({ where: { id, state: 'waiting' }, data: { state: 'proved', provedAt: ctx.now } })
      if (count === 0) return // somebody else's check came first, or it was removed
      await tx.host.create({ data: { tenantId: ctx.tenant.id, name, zone, ...(zone === 'gateway' && { productId, environment: 'production' }) } })
      await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'domain.proved', data: { domainId: Number(id) } })
      await recordAudit(tx, ctx.audit, { action: 'domain.proved', object: { kind: 'domain', id, name } })
      await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'host' })
    })
    return null
  } catch (error) {
    if (isUniqueViolation(error, 'hosts_name_key')) return 'taken'
    throw error
  }
}

/** By CNAME to our host, or by the same addresses (an apex cannot have a CNAME, and some providers flatten it). */
async function findPointingProblem(name: string, host: string, resolver: DomainResolver): Promise<DomainProblem | null> {
  try {
    if ((await resolver.cname(name)).includes(host)) return null
    const theirs = await resolver.addresses(name)
    if (theirs.length === 0) return 'not_pointing'
    const ours = await resolver.addresses(host)
    return theirs.some((address) => ours.includes(address)) ? null : 'elsewhere'
  } catch (error) {
    logger.debug({ err: error }, 'the name servers did not answer')
    return 'dns_silent'
  }
}

/** Where the domain has to lead: the portal's host, or the production host of the product. */
async function ownHost(ctx: Ctx, { zone, productId }: Pick<Domain, 'zone' | 'productId'>): Promise<string> {
  if (zone === 'portal') return (await findHostOf(ctx.tenant.id, 'portal')) ?? ''
  return (await ctx.db.host.findFirst({ where: { productId, environment: 'production' }, orderBy: { id: 'asc' }, select: { name: true } }))?.name ?? ''
}

/**
 * Looks at what waits, so that nobody has to press a button: every minute within the first hour, then every quarter of an
 * hour for two weeks; proved ones once a day. Answers nothing to do again at once.
 */
export async function checkDueDomains(now: Date, resolver?: DomainResolver): Promise<number> {
  const { rows } = await ownerPool().query<{ id: number; tenantId: number }>(
    `SELECT id, "tenantId" FROM domains
      WHERE (state = 'waiting' AND "createdAt" > $1::timestamptz - interval '14 days'
             AND coalesce("checkedAt", '-infinity') < $1::timestamptz - CASE WHEN "createdAt" > $1::timestamptz - interval '1 hour' THEN interval '55 seconds' ELSE interval '15 minutes' END)
         OR (state = 'proved' AND coalesce("checkedAt", '-infinity') < $1::timestamptz - CASE WHEN problem IS NULL THEN interval '1 day' ELSE interval '15 minutes' END)
      ORDER BY "checkedAt" NULLS FIRST LIMIT 50`,
    [now],
  )
  if (rows.length === 0) return 0
  const tenants = new Map((await listTenants()).map((tenant) => [Number(tenant.id), tenant]))
  for (const { id, tenantId } of rows) {
    const tenant = tenants.get(tenantId)
    if (tenant) await checkDomain(systemContext(tenant, now), { domainId: id }, resolver)
  }
  return 0
}

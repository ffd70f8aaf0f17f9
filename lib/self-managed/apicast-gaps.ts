import { notFound } from '@/lib/errors'
import { completeConfig, type GatewayConfig } from '@/lib/products/gateway-config'
import type { Ctx } from '@/lib/tenants/context'

/**
 * What of a configuration an APIcast cannot do, a sentence each, for whoever lets one serve this product. Its format holds
 * one address for each route and one issuer for each product (reference gateway 5.1, 2.4), so the first is what it gets.
 */
export function apicastGaps({ authentication: { mode }, backends, oidcIssuers, mappingRules, oauth }: GatewayConfig): string[] {
  const gaps: string[] = []
  for (const { name, servers } of backends) {
    if (servers.length > 1) gaps.push(`All calls to ${name} go to ${servers[0]!.url}, the first of its ${servers.length} servers: put a balancer of yours before them.`)
  }
  const checked = backends.filter(({ healthCheck }) => healthCheck !== null).map(({ name }) => name)
  if (checked.length > 0) gaps.push(`Health checks are not made (${checked.join(', ')}).`)
  if (mode === 'oidc') {
    const [first, ...others] = oidcIssuers
    if (first && others.length > 0) gaps.push(`Tokens of ${first.issuer} are taken, those of ${others.map(({ issuer }) => issuer).join(', ')} are refused.`)
    if (first && first.audience !== '') gaps.push('The audience of tokens is not compared: a token that was made for another API of the same issuer passes.')
    if (oauth.scopes.length > 0) gaps.push('Scopes of tokens are not looked at: a token opens what the plan of its application opens.')
  }
  if (mode === 'introspection') gaps.push('Tokens that have to be asked about at your provider are refused.')
  const wide = mappingRules.filter(({ pattern }) => /\{[^{}]+\+\}./.test(pattern.split('?')[0]!)).map(({ pattern }) => pattern)
  if (wide.length > 0) gaps.push(`${wide.slice(0, 3).join(', ')}${wide.length > 3 ? ` and ${wide.length - 3} more` : ''}: {name+} matches within one part of the path only.`)
  return gaps
}

/** The same of what production serves; before the first promotion none. Throws `not_found`. */
export async function findApicastGaps(ctx: Ctx, productId: bigint): Promise<string[]> {
  const product = await ctx.db.product.findUnique({ where: { id: productId }, select: { liveVersion: true } })
  if (!product) throw notFound()
  const live = product.liveVersion === null ? null : await ctx.db.configVersion.findFirst({ where: { productId, version: product.liveVersion }, select: { content: true } })
  return live ? apicastGaps(completeConfig(live.content)) : []
}

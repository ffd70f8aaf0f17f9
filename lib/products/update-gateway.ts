import { Prisma } from '@/lib/db/generated/client'
import type { Product } from '@/lib/db/generated/client'
import { invalid } from '@/lib/errors'
import { findRepeatedPrefix, parsePrivateBaseUrl } from '@/lib/products/private-base-url'
import { sameJson } from '@/lib/products/same-json'
import { gatewayInput, type GatewayInput } from '@/lib/products/schema'
import { writeProduct } from '@/lib/products/write-product'
import type { Ctx } from '@/lib/tenants/context'

/** `path_repeats_prefix`: calls would reach the upstream with the prefix twice; `suggestion` is the URL without it. */
export type GatewayWarning = { code: 'path_repeats_prefix'; message: string; prefix: string; suggestion: string }

/**
 * Changes what is given of the gateway settings; staging follows at once, production with the next promotion. With
 * warnings everything is saved all the same. Throws `invalid` by field, `not_found`.
 */
export async function updateGateway(ctx: Ctx, raw: GatewayInput): Promise<{ warnings: GatewayWarning[] }> {
  const { productId, privateBaseUrl, hostHeader, errorAnswers, bursts, ...rest } = gatewayInput.parse(raw)
  const data: Prisma.ProductUpdateInput = { ...rest }
  if (privateBaseUrl !== undefined) data.privateBaseUrl = privateBaseUrl === '' ? null : await parsePrivateBaseUrl(privateBaseUrl)
  if (hostHeader !== undefined) data.hostHeader = hostHeader || null
  return writeProduct(ctx, productId, 'product.changed', async (tx, product) => {
    if (errorAnswers) data.errorAnswers = { ...(product.errorAnswers as Prisma.JsonObject), ...errorAnswers }
    if (bursts !== undefined && !sameJson(bursts, product.bursts)) data.bursts = bursts ?? Prisma.DbNull
    const changed = Object.keys(data).filter((key) => data[key as keyof typeof data] !== undefined && !sameJson(data[key as keyof typeof data], product[key as keyof Product]))
    const pick = (from: object) => Object.fromEntries(changed.map((key) => [key, (from as Record<string, unknown>)[key]]))
    const after = { ...product, ...pick(data) } as Product
    assertTogether(after)
    if (changed.length > 0) await tx.product.update({ where: { id: productId }, data: pick(data) })
    const patterns = await tx.mappingRule.findMany({ where: { productId }, select: { pattern: true } })
    return { result: { warnings: warningsOf(after.privateBaseUrl, patterns.map((rule) => rule.pattern)) }, unchanged: changed.length === 0, before: pick(product), after: { ...pick(data), ...(data.bursts !== undefined && { bursts }) } }
  })
}

/** Rules between fields, on the product as it would be. */
function assertTogether(product: Product): void {
  if (product.appIdName.toLowerCase() === product.appKeyName.toLowerCase()) throw invalid({ appKeyName: ['Application id and key need different names.'] })
  const credentialNames = product.credentialsLocation === 'headers' ? [product.userKeyName, product.appIdName, product.appKeyName] : []
  if (credentialNames.some((name) => name.toLowerCase() === product.endUserHeader.toLowerCase())) throw invalid({ endUserHeader: ['A credential travels in this header already.'] })
  if (product.totalTimeoutMs < product.firstByteTimeoutMs) throw invalid({ totalTimeoutMs: ['The whole answer cannot take less time than its first byte.'] })
}

export function warningsOf(privateBaseUrl: string | null, patterns: string[]): GatewayWarning[] {
  const repeated = privateBaseUrl === null ? null : findRepeatedPrefix(privateBaseUrl, patterns)
  if (!repeated) return []
  const { prefix, suggestion } = repeated
  const message = `Your mapping rules begin with ${prefix} and so does the path of this address: the API would be called with ${prefix} twice. Leave it out here.`
  return [{ code: 'path_repeats_prefix', message, prefix, suggestion }]
}

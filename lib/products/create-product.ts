import type { Prisma } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { isUniqueViolation } from '@/lib/db/violations'
import { AppError, invalid } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent } from '@/lib/events/record-event'
import { allotHosts } from '@/lib/products/allot-hosts'
import { createTestApplication } from '@/lib/products/create-test-application'
import { defaultErrorAnswers } from '@/lib/products/gateway-config'
import { makeLoginSiteSecret } from '@/lib/products/login-site-secret'
import { productBounds, productInput, type ProductInput } from '@/lib/products/schema'
import { makeServiceToken, newSecretToken, sealSecretToken } from '@/lib/products/secrets-of-product'
import { freeSystemName, systemNameOf } from '@/lib/products/system-name'
import type { Ctx } from '@/lib/tenants/context'

export type CreatedProduct = { id: bigint; systemName: string; hitsId: bigint; hosts: { production: string; staging: string } }

/**
 * A new product, ready to be called as soon as it knows its upstream: metric Hits, a catch-all rule, secret token,
 * service token, hosts for both environments, a test application. Without a system name one is made from the name.
 * Throws `invalid` where a given system name is taken.
 */
export async function createProduct(ctx: Ctx, raw: ProductInput): Promise<CreatedProduct> {
  return ctx.db.$transaction((tx) => insertProduct(tx, ctx, raw)).catch((error: unknown) => {
    if (isUniqueViolation(error)) throw new AppError('conflict', { publicMessage: 'A product with this system name was made a moment ago.', cause: error })
    throw error
  })
}

/** The same within somebody's transaction, e.g. that of a tenant's sign-up. */
async function insertProduct(tx: TenantTx, ctx: Pick<Ctx, 'tenant' | 'audit'>, raw: ProductInput): Promise<CreatedProduct> {
  const input = productInput.parse(raw)
  const tenantId = ctx.tenant.id
  const others = await tx.product.findMany({ select: { systemName: true } })
  if (others.length >= productBounds.productsMax) throw new AppError('conflict', { publicMessage: `A tenant has at most ${productBounds.productsMax} products.` })
  const taken = new Set(others.map((other) => other.systemName))
  if (input.systemName && taken.has(input.systemName)) throw invalid({ systemName: ['There is a product with this system name already.'] })
  const systemName = input.systemName ?? freeSystemName(systemNameOf(input.name, 40) || 'product', (name) => taken.has(name), 40)

  const { id } = await tx.product.create({
    data: {
      tenantId,
      name: input.name,
      systemName,
      description: input.description,
      authenticationMode: input.authenticationMode,
      isDefault: others.length === 0,
      secretTokenCipher: '',
      errorAnswers: defaultErrorAnswers satisfies Prisma.InputJsonValue,
    },
    select: { id: true },
  })
  // Sealed to the row they stand in, so the row comes first.
  await tx.product.update({ where: { id }, data: { secretTokenCipher: sealSecretToken(tenantId, id, newSecretToken()), ...makeServiceToken(tenantId, id), ...(input.authenticationMode === 'oauth' ? { oauthSecretCipher: makeLoginSiteSecret(tenantId, id).oauthSecretCipher } : {}) } })
  const hits = await tx.metric.create({ data: { tenantId, productId: id, systemName: 'hits', name: 'Hits', description: 'Every call that was let through.' }, select: { id: true } })
  await tx.mappingRule.create({ data: { tenantId, productId: id, metricId: hits.id, ...catchAllRule, position: 1 } })
  const hosts = await allotHosts(tx, { tenantId, productId: id, systemName, slug: ctx.tenant.slug })
  await createTestApplication(tx, tenantId, id)

  await recordEvent(tx, { tenantId, type: 'product.created', data: { productId: Number(id) } })
  await recordAudit(tx, ctx.audit, { action: 'product.created', object: { kind: 'product', id, name: input.name }, after: { ...input, systemName, hosts } })
  await recordChange(tx, { tenantId, topic: 'product', subjectId: id })
  await recordChange(tx, { tenantId, topic: 'host', subjectId: null })
  return { id, systemName, hitsId: hits.id, hosts }
}

/** The rule of a new product: every call counts one hit, until rules of its own say more. */
const catchAllRule = { verb: 'ANY', pattern: '/', delta: 1, last: false } as const

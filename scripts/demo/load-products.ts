import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deleteProduct } from '@/lib/products/delete-product'
import { createProduct } from '@/lib/products/create-product'
import { applyImport } from '@/lib/products/openapi/apply-import'
import { planImport } from '@/lib/products/openapi/plan-import'
import { findProductBySystemName } from '@/lib/products/queries'
import { rotateSecretToken } from '@/lib/products/rotate-secret-token'
import type { ProductInput } from '@/lib/products/schema'
import { updateGateway } from '@/lib/products/update-gateway'
import type { Ctx } from '@/lib/tenants/context'
import { promote, type StandIn } from '@/scripts/demo/follow-upstream'

type DemoProduct = ProductInput & { systemName: string; document: string }

export const restApi: DemoProduct = {
  name: 'REST API',
  systemName: 'twitter',
  description: 'Timelines, messages, users, lists and searches: everything an app needs to read and write.',
  authenticationMode: 'app_id_app_key',
  document: 'twitter-rest-1.1.openapi.json',
}

export const collectionsApi: DemoProduct = {
  name: 'Collections API',
  systemName: 'collections',
  description: 'Beta. Ordered collections of messages, to embed and to share. It may still change, so only a few partners have it.',
  authenticationMode: 'app_id_app_key',
  document: 'collections-beta.openapi.json',
}

/** The two products, imported, pointed at the stand-in and promoted. Each step is skipped where it was done before. */
export async function loadProducts(ctx: Ctx, standIn: StandIn): Promise<{ restApiId: bigint; collectionsApiId: bigint }> {
  return { restApiId: await loadProduct(ctx, restApi, standIn), collectionsApiId: await loadProduct(ctx, collectionsApi, standIn) }
}

/** What every new tenant is given makes room, and its plans Basic and Unlimited with it. */
export async function removeGivenProduct(ctx: Ctx): Promise<void> {
  const given = await findProductBySystemName(ctx, 'api')
  if (given) await deleteProduct(ctx, { productId: given.id, confirmation: 'api' })
}

async function loadProduct(ctx: Ctx, { document, ...input }: DemoProduct, standIn: StandIn): Promise<bigint> {
  const there = await findProductBySystemName(ctx, input.systemName)
  const productId = there ? BigInt(there.id) : (await createProduct(ctx, input)).id
  const text = readFileSync(join(process.cwd(), 'e2e', 'data', document), 'utf8')
  const plan = await planImport(ctx, productId, { text })
  if (plan.create.length > 0) await applyImport(ctx, productId, { text }, {}, plan.fingerprint)
  await updateGateway(ctx, { productId, privateBaseUrl: standIn.url, credentialsLocation: 'headers', userKeyName: 'X-User-Key', appIdName: 'X-App-Id', appKeyName: 'X-App-Key' })
  await rotateSecretToken(ctx, { productId, secretToken: standIn.secret })
  await promote(ctx, productId)
  return productId
}

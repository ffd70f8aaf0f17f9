import { z } from 'zod'
import { invalid, notFound } from '@/lib/errors'
import { freeSystemName, systemNameOf } from '@/lib/products/system-name'
import { writeProduct } from '@/lib/products/write-product'
import { idInput } from '@/lib/tenants/id-input'
import type { Ctx } from '@/lib/tenants/context'

const name = z.string({ error: 'Give the feature a name.' }).trim().min(1, 'Give the feature a name.').max(200, 'Use at most 200 characters.')
const systemName = z.string().trim().max(255, 'Use at most 255 characters.').regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'Use letters, digits, _ - and . only, beginning with a letter or digit.')
const description = z.string().trim().max(2000, 'Use at most 2000 characters.')

export const featureInput = z.object({
  productId: idInput,
  name,
  systemName: z.union([z.literal('').transform(() => undefined), systemName]).optional(),
  description: description.default(''),
  visible: z.boolean().default(true),
})
export type FeatureInput = z.input<typeof featureInput>

const featureEditInput = z.object({ featureId: idInput, name: name.optional(), description: description.optional(), visible: z.boolean().optional() })
export type FeatureEditInput = z.input<typeof featureEditInput>

const featureRef = z.object({ featureId: idInput })
export type FeatureRef = z.input<typeof featureRef>

const FEATURES_MAX = 500

/** Something a product offers that its plans may include. Throws `invalid` where the system name is taken. */
export async function createFeature(ctx: Ctx, raw: FeatureInput): Promise<{ id: bigint }> {
  const { productId, systemName: given, ...words } = featureInput.parse(raw)
  return writeProduct(ctx, productId, 'feature.created', async (tx) => {
    const taken = new Set((await tx.feature.findMany({ where: { productId }, select: { systemName: true } })).map((feature) => feature.systemName))
    if (given && taken.has(given)) throw invalid({ systemName: ['There is a feature with this system name already.'] })
    if (taken.size >= FEATURES_MAX) throw invalid({ name: [`A product has at most ${FEATURES_MAX} features.`] })
    const free = given ?? freeSystemName(systemNameOf(words.name) || 'feature', (wanted) => taken.has(wanted))
    const { id } = await tx.feature.create({ data: { tenantId: ctx.tenant.id, productId, systemName: free, ...words }, select: { id: true } })
    return { result: { id }, object: { kind: 'feature', id, name: words.name }, after: { ...words, systemName: free }, data: { featureId: Number(id) } }
  })
}

/** New words; lines of plans that stand for it follow. The system name stays. Throws `not_found`. */
export async function editFeature(ctx: Ctx, raw: FeatureEditInput): Promise<void> {
  const { featureId, ...words } = featureEditInput.parse(raw)
  await writeProduct(ctx, await productOf(ctx, featureId), 'feature.changed', async (tx) => {
    const feature = await tx.feature.findUnique({ where: { id: featureId } })
    if (!feature) throw notFound()
    const after = await tx.feature.update({ where: { id: featureId }, data: words })
    if (after.name !== feature.name) await tx.planFeature.updateMany({ where: { featureId }, data: { name: after.name } })
    const pick = (from: typeof feature) => ({ name: from.name, description: from.description, visible: from.visible })
    return { result: undefined, object: { kind: 'feature', id: featureId, name: after.name }, before: pick(feature), after: pick(after), data: { featureId: Number(featureId) } }
  })
}

/** Goes from every plan too. Throws `not_found`. */
export async function deleteFeature(ctx: Ctx, raw: FeatureRef): Promise<void> {
  const { featureId } = featureRef.parse(raw)
  await writeProduct(ctx, await productOf(ctx, featureId), 'feature.deleted', async (tx) => {
    const feature = await tx.feature.findUnique({ where: { id: featureId }, select: { name: true, systemName: true } })
    if (!feature) throw notFound()
    await tx.feature.delete({ where: { id: featureId } })
    return { result: undefined, object: { kind: 'feature', id: featureId, name: feature.name }, before: feature, data: { featureId: Number(featureId) } }
  })
}

async function productOf(ctx: Ctx, featureId: bigint): Promise<bigint> {
  const feature = await ctx.db.feature.findUnique({ where: { id: featureId }, select: { productId: true } })
  if (!feature) throw notFound()
  return feature.productId
}

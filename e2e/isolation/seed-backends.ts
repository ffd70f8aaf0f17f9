import { createBackendRule } from '@/lib/backends/backend-mapping-rules'
import { createBackendMetric } from '@/lib/backends/backend-metrics'
import { createBackend } from '@/lib/backends/create-backend'
import { mountBackend } from '@/lib/backends/mount-backend'
import type { Ctx } from '@/lib/tenants/context'

/** Backends with all that is theirs, and what plans and products may carry besides: features, prices, policies of a registry. */
export async function seedBackends(ctx: Ctx, { productId, otherProductId, planId, metricId }: { productId: bigint; otherProductId: bigint; planId: bigint; metricId: bigint }) {
  const tenantId = ctx.tenant.id
  const { id: backend } = await createBackend(ctx, { name: 'Mounted', description: 'Mounted', privateBaseUrl: 'https://mounted.example.com' })
  const { id: spareBackend } = await createBackend(ctx, { name: 'Spare', privateBaseUrl: 'https://spare.example.com' })
  const { id: backendMethod } = await createBackendMetric(ctx, { backendId: backend, name: 'Read', description: 'Read' })
  const { id: spareBackendMethod } = await createBackendMetric(ctx, { backendId: backend, name: 'Spare' })
  const { id: backendRule } = await createBackendRule(ctx, { backendId: backend, verb: 'GET', pattern: '/read', metricId: backendMethod })
  const { id: spareBackendRule } = await createBackendRule(ctx, { backendId: backend, verb: 'POST', pattern: '/spare', metricId: backendMethod })
  const { id: backendUsage } = await mountBackend(ctx, { productId: otherProductId, backendId: backend, path: '/mounted' })
  const { id: mountable } = await createBackend(ctx, { name: 'To mount', privateBaseUrl: 'https://to-mount.example.com' })
  const { id: toUnmount } = await createBackend(ctx, { name: 'To unmount', privateBaseUrl: 'https://to-unmount.example.com' })
  const { id: spareBackendUsage } = await mountBackend(ctx, { productId: otherProductId, backendId: toUnmount, path: '/spare' })
  const { id: feature } = await ctx.db.feature.create({ data: { tenantId, productId, name: 'Feature', systemName: 'feature', description: 'Feature' } })
  const { id: pricingRule } = await ctx.db.pricingRule.create({ data: { tenantId, planId, metricId, min: 1n, max: 100n, costPerUnit: 0.05 } })
  const { id: registryPolicy } = await ctx.db.registryPolicy.create({ data: { tenantId, name: 'own', version: '1.0', schema: { summary: 'Own' } } })
  return { backend, spareBackend, backendMethod, spareBackendMethod, backendRule, spareBackendRule, backendUsage, spareBackendUsage, mountable, feature, pricingRule, registryPolicy }
}

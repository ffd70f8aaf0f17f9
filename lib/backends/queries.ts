import { serversOf, type Server } from '@/lib/backends/servers'
import type { Backend } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import type { HealthCheck, Verb } from '@/lib/products/gateway-config'
import type { Ctx } from '@/lib/tenants/context'

/** A backend as screens and the management API see it: plain values, ids as numbers. */
export type BackendDto = {
  id: number
  name: string
  systemName: string
  description: string
  privateBaseUrl: string
  /** At least one; the first is the private base URL. */
  servers: Server[]
  hostHeader: string | null
  healthCheck: HealthCheck | null
  createdAt: Date
  updatedAt: Date
}

export type BackendListItem = BackendDto & { methods: number; mappingRules: number; products: string[] }

/** Every backend by name. */
export async function listBackends(ctx: Ctx): Promise<BackendListItem[]> {
  const rows = await ctx.db.backend.findMany({
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    include: { usages: { orderBy: { id: 'asc' }, select: { product: { select: { name: true } } } }, metrics: { where: { parentId: { not: null } }, select: { id: true } }, _count: { select: { mappingRules: true } } },
  })
  return rows.map(({ usages, metrics, _count, ...row }) => ({ ...toBackendDto(row), methods: metrics.length, mappingRules: _count.mappingRules, products: usages.map(({ product }) => product.name) }))
}

/** Throws `not_found`. */
export async function getBackend(ctx: Ctx, backendId: bigint): Promise<BackendDto> {
  const row = await ctx.db.backend.findUnique({ where: { id: backendId } })
  if (!row) throw notFound()
  return toBackendDto(row)
}

export type BackendMetricDto = { id: number; parentId: number | null; name: string; systemName: string; description: string; unit: string; mappingRules: number; createdAt: Date }

/** Hits first, then the other metrics, then methods in the order they were made. Throws `not_found`. */
export async function listBackendMetrics(ctx: Ctx, backendId: bigint): Promise<BackendMetricDto[]> {
  await getBackend(ctx, backendId)
  const rows = await ctx.db.backendMetric.findMany({ where: { backendId }, orderBy: [{ parentId: { sort: 'asc', nulls: 'first' } }, { id: 'asc' }], include: { _count: { select: { mappingRules: true } } } })
  return rows.map(({ id, parentId, name, systemName, description, unit, createdAt, _count }) => {
    return { id: Number(id), parentId: parentId === null ? null : Number(parentId), name, systemName, description, unit, mappingRules: _count.mappingRules, createdAt }
  })
}

export type BackendRuleDto = { id: number; verb: Verb; pattern: string; delta: number; last: boolean; position: number; createdAt: Date; metric: { id: number; name: string; systemName: string } }

/** In the order they are matched. Throws `not_found`. */
export async function listBackendRules(ctx: Ctx, backendId: bigint): Promise<BackendRuleDto[]> {
  await getBackend(ctx, backendId)
  const rows = await ctx.db.backendMappingRule.findMany({ where: { backendId }, orderBy: [{ position: 'asc' }, { id: 'asc' }], include: { metric: { select: { id: true, name: true, systemName: true } } } })
  return rows.map(({ id, verb, pattern, delta, last, createdAt, metric }, index) => {
    return { id: Number(id), verb: verb as Verb, pattern, delta, last, position: index + 1, createdAt, metric: { ...metric, id: Number(metric.id) } }
  })
}

export type MountDto = { id: number; path: string; product: { id: number; name: string; systemName: string }; backend: { id: number; name: string; systemName: string; privateBaseUrl: string; mappingRules: number } }

/** Where a backend is mounted, or what a product mounts; by path. */
export async function listMounts(ctx: Ctx, by: { backendId: bigint } | { productId: bigint }): Promise<MountDto[]> {
  const rows = await ctx.db.backendUsage.findMany({
    where: by,
    orderBy: [{ path: 'asc' }, { id: 'asc' }],
    include: {
      product: { select: { id: true, name: true, systemName: true } },
      backend: { select: { id: true, name: true, systemName: true, privateBaseUrl: true, _count: { select: { mappingRules: true } } } },
    },
  })
  return rows.map(({ id, path, product, backend: { _count, ...backend } }) => {
    return { id: Number(id), path, product: { ...product, id: Number(product.id) }, backend: { ...backend, id: Number(backend.id), mappingRules: _count.mappingRules } }
  })
}

function toBackendDto(row: Backend): BackendDto {
  const { name, systemName, description, privateBaseUrl, hostHeader, healthCheck, createdAt, updatedAt } = row
  return { id: Number(row.id), name, systemName, description, privateBaseUrl, servers: serversOf(row), hostHeader, healthCheck: healthCheck as HealthCheck | null, createdAt, updatedAt }
}

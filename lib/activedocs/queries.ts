import type { ApiSpec } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import type { Ctx } from '@/lib/tenants/context'

/** A document as lists show it. */
export type SpecItem = {
  id: number
  productId: number
  name: string
  systemName: string
  description: string
  version: '2.0' | '3.0' | '3.1'
  operations: number
  published: boolean
  createdAt: Date
  updatedAt: Date
}

export type SpecDto = SpecItem & { source: string }

const listed = { id: true, productId: true, name: true, systemName: true, description: true, version: true, operations: true, published: true, createdAt: true, updatedAt: true } as const

/** All documents, or those of one product, by name. Throws `not_found` for a product of somebody else. */
export async function listSpecs(ctx: Ctx, { productId }: { productId?: bigint } = {}): Promise<SpecItem[]> {
  if (productId !== undefined && !(await ctx.db.product.findUnique({ where: { id: productId }, select: { id: true } }))) throw notFound()
  return (await ctx.db.apiSpec.findMany({ where: { productId }, select: listed, orderBy: [{ name: 'asc' }, { id: 'asc' }] })).map(toItem)
}

/** Throws `not_found`. */
export async function getSpec(ctx: Ctx, specId: bigint): Promise<SpecDto> {
  const row = await ctx.db.apiSpec.findUnique({ where: { id: specId }, select: { ...listed, source: true } })
  if (!row) throw notFound()
  return { ...toItem(row), source: row.source }
}

/** What a portal may show (DOC-1): those of the default product first, then by name. */
export async function listPublishedSpecs(ctx: Ctx): Promise<SpecItem[]> {
  return (await ctx.db.apiSpec.findMany({ where: { published: true }, select: listed, orderBy: [{ product: { isDefault: 'desc' } }, { name: 'asc' }, { id: 'asc' }] })).map(toItem)
}

/** By system name, or by id written out as 3scale's clients may; hidden ones are null like those that never were (DOC-1). */
export async function findPublishedSpec(ctx: Ctx, systemNameOrId: string): Promise<SpecItem | null> {
  const byId = /^\d{1,15}$/.test(systemNameOrId) ? [{ id: BigInt(systemNameOrId) }] : []
  const rows = await ctx.db.apiSpec.findMany({ where: { published: true, OR: [{ systemName: systemNameOrId }, ...byId] }, select: listed, take: 2 })
  // A system name may be all digits: it goes before an id.
  const row = rows.find(({ systemName }) => systemName === systemNameOrId) ?? rows[0]
  return row ? toItem(row) : null
}

/** The document as JSON text, members in the order they were written. Throws `not_found`. */
export async function readSpecJson(ctx: Ctx, specId: number): Promise<string> {
  const row = await ctx.db.apiSpec.findUnique({ where: { id: BigInt(specId) }, select: { document: true } })
  if (!row) throw notFound()
  return String(row.document)
}

function toItem(row: Pick<ApiSpec, keyof typeof listed>): SpecItem {
  return { ...row, id: Number(row.id), productId: Number(row.productId), version: row.version as SpecItem['version'] }
}

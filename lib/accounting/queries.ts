import { notFound } from '@/lib/errors'
import type { Ctx } from '@/lib/tenants/context'

const ERRORS_PER_PAGE = 100

export type IntegrationErrorEntry = { id: number; code: string; message: string; request: { method?: string; path?: string; query?: string }; createdAt: Date }

/** Integration errors of one product, the newest first, a hundred to a page unless fewer are asked for (reference gateway 4.4). Throws `not_found` for a product of somebody else. */
export async function listIntegrationErrors(ctx: Pick<Ctx, 'db'>, { productId, page, perPage = ERRORS_PER_PAGE }: { productId: bigint; page: number; perPage?: number }): Promise<{ errors: IntegrationErrorEntry[]; total: number; pages: number }> {
  if (!(await ctx.db.product.findUnique({ where: { id: productId }, select: { id: true } }))) throw notFound()
  const [rows, total] = await Promise.all([
    ctx.db.integrationError.findMany({ where: { productId }, orderBy: { id: 'desc' }, skip: (Math.max(1, page) - 1) * perPage, take: perPage }),
    ctx.db.integrationError.count({ where: { productId } }),
  ])
  const errors = rows.map(({ id, code, message, request, createdAt }) => ({ id: Number(id), code, message, request: request as IntegrationErrorEntry['request'], createdAt }))
  return { errors, total, pages: Math.max(1, Math.ceil(total / perPage)) }
}

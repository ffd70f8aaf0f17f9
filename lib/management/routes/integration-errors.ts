import { z } from 'zod'
import { answer } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { getProductRow } from '@/lib/management/product-json'

const errorAnswer = z.object({
  id: answer.id,
  code: z.string(),
  message: z.string(),
  timestamp: answer.time,
  request: z.looseObject({}).describe('Method, path and query of the request, without credentials.'),
})

/** What other gateways did wrong on the accounting API, the newest first; a thousand a product are kept (reference gateway 4.4). */
export const integrationErrorRoutes: ManagementRoute[] = [
  managementRoute({
    scope: 'account_management',
    may: 'gateway',
    formats: ['json', 'xml'],
    tag: 'Services',
    method: 'GET',
    path: '/admin/api/services/:service_id/integration_errors',
    summary: 'List what gateways did wrong on the accounting API, the newest first',
    input: z.object({}),
    paged: { size: 100, most: 100 },
    answers: { kind: 'many', name: 'errors', each: 'error', schema: errorAnswer },
    async handle({ ctx, ids, page }) {
      const { id: productId } = await getProductRow(ctx, ids.service_id!)
      const rows = await ctx.db.integrationError.findMany({ where: { productId }, orderBy: { id: 'desc' }, skip: page.skip, take: page.take })
      const items = rows.map(({ id, code, message, createdAt, request }) => ({ id, code, message, timestamp: createdAt, request }))
      return { items, total: await ctx.db.integrationError.count({ where: { productId } }) }
    },
  }),
]

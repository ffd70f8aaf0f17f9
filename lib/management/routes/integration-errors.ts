import { z } from 'zod'
import { listIntegrationErrors } from '@/lib/accounting/queries'
import { answer } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'

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
      const { errors, total } = await listIntegrationErrors(ctx, { productId: ids.service_id!, page: page.skip / page.take + 1, perPage: page.take })
      return { items: errors.map(({ createdAt, ...error }) => ({ ...error, timestamp: createdAt })), total }
    },
  }),
]

import { z } from 'zod'
import { notFound } from '@/lib/errors'
import { id } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import type { Ctx } from '@/lib/tenants/context'

const types = ['account', 'user', 'service', 'application', 'application_plan', 'metric', 'backend_api', 'proxy'] as const

/** Whether something is still there, for clients that heard of it long ago. */
export const objectRoutes: ManagementRoute[] = [
  managementRoute({
    scope: 'account_management',
    may: 'partners',
    formats: ['json'],
    tag: 'Settings',
    method: 'GET',
    path: '/admin/api/objects/status',
    summary: 'Ask whether an object exists',
    input: z.object({ object_type: z.enum(types, { error: `Choose one of ${types.join(', ')}.` }), object_id: id() }),
    answers: { kind: 'bare', schema: z.object({ status: z.literal('exists') }) },
    async handle({ ctx, input }) {
      if (!(await exists(ctx, input.object_type, input.object_id))) throw notFound()
      return { status: 'exists' }
    },
  }),
]

async function exists({ db }: Ctx, type: (typeof types)[number], objectId: bigint): Promise<boolean> {
  const where = { id: objectId }
  switch (type) {
    case 'account':
      return (await db.account.count({ where })) > 0
    case 'user':
      return (await db.developer.count({ where })) > 0
    case 'service':
    case 'proxy':
      return (await db.product.count({ where })) > 0
    case 'application':
      return (await db.application.count({ where })) > 0
    case 'application_plan':
      return (await db.plan.count({ where })) > 0
    case 'metric':
      return (await db.metric.count({ where })) > 0
    case 'backend_api':
      return (await db.backend.count({ where })) > 0
  }
}

'use server'

import { z } from 'zod'
import { callFilters, countNewCalls } from '@/lib/calls/queries'
import { callShareInput, callShareRef, revokeCallShare, shareCall } from '@/lib/calls/share-call'
import { simulateRequest, simulationInput } from '@/lib/gateway/simulate-request'
import { adminAction } from '@/lib/request/admin-action'
import { getProduct } from '@/lib/products/queries'
import { idInput } from '@/lib/tenants/id-input'

const newCallsInput = z.object({ productId: idInput, afterId: z.coerce.number().int().min(0), filters: callFilters.omit({ cursor: true }) })

export const countNewCallsAction = adminAction({ can: 'gateway', input: newCallsInput }, async (ctx, { productId, afterId, filters }) => {
  await getProduct(ctx, productId)
  return { count: await countNewCalls(ctx, { productId }, BigInt(afterId), filters) }
})

export const shareCallAction = adminAction({ can: 'gateway', input: callShareInput }, shareCall)

export const revokeCallShareAction = adminAction({ can: 'gateway', input: callShareRef }, revokeCallShare)

export const simulateAction = adminAction({ can: 'gateway', input: simulationInput }, simulateRequest)

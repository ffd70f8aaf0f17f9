'use server'

import { adminAction } from '@/lib/request/admin-action'
import { revealEndpointSecret, rotateEndpointSecret } from '@/lib/webhooks/endpoint-secret'
import { getDelivery } from '@/lib/webhooks/queries'
import { resendDelivery, sendTest } from '@/lib/webhooks/resend-delivery'
import { deliveryRef, endpointEditInput, endpointInput, endpointRef } from '@/lib/webhooks/schema'
import { createEndpoint, deleteEndpoint, editEndpoint } from '@/lib/webhooks/write-endpoint'

const can = 'settings'

export const createEndpointAction = adminAction({ can, input: endpointInput }, async (ctx, input) => {
  const { id } = await createEndpoint(ctx, input)
  return { goTo: `/settings/webhooks/${id}` }
})

export const editEndpointAction = adminAction({ can, input: endpointEditInput }, editEndpoint)

export const deleteEndpointAction = adminAction({ can, input: endpointRef }, async (ctx, input) => {
  await deleteEndpoint(ctx, input)
  return { goTo: '/settings/webhooks' }
})

export const sendTestAction = adminAction({ can, input: endpointRef }, sendTest)

export const resendDeliveryAction = adminAction({ can, input: deliveryRef }, resendDelivery)

/** Reads only, when somebody opens a row. */
export const readDeliveryAction = adminAction({ can, input: deliveryRef }, (ctx, { deliveryId }) => getDelivery(ctx, deliveryId))

export const revealEndpointSecretAction = adminAction({ can, input: endpointRef, stepUp: true }, revealEndpointSecret)

export const rotateEndpointSecretAction = adminAction({ can, input: endpointRef, stepUp: true }, rotateEndpointSecret)

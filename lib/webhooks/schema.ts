import { z } from 'zod'
import { idInput } from '@/lib/tenants/id-input'
import { webhookEventTypes } from '@/lib/webhooks/webhook-events'

/** Beyond this an installation's places in flight would be one tenant's (WH-4). */
export const ENDPOINTS_MAX = 10

const url = z.string().trim().min(1, 'Write the address that receives the events.').max(2000, 'Use at most 2000 characters.')
const events = z.array(z.enum(webhookEventTypes, { error: 'Choose among the events listed.' })).transform((given) => webhookEventTypes.filter((type) => given.includes(type)))

export const endpointInput = z.object({ url, active: z.boolean().default(true), events: events.refine((given) => given.length > 0, 'Tick at least one event.') })
export type EndpointInput = z.input<typeof endpointInput>

export const endpointEditInput = endpointInput.extend({ endpointId: idInput, active: z.boolean() })
export type EndpointEditInput = z.input<typeof endpointEditInput>

export const endpointRef = z.object({ endpointId: idInput })
export type EndpointRef = z.input<typeof endpointRef>

export const deliveryRef = z.object({ deliveryId: idInput })
export type DeliveryRef = z.input<typeof deliveryRef>

const deliveryStates = ['pending', 'sending', 'delivered', 'failed'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** Query parameters of the list. Words that are not on the lists are ignored (ISO-9). */
export const deliveryListInput = z.object({
  endpointId: idInput,
  state: z.enum(deliveryStates).optional().catch(undefined),
  type: z.string().max(60).optional().catch(undefined),
  cursor: z.string().max(1000).optional().catch(undefined),
})
export type DeliveryListInput = z.input<typeof deliveryListInput>

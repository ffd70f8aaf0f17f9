import { z } from 'zod'
import { AppError, notFound } from '@/lib/errors'
import { answer, flag, moment, text } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import type { Ctx } from '@/lib/tenants/context'
import { deleteFailures } from '@/lib/webhooks/delete-failures'
import type { WebhookEventType } from '@/lib/webhooks/webhook-events'
import { createEndpoint, editEndpoint } from '@/lib/webhooks/write-endpoint'

const common = { scope: 'account_management', may: 'settings', formats: ['json', 'xml'], tag: 'Webhooks' } as const

/** 3scale's flags (reference portal 6) and the events of ours that they stand for. */
const flags = {
  account_created_on: ['account.created'],
  account_updated_on: ['account.changed', 'account.approved', 'account.rejected', 'account.suspended', 'account.resumed'],
  account_deleted_on: ['account.deleted'],
  user_created_on: ['developer.created'],
  user_updated_on: ['developer.changed', 'developer.confirmed'],
  user_deleted_on: ['developer.deleted'],
  application_created_on: ['application.created'],
  application_updated_on: ['application.changed', 'application.approved', 'application.resumed'],
  application_deleted_on: ['application.deleted'],
  application_suspended_on: ['application.suspended'],
  application_plan_changed_on: ['application.plan_changed'],
  application_key_created_on: ['credential.created'],
  application_key_updated_on: ['credential.rotated'],
  application_key_deleted_on: ['credential.revoked'],
} as const satisfies Record<string, readonly WebhookEventType[]>
type Flag = keyof typeof flags
const flagNames = Object.keys(flags) as Flag[]

const shapeOf = <Piece extends z.ZodType>(piece: () => Piece) => Object.fromEntries(flagNames.map((name) => [name, piece()])) as Record<Flag, Piece>

const webhookAnswer = z.object({ id: answer.id, url: z.string(), active: z.boolean(), created_at: answer.time, updated_at: answer.time, ...shapeOf(() => z.boolean()) })
const failureAnswer = z.object({ id: answer.id, time: answer.time, error: z.string(), url: z.string(), event: z.string().describe('The message that was not taken, as JSON.') })

/** The first endpoint, as the one set-up that 3scale knows; further ones are made in the dashboard. */
export const webhookRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/webhooks',
    summary: 'Read the webhook',
    input: z.object({}),
    answers: { kind: 'one', name: 'webhook', schema: webhookAnswer, status: 200 },
    handle: ({ ctx }) => read(ctx),
  }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: '/admin/api/webhooks',
    summary: 'Set the webhook: address, on or off, and the events it tells',
    input: z.object({ url: text(2000).optional(), active: flag().optional(), ...shapeOf(() => flag().optional()) }),
    answers: { kind: 'one', name: 'webhook', schema: webhookAnswer, status: 200 },
    async handle({ ctx, input }) {
      const current = await first(ctx)
      const url = input.url ?? current?.url ?? ''
      const active = input.active ?? current?.active ?? true
      const events = new Set<string>(current?.events ?? [])
      for (const name of flagNames) {
        if (input[name] === undefined) continue
        for (const type of flags[name]) if (input[name]) events.add(type)
        else events.delete(type)
      }
      if (events.size === 0) throw new AppError('invalid', { fields: { base: [`Switch at least one event on: ${flagNames.join(', ')}.`] } })
      const wanted = { url, active, events: [...events] as WebhookEventType[] }
      if (current) await editEndpoint(ctx, { endpointId: current.id, ...wanted })
      else await createEndpoint(ctx, wanted)
      return read(ctx)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/webhooks/failures',
    summary: 'List the messages that were given up, oldest first',
    input: z.object({}),
    paged: true,
    answers: { kind: 'many', name: 'webhooks_failures', each: 'webhooks_failure', schema: failureAnswer, xml: { name: 'webhooks-failures', each: 'webhooks-failure' } },
    async handle({ ctx, page }) {
      const where = { state: 'failed' }
      const rows = await ctx.db.webhookDelivery.findMany({ where, orderBy: { id: 'asc' }, skip: page.skip, take: page.take, include: { endpoint: { select: { url: true } } } })
      const items = rows.map(({ id, createdAt, lastError, lastStatus, endpoint, body }) => ({ id, time: createdAt, error: lastError ?? (lastStatus === null ? 'unknown' : `HTTP ${lastStatus}`), url: endpoint.url, event: body }))
      return { items, total: await ctx.db.webhookDelivery.count({ where }) }
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: '/admin/api/webhooks/failures',
    summary: 'Forget the messages that were given up, all or up to a time',
    input: z.object({ time: moment().optional() }),
    answers: { kind: 'nothing' },
    async handle({ ctx, input }) {
      await deleteFailures(ctx, { until: input.time ?? ctx.now })
    },
  }),
]

function first(ctx: Ctx) {
  return ctx.db.webhookEndpoint.findFirst({ orderBy: { id: 'asc' } })
}

async function read(ctx: Ctx) {
  const row = await first(ctx)
  if (!row) throw notFound()
  const on = Object.fromEntries(flagNames.map((name) => [name, flags[name].every((type) => row.events.includes(type))]))
  return { id: row.id, url: row.url, active: row.active, created_at: row.createdAt, updated_at: row.createdAt, ...on }
}

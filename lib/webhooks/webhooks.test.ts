import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createAccount } from '@/lib/accounts/create-account'
import { createApplication } from '@/lib/applications/create-application'
import { changePlanAsDeveloper, rejectPlanRequest } from '@/lib/applications/plan-requests'
import type { Clock } from '@/lib/clock'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import type { EventType } from '@/lib/events/event-types'
import { egressPolicy } from '@/lib/http/egress/policy'
import { logger } from '@/lib/logger'
import { createPlan } from '@/lib/plans/create-plan'
import { makeTestProduct } from '@/lib/plans/test-product'
import type { Ctx } from '@/lib/tenants/context'
import { deleteEndpoint, createEndpoint, editEndpoint } from '@/lib/webhooks/write-endpoint'
import { revealEndpointSecret, rotateEndpointSecret } from '@/lib/webhooks/endpoint-secret'
import { enqueueDeliveries } from '@/lib/webhooks/enqueue-deliveries'
import { getDelivery, listDeliveries, listEndpoints } from '@/lib/webhooks/queries'
import { resendDelivery, sendTest } from '@/lib/webhooks/resend-delivery'
import { pauseAfter, readRetryAfter, TRIES_MAX } from '@/lib/webhooks/retry-schedule'
import { createWebhookSender } from '@/lib/webhooks/send-deliveries'
import type { WebhookEventType } from '@/lib/webhooks/webhook-events'

testDatabase()
logger.level = 'silent'

type Got = { path: string; headers: IncomingMessage['headers']; body: string }
type Behave = (request: IncomingMessage, response: ServerResponse) => void

/** A receiver on a free port that keeps what it got; `behave` is how it answers. */
async function receiver(behave: Behave = (_request, response) => response.writeHead(204).end()) {
  const got: Got[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      got.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() })
      behave(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`, got }
}
const open: (() => void)[] = []
afterEach(() => open.splice(0).forEach((close) => close()))

const policy = () => ({ ...egressPolicy(), allow: [{ network: '127.0.0.0/8', port: null }] })

describe('webhooks', () => {
  let ctx: Ctx
  let former: Ctx | null = null
  let now: Date
  const later = (ms: number) => (now = new Date(now.getTime() + ms))
  const clock: Clock = { now: () => now.getTime() }
  const makeSender = (totalMs = 15_000) => createWebhookSender({ clock, policy: policy(), limits: { totalMs }, random: () => 0.5 })
  let sender: ReturnType<typeof makeSender>

  beforeAll(() => {
    // Saving asks the installation's own policy; a test's receiver lives on loopback.
    Object.assign(egressPolicy(), { allow: [{ network: '127.0.0.0/8', port: null }] })
  })

  async function fresh() {
    // The sender looks at every tenant's: what the test before left waiting must not be sent in this one.
    await former?.db.webhookEndpoint.deleteMany({})
    now = new Date()
    ctx = former = await makeTenant()
    sender = makeSender()
  }

  const endpoint = async (url: string, events: WebhookEventType[] = ['account.created']) => (await createEndpoint(ctx, { url, events })).id
  const send = async () => {
    const started = await sender.run(now)
    await sender.settled()
    return started
  }

  /** What the worker does with the events written so far. */
  async function relay() {
    for (const event of await ctx.db.event.findMany({ where: { processedAt: null }, orderBy: { id: 'asc' } })) {
      await enqueueDeliveries({ tenantId: Number(ctx.tenant.id), eventId: Number(event.id), type: event.type as EventType }, { now })
    }
  }

  const partner = async () => {
    const made = await createAccount(ctx, { orgName: 'Widget Works', developer: { email: 'ada@widgets.example', firstName: 'Ada', lastName: 'Lovelace', password: 'correct horse battery' } })
    await ctx.db.account.update({ where: { id: made.id }, data: { extra: { country: 'NO', sector: 'Retail' } } })
    await ctx.db.developer.update({ where: { id: made.developerId! }, data: { extra: { job_role: 'Engineer' } } })
    return made
  }

  it('WH-1 WH-2 an account creation arrives once, with account, first user and extra fields, and the signature holds for the very bytes', async () => {
    await fresh()
    const { url, got } = await receiver()
    const id = await endpoint(url)
    const made = await partner()
    await relay()
    await relay() // a job that runs twice
    expect(await send()).toBe(1)
    expect(await send()).toBe(0)
    expect(got).toHaveLength(1)
    const { secret } = await revealEndpointSecret(ctx, { endpointId: id })
    const headers = got[0]!.headers as Record<string, string>
    expect(headers['webhook-timestamp']).toBe(String(Math.floor(now.getTime() / 1000)))
    expect(new Webhook(secret).verify(got[0]!.body, headers)).toMatchObject({
      type: 'account.created',
      sequence: expect.any(Number),
      data: {
        account: { id: Number(made.id), org_name: 'Widget Works', state: 'approved', country: 'NO', sector: 'Retail' },
        user: { id: Number(made.developerId), email: 'ada@widgets.example', first_name: 'Ada', job_role: 'Engineer' },
      },
    })
    expect(got[0]!.body).not.toMatch(/argon2|correct horse|passwordHash|cipher/)
    expect(() => new Webhook(secret).verify(got[0]!.body.replace('Widget', 'Gadget'), headers)).toThrow()
    expect((await listDeliveries(ctx, { endpointId: id })).items).toMatchObject([{ type: 'account.created', state: 'delivered', lastStatus: 204, attempts: 1 }])
  })

  it('WH-1 a change that is rolled back sends nothing', async () => {
    await fresh()
    const { url, got } = await receiver()
    await endpoint(url)
    await partner()
    await expect(createAccount(ctx, { orgName: 'Copy', developer: { email: 'ada@widgets.example' } })).rejects.toMatchObject({ code: 'invalid' })
    await relay()
    await send()
    expect(got).toHaveLength(1)
  })

  it('only what was ticked is sent, and nothing to an endpoint that is off', async () => {
    await fresh()
    const [ticked, other, off] = [await receiver(), await receiver(), await receiver()]
    await endpoint(ticked.url)
    await endpoint(other.url, ['account.deleted'])
    const offId = await endpoint(off.url)
    await editEndpoint(ctx, { endpointId: offId, url: off.url, events: ['account.created'], active: false })
    await partner()
    await relay()
    await send()
    expect([ticked.got.length, other.got.length, off.got.length]).toEqual([1, 0, 0])
  })

  it('WH-2 after a rotation both secrets sign for 24 hours, then only the new one', async () => {
    await fresh()
    const { url, got } = await receiver()
    const endpointId = await endpoint(url)
    const { secret: old } = await revealEndpointSecret(ctx, { endpointId })
    const { secret } = await rotateEndpointSecret({ ...ctx, now }, { endpointId })
    expect(secret).not.toBe(old)
    await sendTest({ ...ctx, now }, { endpointId })
    await send()
    for (const key of [old, secret]) expect(new Webhook(key).verify(got[0]!.body, got[0]!.headers as Record<string, string>)).toMatchObject({ type: 'webhook.test' })
    later(25 * 3_600_000)
    await sendTest({ ...ctx, now }, { endpointId })
    await send()
    expect((got[1]!.headers['webhook-signature'] as string).split(' ')).toHaveLength(1)
  })

  it('WH-3 a failing receiver is tried again by the schedule under the same id, and given up after the tenth try', async () => {
    await fresh()
    const { url, got } = await receiver((_request, response) => response.writeHead(500).end('<b>broken</b>'))
    const endpointId = await endpoint(url)
    await partner()
    await relay()
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      expect(await send()).toBe(1)
      const pause = pauseAfter(tries, null, 0.5)
      if (pause === null) break
      later(pause - 1)
      expect(await send(), 'not before its time').toBe(0)
      later(1)
    }
    expect(got).toHaveLength(10)
    expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(new Set(got.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(10)
    const [delivery] = (await listDeliveries(ctx, { endpointId })).items
    expect(delivery).toMatchObject({ state: 'failed', attempts: 10, lastStatus: 500, lastError: 'refused' })
    const { tries } = await getDelivery(ctx, BigInt(delivery!.id))
    expect(tries).toHaveLength(10)
    expect(tries[0]).toMatchObject({ number: 10, status: 500, answer: '<b>broken</b>' })

    await resendDelivery({ ...ctx, now }, { deliveryId: BigInt(delivery!.id) })
    expect(await send()).toBe(1)
    expect(got.at(-1)!.headers['webhook-id']).toBe(got[0]!.headers['webhook-id'])
    expect(got.at(-1)!.body).toBe(got[0]!.body)
  })

  it.each([
    ['WH-3 a redirect is a failure and is not followed', (response: ServerResponse) => response.writeHead(302, { location: '/elsewhere' }).end(), 'redirected'],
    ['WH-3 an answer of 404 is a failure', (response: ServerResponse) => response.writeHead(404).end(), 'refused'],
    ['WH-3 a receiver that hangs is cut off', () => {}, 'timed_out'],
    ['WH-3 a receiver that hangs up is a failure', (response: ServerResponse) => response.destroy(), 'could_not_connect'],
  ] as const)('%s', async (_name, behave, error) => {
    await fresh()
    sender = makeSender(400)
    const { url, got } = await receiver((_request, response) => behave(response))
    const endpointId = await endpoint(url)
    await sendTest({ ...ctx, now }, { endpointId })
    await send()
    expect((await listDeliveries(ctx, { endpointId })).items[0]).toMatchObject({ state: 'pending' })
    const [tried] = (await getDelivery(ctx, BigInt((await listDeliveries(ctx, { endpointId })).items[0]!.id))).tries
    expect(['bad_response', error]).toContain(tried!.error)
    expect(got).toHaveLength(1)
  })

  it('WH-3 Retry-After of 429 and 503 is honoured up to a day', async () => {
    await fresh()
    const { url } = await receiver((_request, response) => response.writeHead(503, { 'retry-after': '3600' }).end())
    const endpointId = await endpoint(url)
    await sendTest({ ...ctx, now }, { endpointId })
    await send()
    later(3_600_000 - 1)
    expect(await send()).toBe(0)
    later(1)
    expect(await send()).toBe(1)
    expect(readRetryAfter('soon', now)).toBeNull()
    expect(pauseAfter(1, 99 * 24 * 3_600_000, 0.5)).toBe(24 * 3_600_000)
  })

  it('WH-3 410 switches the endpoint off at once, five days of failing switch it off too, and both are told', async () => {
    await fresh()
    const gone = await receiver((_request, response) => response.writeHead(410).end())
    const failing = await receiver((_request, response) => response.writeHead(500).end())
    const ids = [await endpoint(gone.url), await endpoint(failing.url)]
    for (const endpointId of ids) await sendTest({ ...ctx, now }, { endpointId })
    await send()
    later(5 * 24 * 3_600_000)
    await sendTest({ ...ctx, now }, { endpointId: ids[1]! })
    await send()
    expect(await listEndpoints(ctx)).toMatchObject([
      { active: false, disabledBecause: 'gone' },
      { active: false, disabledBecause: 'failing' },
    ])
    expect(await ctx.db.event.findMany({ where: { type: 'webhook_endpoint.disabled' }, orderBy: { id: 'asc' } })).toMatchObject([{ data: { because: 'gone' } }, { data: { because: 'failing' } }])
    expect(await ctx.db.webhookDelivery.count({ where: { state: { in: ['pending', 'sending'] } } })).toBe(0)
    await expect(resendDelivery(ctx, { deliveryId: (await ctx.db.webhookDelivery.findFirstOrThrow({})).id })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('WH-4 five in flight an endpoint; one that hangs holds up no other endpoint of the tenant or of another', async () => {
    await fresh()
    const hanging: ServerResponse[] = []
    const slow = await receiver((_request, response) => hanging.push(response))
    const quick = await receiver()
    const slowId = await endpoint(slow.url)
    const quickId = await endpoint(quick.url)
    const body = '{}'
    const row = (endpointId: bigint, n: number) => ({ tenantId: ctx.tenant.id, endpointId, messageId: `msg_${endpointId}_${n}`, type: 'webhook.test', body, nextTryAt: now })
    await ctx.db.webhookDelivery.createMany({ data: Array.from({ length: 12 }, (_, n) => row(slowId, n)) })
    const first = ctx
    const other = await makeTenant()
    ctx = other
    const otherQuick = await receiver()
    const otherId = await endpoint(otherQuick.url)
    await other.db.webhookDelivery.createMany({ data: [{ ...row(otherId, 1), tenantId: other.tenant.id }] })
    ctx = first
    await sender.run(now)
    await expect.poll(() => slow.got.length).toBe(5)
    await expect.poll(() => otherQuick.got.length).toBe(1)
    await ctx.db.webhookDelivery.createMany({ data: [row(quickId, 1)] })
    await sender.run(now)
    await expect.poll(() => quick.got.length).toBe(1)
    expect(slow.got).toHaveLength(5)
    while (slow.got.length < 12 || hanging.length > 0) {
      hanging.splice(0).forEach((response) => response.writeHead(204).end())
      await new Promise((resolve) => setTimeout(resolve, 20))
      await sender.run(now)
    }
    await sender.settled()
    expect(slow.got).toHaveLength(12)
  })

  it('WH-4 a long backlog of one tenant whose receiver answers at once hides nobody', async () => {
    await fresh()
    const { url } = await receiver()
    const busyId = await endpoint(url)
    const row = { messageId: '', type: 'webhook.test', body: '{}' }
    await ctx.db.webhookDelivery.createMany({ data: Array.from({ length: 2_000 }, (_, n) => ({ ...row, tenantId: ctx.tenant.id, endpointId: busyId, messageId: `msg_${n}`, nextTryAt: new Date(now.getTime() - 60_000) })) })
    const first = ctx
    const other = (ctx = await makeTenant())
    const quick = await receiver()
    const otherId = await endpoint(quick.url)
    await other.db.webhookDelivery.create({ data: { ...row, tenantId: other.tenant.id, endpointId: otherId, messageId: 'msg_other', nextTryAt: now } })
    ctx = first
    expect(await send()).toBe(6)
    expect(quick.got).toHaveLength(1)
  })

  it('WH-4 a process that dies while sending leaves its rows to the next one', async () => {
    await fresh()
    const { url, got } = await receiver()
    const endpointId = await endpoint(url)
    await sendTest({ ...ctx, now }, { endpointId })
    await ctx.db.webhookDelivery.updateMany({ where: { endpointId }, data: { state: 'sending', nextTryAt: new Date(now.getTime() + 60_000), attempts: 1 } })
    expect(await send()).toBe(0)
    later(60_001)
    expect(await send()).toBe(1)
    expect(got).toHaveLength(1)
  })

  it('WH-4 two processes that look at once send each message once', async () => {
    await fresh()
    const { url, got } = await receiver()
    const endpointId = await endpoint(url)
    await ctx.db.webhookDelivery.createMany({ data: Array.from({ length: 4 }, (_, n) => ({ tenantId: ctx.tenant.id, endpointId, messageId: `msg_${n}`, type: 'webhook.test', body: '{}', nextTryAt: now })) })
    const senders = Array.from({ length: 4 }, () => makeSender())
    for (let round = 0; round < 3; round++) await Promise.all(senders.map((each) => each.run(now)))
    await Promise.all(senders.map((each) => each.settled()))
    expect(got.map(({ headers }) => headers['webhook-id']).toSorted()).toEqual(['msg_0', 'msg_1', 'msg_2', 'msg_3'])
  })

  it('WH-5 what the receiver says is kept as text of 2 KB at most, and its bytes cannot break the row', async () => {
    await fresh()
    const { url } = await receiver((_request, response) => response.writeHead(200).end(Buffer.concat([Buffer.from('a\u0000b'), Buffer.alloc(100_000, 'x')])))
    const endpointId = await endpoint(url)
    const { deliveryId } = await sendTest({ ...ctx, now }, { endpointId })
    await send()
    const [tried] = (await getDelivery(ctx, deliveryId)).tries
    expect(tried!.answer.length).toBeLessThanOrEqual(2049)
    expect(tried!.answer.startsWith('a\ufffdb')).toBe(true)
  })

  it('WH-5 sending tests is throttled', async () => {
    await fresh()
    const { url } = await receiver()
    const endpointId = await endpoint(url)
    for (let i = 0; i < 10; i++) await sendTest(ctx, { endpointId })
    await expect(sendTest(ctx, { endpointId })).rejects.toMatchObject({ code: 'too_many_requests' })
  })

  it.each(['ftp://example.com/x', 'http://user:pass@example.com/', 'http://example.com/#a', 'nothing', 'http://localhost:5432/'])('EG-1 %s is refused when it is saved', async (url) => {
    await fresh()
    await expect(createEndpoint(ctx, { url, events: ['account.created'] })).rejects.toMatchObject({ code: 'invalid', fields: { url: [expect.any(String)] } })
  })

  it('a plan request comes with what was asked for, why, and what became of it', async () => {
    await fresh()
    const { url, got } = await receiver()
    await endpoint(url, ['plan_request.created', 'plan_request.rejected'])
    const { productId } = await makeTestProduct(ctx)
    const [basic, pro] = [await createPlan(ctx, { productId, name: 'Basic', state: 'published' }), await createPlan(ctx, { productId, name: 'Pro', state: 'published' })]
    const made = await partner()
    const application = await createApplication(ctx, { accountId: made.id, planId: basic.id, name: 'App' })
    const actor = { kind: 'developer', id: made.developerId!, name: 'Ada', email: 'ada@widgets.example', accountId: made.id, sessionId: 1n } as const
    await changePlanAsDeveloper({ ...ctx, actor, audit: { ...ctx.audit, actor } }, { applicationId: application.id, planId: pro.id, reason: 'We grow' })
    await relay()
    await send()
    const { id } = await ctx.db.planRequest.findFirstOrThrow({ where: { state: 'open' } })
    await rejectPlanRequest(ctx, { requestId: id, answer: 'Not yet' })
    await relay()
    await send()
    const request = { id: Number(id), reason: 'We grow', plan: { id: Number(pro.id), name: 'Pro' } }
    expect(got.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      { type: 'plan_request.created', data: { account: { id: Number(made.id) }, application: { id: Number(application.id) }, plan_request: { ...request, state: 'open', answer: '' } } },
      { type: 'plan_request.rejected', data: { plan_request: { ...request, state: 'rejected', answer: 'Not yet' } } },
    ])
  })

  it('KEY-5 no secret and no whole signature stands in events, audit entries, deliveries or tries', async () => {
    await fresh()
    const { url } = await receiver()
    const endpointId = await endpoint(url)
    const { secret } = await revealEndpointSecret(ctx, { endpointId })
    await rotateEndpointSecret(ctx, { endpointId })
    await sendTest(ctx, { endpointId })
    await send()
    const all = JSON.stringify([await ctx.db.event.findMany({}), await ctx.db.auditEntry.findMany({}), await ctx.db.webhookDelivery.findMany({}), await ctx.db.webhookAttempt.findMany({})], (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
    expect(all).not.toContain(secret.slice(6))
    expect(all).not.toMatch(/v1,[A-Za-z0-9+/=]{20}/)
  })

  it('ISO-5 another tenant finds neither endpoint nor delivery', async () => {
    await fresh()
    const { url } = await receiver()
    const endpointId = await endpoint(url)
    const { deliveryId } = await sendTest(ctx, { endpointId })
    const other = await makeTenant()
    for (const attempt of [() => deleteEndpoint(other, { endpointId }), () => revealEndpointSecret(other, { endpointId }), () => sendTest(other, { endpointId }), () => resendDelivery(other, { deliveryId }), () => getDelivery(other, deliveryId)])
      await expect(attempt()).rejects.toMatchObject({ code: 'not_found' })
    expect(await listEndpoints(other)).toEqual([])
  })
})

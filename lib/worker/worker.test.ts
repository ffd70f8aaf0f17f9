import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { startWorker, type Worker } from '@/lib/jobs/start-worker'
import { listMailbox } from '@/lib/mail/list-mailbox'
import { signUpTenant } from '@/lib/onboarding/sign-up-tenant'
import { authorizeMember } from '@/lib/tenants/authorize-member'
import { confirmEmail } from '@/lib/tenants/confirm-email'
import type { Ctx } from '@/lib/tenants/context'
import { acceptInvitation, inviteMember } from '@/lib/tenants/invite-member'
import { contextOf, goodPassword, makeMember, visitorOf } from '@/lib/tenants/member.fixture'
import { requestPasswordReset, resetPassword } from '@/lib/tenants/reset-password'
import { systemContext } from '@/lib/tenants/system-context'
import { mailForEvent } from '@/lib/worker/mail-for-event'
import { workerPlan } from '@/lib/worker/worker-plan'

testDatabase()

let worker: Worker
beforeAll(async () => {
  worker = await startWorker(workerPlan(), { relayMs: 20 })
})
afterAll(() => worker.stop())

const soon = { timeout: 45_000, interval: 20 }
const next = 'amber ferry at Oslo quay'

/** The latest mail of a kind to an address, once it is there. */
async function mailTo(ctx: Ctx, recipient: string, kind: string) {
  await expect.poll(() => ctx.db.mail.count({ where: { recipient, kind } }), soon).toBeGreaterThan(0)
  return ctx.db.mail.findFirstOrThrow({ where: { recipient, kind }, orderBy: { id: 'desc' } })
}

const tokenIn = (text: string) => /\?token=([A-Za-z0-9_-]{43})/.exec(text)![1]!

describe('from event to mailbox', () => {
  it('PW-4 ZONE-5 a sign-up is confirmed by the link of its mail, which names the stored host', async () => {
    const { tenant } = await signUpTenant({ organisation: 'Bluebird', slug: 'bluebird', name: 'Mona', email: 'mona@example.com', password: goodPassword }, { address: null, requestId: null }, new Date())
    const ctx = systemContext(tenant, new Date())
    const mail = await mailTo(ctx, 'mona@example.com', 'confirm-email')
    expect(mail.text).toContain('http://bluebird.admin.localhost:3000/confirm-email?token=')
    expect((await listMailbox({ recipient: 'mona@example.com' })).map(({ id }) => id)).toContain(mail.id)
    await confirmEmail(visitorOf(ctx), { token: tokenIn(mail.text) })
    await authorizeMember(visitorOf(ctx), { login: 'mona@example.com', password: goodPassword, userAgent: '' })
  })

  it('PW-3 a reset tells the truth by mail: a link to whom it knows, a word to whom it does not', async () => {
    const ctx = await makeTenant()
    const member = await makeMember(ctx, { email: 'known@example.com' })
    await requestPasswordReset(visitorOf(ctx), { email: 'Known@example.com' })
    await requestPasswordReset(visitorOf(ctx), { email: 'stranger@example.com' })
    const mail = await mailTo(ctx, 'known@example.com', 'reset-password')
    expect((await mailTo(ctx, 'stranger@example.com', 'no-account')).text).not.toMatch(/token=/)
    await resetPassword(visitorOf(ctx), { token: tokenIn(mail.text), password: next })
    await authorizeMember(visitorOf(ctx), { login: member.email, password: next, userAgent: '' })
    await mailTo(ctx, 'known@example.com', 'password-changed')
  })

  it('an invitation brings its link', async () => {
    const ctx = await makeTenant()
    const boss = await makeMember(ctx)
    await inviteMember(contextOf(ctx, boss), { email: 'new@example.com', name: 'New' })
    const mail = await mailTo(ctx, 'new@example.com', 'invitation')
    await acceptInvitation(visitorOf({ ...ctx, now: new Date() }), { token: tokenIn(mail.text), name: 'Newton', password: goodPassword })
  })

  it('JOB-1 a job that runs twice makes one mail, and leaves the link that was sent good', async () => {
    const ctx = await makeTenant()
    await makeMember(ctx, { email: 'twice@example.com' })
    await requestPasswordReset(visitorOf(ctx), { email: 'twice@example.com' })
    const mail = await mailTo(ctx, 'twice@example.com', 'reset-password')
    const event = await ctx.db.event.findFirstOrThrow()
    await mailForEvent({ tenantId: Number(ctx.tenant.id), eventId: Number(event.id), type: 'member.password_reset_requested' }, { now: new Date() })
    expect(await ctx.db.mail.count()).toBe(1)
    await resetPassword(visitorOf({ ...ctx, now: new Date() }), { token: tokenIn(mail.text), password: next })
  })

  it('JOB-1 looks at the state again when it runs: nobody who was suspended or has confirmed meanwhile is written to', async () => {
    const ctx = await makeTenant()
    const gone = await makeMember(ctx, { email: 'gone@example.com', state: 'suspended' })
    const there = await makeMember(ctx, { email: 'there@example.com' })
    for (const [memberId, type] of [[gone.id, 'member.password_reset_requested'], [there.id, 'member.confirmation_requested'], [there.id, 'member.invited']] as const) {
      const event = await ctx.db.event.create({ data: { tenantId: ctx.tenant.id, type, data: { memberId: Number(memberId) }, processedAt: new Date() } })
      await mailForEvent({ tenantId: Number(ctx.tenant.id), eventId: Number(event.id), type }, { now: new Date() })
    }
    expect(await ctx.db.mail.count()).toBe(0)
  })

  it('ML-1 the sixth mail within an hour is not written, and the link of the fifth stays good', async () => {
    const ctx = await makeTenant()
    await makeMember(ctx, { email: 'often@example.com' })
    for (let i = 0; i < 6; i++) await requestPasswordReset(visitorOf(ctx), { email: 'often@example.com' })
    await expect.poll(() => ctx.db.event.count({ where: { processedAt: null } }), soon).toBe(0)
    await expect.poll(() => ctx.db.mail.count(), soon).toBe(5)
    await worker.stop() // every job has run
    worker = await startWorker(workerPlan(), { relayMs: 20 })
    expect(await ctx.db.mail.count()).toBe(5)
    expect(await ctx.db.oneTimeToken.count({ where: { usedAt: null } })).toBe(1)
  })

  it('KEY-5 no token of a link stands in an event or a job', async () => {
    const ctx = await makeTenant()
    await makeMember(ctx, { email: 'quiet@example.com' })
    await requestPasswordReset(visitorOf(ctx), { email: 'quiet@example.com' })
    const token = tokenIn((await mailTo(ctx, 'quiet@example.com', 'reset-password')).text)
    const { ownerPool } = await import('@/lib/db/system-db')
    const { rows } = await ownerPool().query(`SELECT data::text FROM events UNION ALL SELECT data::text FROM pgboss.job UNION ALL SELECT output::text FROM pgboss.job`)
    expect(JSON.stringify(rows)).not.toContain(token)
  })
})

import { SMTPServer } from 'smtp-server'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { env } from '@/lib/env'
import { logger } from '@/lib/logger'
import { findMailboxMail, listMailbox } from '@/lib/mail/list-mailbox'
import { queueMail } from '@/lib/mail/queue-mail'
import { mailKinds, renderMail } from '@/lib/mail/render-mail'
import { sendDueMails, type Mailer } from '@/lib/mail/send-mail'

testDatabase()

logger.level = 'silent'
const facts = {
  name: 'Mona',
  organisation: 'Acme',
  link: 'http://acme.admin.localhost:3000/confirm-email?token=abc',
  partner: 'Blue Kite',
  application: 'Kite tracker',
  plan: 'Public',
  reason: 'We grow',
  percent: 80,
  limit: 'Hits per month: 80 of 100',
  endpoint: 'crm.example.com/hook',
  because: 'it has refused everything for days',
}
const DAY = 86_400_000
const after = (date: Date, ms: number) => new Date(date.getTime() + ms)

async function queued(over: Partial<Parameters<typeof queueMail>[1]> = {}) {
  const ctx = await makeTenant()
  const ok = await queueMail(ctx.db, { tenantId: ctx.tenant.id, kind: 'confirm-email', to: 'mona@example.com', facts, now: ctx.now, ...over })
  return { ctx, ok }
}

function withSmtp() {
  Object.assign(env(), { SMTP_URL: 'smtp://127.0.0.1:1' })
  onTestFinished(() => void Object.assign(env(), { SMTP_URL: undefined }))
}

describe('mail', () => {
  it.each(mailKinds)('%s has a subject, a text and a page that say the same', async (kind) => {
    const mail = await renderMail(kind, facts)
    expect(mail.subject).toMatch(/^[A-Z][^\n]{8,80}$/)
    for (const part of [mail.text, mail.html]) expect(part).toContain(kind === 'no-account' ? 'Nobody signs in' : 'Hello Mona')
    for (const part of [mail.text, mail.html]) expect(part).toContain(facts.link)
    expect(mail.text + mail.html).not.toMatch(/\{\{|\{%|undefined/)
    expect(mail.html).toMatch(/^<!doctype html>/)
  })

  it('a template with a hole does not leave', async () => {
    await expect(renderMail('confirm-email', { name: 'Mona' })).rejects.toThrow(/undefined variable/)
  })

  it('ML-1 names are escaped, kept on one line, and nothing in them is linked', async () => {
    const name = '<img src=x onerror=alert(1)> https://evil.example www.evil.example\r\nBcc: x@evil.example'
    const { html, text, subject } = await renderMail('invitation', { ...facts, name, organisation: name })
    expect(html).not.toContain('<img')
    for (const part of [html, text, subject]) expect(part).not.toMatch(/https:\/\/evil|www\.evil|x@evil|\r/)
    expect(subject).not.toContain('\n')
  })

  it.each(['a@example.com,b@example.com', 'a@example.com\r\nBcc: b@example.com', 'a@example.com b@example.com', 'nobody', '', '"a" <a@example.com>'])('ML-1 %j is not one recipient', async (to) => {
    await expect(queued({ to })).rejects.toMatchObject({ code: 'invalid', status: 422 })
    await expect(queued({ replyTo: to })).rejects.toMatchObject({ code: 'invalid' })
  })

  it('ML-1 five of a kind an hour to one address, then no more', async () => {
    const { ctx } = await queued()
    const again = (ms: number, over: Partial<Parameters<typeof queueMail>[1]> = {}) => queueMail(ctx.db, { tenantId: ctx.tenant.id, kind: 'confirm-email', to: 'Mona@example.com', facts, now: after(ctx.now, ms), ...over })
    for (let i = 1; i < 5; i++) expect(await again(i)).toBe(true)
    expect(await again(6)).toBe(false)
    expect(await again(6, { kind: 'reset-password' })).toBe(true)
    expect(await again(6, { to: 'other@example.com' })).toBe(true)
    expect(await again(3_600_001)).toBe(true)
  })

  it('ML-2 goes with its transaction: undone with it, made once for one cause', async () => {
    const { ctx } = await queued({ madeFor: 'event 1' })
    expect(await queueMail(ctx.db, { tenantId: ctx.tenant.id, kind: 'confirm-email', to: 'mona@example.com', facts, madeFor: 'event 1', now: ctx.now })).toBe(false)
    await expect(
      ctx.db.$transaction(async (tx) => {
        await queueMail(tx, { tenantId: ctx.tenant.id, kind: 'confirm-email', to: 'mona@example.com', facts, madeFor: 'event 2', now: ctx.now })
        throw new Error('undone')
      }),
    ).rejects.toThrow('undone')
    expect(await ctx.db.mail.count()).toBe(1)
  })

  it('without a server is kept to be read, and never sent by a server that is set later', async () => {
    const { ctx } = await queued({ to: 'kept@example.com' })
    const [entry] = await listMailbox({ recipient: 'Kept@example.com' })
    expect(entry).toMatchObject({ recipient: 'kept@example.com', state: 'kept', subject: 'Confirm your e-mail address' })
    expect((await findMailboxMail(entry!.id))?.text).toContain(facts.link)
    const taken: string[] = []
    await sendDueMails(ctx.now, async ({ to }) => void taken.push(to))
    expect(taken).not.toContain('kept@example.com')
  })

  it('the mailbox exists on local installations only, and not beside a real server', async () => {
    await queued()
    Object.assign(env(), { local: false })
    onTestFinished(() => void Object.assign(env(), { local: true }))
    expect(await listMailbox()).toEqual([])
    Object.assign(env(), { local: true })
    withSmtp()
    expect(await listMailbox()).toEqual([])
  })

  it('ML-2 a server that is down fails nothing: tried again with growing pauses for three days, then given up', async () => {
    withSmtp()
    const { ctx } = await queued({ to: 'down@example.com' })
    const find = () => ctx.db.mail.findFirstOrThrow({ where: { recipient: 'down@example.com' } })
    const down: Mailer = () => Promise.reject(new Error('ECONNREFUSED'))
    const pauses: number[] = []
    let now = ctx.now
    while ((await find()).state === 'pending') {
      await sendDueMails(now, down)
      const mail = await find()
      if (mail.state !== 'pending') break
      pauses.push((mail.nextTryAt.getTime() - now.getTime()) / 1000)
      now = mail.nextTryAt
    }
    expect(pauses.slice(0, 10)).toEqual([30, 60, 120, 240, 480, 960, 1920, 3840, 7200, 7200])
    expect(now.getTime() - ctx.now.getTime()).toBeGreaterThan(3 * DAY)
    expect(now.getTime() - ctx.now.getTime()).toBeLessThan(3.2 * DAY)
    expect(await find()).toMatchObject({ state: 'failed', lastError: 'ECONNREFUSED' })
  })

  it('ML-2 two processes send a mail once; a claim of a dead one is taken over', async () => {
    withSmtp()
    const { ctx } = await queued({ to: 'once@example.com' })
    const taken: string[] = []
    const mailer: Mailer = async ({ to }) => void taken.push(to)
    await Promise.all(Array.from({ length: 5 }, () => sendDueMails(ctx.now, mailer)))
    expect(taken.filter((to) => to === 'once@example.com')).toHaveLength(1)
    expect(await ctx.db.mail.findFirstOrThrow()).toMatchObject({ state: 'sent', sentAt: ctx.now })

    const second = await queued({ to: 'claimed@example.com' })
    void sendDueMails(second.ctx.now, () => new Promise(() => {})) // the process dies while sending
    await expect.poll(async () => (await second.ctx.db.mail.findFirstOrThrow()).attempts).toBe(1)
    await sendDueMails(after(second.ctx.now, 60_000), mailer)
    expect(taken).not.toContain('claimed@example.com')
    await sendDueMails(after(second.ctx.now, 120_000), mailer)
    expect(taken).toContain('claimed@example.com')
  })

  describe('over SMTP', () => {
    const received: { to: string[]; data: string }[] = []
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, session, done) {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          received.push({ to: session.envelope.rcptTo.map(({ address }) => address), data: Buffer.concat(chunks).toString() })
          done()
        })
      },
    })
    afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))

    it('ML-1 has From of ours, Reply-To of the tenant, one recipient, a text and an HTML part', async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.server.address() as { port: number }
      Object.assign(env(), { SMTP_URL: `smtp://127.0.0.1:${port}` })
      onTestFinished(() => void Object.assign(env(), { SMTP_URL: undefined }))
      const { ctx } = await queued({ replyTo: 'hello@acme.example' })
      await sendDueMails(after(ctx.now, 1))
      const mail = received.find(({ to }) => to.includes('mona@example.com'))
      expect(mail?.to).toEqual(['mona@example.com'])
      expect(mail?.data).toMatch(/^From: Gatehouse <no-reply@gatehouse\.localhost>\r$/m)
      expect(mail?.data).toMatch(/^Reply-To: hello@acme\.example\r$/m)
      expect(mail?.data).toMatch(/^Message-ID: <mail-\d+\.\d+@localhost>\r$/m)
      expect(mail?.data).toContain('Content-Type: text/plain')
      expect(mail?.data).toContain('Content-Type: text/html')
    })
  })
})

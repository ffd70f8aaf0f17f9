import { expect, it } from 'vitest'
import { systemDb } from '@/lib/db/system-db'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { eventTypes } from '@/lib/events/event-types'
import { maskForAudit } from '@/lib/events/mask-for-audit'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent } from '@/lib/events/record-event'

testDatabase()

it('AUD-1 event, audit entry and change are written with the change they tell of, or not at all', async () => {
  const ctx = await makeTenant()
  const write = (fail: boolean) =>
    ctx.db.$transaction(async (tx) => {
      const account = await tx.account.create({ data: { tenantId: ctx.tenant.id, orgName: 'Acme' } })
      await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'account.created', data: { accountId: Number(account.id) } })
      await recordAudit(tx, ctx.audit, { action: 'account.created', object: { kind: 'account', id: account.id, name: 'Acme' }, after: { orgName: 'Acme' } })
      await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'application', subjectId: account.id })
      if (fail) throw new Error('no')
      return account
    })
  await expect(write(true)).rejects.toThrow('no')
  expect([await ctx.db.event.count(), await ctx.db.auditEntry.count(), await ctx.db.change.count()]).toEqual([0, 0, 0])

  const account = await write(false)
  expect(await ctx.db.event.findMany()).toMatchObject([{ type: 'account.created', data: { accountId: Number(account.id) }, processedAt: null }])
  expect(await ctx.db.auditEntry.findMany()).toMatchObject([{ actorKind: 'system', actorName: 'Test', action: 'account.created', objectKind: 'account', objectId: String(account.id), objectName: 'Acme', before: null, after: { orgName: 'Acme' } }])
  expect(await ctx.db.change.findMany()).toMatchObject([{ topic: 'application', subjectId: account.id }])
})

it('the same functions serve the system, e.g. when it makes a tenant', async () => {
  const ctx = await makeTenant()
  await systemDb('test of events').$transaction(async (tx) => {
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'tenant.created', data: {} })
    await recordAudit(tx, ctx.audit, { action: 'tenant.created' })
    await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'host' })
  })
  expect([await ctx.db.event.count(), await ctx.db.auditEntry.count(), await ctx.db.change.count()]).toEqual([1, 1, 1])
})

it('ISO-3 nothing is recorded for another tenant', async () => {
  const ours = await makeTenant()
  const other = await makeTenant()
  await expect(recordEvent(ours.db, { tenantId: other.tenant.id, type: 'account.created', data: {} })).rejects.toThrow('another tenant')
  await expect(recordAudit(ours.db, other.audit, { action: 'account.created' })).rejects.toThrow('another tenant')
  await expect(recordChange(ours.db, { tenantId: other.tenant.id, topic: 'plan' })).rejects.toThrow(/row-level security/)
})

it('AUD-1 masks secrets by field name and by our key prefixes, and keeps what speaks about them', () => {
  const masked = maskForAudit({
    password: 'correct horse', passwordHash: 'x', secretTokenCipher: 'x', userKey: 'x', token: 'x', apiKey: 'x', keys: ['x'], serviceTokenHash: null, hasSecret: true,
    userKeyName: 'user_key', credentialsLocation: 'headers', accessTokenId: 5n, passwordChangedAt: new Date(0), orgName: 'Monkey Ltd', keyHint: 'uk_4f…aQ2b',
    note: 'the key is uk_0123456789abcdef and works', nested: { list: [{ secret: 'x', name: 'kept' }] }, nothing: undefined,
  })
  expect(masked).toEqual({
    password: '[masked]', passwordHash: '[masked]', secretTokenCipher: '[masked]', userKey: '[masked]', token: '[masked]', apiKey: '[masked]', keys: '[masked]', serviceTokenHash: null, hasSecret: true,
    userKeyName: 'user_key', credentialsLocation: 'headers', accessTokenId: 5, passwordChangedAt: '1970-01-01T00:00:00.000Z', orgName: 'Monkey Ltd', keyHint: 'uk_4f…aQ2b',
    note: 'the key is uk_[masked] and works', nested: { list: [{ secret: '[masked]', name: 'kept' }] }, nothing: null,
  })
})

it('AUD-1 keeps entries small and ends in rings', () => {
  const ring: Record<string, unknown> = { long: 'x'.repeat(10_000) }
  ring.self = ring
  expect(JSON.stringify(maskForAudit(ring)).length).toBeLessThan(40_000)
})

it('event types are noun.verb and each is named once', () => {
  expect(new Set(eventTypes).size).toBe(eventTypes.length)
  for (const type of eventTypes) expect(type).toMatch(/^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$/)
})

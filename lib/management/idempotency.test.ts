import { beforeAll, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/test-database'
import { claimKey } from '@/lib/management/idempotency'
import { makeManagement, type Asked, type Management } from '@/lib/management/management.fixture'
import { createAccessTokenFor } from '@/lib/tenants/access-tokens'

testDatabase()

const password = 'violet tram over Lyon'

describe('Idempotency-Key', () => {
  let world: Management
  beforeAll(async () => {
    world = await makeManagement()
  })
  const signUp = (name: string, key: string, more: Asked = {}) =>
    world.call('POST', '/admin/api/signup.json', { body: { org_name: name, email: `${name}@example.com`, password }, headers: { 'idempotency-key': key }, ...more })
  const countOf = (orgName: string) => world.ctx.db.account.count({ where: { orgName } })

  it('IDM-1 the same request again answers the same, and says so', async () => {
    const first = await signUp('once', 'key-1')
    const again = await signUp('once', 'key-1')
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.text).toBe(first.text)
    expect([first.headers.get('idempotent-replayed'), again.headers.get('idempotent-replayed')]).toEqual([null, 'true'])
    expect(await countOf('once')).toBe(1)
  })

  it('IDM-1 fifty parallel posts with one key make one row', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => signUp('fifty', 'key-50')))
    expect(await countOf('fifty')).toBe(1)
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThanOrEqual(1)
    expect(statuses.every((status) => status === 201 || status === 409)).toBe(true)
    for (const { headers } of answers.filter(({ status }) => status === 409)) expect(headers.get('retry-after')).toBe('1')
    expect((await signUp('fifty', 'key-50')).status).toBe(201)
  })

  it('IDM-1 another payload, path or format under a used key is a mismatch', async () => {
    await signUp('payload', 'key-2')
    const other = await signUp('another', 'key-2')
    expect([other.status, other.json]).toEqual([422, { error: 'idempotency_mismatch' }])
    expect(await countOf('another')).toBe(0)
  })

  it('IDM-1 what failed is not kept: it may be mended and sent again under its key', async () => {
    const failed = await world.call('POST', '/admin/api/signup.json', { body: { org_name: 'mended' }, headers: { 'idempotency-key': 'key-3' } })
    expect(failed.status).toBe(422)
    expect((await signUp('mended', 'key-3')).status).toBe(201)
  })

  it('IDM-1 keys belong to their caller', async () => {
    const { token } = await createAccessTokenFor(world.ctx, world.member.id, { name: 'Other', permission: 'rw', scopes: ['account_management'] })
    expect((await signUp('mine', 'shared-key')).status).toBe(201)
    expect((await signUp('yours', 'shared-key', { token })).status).toBe(201)
    const stranger = await makeManagement()
    expect((await stranger.call('POST', '/admin/api/signup.json', { body: { org_name: 'theirs', email: 'theirs@example.com', password }, headers: { 'idempotency-key': 'shared-key' } })).status).toBe(201)
  })

  it('IDM-1 a request that never came back holds its key for a minute, not for ever', async () => {
    const request = { caller: 'access_token:1', key: 'crashed', method: 'POST', path: '/x', body: new Uint8Array() }
    const at = (seconds: number) => ({ ...world.ctx, now: new Date(world.ctx.now.getTime() + seconds * 1000) })
    const first = await claimKey(at(0), request)
    expect(first.kind).toBe('run')
    expect((await claimKey(at(30), request)).kind).toBe('running')
    const second = await claimKey(at(61), request)
    expect(second.kind).toBe('run')
    expect((await claimKey(at(62), request)).kind).toBe('running')
    // The first one comes back from the dead: it no longer has a say.
    const answer = { status: 201, contentType: 'application/json', keepBody: true }
    if (first.kind === 'run') await first.store({ ...answer, body: '"late"' })
    expect((await claimKey(at(63), request)).kind).toBe('running')
    if (second.kind === 'run') await second.store({ ...answer, body: '"mine"' })
    expect(await claimKey(at(64), request)).toMatchObject({ kind: 'replay', answer: { body: '"mine"' } })
  })

  it('IDM-1 an answer is kept for 24 hours, sealed', async () => {
    const request = { caller: 'access_token:1', key: 'day', method: 'POST', path: '/x', body: new Uint8Array() }
    const at = (hours: number) => ({ ...world.ctx, now: new Date(world.ctx.now.getTime() + hours * 3_600_000) })
    const claim = await claimKey(at(0), request)
    if (claim.kind === 'run') await claim.store({ status: 201, contentType: 'text/plain', body: 'a key in the clear', keepBody: true })
    const row = await world.ctx.db.idempotencyKey.findFirstOrThrow({ where: { key: 'day' } })
    expect(JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))).not.toContain('a key in the clear')
    expect((await claimKey(at(23.9), request)).kind).toBe('replay')
    expect((await claimKey(at(24.1), request)).kind).toBe('run')
  })

  it('IDM-1 a secret that is shown once is not shown again', async () => {
    const make = () => world.call('POST', '/admin/api/personal/access_tokens.json', { body: { name: 'Once', permission: 'ro', scopes: ['stats'] }, headers: { 'idempotency-key': 'token' } })
    const first = await make()
    const again = await make()
    expect([first.status, again.status]).toEqual([201, 409])
    expect(again.text).not.toContain(first.json.access_token.value)
    expect(await world.ctx.db.accessToken.count({ where: { name: 'Once' } })).toBe(1)
  })

  it('IDM-2 a double click without a key is a 409 or a 422, never a 500', async () => {
    const body = { target: 'Account', name: 'twice', label: 'Twice' }
    const answers = await Promise.all(Array.from({ length: 10 }, () => world.call('POST', '/admin/api/fields_definitions.json', { body })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.every(({ status }) => [201, 409, 422].includes(status))).toBe(true)
  })

  it('a key that is none is refused', async () => {
    expect((await signUp('long', 'x'.repeat(256))).status).toBe(400)
    expect((await signUp('long', '')).status).toBe(400)
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import type { Call } from '@/lib/gateway/call'
import { decide } from '@/lib/gateway/decide'
import { openTestGateway } from '@/lib/gateway/doors.contract'
import { makeApplication, makeProduct } from '@/lib/gateway/product.fixture'
import type { TestApplication, TestProduct } from '@/lib/gateway/product.fixture'
import { createStrangers } from '@/lib/gateway/strangers'
import { newKey, newRequestId } from '@/lib/ids'
import { oauthHash } from '@/lib/oauth/token-hash'
import { deleteAccessToken, storeAccessToken } from '@/lib/oauth/tokens'
import { windows } from '@/lib/throttle/buckets'
import { createMemoryThrottle } from '@/lib/throttle/memory-throttle'

testDatabase()

describe('many unknown keys from one address', () => {
  let opened: Awaited<ReturnType<typeof openTestGateway>>
  let product: TestProduct
  let [known, fresh]: TestApplication[] = []
  // A clock that stands still, so that the window of the throttle does not end meanwhile.
  const now = Date.now()
  const strangers = createStrangers(() => memory, () => now)
  const memory = createMemoryThrottle({ now: () => now })

  beforeAll(async () => {
    opened = await openTestGateway()
    const ctx = await makeTenant()
    product = await makeProduct(ctx, 'http://127.0.0.1:1', { credentialsLocation: 'headers', rules: [{ pattern: '/' }] })
    known = await makeApplication(ctx, product)
    fresh = await makeApplication(ctx, product)
    await opened.settled()
  })
  afterAll(() => opened?.gateway.close())

  const ask = async (key: string, clientAddress: string, host = product.hosts.staging, header = 'user_key', watched = strangers): Promise<string> => {
    const call: Call = { method: 'GET', target: '/', host, hostHeader: host, scheme: 'http', clientAddress, requestId: newRequestId(), headers: { [header]: key }, rawHeaders: [header, key], body: null, traced: false, at: now }
    const decision = await decide({ ...opened.gateway.parts, strangers: watched }, call)
    decision.forward?.lane.leave()
    return decision.refusal?.code ?? 'forwarded'
  }

  it('PW-2 rest that address, and no caller whose key is known, nor anybody elsewhere', async () => {
    const flooder = '2001:db8::1'
    expect(await ask(known!.userKey, flooder)).toBe('forwarded')
    for (let i = 0; i < windows.unknown_credential.limit; i++) expect(await ask(`${newKey('uk')}x`, flooder)).toBe('key_unknown')
    await ask('one-more', flooder)
    // The whole network of that address, since whoever has one has them all.
    expect(await ask('another', '2001:db8:0:0:ffff::2')).toBe('too_many_unknown_keys')
    expect(await ask(known!.userKey, flooder)).toBe('forwarded')
    expect(await ask(fresh!.userKey, '2001:db9::1')).toBe('forwarded')
    expect(await ask('unknown', '192.0.2.7')).toBe('key_unknown')
  })

  it('PW-2 many different tokens nobody knows rest their address; one that was good here passes, or is told that it has ended', async () => {
    const ctx = await makeTenant()
    const secured = await makeProduct(ctx, 'http://127.0.0.1:1', { authenticationMode: 'oauth', rules: [{ pattern: '/' }] })
    const app = await makeApplication(ctx, secured)
    await opened.settled()
    const place = { tenantId: ctx.tenant.id, productId: secured.id, environment: 'staging' as const }
    const store = async (ttlSeconds: number, at = now) => {
      const token = newKey('ot')
      await storeAccessToken(ctx.db, place, { applicationId: app.id, token, endUserId: null, ttlSeconds }, new Date(at))
      return token
    }
    const bring = (token: string, address: string) => ask(`Bearer ${token}`, address, secured.hosts.staging, 'authorization')
    const good = await store(86_400)
    const unseen = await store(86_400)
    const guesser = '192.0.2.9'
    expect(await bring(good, guesser)).toBe('forwarded')
    const same = newKey('ot')
    for (let i = 0; i < 20; i++) expect(await bring(same, guesser)).toBe('key_unknown')
    // The one that came twenty times is one of them.
    for (let i = 0; i < windows.unknown_credential.limit; i++) expect(await bring(`${newKey('ot')}x`, guesser)).toBe('key_unknown')
    expect(await bring(newKey('ot'), guesser)).toBe('too_many_unknown_keys')
    expect(await bring(unseen, guesser)).toBe('too_many_unknown_keys')
    expect(await bring(unseen, '192.0.2.10')).toBe('forwarded')
    expect(await bring(good, guesser)).toBe('forwarded')
    await deleteAccessToken(ctx.db, place, good, new Date(now))
    await opened.settled()
    expect(await bring(good, guesser)).toBe('key_unknown')
  })

  it('PW-2 tokens that have merely ended count for nothing, though this process never saw them good', async () => {
    const ctx = await makeTenant()
    const secured = await makeProduct(ctx, 'http://127.0.0.1:1', { authenticationMode: 'oauth', rules: [{ pattern: '/' }] })
    const app = await makeApplication(ctx, secured)
    const server = '192.0.2.11'
    // Strict, so that few look-ups show it.
    let taken = 0
    const strict = createStrangers(() => ({ take: async () => (++taken <= 3 ? { allowed: true } : { allowed: false, retryAfterSeconds: 60 }), close: async () => {} }), () => now)
    const bring = (token: string) => ask(`Bearer ${token}`, server, secured.hosts.staging, 'authorization', strict)
    const tokens = Array.from({ length: 8 }, () => newKey('ot'))
    const place = { tenantId: ctx.tenant.id, productId: secured.id, environment: 'staging' as const }
    const { id: grantId } = await ctx.db.oauthGrant.create({ data: { ...place, applicationId: app.id, scopes: [] }, select: { id: true } })
    await ctx.db.oauthToken.createMany({ data: tokens.map((token) => ({ tenantId: place.tenantId, grantId, kind: 'access' as const, hash: oauthHash('access', place.productId, place.environment, token), scopes: [], expiresAt: new Date(now - 60_000) })) })
    await opened.settled()
    for (const token of tokens) expect(await bring(token)).toBe('key_unknown')
    expect(taken).toBe(0)
    for (let i = 0; i < 4; i++) expect(await bring(`${newKey('ot')}x`)).toBe('key_unknown')
    // One that has ended is told so even while its address rests for others.
    expect([await bring(newKey('ot')), await bring(tokens[0]!)]).toEqual(['too_many_unknown_keys', 'key_unknown'])
  })
})

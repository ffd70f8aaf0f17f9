import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import type { Call } from '@/lib/gateway/call'
import { decide } from '@/lib/gateway/decide'
import { openTestGateway } from '@/lib/gateway/doors.contract'
import { makeApplication, makeProduct } from '@/lib/gateway/product.fixture'
import type { TestApplication, TestProduct } from '@/lib/gateway/product.fixture'
import { createStrangers } from '@/lib/gateway/strangers'
import { newKey, newRequestId } from '@/lib/ids'
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

  const ask = async (key: string, clientAddress: string, host = product.hosts.staging, header = 'user_key'): Promise<string> => {
    const call: Call = { method: 'GET', target: '/', host, hostHeader: host, scheme: 'http', clientAddress, requestId: newRequestId(), headers: { [header]: key }, rawHeaders: [header, key], body: null, traced: false, at: now }
    const decision = await decide({ ...opened.gateway.parts, strangers }, call)
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

  it('tokens end by nature: a server that comes with many of them is told so each time', async () => {
    const { hosts } = await makeProduct(await makeTenant(), 'http://127.0.0.1:1', { authenticationMode: 'oauth', rules: [{ pattern: '/' }] })
    await opened.settled()
    for (let i = 0; i <= windows.unknown_credential.limit + 1; i++) expect(await ask(`Bearer ${newKey('ot')}`, '192.0.2.9', hosts.staging, 'authorization')).toBe('key_unknown')
  })
})

import { describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { makeProduct } from '@/lib/gateway/product.fixture'
import { getPolicyChain } from '@/lib/products/policy-queries'
import { setPolicies } from '@/lib/products/set-policies'

testDatabase()

const retry = (retries: number) => ({ name: 'retry', version: 'builtin', enabled: true, configuration: { retries } })
const anonymous = { name: 'default_credentials', version: 'builtin', enabled: true, configuration: { auth_type: 'user_key', user_key: 'a-key-of-somebody' } }

describe('saving a chain', () => {
  it('nobody overwrites what he has not seen; who sends no version replaces what is there', async () => {
    const ctx = await makeTenant()
    const { id } = await makeProduct(ctx, 'https://api.example.com')
    const opened = (await getPolicyChain(ctx, id)).version
    const { version: mine } = await setPolicies(ctx, { productId: id, policies: [retry(1), anonymous], seen: opened })
    expect(mine).toBe((await getPolicyChain(ctx, id)).version)
    // The other one had the page open all the while.
    await expect(setPolicies(ctx, { productId: id, policies: [retry(2)], seen: opened })).rejects.toMatchObject({ code: 'conflict', publicMessage: expect.stringContaining('Somebody else changed') as string })
    expect((await getPolicyChain(ctx, id)).policies).toMatchObject([{ configuration: { retries: 1 } }, { name: 'default_credentials' }])
    // One's own next change goes on from what the last one answered; the same chain again is no quarrel.
    const { policies } = await getPolicyChain(ctx, id)
    const { version } = await setPolicies(ctx, { productId: id, policies: [retry(3), policies[1]], seen: mine })
    expect(await setPolicies(ctx, { productId: id, policies: [retry(3), policies[1]], seen: mine })).toMatchObject({ version })
    await setPolicies(ctx, { productId: id, policies: [retry(4)] })
    expect((await getPolicyChain(ctx, id)).policies).toMatchObject([{ configuration: { retries: 4 } }])
  })

  it('of two at the same moment one is told', async () => {
    const ctx = await makeTenant()
    const { id } = await makeProduct(ctx, 'https://api.example.com')
    const { version } = await getPolicyChain(ctx, id)
    const ends = await Promise.allSettled([1, 2, 3, 4].map((retries) => setPolicies(ctx, { productId: id, policies: [retry(retries)], seen: version })))
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected'])
  })

  it('keeps what it does not know in an entry', async () => {
    const ctx = await makeTenant()
    const { id } = await makeProduct(ctx, 'https://api.example.com')
    await setPolicies(ctx, { productId: id, policies: { policies_config: [{ ...retry(1), removable: false, note: { by: 'a tool' } }] } })
    expect((await getPolicyChain(ctx, id)).policies).toEqual([{ ...retry(1), removable: false, note: { by: 'a tool' } }])
  })

  it('refuses in words what is nested without end, and what no text can hold', async () => {
    const ctx = await makeTenant()
    const { id } = await makeProduct(ctx, 'https://api.example.com')
    const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown
    for (const odd of [{ note: nested(1_000) }, { note: nested(60_000) }, { note: 'a\0b' }, { 'a\0b': 1 }, { configuration: { retries: 1, 'x\0': 1 } }])
      await expect(setPolicies(ctx, { productId: id, policies: [{ ...retry(1), ...odd }] })).rejects.toMatchObject({ code: 'invalid', fields: { policies: [expect.stringContaining('NUL')] } })
    await setPolicies(ctx, { productId: id, policies: [{ ...retry(1), note: nested(20) }] })
  })
})

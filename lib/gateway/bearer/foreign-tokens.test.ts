import { expect, it } from 'vitest'
import type { BearerFacts } from '@/lib/gateway/bearer/bearer-settings'
import { createForeignTokens } from '@/lib/gateway/bearer/foreign-tokens'

const facts = (appId: string): BearerFacts => ({ tenantId: 1, id: 0, appId, endUserId: null, scopes: [], validUntil: null, opened: null })

it('GW-7 a provider that does not answer keeps no other product waiting, and its own callers in bounds', async () => {
  const tokens = createForeignTokens()
  const silent = Promise.withResolvers<BearerFacts | null>()
  const waiting: Promise<BearerFacts | null>[] = []
  const ask = (i: number) => tokens.load(`slow ${i}`, 0, '1|production', () => silent.promise)
  for (let i = 0; i < 100; i++) waiting.push(ask(i))
  expect(() => ask(100)).toThrow(expect.objectContaining({ code: 'unavailable' }) as Error)
  // The same token is asked about once, however many come with it.
  waiting.push(ask(7))
  expect(await tokens.load('other', 0, '2|production', async () => facts('b'))).toMatchObject({ appId: 'b' })
  silent.resolve(null)
  await Promise.all(waiting)
  expect(await tokens.load('later', 0, '1|production', async () => facts('a'))).toMatchObject({ appId: 'a' })
})

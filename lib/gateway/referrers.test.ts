import { afterAll, beforeAll, expect, it } from 'vitest'
import { addReferrerFilter } from '@/lib/applications/referrer-filters'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { openNodeDoor, openWebDoor, send } from '@/lib/gateway/doors.contract'
import type { Door } from '@/lib/gateway/doors.contract'
import { makeApplication, makeProduct } from '@/lib/gateway/product.fixture'
import { testUpstream } from '@/lib/gateway/test-door.fixture'
import type { Ctx } from '@/lib/tenants/context'

testDatabase()

const upstream = testUpstream()
let doors: Door[] = []
let ctx: Ctx
beforeAll(async () => {
  ctx = await makeTenant()
  doors = [await openNodeDoor(), await openWebDoor()]
})
afterAll(async () => {
  for (const door of doors) await door.close()
})

it('our own gateway holds applications to their referrers where the product asks for it: the host of Referer, else of Origin', async () => {
  const strict = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers', referrerFiltersRequired: true })
  const app = await makeApplication(ctx, strict)
  const open = await makeApplication(ctx, strict)
  await addReferrerFilter(ctx, { applicationId: app.id, filter: '*.example.org' })
  for (const door of doors) {
    await door.settled()
    const ask = async (headers: [string, string][], of = app) => (await send(door, { host: strict.hosts.staging, headers: [...of.headers, ...headers] })).status
    expect(await ask([['Referer', 'https://shop.example.org:8443/cart?x=1']])).toBe(200)
    expect(await ask([['Origin', 'https://shop.example.org']])).toBe(200)
    for (const refused of [[], [['Referer', 'https://example.org/']], [['Referer', 'https://evil.example/?shop.example.org']], [['Referer', 'no address']], [['Referer', 'https://evil.example/'], ['Origin', 'https://shop.example.org']]] as [string, string][][]) expect(await ask(refused)).toBe(403)
    expect(await ask([], open)).toBe(200)
  }
  await strict.set({ referrerFiltersRequired: false })
  await doors[0]!.settled()
  expect((await send(doors[0]!, { host: strict.hosts.staging, headers: app.headers })).status).toBe(200)
})

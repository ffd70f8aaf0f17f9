import { expect, test } from '@playwright/test'
import pg from 'pg'
import { patiently, world } from '@/e2e/harness/world'
import { send } from '@/e2e/isolation/client'
import { seedPair, type SeededTenant } from '@/e2e/isolation/seeded-world'

// A credential of one tenant, or of another product, is on every other gateway host what a random string is (KEY-6).
let a: SeededTenant
let b: SeededTenant
let hosts: Map<string, string>

test.beforeAll(async () => {
  const pair = await seedPair()
  ;[a, b] = pair.tenants as [SeededTenant, SeededTenant]
  const db = new pg.Client({ connectionString: pair.databaseUrl })
  await db.connect()
  const { rows } = await db.query<{ name: string; productId: string; environment: string }>(`SELECT name, "productId", environment FROM hosts WHERE zone = 'gateway' AND "tenantId" = ANY($1)`, [[a.id, b.id]])
  await db.end()
  hosts = new Map(rows.map(({ name, productId, environment }) => [`${productId} ${environment}`, `${name}:${world.port}`]))
})

for (const environment of ['production', 'staging'] as const) {
  test(`KEY-6 ISO-6 in ${environment} a key of A at B is an unknown key, and so is one of another product of A`, async () => {
    const call = async (tenant: SeededTenant, product: 'product' | 'otherProduct', query: string) => {
      const { status, headers, body } = await send({ port: world.port, host: hosts.get(`${tenant.ids[product]} ${environment}`)!, path: `/canary-${tenant.slug}-mapping_rules-${tenant.ids.rule}?${query}` })
      const { date: _date, 'x-request-id': _id, ...rest } = headers
      return { status, headers: rest, body }
    }
    // The way is open: the own key gets past the gateway, whatever the stand-in makes of the path.
    await expect(async () => {
      const own = await call(a, 'product', `user_key=${a.secrets.userKey}`)
      expect(own.status).not.toBe(403)
      expect(own.body).not.toMatch(/Authentication failed|No Mapping Rule/)
    }).toPass(patiently)
    const unknown = await call(b, 'product', 'user_key=not-a-key-of-anybody')
    expect(unknown).toMatchObject({ status: 403, body: 'Authentication failed' })
    const strange = [a.secrets.userKey, a.secrets.otherUserKey, a.secrets.appKey, a.secrets.accessToken, a.secrets.providerKey, a.secrets.firstToken, 'uk_'.padEnd(39, 'A')]
    for (const key of strange) expect.soft(await call(b, 'product', `user_key=${encodeURIComponent(key!)}`)).toEqual(unknown)
    expect.soft(await call(b, 'product', `user_key=${b.secrets.appKey}`), 'a key of B’s other product').toEqual(unknown)
  })
}

test('KEY-6 on a host of nobody, and of a product that was never promoted, a good key is worth nothing', async () => {
  for (const name of ['nobody-a', `second-${b.slug}`]) {
    const [good, random] = await Promise.all([a.secrets.userKey, 'random'].map((key) => send({ port: world.port, host: `${name}.gw.localhost:${world.port}`, path: `/x?user_key=${key}` })))
    expect(good!.status).toBe(404)
    expect(good!.body.replace(/"request_id":"[^"]+"/, '')).toBe(random!.body.replace(/"request_id":"[^"]+"/, ''))
  }
})

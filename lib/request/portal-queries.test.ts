import pg from 'pg'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeDeveloper } from '@/lib/accounts/developer.fixture'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { logger } from '@/lib/logger'
import { openBrowser } from '@/lib/request/portal.fixture'
import type { Ctx } from '@/lib/tenants/context'
import { editPortalSettings } from '@/lib/tenants/portal-settings'

testDatabase()
beforeAll(() => void (logger.level = 'silent'))
afterEach(() => void vi.restoreAllMocks())

/** A tenant with as many products, each with as many plans, methods and limits, and a partner with an application on each product. */
async function furnish(size: number): Promise<{ ctx: Ctx; email: string }> {
  const ctx = await makeTenant()
  const tenantId = ctx.tenant.id
  await editPortalSettings(ctx, { multipleProducts: true, multipleApplications: true, multipleUsers: true })
  const { account, developer } = await makeDeveloper(ctx)
  for (let p = 0; p < size; p++) {
    const product = await ctx.db.product.create({ data: { tenantId, name: `API ${p}`, systemName: `api_${p}`, secretTokenCipher: '', errorAnswers: {}, liveVersion: 1 } })
    await ctx.db.host.create({ data: { tenantId, productId: product.id, zone: 'gateway', environment: 'production', name: `api${p}-${ctx.tenant.slug}.gw.localhost` } })
    const hits = await ctx.db.metric.create({ data: { tenantId, productId: product.id, systemName: 'hits', name: 'Hits' } })
    for (let m = 0; m < size; m++) {
      const method = await ctx.db.metric.create({ data: { tenantId, productId: product.id, parentId: hits.id, systemName: `m${m}`, name: `Method ${m}` } })
      await ctx.db.mappingRule.create({ data: { tenantId, productId: product.id, metricId: method.id, verb: 'GET', pattern: `/m${m}`, position: m + 1 } })
    }
    for (let n = 0; n < size; n++) {
      const plan = await ctx.db.plan.create({ data: { tenantId, productId: product.id, name: `Plan ${p}.${n}`, systemName: `plan_${n}`, state: 'published', position: n } })
      await ctx.db.limit.create({ data: { tenantId, planId: plan.id, metricId: hits.id, period: 'day', value: 100n } })
      await ctx.db.planFeature.create({ data: { tenantId, planId: plan.id, name: `Feature ${n}` } })
      if (n === 0) await ctx.db.application.create({ data: { tenantId, productId: product.id, accountId: account.id, planId: plan.id, name: `App ${p}`, appId: `app${p}` } })
    }
  }
  return { ctx, email: developer.email }
}

async function countQueries(work: () => Promise<unknown>): Promise<number> {
  const spy = vi.spyOn(pg.Client.prototype, 'query')
  await work()
  // Opening and closing of transactions, and the tenant's setting, go with each read.
  const count = spy.mock.calls.filter(([query]) => /^\s*(SELECT|WITH)/i.test(typeof query === 'string' ? query : String((query as unknown as { text?: string } | undefined)?.text)) && !/set_config/.test(JSON.stringify(query))).length
  spy.mockRestore()
  return count
}

describe('pages of the portal', () => {
  it('take the same number of queries however many products, plans, methods and applications there are', { timeout: 60_000 }, async () => {
    const few = await furnish(1)
    const many = await furnish(6)
    const counts: Record<string, number[]> = {}
    for (const { ctx, email } of [few, many]) {
      const visitor = openBrowser(ctx)
      const partner = openBrowser(ctx)
      await partner.signIn(email)
      for (const path of ['/', '/plans', '/docs', '/signup', '/login']) {
        await visitor.get(path)
        ;(counts[`visitor ${path}`] ??= []).push(await countQueries(async () => expect((await visitor.get(path)).status).toBe(200)))
      }
      for (const path of ['/', '/plans', '/admin', '/admin/applications', '/admin/account']) {
        await partner.get(path)
        ;(counts[`partner ${path}`] ??= []).push(await countQueries(async () => expect((await partner.get(path)).status, path).toBe(200)))
      }
    }
    for (const [page, [one, six]] of Object.entries(counts)) expect(six, page).toBe(one)
    // A visitor's page that shows no product reads none.
    expect(counts['visitor /login']![0]).toBeLessThan(counts['visitor /plans']![0]!)
    expect(Math.max(...Object.values(counts).flat())).toBeLessThan(40)
    expect((await openBrowser(many.ctx).get('/plans')).body).toMatch(/Plan 0\.0[\s\S]*Plan 5\.5/)
  })
})

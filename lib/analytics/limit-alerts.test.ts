import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findLimitAlerts } from '@/lib/analytics/find-limit-alerts'
import { describeAlert, listLimitAlerts } from '@/lib/analytics/limit-alerts'
import { deleteAlerts, markAlertsAsRead } from '@/lib/analytics/own-alerts'
import { ownerPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { isAppError } from '@/lib/errors'
import { windowOf, type Period } from '@/lib/metering/periods'
import { createPlan } from '@/lib/plans/create-plan'
import { replaceLimits } from '@/lib/plans/set-limits'
import { makeTestProduct } from '@/lib/plans/test-product'
import type { Ctx } from '@/lib/tenants/context'
import { editPortalSettings } from '@/lib/tenants/portal-settings'

type World = { ctx: Ctx; productId: bigint; hitsId: bigint; planId: bigint; accountId: bigint; applicationId: bigint }

const MINUTE_MS = 60_000
const NOON = new Date('2026-11-23T12:00:30Z')
const later = (minutes: number) => new Date(NOON.getTime() + minutes * MINUTE_MS)

async function makeWorld(limits: { period: Period; value: number }[]): Promise<World> {
  const ctx = await makeTenant({ now: NOON })
  const tenantId = ctx.tenant.id
  const { productId, hitsId } = await makeTestProduct(ctx)
  const { id: planId } = await createPlan(ctx, { productId, name: 'Public' })
  await replaceLimits(ctx, { planId, metricId: hitsId, limits })
  const { id: accountId } = await ctx.db.account.create({ data: { tenantId, orgName: 'Partner' } })
  const { id: applicationId } = await ctx.db.application.create({ data: { tenantId, productId, planId, accountId, name: 'Shop', appId: 'shop', lastCallAt: NOON } })
  return { ctx, productId, hitsId, planId, accountId, applicationId }
}

async function count({ ctx, productId, hitsId, applicationId }: World, period: Period, value: number, now: Date, environment = 'production'): Promise<void> {
  await ownerPool().query(
    `INSERT INTO limit_counters ("tenantId", environment, "productId", subject, "metricId", period, "windowAt", value) VALUES ($1, $2, $3, 'app:' || $4::text, $5, $6, $7, $8)
     ON CONFLICT ("tenantId", environment, subject, "metricId", period, "windowAt") DO UPDATE SET value = excluded.value`,
    [ctx.tenant.id, environment, productId, applicationId, hitsId, period, new Date(windowOf(period, now.getTime()).start), value],
  )
  await ownerPool().query('UPDATE applications SET "lastCallAt" = $2 WHERE id = $1', [applicationId, now])
}

const levels = async ({ ctx }: World) => (await ctx.db.limitAlert.findMany({ orderBy: { id: 'asc' } })).map(({ period, level }) => `${period} ${level}`).sort()
const announced = async ({ ctx }: World) => (await ctx.db.event.findMany({ where: { type: 'limit_alert.reached' }, orderBy: { id: 'asc' } })).map(({ data }) => (data as { level: number }).level)

const as = (ctx: Ctx, accountId: bigint): Ctx => ({ ...ctx, actor: { kind: 'developer', id: 1n, name: 'Dev', email: 'dev@example.com', accountId, sessionId: 1n } })
const isNotFound = (error: unknown) => isAppError(error) && error.code === 'not_found'

describe('limit alerts', () => {
  testDatabase()
  let world: World
  afterEach(async () => void (await ownerPool().query('DELETE FROM applications')))

  it('USE-6 a level is told once per window, and again in the next', async () => {
    world = await makeWorld([{ period: 'day', value: 10 }])
    await count(world, 'day', 7, NOON)
    expect(await findLimitAlerts(NOON)).toBe(0)
    await count(world, 'day', 8, NOON)
    expect(await findLimitAlerts(NOON)).toBe(1)
    await count(world, 'day', 9, NOON)
    expect(await findLimitAlerts(later(1))).toBe(0)
    await count(world, 'day', 10, NOON)
    expect(await findLimitAlerts(later(1))).toBe(1)
    expect(await announced(world)).toEqual([80, 100])
    const tomorrow = later(24 * 60)
    await count(world, 'day', 8, tomorrow)
    expect(await findLimitAlerts(tomorrow)).toBe(1)
    expect(await announced(world)).toEqual([80, 100, 80])
    expect(await levels(world)).toEqual(['day 100', 'day 80', 'day 80'])
  })

  it('USE-6 however many processes look at once', async () => {
    world = await makeWorld([{ period: 'month', value: 100 }])
    await count(world, 'month', 100, NOON)
    await Promise.all(Array.from({ length: 8 }, (_, index) => findLimitAlerts(NOON, { everything: index % 2 === 1 })))
    expect(await levels(world)).toEqual(['month 100', 'month 80'])
    expect(await announced(world)).toEqual([100])
  })

  it('of several levels crossed at once the highest is announced, also when a lower one is chosen later', async () => {
    world = await makeWorld([{ period: 'day', value: 10 }])
    await editPortalSettings(world.ctx, { alertLevels: [50, 90, 100, 120] })
    await count(world, 'day', 13, NOON)
    await findLimitAlerts(NOON)
    expect([await levels(world), await announced(world)]).toEqual([['day 100', 'day 120', 'day 50', 'day 90'], [120]])
    await editPortalSettings(world.ctx, { alertLevels: [80] })
    expect(await findLimitAlerts(NOON)).toBe(1)
    expect(await announced(world)).toEqual([120])
    await editPortalSettings(world.ctx, { alertLevels: [] })
    await count(world, 'day', 20, NOON)
    expect(await findLimitAlerts(NOON, { everything: true })).toBe(0)
  })

  it('minute windows count once an hour and level, an hourly limit is announced once a day and level', async () => {
    world = await makeWorld([{ period: 'minute', value: 10 }])
    for (const minute of [0, 1, 2, 3]) {
      await count(world, 'minute', minute === 2 ? 10 : 8, later(minute))
      await findLimitAlerts(later(minute))
    }
    expect([await levels(world), await announced(world)]).toEqual([['minute 100', 'minute 80'], [80, 100]])
    await count(world, 'minute', 8, later(61))
    await findLimitAlerts(later(61))
    expect(await announced(world)).toEqual([80, 100, 80])

    await ownerPool().query('DELETE FROM applications')
    world = await makeWorld([{ period: 'hour', value: 10 }])
    for (const hour of [0, 1, 2]) {
      await count(world, 'hour', hour === 2 ? 10 : 8, later(60 * hour))
      await findLimitAlerts(later(60 * hour))
    }
    expect([await levels(world), await announced(world)]).toEqual([['hour 100', 'hour 80', 'hour 80', 'hour 80'], [80, 100]])
    await count(world, 'hour', 8, later(24 * 60))
    await findLimitAlerts(later(24 * 60))
    expect(await announced(world)).toEqual([80, 100, 80])
  })

  it('a counter filled in the last moment of its minute is seen in the next', async () => {
    world = await makeWorld([{ period: 'minute', value: 10 }])
    await count(world, 'minute', 10, NOON)
    expect(await findLimitAlerts(later(1))).toBe(2)
  })

  it('limits of 0, staging, test applications and applications without a plan tell nothing', async () => {
    world = await makeWorld([{ period: 'day', value: 0 }, { period: 'week', value: 10 }])
    await count(world, 'day', 5, NOON)
    await count(world, 'week', 10, NOON, 'staging')
    expect(await findLimitAlerts(NOON, { everything: true })).toBe(0)
    await count(world, 'week', 10, NOON)
    await world.ctx.db.application.update({ where: { id: world.applicationId }, data: { planId: null } })
    expect(await findLimitAlerts(NOON, { everything: true })).toBe(0)
  })

  it('the quick look leaves alone who has not called lately; the look at all finds a lowered limit', async () => {
    world = await makeWorld([{ period: 'month', value: 1_000 }])
    await count(world, 'month', 600, NOON)
    await replaceLimits(world.ctx, { planId: world.planId, metricId: world.hitsId, limits: [{ period: 'month', value: 500 }] })
    expect(await findLimitAlerts(later(30))).toBe(0)
    expect(await findLimitAlerts(later(30), { everything: true })).toBe(2)
    expect((await listLimitAlerts(world.ctx)).items.map(({ level, percent, limit }) => [level, percent, limit])).toEqual([[80, 120, 500], [100, 120, 500]])
  })

  it('many are told in batches, each with its event', async () => {
    world = await makeWorld([{ period: 'day', value: 10 }])
    const { ctx, productId, planId, accountId, hitsId } = world
    await ownerPool().query(
      `WITH made AS (INSERT INTO applications ("tenantId", "productId", "planId", "accountId", name, "appId", "lastCallAt") SELECT $1, $2, $3, $4, 'a' || n, 'a' || n, $5 FROM generate_series(1, 700) AS n RETURNING id)
       INSERT INTO limit_counters ("tenantId", environment, "productId", subject, "metricId", period, "windowAt", value) SELECT $1, 'production', $2, 'app:' || id, $6, 'day', '2026-11-23T00:00:00Z', 10 FROM made`,
      [ctx.tenant.id, productId, planId, accountId, NOON, hitsId],
    )
    let found = 0
    for (let made = -1; made !== 0; ) found += made = await findLimitAlerts(NOON)
    expect(found).toBe(1_400)
    expect((await announced(world)).every((level) => level === 100)).toBe(true)
    expect(await announced(world)).toHaveLength(700)
  })

  describe('as lists', () => {
    let other: World
    let foreign: World
    let alerts: Awaited<ReturnType<typeof listLimitAlerts>>['items']
    beforeEach(async () => {
      world = await makeWorld([{ period: 'day', value: 10 }])
      const { ctx, productId, planId } = world
      const { id: accountId } = await ctx.db.account.create({ data: { tenantId: ctx.tenant.id, orgName: 'Other' } })
      const { id } = await ctx.db.application.create({ data: { tenantId: ctx.tenant.id, productId, planId, accountId, name: 'Theirs', appId: 'theirs', lastCallAt: NOON } })
      other = { ...world, accountId, applicationId: id }
      foreign = await makeWorld([{ period: 'day', value: 10 }])
      for (const each of [world, other, foreign]) await count(each, 'day', 10, NOON)
      await findLimitAlerts(NOON)
      alerts = (await listLimitAlerts(as(ctx, world.accountId))).items
    })

    it('the tenant sees all of its own, by level, application and partner', async () => {
      const { items, total } = await listLimitAlerts(world.ctx)
      expect([total, items.length]).toEqual([4, 4])
      expect(items[0]).toMatchObject({ period: 'day', percent: 100, metric: { name: 'Hits' }, product: { name: 'api' } })
      expect(describeAlert(items[0]!)).toBe('100 % of 10 Hits a day')
      expect((await listLimitAlerts(world.ctx, { level: 100, search: 'other' })).items.map(({ account }) => account.name)).toEqual(['Other'])
      expect((await listLimitAlerts(foreign.ctx)).total).toBe(2)
      expect((await listLimitAlerts(foreign.ctx, { productId: world.productId })).total).toBe(0)
    })

    it('a partner reads and deletes the own ones; deleted is not told again, and the tenant still sees it', async () => {
      const me = as(world.ctx, world.accountId)
      const ref = { applicationId: world.applicationId, alertId: BigInt(alerts[0]!.id) }
      await markAlertsAsRead(me, ref)
      await markAlertsAsRead(me, ref)
      expect((await listLimitAlerts(me)).items.map(({ readAt }) => readAt !== null).sort()).toEqual([false, true])
      await deleteAlerts(me, ref)
      await expect(deleteAlerts(me, ref)).rejects.toSatisfy(isNotFound)
      await deleteAlerts(me, { applicationId: world.applicationId })
      expect(await world.ctx.db.limitAlert.count({ where: { applicationId: world.applicationId, deletedAt: null } })).toBe(0)
      expect(await findLimitAlerts(NOON)).toBe(0)
      expect((await listLimitAlerts(world.ctx)).total).toBe(4)
    })

    it('ISO-10 ISO-5 another account or tenant finds neither the application nor its alerts', async () => {
      const ref = { applicationId: world.applicationId, alertId: BigInt(alerts[0]!.id) }
      for (const stranger of [as(world.ctx, other.accountId), as(foreign.ctx, foreign.accountId), { ...world.ctx, actor: { kind: 'visitor', id: null, name: 'Visitor' } as const }])
        for (const which of [ref, { applicationId: world.applicationId }]) {
          await expect(markAlertsAsRead(stranger, which)).rejects.toSatisfy(isNotFound)
          await expect(deleteAlerts(stranger, which)).rejects.toSatisfy(isNotFound)
        }
      // The own application with somebody else's alert.
      await expect(deleteAlerts(as(world.ctx, other.accountId), { ...ref, applicationId: other.applicationId })).rejects.toSatisfy(isNotFound)
      expect((await listLimitAlerts(as(world.ctx, other.accountId))).items.every(({ account }) => account.name === 'Other')).toBe(true)
      expect(await world.ctx.db.limitAlert.count({ where: { OR: [{ readAt: { not: null } }, { deletedAt: { not: null } }] } })).toBe(0)
    })
  })
})

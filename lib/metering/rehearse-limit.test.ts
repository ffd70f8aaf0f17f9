import { beforeAll, expect, it } from 'vitest'
import { ownerPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { bookSegments } from '@/lib/metering/book-segments'
import { type Period, periods, windowOf } from '@/lib/metering/periods'
import { rehearseLimit } from '@/lib/metering/rehearse-limit'
import { addRecord, emptySums } from '@/lib/metering/usage-sums'
import type { Ctx } from '@/lib/tenants/context'

testDatabase()
const NOW = Date.parse('2026-11-23T12:20:00Z')
const QUARTER_MS = 900_000
let ctx: Ctx
let other: Ctx
let ids: { planId: bigint; metricId: bigint; apps: number[] }
/** What each application used, in order of time. */
const used: { app: number; at: number; value: number }[] = []

beforeAll(async () => {
  ctx = { ...(await makeTenant()), now: new Date(NOW) }
  other = { ...(await makeTenant()), now: new Date(NOW) }
  const { db, tenant } = ctx
  const tenantId = tenant.id
  const product = await db.product.create({ data: { tenantId, name: 'API', systemName: 'api', secretTokenCipher: '', errorAnswers: {} } })
  const metric = await db.metric.create({ data: { tenantId, productId: product.id, systemName: 'hits', name: 'Hits' } })
  const plan = await db.plan.create({ data: { tenantId, productId: product.id, name: 'Basic', systemName: 'basic' } })
  const elsewhere = await db.plan.create({ data: { tenantId, productId: product.id, name: 'Other', systemName: 'other' } })
  const account = await db.account.create({ data: { tenantId, orgName: 'Larkfield' } })
  const make = async (name: string, planId: bigint) => Number((await db.application.create({ data: { tenantId, productId: product.id, name, kind: 'partner', appId: name, accountId: account.id, planId } })).id)
  ids = { planId: plan.id, metricId: metric.id, apps: [await make('busy', plan.id), await make('calm', plan.id), await make('idle', plan.id)] }
  const foreign = await make('elsewhere', elsewhere.id)
  let seed = 7
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
  // Back into last year, so that running weeks, months and the year are whole.
  for (let at = Date.parse('2025-12-28T00:00:00Z'); at < NOW; at += QUARTER_MS * Math.ceil(random() * 60))
    for (const [index, app] of [...ids.apps.slice(0, 2), foreign].entries()) used.push({ app, at, value: Math.floor(random() * (index === 1 ? 3 : 40)) })
  const sums = emptySums()
  for (const { app, at, value } of used)
    addRecord(sums, { id: '', at, tenantId: Number(tenantId), productId: Number(product.id), environment: 'production', applicationId: app, endUserId: null, credentialId: null, address: '', usage: [[Number(metric.id), value]], counted: [] })
  await bookSegments(ownerPool(), [{ id: 'rehearsal', sums, outcomes: null }])
})

/** The same by walking through every call. */
function replay(app: number, period: Period, value: number) {
  const from = windowOf(period, NOW - 30 * 86_400_000).start
  const totals = new Map<number, number>()
  let firstAt: number | null = null
  for (const one of used) {
    if (one.app !== app || one.at < from) continue
    const { start } = windowOf(period, one.at)
    totals.set(start, (totals.get(start) ?? 0) + one.value)
    if (totals.get(start)! > value) firstAt ??= one.at
  }
  const over = [...totals.values()].filter((total) => total > value)
  return { windowsExceeded: over.length, refusedCalls: over.reduce((sum, total) => sum + total - value, 0), worstValue: Math.max(0, ...over), firstAt }
}

it('tells who would have been refused, how often and since when, exactly from hours to for ever', async () => {
  for (const period of periods.filter((one) => one !== 'minute'))
    for (const value of [0, 20, 300, 5_000, 1_000_000]) {
      const { applications, exact, applicationsOnPlan } = await rehearseLimit(ctx, { planId: ids.planId, metricId: ids.metricId, period, value })
      expect([exact, applicationsOnPlan]).toEqual([true, 3])
      const byDay = period !== 'hour' && period !== 'day'
      const naive = ids.apps.map((app) => ({ app, ...replay(app, period, value) })).filter(({ windowsExceeded }) => windowsExceeded > 0).toSorted((one, two) => two.refusedCalls - one.refusedCalls)
      expect(applications, `${value} a ${period}`).toMatchObject(
        naive.map(({ app, windowsExceeded, refusedCalls, worstValue, firstAt }) => {
          const at = firstAt! - (firstAt! % (byDay ? 86_400_000 : QUARTER_MS))
          return { id: app, accountName: 'Larkfield', windowsExceeded, refusedCalls, worstValue, firstAt: new Date(at).toISOString().replace('.000', '') }
        }),
      )
    }
})

it('a minute is an estimate and says so', async () => {
  const { applications, exact, note } = await rehearseLimit(ctx, { planId: ids.planId, metricId: ids.metricId, period: 'minute', value: 2 })
  expect(exact).toBe(false)
  expect(note).toMatch(/estimate/)
  expect(applications.map(({ name, worstValue }) => [name, worstValue])).toEqual([['busy', 3]])
})

it('ISO-3 another tenant’s plan is not found', async () => {
  await expect(rehearseLimit(other, { planId: ids.planId, metricId: ids.metricId, period: 'day', value: 1 })).rejects.toMatchObject({ code: 'not_found' })
})

import { beforeAll, describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { copyPlan } from '@/lib/plans/copy-plan'
import { createPlan } from '@/lib/plans/create-plan'
import { disableFeature, enableFeature } from '@/lib/plans/enable-feature'
import { addPricingRule, removePricingRule } from '@/lib/plans/pricing-rules'
import { setFeatures } from '@/lib/plans/set-features'
import { setPlanPrices } from '@/lib/plans/set-plan-prices'
import { makeTestProduct } from '@/lib/plans/test-product'
import { createFeature, deleteFeature, editFeature } from '@/lib/products/features'
import type { Ctx } from '@/lib/tenants/context'

testDatabase()
let ctx: Ctx
let other: Ctx
let productId: bigint
let hitsId: bigint
beforeAll(async () => {
  ctx = await makeTenant()
  other = await makeTenant()
  ;({ productId, hitsId } = await makeTestProduct(ctx))
})

let made = 0
const newPlan = async (kind: 'application' | 'end_user' = 'application') => (await createPlan(ctx, { productId, kind, name: `Plan ${++made}` })).id

describe('what a plan costs', () => {
  it('is kept to the fourth decimal, as number or text', async () => {
    const planId = await newPlan()
    await setPlanPrices(ctx, { planId, setupFee: '10.5', costPerMonth: 0.1234, trialPeriodDays: 30 })
    const plan = await ctx.db.plan.findUniqueOrThrow({ where: { id: planId } })
    expect([plan.setupFee.toString(), plan.costPerMonth.toString(), plan.trialPeriodDays]).toEqual(['10.5', '0.1234', 30])
    await setPlanPrices(ctx, { planId, costPerMonth: 0 })
    expect((await ctx.db.plan.findUniqueOrThrow({ where: { id: planId } })).setupFee.toString()).toBe('10.5')
  })

  it.each([{ setupFee: -1 }, { setupFee: '1.23456' }, { costPerMonth: 'a lot' }, { costPerMonth: 12345678901 }, { trialPeriodDays: 1.5 }, { trialPeriodDays: -1 }])('refuses %j', async (prices) => {
    await expect(setPlanPrices(ctx, { planId: await newPlan(), ...prices } as never)).rejects.toThrow()
  })

  it('is nothing for end users', async () => {
    await expect(setPlanPrices(ctx, { planId: await newPlan('end_user'), costPerMonth: 5 })).rejects.toMatchObject({ fields: { costPerMonth: [expect.any(String)] } })
  })
})

describe('price ranges of a metric', () => {
  it('follow one another and never overlap', async () => {
    const planId = await newPlan()
    await addPricingRule(ctx, { planId, metricId: hitsId, min: 1, max: 100, costPerUnit: '0.05' })
    const { id: last } = await addPricingRule(ctx, { planId, metricId: hitsId, min: 201, costPerUnit: 0.01 })
    for (const [min, max] of [[100, 150], [50, 60], [150, null], [300, 400], [1, null], [200, 201]] as const)
      await expect(addPricingRule(ctx, { planId, metricId: hitsId, min, max, costPerUnit: 1 }), `${min}-${max}`).rejects.toMatchObject({ fields: { min: [expect.stringMatching(/overlaps/)] } })
    await addPricingRule(ctx, { planId, metricId: hitsId, min: 101, max: 200, costPerUnit: 0.02 })
    await expect(addPricingRule(ctx, { planId, metricId: hitsId, min: 5, max: 4, costPerUnit: 1 })).rejects.toThrow(/before/)
    await removePricingRule(ctx, { planId, pricingRuleId: last })
    await addPricingRule(ctx, { planId, metricId: hitsId, min: 300, costPerUnit: 0 })
    expect((await ctx.db.pricingRule.findMany({ where: { planId }, orderBy: { min: 'asc' } })).map((rule) => [Number(rule.min), rule.max === null ? null : Number(rule.max), rule.costPerUnit.toString()])).toEqual([
      [1, 100, '0.05'], [101, 200, '0.02'], [300, null, '0'],
    ])
    const { id: copy } = await copyPlan(ctx, { planId })
    expect(await ctx.db.pricingRule.count({ where: { planId: copy } })).toBe(3)
  })

  it('of two writers at once one gets the range', async () => {
    const planId = await newPlan()
    const add = () => addPricingRule(ctx, { planId, metricId: hitsId, min: 1, max: 10, costPerUnit: 1 })
    const results = await Promise.allSettled([add(), add(), add()])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})

describe('features of a product', () => {
  it('stand on plans by a tick, follow their name, and go with the feature', async () => {
    const { id: featureId } = await createFeature(ctx, { productId, name: 'Phone support' })
    await expect(createFeature(ctx, { productId, name: 'Other', systemName: 'phone_support' })).rejects.toMatchObject({ fields: { systemName: [expect.any(String)] } })
    const planId = await newPlan()
    await enableFeature(ctx, { planId, featureId })
    await enableFeature(ctx, { planId, featureId })
    const names = async () => (await ctx.db.planFeature.findMany({ where: { planId }, orderBy: { position: 'asc' } })).map((line) => line.name)
    expect(await names()).toEqual(['Phone support'])
    await editFeature(ctx, { featureId, name: 'Support by phone' })
    expect(await names()).toEqual(['Support by phone'])
    // Written by hand on the plan's page it stands for the same feature.
    await setFeatures(ctx, { planId, features: ['Something else', 'Support by phone'] })
    await disableFeature(ctx, { planId, featureId })
    expect(await names()).toEqual(['Something else'])
    await expect(disableFeature(ctx, { planId, featureId })).rejects.toMatchObject({ code: 'not_found' })
    await enableFeature(ctx, { planId, featureId })
    await deleteFeature(ctx, { featureId })
    expect(await names()).toEqual(['Something else'])
  })

  it('ISO-5 are not found by another tenant', async () => {
    const { id: featureId } = await createFeature(ctx, { productId, name: 'Hidden from others' })
    const planId = await newPlan()
    const { id: pricingRuleId } = await addPricingRule(ctx, { planId, metricId: hitsId, costPerUnit: 1 })
    const tries = [
      () => editFeature(other, { featureId, name: 'x' }), () => deleteFeature(other, { featureId }), () => createFeature(other, { productId, name: 'x' }), () => enableFeature(other, { planId, featureId }),
      () => setPlanPrices(other, { planId, setupFee: 1 }), () => addPricingRule(other, { planId, metricId: hitsId, costPerUnit: 1 }), () => removePricingRule(other, { planId, pricingRuleId }),
    ]
    for (const tried of tries) await expect(tried()).rejects.toMatchObject({ code: 'not_found' })
  })
})

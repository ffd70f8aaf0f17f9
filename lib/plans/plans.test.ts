import { beforeAll, describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { copyPlan } from '@/lib/plans/copy-plan'
import { createPlan } from '@/lib/plans/create-plan'
import { deletePlan } from '@/lib/plans/delete-plan'
import { editPlan } from '@/lib/plans/edit-plan'
import { orderPlans } from '@/lib/plans/order-plans'
import { hidePlan, publishPlan } from '@/lib/plans/publish-plan'
import { getPlan, limitMatrix, listPlanChoices, listPlans, listPlansToChoose } from '@/lib/plans/queries'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { setFeatures } from '@/lib/plans/set-features'
import { addLimits, removeLimit, replaceLimits, setLimit } from '@/lib/plans/set-limits'
import { selectMethods, setMethodEnabled } from '@/lib/plans/set-method-enabled'
import { addTestMethod, makeTestProduct } from '@/lib/plans/test-product'
import type { Ctx } from '@/lib/tenants/context'

describe('plans', () => {
  testDatabase()
  let ctx: Ctx
  let other: Ctx
  let product: Awaited<ReturnType<typeof makeTestProduct>>

  const newProduct = (systemName: string) =>
    makeTestProduct(ctx, {
      systemName,
      methods: [{ name: 'list', verb: 'GET', ruleVerb: 'GET' }, { name: 'show', ruleVerb: 'HEAD' }, { name: 'create', verb: 'POST', ruleVerb: 'POST' }, { name: 'loose' }],
    })

  beforeAll(async () => {
    ctx = await makeTenant()
    other = await makeTenant()
    product = await newProduct('api')
  })

  const enabledOf = async (planId: bigint) => Object.fromEntries((await limitMatrix(ctx, planId)).rows.filter((row) => row.isMethod).map((row) => [row.systemName, row.enabled]))
  const changesOf = (planId: bigint) => ctx.db.change.count({ where: { topic: 'plan', subjectId: planId } })

  it('a new plan stands at the end, hidden, with event, audit entry and news for the gateways in one write', async () => {
    const first = await createPlan(ctx, { productId: product.productId, name: 'Trial' })
    const second = await createPlan(ctx, { productId: product.productId, name: 'Größe M', state: 'published', approvalRequired: true, features: ['Mail support', 'Sandbox'] })
    const { plans, defaultPlanId, signUpOpen } = await listPlans(ctx, product.productId)
    expect(plans.map((plan) => plan.name)).toEqual(['Trial', 'Größe M'])
    expect(plans[0]).toMatchObject({ state: 'hidden', systemName: 'trial', approvalRequired: false, newMethods: 'enabled', users: 0 })
    expect(plans[1]).toMatchObject({ state: 'published', systemName: 'grosse_m', approvalRequired: true, features: ['Mail support', 'Sandbox'] })
    expect({ defaultPlanId, signUpOpen }).toEqual({ defaultPlanId: null, signUpOpen: false })
    expect(await ctx.db.event.findFirst({ where: { type: 'plan.created' }, orderBy: { id: 'desc' } })).toMatchObject({ data: { planId: Number(second.id) } })
    expect(await ctx.db.auditEntry.findFirst({ where: { action: 'plan.created', objectId: String(first.id) } })).toMatchObject({ objectName: 'Trial' })
    expect(await changesOf(second.id)).toBe(1)
  })

  it('a name is given once a product, whatever its case', async () => {
    await expect(createPlan(ctx, { productId: product.productId, name: 'tRIAL' })).rejects.toMatchObject({ code: 'invalid', fields: { name: [expect.any(String)] } })
  })

  it('ISO-5 another tenant’s product and plan are answered like ones that never were', async () => {
    const foreign = await makeTestProduct(other, { systemName: 'foreign' })
    const foreignPlan = await createPlan(other, { productId: foreign.productId, name: 'Foreign' })
    for (const planId of [foreignPlan.id, 999_999n]) {
      const refused = { code: 'not_found', publicMessage: 'Not found.' }
      await expect(editPlan(ctx, { planId, name: 'Taken' })).rejects.toMatchObject(refused)
      await expect(copyPlan(ctx, { planId })).rejects.toMatchObject(refused)
      await expect(deletePlan(ctx, { planId })).rejects.toMatchObject(refused)
      await expect(publishPlan(ctx, { planId })).rejects.toMatchObject(refused)
      await expect(setFeatures(ctx, { planId, features: [] })).rejects.toMatchObject(refused)
      await expect(selectMethods(ctx, { planId, selection: 'none' })).rejects.toMatchObject(refused)
      await expect(setMethodEnabled(ctx, { planId, metricId: product.methodIds.list!, enabled: false })).rejects.toMatchObject(refused)
      await expect(setLimit(ctx, { planId, metricId: product.hitsId, period: 'day', value: 1 })).rejects.toMatchObject(refused)
      await expect(setDefaultPlan(ctx, { productId: product.productId, planId })).rejects.toMatchObject(refused)
      await expect(getPlan(ctx, planId)).rejects.toMatchObject(refused)
      await expect(limitMatrix(ctx, planId)).rejects.toMatchObject(refused)
    }
    await expect(createPlan(ctx, { productId: foreign.productId, name: 'Planted' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(listPlans(ctx, foreign.productId)).rejects.toMatchObject({ code: 'not_found' })
    expect(await getPlan(other, foreignPlan.id)).toMatchObject({ name: 'Foreign', state: 'hidden' })
  })

  it('ISO-9 what a schema does not know is not written', async () => {
    const { id } = await createPlan(ctx, { productId: product.productId, name: 'Allow-list', tenantId: other.tenant.id, position: -5, isDefault: true } as never)
    await editPlan(ctx, { planId: id, state: 'published', systemName: 'mine', productId: 1, tenantId: other.tenant.id } as never)
    expect(await getPlan(ctx, id)).toMatchObject({ state: 'hidden', systemName: 'allow_list', productId: Number(product.productId), isDefault: false })
    await deletePlan(ctx, { planId: id })
  })

  it('reads only lets through what only reads, for methods added later too', async () => {
    const own = await newProduct('reads')
    const { id } = await createPlan(ctx, { productId: own.productId, name: 'Trial', newMethods: 'reads_only' })
    expect(await enabledOf(id)).toEqual({ list: true, show: true, create: false, loose: false })
    await addTestMethod(ctx, own, { name: 'fresh_post', verb: 'POST', ruleVerb: 'POST' })
    await addTestMethod(ctx, own, { name: 'fresh_get', verb: 'GET', ruleVerb: 'GET' })
    expect(await enabledOf(id)).toMatchObject({ fresh_post: false, fresh_get: true })
  })

  it('all, none and reads only in one click, then one method on its own', async () => {
    const own = await newProduct('clicks')
    const { id } = await createPlan(ctx, { productId: own.productId, name: 'Public' })
    expect(await selectMethods(ctx, { planId: id, selection: 'none' })).toEqual({ enabled: 0, total: 4 })
    expect(Object.values(await enabledOf(id))).toEqual([false, false, false, false])
    expect(await selectMethods(ctx, { planId: id, selection: 'reads_only' })).toEqual({ enabled: 2, total: 4 })
    await setMethodEnabled(ctx, { planId: id, metricId: own.methodIds.create!, enabled: true })
    expect(await enabledOf(id)).toEqual({ list: true, show: true, create: true, loose: false })
    expect(await selectMethods(ctx, { planId: id, selection: 'all' })).toEqual({ enabled: 4, total: 4 })
    expect(await changesOf(id)).toBe(5)
  })

  it('a new word about later methods leaves the present ones as they are', async () => {
    const own = await newProduct('words')
    const { id } = await createPlan(ctx, { productId: own.productId, name: 'Public' })
    await editPlan(ctx, { planId: id, newMethods: 'disabled' })
    await addTestMethod(ctx, own, { name: 'later', verb: 'GET', ruleVerb: 'GET' })
    expect(await enabledOf(id)).toEqual({ list: true, show: true, create: true, loose: true, later: false })
  })

  it('metrics cannot be switched off like methods, and another product’s method is not found', async () => {
    const own = await newProduct('strange')
    const { id } = await createPlan(ctx, { productId: own.productId, name: 'Public' })
    await expect(setMethodEnabled(ctx, { planId: id, metricId: own.hitsId, enabled: false })).rejects.toMatchObject({ code: 'not_found' })
    await expect(setMethodEnabled(ctx, { planId: id, metricId: product.methodIds.list!, enabled: false })).rejects.toMatchObject({ code: 'not_found' })
    await expect(setLimit(ctx, { planId: id, metricId: product.hitsId, period: 'day', value: 1 })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('limits: several at once, one per period, changed and removed, shown by period', async () => {
    const own = await newProduct('limits')
    const { id } = await createPlan(ctx, { productId: own.productId, name: 'Public' })
    await addLimits(ctx, { planId: id, metricId: own.methodIds.list!, limits: [{ period: 'month', value: 1000 }, { period: 'minute', value: 15 }] })
    await expect(addLimits(ctx, { planId: id, metricId: own.methodIds.list!, limits: [{ period: 'minute', value: 1 }] })).rejects.toMatchObject({ code: 'invalid' })
    await expect(addLimits(ctx, { planId: id, metricId: own.hitsId, limits: [{ period: 'day', value: 1 }, { period: 'day', value: 2 }] })).rejects.toMatchObject({ code: 'invalid' })
    await setLimit(ctx, { planId: id, metricId: own.methodIds.list!, period: 'minute', value: 20 })
    await setLimit(ctx, { planId: id, metricId: own.hitsId, period: 'eternity', value: Number.MAX_SAFE_INTEGER })
    const limitsOf = async (name: string) => (await limitMatrix(ctx, id)).rows.find((row) => row.systemName === name)!.limits
    expect(await limitsOf('list')).toMatchObject([{ period: 'minute', value: 20 }, { period: 'month', value: 1000 }])
    expect(await limitsOf('hits')).toMatchObject([{ period: 'eternity', value: Number.MAX_SAFE_INTEGER }])
    await setLimit(ctx, { planId: id, metricId: own.hitsId, period: 'eternity', value: null })
    await removeLimit(ctx, { planId: id, limitId: (await limitsOf('list'))[1]!.id })
    expect(await limitsOf('hits')).toEqual([])
    await replaceLimits(ctx, { planId: id, metricId: own.hitsId, limits: [{ period: 'week', value: 9 }, { period: 'hour', value: 3 }] })
    await replaceLimits(ctx, { planId: id, metricId: own.hitsId, limits: [{ period: 'week', value: 10 }] })
    expect(await limitsOf('hits')).toMatchObject([{ period: 'week', value: 10 }])
    await expect(replaceLimits(ctx, { planId: id, metricId: own.hitsId, limits: [{ period: 'day', value: 1 }, { period: 'day', value: 2 }] })).rejects.toMatchObject({ code: 'invalid' })
    expect(await limitsOf('list')).toMatchObject([{ period: 'minute', value: 20 }])
    expect((await limitMatrix(ctx, id)).rows[0]!.systemName).toBe('hits')
  })

  it.each([-1, 1.5, Number.NaN, 2 ** 53])('a limit of %s is refused', async (value) => {
    const [plan] = (await listPlans(ctx, product.productId)).plans
    await expect(setLimit(ctx, { planId: plan!.id, metricId: product.hitsId, period: 'day', value })).rejects.toThrow()
  })

  it('a copy has the features, limits, methods and state of the original and a name of its own', async () => {
    const own = await newProduct('copies')
    const { id } = await createPlan(ctx, { productId: own.productId, name: 'Public', state: 'published', features: ['One', 'Two'], newMethods: 'disabled', description: 'Words' })
    await addLimits(ctx, { planId: id, metricId: own.hitsId, limits: [{ period: 'day', value: 7 }] })
    await selectMethods(ctx, { planId: id, selection: 'reads_only' })
    const copy = await copyPlan(ctx, { planId: id })
    await copyPlan(ctx, { planId: id })
    expect(await getPlan(ctx, copy.id)).toMatchObject({ name: 'Public (copy)', systemName: 'public_copy', state: 'published', features: ['One', 'Two'], newMethods: 'disabled', description: 'Words', limits: 1 })
    expect(await enabledOf(copy.id)).toEqual(await enabledOf(id))
    expect((await listPlans(ctx, own.productId)).plans.map((plan) => plan.name)).toEqual(['Public', 'Public (copy)', 'Public (copy 2)'])
  })

  it('plans are listed in the order they were given, and an old list is refused', async () => {
    const own = await newProduct('order')
    const ids: number[] = []
    for (const name of ['One', 'Two', 'Three']) ids.push(Number((await createPlan(ctx, { productId: own.productId, name })).id))
    const wanted = [ids[2]!, ids[0]!, ids[1]!]
    await orderPlans(ctx, { productId: own.productId, planIds: wanted })
    expect((await listPlans(ctx, own.productId)).plans.map((plan) => plan.id)).toEqual(wanted)
    await expect(orderPlans(ctx, { productId: own.productId, planIds: ids.slice(1) })).rejects.toMatchObject({ code: 'conflict' })
    await expect(orderPlans(ctx, { productId: own.productId, planIds: [ids[0]!, ids[0]!, ids[1]!] })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('a default plan may be hidden or none; deleting it leaves none', async () => {
    const own = await newProduct('defaults')
    const { id } = await createPlan(ctx, { productId: own.productId, name: 'Trial' })
    await setDefaultPlan(ctx, { productId: own.productId, planId: id })
    expect(await listPlans(ctx, own.productId)).toMatchObject({ defaultPlanId: Number(id), signUpOpen: true })
    await setDefaultPlan(ctx, { productId: own.productId, planId: null })
    expect(await listPlans(ctx, own.productId)).toMatchObject({ defaultPlanId: null, signUpOpen: false })
    await setDefaultPlan(ctx, { productId: own.productId, planId: id })
    await deletePlan(ctx, { planId: id })
    expect(await listPlans(ctx, own.productId)).toMatchObject({ plans: [], defaultPlanId: null, signUpOpen: false })
  })

  it('ISO-10 developers are offered published plans only', async () => {
    const own = await newProduct('offers')
    const hidden = await createPlan(ctx, { productId: own.productId, name: 'Partner' })
    const shown = await createPlan(ctx, { productId: own.productId, name: 'Public' })
    await createPlan(ctx, { productId: own.productId, name: 'User Limits', kind: 'end_user', state: 'published' })
    await publishPlan(ctx, { planId: shown.id })
    expect((await listPlansToChoose(ctx, own.productId)).map((plan) => plan.id)).toEqual([Number(shown.id)])
    await publishPlan(ctx, { planId: hidden.id })
    await hidePlan(ctx, { planId: shown.id })
    expect((await listPlansToChoose(ctx, own.productId)).map((plan) => plan.id)).toEqual([Number(hidden.id)])
  })

  it('the tenant’s own select boxes list every application plan by product, hidden ones too, and nobody else’s', async () => {
    const own = await newProduct('choices')
    await newProduct('choices_empty')
    const hidden = await createPlan(ctx, { productId: own.productId, name: 'Partner' })
    await createPlan(ctx, { productId: own.productId, name: 'User Limits', kind: 'end_user' })
    await setDefaultPlan(ctx, { productId: own.productId, planId: hidden.id })
    expect(await listPlanChoices(ctx, own.productId)).toEqual([{ productId: Number(own.productId), product: 'choices', plans: [{ id: Number(hidden.id), name: 'Partner', state: 'hidden', isDefault: true }] }])
    expect((await listPlanChoices(ctx)).map((choice) => choice.product)).not.toContain('choices_empty')
    expect(await listPlanChoices(other, own.productId)).toEqual([])
  })
})

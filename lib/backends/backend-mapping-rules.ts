import { assertRulesFit } from '@/lib/backends/mount-paths'
import { backendBounds, backendRuleEditInput, backendRuleInput, backendRuleOrderInput, backendRuleRef, type BackendRuleEditInput, type BackendRuleInput, type BackendRuleOrderInput, type BackendRuleRef } from '@/lib/backends/schema'
import { writeBackend } from '@/lib/backends/write-backend'
import type { TenantTx } from '@/lib/db/tenant-db'
import { AppError, invalid, notFound } from '@/lib/errors'
import { assertPattern } from '@/lib/products/pattern'
import { isNewOrder } from '@/lib/products/rule-order'
import type { Ctx } from '@/lib/tenants/context'

/** A new rule, at the end or at `position`. Throws `invalid` for a pattern, or a metric of another backend. */
export async function createBackendRule(ctx: Ctx, raw: BackendRuleInput): Promise<{ id: bigint }> {
  const { backendId, metricId, position, ...rule } = backendRuleInput.parse(raw)
  assertPattern(rule.pattern)
  return writeBackend(ctx, backendId, 'backend.changed', async (tx) => {
    await assertMetric(tx, backendId, metricId)
    await assertRulesFit(tx, backendId, [rule.pattern])
    const present = await orderedIds(tx, backendId)
    if (present.length >= backendBounds.mappingRulesMax) throw new AppError('conflict', { publicMessage: `A backend has at most ${backendBounds.mappingRulesMax} mapping rules.` })
    const { id } = await tx.backendMappingRule.create({ data: { tenantId: ctx.tenant.id, backendId, backendMetricId: metricId, ...rule, position: present.length + 1 }, select: { id: true } })
    await placeAt(tx, ctx, present, id, position)
    return { result: { id }, after: { rule: `${rule.verb} ${rule.pattern}`, ...rule, metricId: Number(metricId) }, data: { mappingRuleId: Number(id) } }
  })
}

/** Changes what is given. Throws `not_found`, `invalid`. */
export async function editBackendRule(ctx: Ctx, raw: BackendRuleEditInput): Promise<void> {
  const { ruleId, position, metricId, ...change } = backendRuleEditInput.parse(raw)
  if (change.pattern !== undefined) assertPattern(change.pattern)
  const { backendId } = await findRule(ctx, ruleId)
  await writeBackend(ctx, backendId, 'backend.changed', async (tx) => {
    const rule = await tx.backendMappingRule.findUnique({ where: { id: ruleId } })
    if (!rule) throw notFound()
    if (metricId !== undefined) await assertMetric(tx, backendId, metricId)
    if (change.pattern !== undefined) await assertRulesFit(tx, backendId, [change.pattern])
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
    await tx.backendMappingRule.update({ where: { id: ruleId }, data: { ...given, ...(metricId !== undefined && { backendMetricId: metricId }) } })
    if (position !== undefined) await placeAt(tx, ctx, (await orderedIds(tx, backendId)).filter((id) => id !== ruleId), ruleId, position)
    const { verb, pattern, delta, last, backendMetricId } = rule
    const before = { verb, pattern, delta, last, metricId: Number(backendMetricId), position: rule.position }
    return { result: undefined, before, after: { ...before, ...given, ...(metricId !== undefined && { metricId: Number(metricId) }), ...(position !== undefined && { position }) }, data: { mappingRuleId: Number(ruleId) } }
  })
}

/** Throws `not_found`. */
export async function deleteBackendRule(ctx: Ctx, raw: BackendRuleRef): Promise<void> {
  const { ruleId } = backendRuleRef.parse(raw)
  const { backendId } = await findRule(ctx, ruleId)
  await writeBackend(ctx, backendId, 'backend.changed', async (tx) => {
    const rule = await tx.backendMappingRule.findUnique({ where: { id: ruleId } })
    if (!rule) throw notFound()
    await tx.backendMappingRule.delete({ where: { id: ruleId } })
    return { result: undefined, before: { rule: `${rule.verb} ${rule.pattern}` }, data: { mappingRuleId: Number(ruleId) } }
  })
}

/** Puts the rules in the given order. Throws `conflict` where the list is not the backend's present one. */
export async function reorderBackendRules(ctx: Ctx, raw: BackendRuleOrderInput): Promise<void> {
  const { backendId, ruleIds } = backendRuleOrderInput.parse(raw)
  await writeBackend(ctx, backendId, 'backend.changed', async (tx) => {
    if (!isNewOrder(await orderedIds(tx, backendId), ruleIds)) return { result: undefined, unchanged: true }
    await setPositions(tx, ctx, ruleIds)
    return { result: undefined, after: { order: ruleIds.map(Number) }, data: { reordered: true } }
  })
}

async function orderedIds(tx: TenantTx, backendId: bigint): Promise<bigint[]> {
  const rules = await tx.backendMappingRule.findMany({ where: { backendId }, orderBy: [{ position: 'asc' }, { id: 'asc' }], select: { id: true } })
  return rules.map(({ id }) => id)
}

/** Puts a rule at a place of the list of the others; positions are 1, 2, 3, ... again afterwards. */
async function placeAt(tx: TenantTx, ctx: Ctx, others: bigint[], ruleId: bigint, position = others.length + 1): Promise<void> {
  await setPositions(tx, ctx, others.toSpliced(position - 1, 0, ruleId))
}

/** Positions 1, 2, 3, ... in the order of `ids`, in one statement. */
async function setPositions(tx: TenantTx, ctx: Ctx, ids: bigint[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE backend_mapping_rules r SET position = wanted.position FROM unnest(${ids}::bigint[]) WITH ORDINALITY AS wanted(id, position)
    WHERE r."tenantId" = ${ctx.tenant.id} AND r.id = wanted.id AND r.position <> wanted.position`
}

async function findRule(ctx: Ctx, ruleId: bigint): Promise<{ backendId: bigint }> {
  const found = await ctx.db.backendMappingRule.findUnique({ where: { id: ruleId }, select: { backendId: true } })
  if (!found) throw notFound()
  return found
}

async function assertMetric(tx: TenantTx, backendId: bigint, metricId: bigint): Promise<void> {
  const metric = await tx.backendMetric.findUnique({ where: { id: metricId }, select: { backendId: true } })
  if (!metric || metric.backendId !== backendId) throw invalid({ metricId: ['Choose a method or metric of this backend.'] })
}

import type { TenantTx } from '@/lib/db/tenant-db'
import { AppError } from '@/lib/errors'
import { removeMetrics } from '@/lib/products/delete-metrics'
import { setPositions } from '@/lib/products/mapping-rules'
import { orderAllRules, type Comparison, type PresentRule } from '@/lib/products/openapi/compare-import'
import { parseDocument } from '@/lib/products/openapi/parse-document'
import { preparePlan, type DocumentText } from '@/lib/products/openapi/plan-import'
import { getHits } from '@/lib/products/queries'
import { importOptions, type ImportOptions } from '@/lib/products/schema'
import { writeProduct } from '@/lib/products/write-product'
import type { Ctx } from '@/lib/tenants/context'

export type ImportResult = { created: number; changed: number; removed: number; kept: number; methods: number; mappingRules: number; baseUrlSuggestion: string | null }

/** Told as the import goes on; `total` counts methods and rules to write. */
export type OnProgress = (done: number, total: number, label: string) => void

const CHUNK = 100

/**
 * Carries out the plan whose `fingerprint` the preview gave, all of it or nothing. Throws `conflict` where document, options
 * or product are no longer what was previewed, and what `planImport` throws.
 */
export async function applyImport(ctx: Ctx, productId: bigint, document: DocumentText, options: ImportOptions, fingerprint: string, onProgress: OnProgress = () => {}): Promise<ImportResult> {
  const chosen = importOptions.parse(options)
  await getHits(ctx.db, productId)
  onProgress(0, 1, 'Reading the document')
  const parsed = await parseDocument(document.text, document.url ?? null)
  return writeProduct(
    ctx,
    productId,
    'product.imported',
    async (tx) => {
      const { plan, comparison, hitsId, rules } = await preparePlan(tx, ctx, productId, parsed, chosen)
      if (plan.fingerprint !== fingerprint) throw new AppError('conflict', { publicMessage: 'The document or the product has changed since the preview. Look at the new preview, then import.' })
      const total = comparison.create.length * 2 + comparison.change.length + comparison.remove.length + comparison.keep.length
      let done = 0
      const advance = (by: number, label: string) => onProgress((done += by), total, label)

      const gone = comparison.remove.map((method) => method.id)
      await removeMetrics(tx, ctx, productId, gone)
      advance(gone.length, 'Removing methods')
      const newlyMissing = comparison.keep.filter((method) => !method.marked).map((method) => method.id)
      if (newlyMissing.length > 0) await tx.metric.updateMany({ where: { id: { in: newlyMissing } }, data: { removedFromDocumentAt: ctx.now } })
      advance(comparison.keep.length, 'Marking methods')
      await changeMethods(tx, ctx, comparison, hitsId)
      advance(comparison.change.length, 'Changing methods')
      const metricIds = await createMethods(tx, ctx, productId, hitsId, comparison, (by) => advance(by, 'Creating methods'))
      if (comparison.catchAll) await tx.mappingRule.delete({ where: { id: comparison.catchAll.id } })
      const mappingRules = await writeRules(tx, ctx, productId, comparison, metricIds, rules, new Set(gone), (by) => advance(by, 'Creating mapping rules'))

      const { create, change, remove, keep } = comparison
      const counts = { created: create.length, changed: change.length, removed: remove.length, kept: keep.length }
      const nothing = create.length + change.length + remove.length + newlyMissing.length === 0 && !comparison.catchAll
      const methods = await tx.metric.count({ where: { productId, parentId: hitsId, retiredAt: null } })
      return { result: { ...counts, methods, mappingRules, baseUrlSuggestion: plan.baseUrlSuggestion }, unchanged: nothing, after: { ...counts, title: plan.document.title, version: plan.document.version }, data: counts }
    },
    60_000,
  )
}

async function createMethods(tx: TenantTx, ctx: Ctx, productId: bigint, hitsId: bigint, comparison: Comparison, advance: (by: number) => void): Promise<Map<string, bigint>> {
  const ids = new Map<string, bigint>()
  for (let from = 0; from < comparison.create.length; from += CHUNK) {
    const chunk = comparison.create.slice(from, from + CHUNK)
    const rows = await tx.metric.createManyAndReturn({
      data: chunk.map(({ name, finalSystemName, description, verb, path, operationId }) => ({ tenantId: ctx.tenant.id, productId, parentId: hitsId, name, systemName: finalSystemName, description, verb, path, operationId })),
      select: { id: true, systemName: true },
    })
    for (const { id, systemName } of rows) ids.set(systemName, id)
    advance(chunk.length)
  }
  return ids
}

async function changeMethods(tx: TenantTx, ctx: Ctx, { change }: Comparison, hitsId: bigint): Promise<void> {
  if (change.length === 0) return
  const rows = change.map(({ metricId, name, description, draft: { verb, path, operationId } }) => ({ id: Number(metricId), name, description, verb, path, operationId }))
  await tx.$executeRaw`
    UPDATE metrics m SET name = c.name, description = c.description, verb = c.verb, path = c.path, "operationId" = c."operationId", "retiredAt" = NULL, "removedFromDocumentAt" = NULL
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS c(id bigint, name text, description text, verb text, path text, "operationId" text)
    WHERE m."tenantId" = ${ctx.tenant.id} AND m."parentId" = ${hitsId} AND m.id = c.id`
}

/** New and changed rules, then every rule of the product in its place. Gives the number of rules. */
async function writeRules(tx: TenantTx, ctx: Ctx, productId: bigint, comparison: Comparison, metricIds: Map<string, bigint>, present: PresentRule[], gone: Set<bigint>, advance: (by: number) => void): Promise<number> {
  const updated = comparison.change.flatMap(({ rule, draft }) => (rule.kind === 'update' ? [{ id: Number(rule.ruleId), verb: draft.verb, pattern: draft.pattern }] : []))
  if (updated.length > 0)
    await tx.$executeRaw`
      UPDATE mapping_rules r SET verb = c.verb, pattern = c.pattern FROM jsonb_to_recordset(${JSON.stringify(updated)}::jsonb) AS c(id bigint, verb text, pattern text)
      WHERE r."tenantId" = ${ctx.tenant.id} AND r."productId" = ${productId} AND r.id = c.id`

  const drafts = [
    ...comparison.create.map((draft) => ({ metricId: metricIds.get(draft.finalSystemName)!, verb: draft.verb, pattern: draft.pattern })),
    ...comparison.change.flatMap(({ rule, draft, metricId }) => (rule.kind === 'create' ? [{ metricId, verb: draft.verb, pattern: draft.pattern }] : [])),
  ]
  const created: { id: bigint; verb: string; pattern: string }[] = []
  for (let from = 0; from < drafts.length; from += CHUNK) {
    const chunk = drafts.slice(from, from + CHUNK)
    const data = chunk.map((draft, index) => ({ tenantId: ctx.tenant.id, productId, ...draft, position: present.length + from + index + 1, last: true, imported: true }))
    created.push(...(await tx.mappingRule.createManyAndReturn({ data, select: { id: true, verb: true, pattern: true } })))
    advance(chunk.length)
  }

  const newText = new Map(updated.map((rule) => [rule.id, rule]))
  const staying = present.filter((rule) => rule.id !== comparison.catchAll?.id && !gone.has(rule.metricId)).map((rule) => ({ ...rule, ...newText.get(Number(rule.id)), id: rule.id, isNew: false }))
  const all = [...staying, ...created.map((rule) => ({ ...rule, imported: true, isNew: true }))]
  // Somebody's own order is left alone where the import adds and moves nothing.
  if (created.length + updated.length > 0) await setPositions(tx, ctx, orderAllRules(all).map((rule) => rule.id))
  return all.length
}

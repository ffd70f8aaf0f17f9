import { createHash } from 'node:crypto'
import type { TenantTx } from '@/lib/db/tenant-db'
import { AppError, invalid, notFound } from '@/lib/errors'
import { findUsed } from '@/lib/products/delete-metrics'
import { compareImport, type Comparison, type FieldChange, type PresentMethod, type PresentRule } from '@/lib/products/openapi/compare-import'
import { callKey, draftMethods } from '@/lib/products/openapi/draft-methods'
import { parseDocument } from '@/lib/products/openapi/parse-document'
import type { ParsedDocument } from '@/lib/products/openapi/parsed-document'
import { getHits } from '@/lib/products/queries'
import { canonicalJson } from '@/lib/products/same-json'
import { importOptions, productBounds, type ImportOptions } from '@/lib/products/schema'
import type { Ctx } from '@/lib/tenants/context'

/** An API description as text; `url` where it was fetched from. */
export type DocumentText = { text: string; url?: string | null }

export type PlannedMethod = { verb: string; path: string; pattern: string; name: string; systemName: string; operationId: string | null }

/** What the preview shows. `fingerprint` goes to `applyImport`, which does exactly this or nothing. */
export type ImportPlan = {
  document: { format: string; title: string; version: string; operations: number }
  create: PlannedMethod[]
  change: (PlannedMethod & { metricId: number; changes: FieldChange[] })[]
  remove: { metricId: number; verb: string; path: string; name: string; systemName: string }[]
  /** Gone from the document, kept because of usage or limits, and marked. */
  keep: { metricId: number; verb: string; path: string; name: string; systemName: string; hasUsage: boolean; limits: number }[]
  unchanged: number
  /** The catch-all rule of the new product goes, or Hits would count twice. */
  removesCatchAll: boolean
  /** The origin of the document's server, without the path that the rules carry; null where none is named. */
  baseUrlSuggestion: string | null
  warnings: string[]
  fingerprint: string
}

/** Reads the document and tells what an import would do. Changes nothing. Throws `invalid` (with line), `not_found`. */
export async function planImport(ctx: Ctx, productId: bigint, document: DocumentText, options: ImportOptions = {}): Promise<ImportPlan> {
  const chosen = importOptions.parse(options)
  // Whose product it is comes before the seconds a large document takes.
  await getHits(ctx.db, productId)
  return (await preparePlan(ctx.db, ctx, productId, await parseDocument(document.text, document.url ?? null), chosen)).plan
}

/** The plan with the rows it was made from; `applyImport` asks again inside its transaction. */
export async function preparePlan(db: TenantTx, ctx: Ctx, productId: bigint, document: ParsedDocument, options: Required<ImportOptions>): Promise<{ plan: ImportPlan; comparison: Comparison; hitsId: bigint; rules: PresentRule[] }> {
  if (document.operations.length === 0) throw invalid({ document: ['The document describes no operation.'] }, 'The document describes no operation.')
  const { drafts, warnings } = draftMethods(document, options.naming)
  const hitsId = (await getHits(db, productId)).id
  const rules: PresentRule[] = await db.mappingRule.findMany({ where: { productId }, orderBy: [{ position: 'asc' }, { id: 'asc' }], select: { id: true, verb: true, pattern: true, metricId: true, delta: true, last: true, imported: true } })
  const { methods, otherSystemNames } = await readMethods(db, ctx, productId, hitsId, new Set(drafts.map((draft) => callKey(draft.verb, draft.path))))
  const comparison = compareImport(drafts, methods, rules, hitsId, otherSystemNames, options)
  if (methods.length + comparison.create.length > productBounds.metricsMax) throw new AppError('conflict', { publicMessage: `A product has at most ${productBounds.metricsMax} methods.` })
  const facts: Omit<ImportPlan, 'fingerprint'> = {
    document: { format: document.format, title: document.title, version: document.version, operations: document.operations.length },
    create: comparison.create.map(({ verb, path, pattern, name, finalSystemName, operationId }) => ({ verb, path, pattern, name, systemName: finalSystemName, operationId })),
    change: comparison.change.map(({ metricId, name, changes, draft: { verb, path, pattern, operationId } }) => {
      return { metricId: Number(metricId), verb, path, pattern, name, operationId, systemName: methods.find(({ id }) => id === metricId)?.systemName ?? '', changes }
    }),
    remove: comparison.remove.map(listed),
    keep: comparison.keep.map((method) => ({ ...listed(method), hasUsage: method.hasUsage, limits: method.limits })),
    unchanged: comparison.unchanged,
    removesCatchAll: comparison.catchAll !== null,
    baseUrlSuggestion: document.serverOrigin,
    warnings: [...document.warnings, ...warnings, ...comparison.warnings],
  }
  const fingerprint = createHash('sha256').update(canonicalJson({ productId, options, facts })).digest('base64url')
  return { plan: { ...facts, fingerprint }, comparison, hitsId, rules }
}

function listed({ id, verb, path, name, systemName }: PresentMethod) {
  return { metricId: Number(id), verb: verb ?? '', path: path ?? '', name, systemName }
}

async function readMethods(db: TenantTx, ctx: Ctx, productId: bigint, hitsId: bigint, calls: Set<string>): Promise<{ methods: PresentMethod[]; otherSystemNames: string[] }> {
  const rows = await db.metric.findMany({ where: { productId }, orderBy: { id: 'asc' }, include: { _count: { select: { limits: true } } } })
  if (rows.length === 0) throw notFound()
  const below = rows.filter((row) => row.parentId === hitsId)
  // Usage matters only for those the document may lack.
  const missing = below.filter((row) => row.verb !== null && !calls.has(callKey(row.verb, row.path ?? ''))).map((row) => row.id)
  const used = missing.length === 0 ? new Set<bigint>() : await findUsed(db, ctx, productId, missing)
  return {
    methods: below.map(({ id, name, systemName, description, verb, path, operationId, retiredAt, removedFromDocumentAt, _count }) => {
      return { id, name, systemName, description, verb, path, operationId, retired: retiredAt !== null, removedFromDocument: removedFromDocumentAt !== null, hasUsage: used.has(id), limits: _count.limits }
    }),
    otherSystemNames: rows.filter((row) => row.parentId !== hitsId).map((row) => row.systemName),
  }
}

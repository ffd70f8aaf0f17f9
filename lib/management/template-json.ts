import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { TemplateKind } from '@/lib/cms/schema'
import { notFound } from '@/lib/errors'
import { answer } from '@/lib/management/inputs'
import { builtInTemplates } from '@/lib/portal/built-in'
import { getContent, listContent, type ContentDetail, type ContentItem } from '@/lib/portal/content/list-content'
import type { Ctx } from '@/lib/tenants/context'

export const templateTypes = ['page', 'builtin_page', 'partial', 'builtin_partial', 'layout', 'email_template'] as const

export const templateAnswer = z.object({
  id: answer.id,
  created_at: answer.time.nullable(),
  updated_at: answer.time.nullable(),
  type: z.enum(templateTypes),
  system_name: z.string(),
  title: z.string(),
  path: z.string().nullable(),
  section_id: z.literal(1),
  layout_name: z.string().nullable().optional(),
  content_type: z.string().optional(),
  liquid_enabled: z.boolean().optional(),
  handler: z.null().optional(),
  hidden: z.boolean(),
  draft: z.string().nullable().optional(),
  published: z.string().nullable().optional(),
})

export type TemplateRow = { id: number; ref: { kind: TemplateKind; systemName: string }; item: Pick<ContentItem, 'kind' | 'systemName' | 'title' | 'path' | 'state' | 'builtIn' | 'updatedAt'>; createdAt: Date | null }

/** All templates of the portal, built-in ones among them, in a steady order. */
export async function listTemplateRows(ctx: Ctx): Promise<TemplateRow[]> {
  const items = (await listContent(ctx)).flatMap((item) => (item.kind === 'file' ? [] : [{ ...item, kind: item.kind }]))
  const rows = await ctx.db.portalTemplate.findMany({ select: { id: true, kind: true, systemName: true, createdAt: true } })
  const rowOf = new Map(rows.map((row) => [`${row.kind} ${row.systemName}`, row]))
  return items
    .map((item) => {
      const row = rowOf.get(`${item.kind} ${item.systemName}`)
      const id = item.builtIn ? builtInId(item.kind, item.systemName) : Number(row!.id)
      return { id, ref: { kind: item.kind, systemName: item.systemName }, item, createdAt: row?.createdAt ?? null }
    })
    .sort((one, other) => one.id - other.id)
}

/**
 * Which template an id means. Built-in ones that nobody touched have no row: they are known by a number made of kind
 * and name, above all others, and keep it when the tenant has a version of its own. Throws `not_found`.
 */
export async function findTemplateRef(ctx: Ctx, id: bigint): Promise<{ kind: TemplateKind; systemName: string }> {
  const builtIn = builtInTemplates().find(({ kind, systemName }) => BigInt(builtInId(kind, systemName)) === id)
  if (builtIn) return { kind: builtIn.kind, systemName: builtIn.systemName }
  const row = await ctx.db.portalTemplate.findUnique({ where: { id }, select: { kind: true, systemName: true } })
  if (!row) throw notFound()
  return { kind: row.kind as TemplateKind, systemName: row.systemName }
}

/** One template with its texts. Throws `not_found`. */
export async function templateJson(ctx: Ctx, ref: { kind: TemplateKind; systemName: string }) {
  const detail = await getContent(ctx, ref.kind, ref.systemName)
  const row = await ctx.db.portalTemplate.findFirst({ where: ref, select: { id: true, createdAt: true } })
  const id = detail.builtIn ? builtInId(ref.kind, ref.systemName) : Number(row!.id)
  return { ...templateFacts({ id, ref, item: detail, createdAt: row?.createdAt ?? null }), ...textsOf(detail) }
}

/** What lists say. */
export function templateFacts({ id, item, createdAt }: TemplateRow) {
  return { id, created_at: createdAt, updated_at: item.updatedAt, type: typeOf(item.kind as TemplateKind, item.builtIn), system_name: item.systemName, title: item.title, path: item.path, section_id: 1, hidden: item.state === 'hidden' || item.state === 'draft' }
}

/** The texts of a template: `draft` null where nothing waits to be published, `published` null where nothing was. */
export function textsOf({ kind, layoutName, contentType, liquid, text, publishedText }: ContentDetail) {
  return { layout_name: kind === 'page' ? layoutName : null, content_type: contentType, liquid_enabled: liquid, handler: null, draft: text === publishedText ? null : text, published: publishedText }
}

function typeOf(kind: TemplateKind, builtIn: boolean): (typeof templateTypes)[number] {
  if (kind === 'mail') return 'email_template'
  if (kind === 'layout' || !builtIn) return kind
  return kind === 'page' ? 'builtin_page' : 'builtin_partial'
}

// Half of all safe integers: no row will ever have such an id.
const ABOVE_ROWS = 2 ** 52

function builtInId(kind: string, systemName: string): number {
  return ABOVE_ROWS + createHash('sha256').update(`${kind} ${systemName}`).digest().readUIntBE(0, 6)
}

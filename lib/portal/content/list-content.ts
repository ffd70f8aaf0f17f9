import { notFound } from '@/lib/errors'
import { findTemplate, listFiles, listTemplates, type TemplateListItem } from '@/lib/cms/queries'
import type { TemplateKind } from '@/lib/cms/schema'
import { builtInTemplates, findBuiltIn } from '@/lib/portal/built-in'
import { builtInLayoutOf, builtInPathOf } from '@/lib/portal/content/built-in-place'
import type { Ctx } from '@/lib/tenants/context'

/**
 * How a template stands: `built_in` untouched; `draft` never published; `published` (of a built-in one: "your version");
 * `changed` published, with a draft that differs; `hidden` once published, now seen by nobody.
 */
export type ContentState = 'built_in' | 'draft' | 'published' | 'changed' | 'hidden'

export type ContentItem = { kind: TemplateKind | 'file'; systemName: string; title: string; path: string | null; state: ContentState; builtIn: boolean; updatedAt: Date | null; updatedBy: string; fileId: bigint | null }

/** Everything the portal is made of: built-in templates, the tenant's versions of them, its own, its files. What was touched last comes first. */
export async function listContent(ctx: Pick<Ctx, 'db'>): Promise<ContentItem[]> {
  const [templates, files] = await Promise.all([listTemplates(ctx), listFiles(ctx)])
  const own = new Map(templates.map((template) => [`${template.kind}/${template.systemName}`, template]))
  const builtIn = builtInTemplates().map((template): ContentItem => {
    const { kind, systemName, title } = template
    const version = own.get(`${kind}/${systemName}`)
    own.delete(`${kind}/${systemName}`)
    const base = { kind, systemName, title, path: builtInPathOf(kind, systemName), builtIn: true, fileId: null }
    return version ? { ...base, state: stateOf(version, true), updatedAt: version.updatedAt, updatedBy: version.updatedBy } : { ...base, state: 'built_in', updatedAt: null, updatedBy: '' }
  })
  const added = [...own.values()].map((template): ContentItem => ({
    kind: template.kind, systemName: template.systemName, title: template.title || template.systemName, path: template.path, state: stateOf(template, false), builtIn: false, updatedAt: template.updatedAt, updatedBy: template.updatedBy, fileId: null,
  }))
  const uploaded = files.map((file): ContentItem => ({
    kind: 'file', systemName: file.path, title: file.path.slice(file.path.lastIndexOf('/') + 1), path: file.path, state: 'published', builtIn: false, updatedAt: file.updatedAt, updatedBy: '', fileId: file.id,
  }))
  const at = (item: ContentItem) => item.updatedAt?.getTime() ?? 0
  return [...builtIn, ...added, ...uploaded].sort((one, other) => at(other) - at(one) || rankOf(one) - rankOf(other) || one.title.localeCompare(other.title))
}

/** What is changed most often stands first: layouts, pages that everybody meets, pages of partners, pieces, mails. */
function rankOf({ kind, path }: ContentItem): number {
  if (kind === 'page') return path === '/' ? 1 : path !== null && !/^\/(admin|buyer)(\/|$)/.test(path) ? 2 : 3
  return { layout: 0, partial: 4, mail: 5, file: 6 }[kind]
}

export function stateOf(template: Pick<TemplateListItem, 'published' | 'draftChanged' | 'everPublished'>, builtIn: boolean): ContentState {
  if (template.published) return template.draftChanged ? 'changed' : 'published'
  return template.everPublished && !builtIn ? 'hidden' : 'draft'
}

/** One template as the editor opens it. `text` is the draft, else what is published, else the built-in text. */
export type ContentDetail = {
  kind: TemplateKind
  systemName: string
  title: string
  builtIn: boolean
  state: ContentState
  text: string
  publishedText: string | null
  builtInText: string | null
  path: string | null
  layoutName: string | null
  contentType: string
  liquid: boolean
  /** Null while there is no version of the tenant's own. */
  updatedAt: Date | null
  updatedBy: string
  draftAt: Date | null
  publishedAt: Date | null
}

/** Throws `not_found` where neither we nor the tenant have a template of that name. */
export async function getContent(ctx: Pick<Ctx, 'db'>, kind: TemplateKind, systemName: string): Promise<ContentDetail> {
  const builtIn = findBuiltIn(kind, systemName)
  const row = await findTemplate(ctx, kind, systemName)
  if (!builtIn && !row) throw notFound()
  const draftChanged = row !== null && row.draft !== null && row.draft !== row.published
  return {
    kind,
    systemName,
    title: row?.title || builtIn?.title || systemName,
    builtIn: builtIn !== null,
    state: row ? stateOf({ published: row.published !== null, draftChanged, everPublished: row.publishedAt !== null }, builtIn !== null) : 'built_in',
    text: row?.draft ?? row?.published ?? builtIn?.source ?? '',
    publishedText: row?.published ?? builtIn?.source ?? null,
    builtInText: builtIn?.source ?? null,
    path: row?.path ?? (builtIn ? builtInPathOf(kind, systemName) : null),
    layoutName: row ? row.layoutName : builtInLayoutOf(kind, systemName),
    contentType: row?.contentType ?? (kind === 'mail' ? 'text/plain' : 'text/html'),
    liquid: row?.liquid ?? true,
    updatedAt: row?.updatedAt ?? null,
    updatedBy: row?.updatedBy ?? '',
    draftAt: row?.draftAt ?? null,
    publishedAt: row?.publishedAt ?? null,
  }
}

export function builtInNames(kind: TemplateKind): string[] {
  return builtInTemplates().flatMap((template) => (template.kind === kind ? [template.systemName] : []))
}

/** What a page may stand in: built-in layouts and the tenant's own. */
export async function listLayouts(ctx: Pick<Ctx, 'db'>): Promise<{ systemName: string; title: string }[]> {
  const own = await ctx.db.portalTemplate.findMany({ where: { kind: 'layout' }, select: { systemName: true, title: true }, orderBy: { systemName: 'asc' } })
  const names = builtInTemplates().flatMap(({ kind, systemName, title }) => (kind === 'layout' ? [{ systemName, title }] : []))
  return [...names, ...own.filter(({ systemName }) => !names.some((builtIn) => builtIn.systemName === systemName))]
}

import { z } from 'zod'
import { pageContentTypes, type TemplateKind } from '@/lib/cms/schema'
import { hidePage } from '@/lib/cms/hide-page'
import { AppError, invalid, notFound } from '@/lib/errors'
import { answer, flag, text, wholeNumber } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { pageFacts } from '@/lib/management/render-json'
import { findTemplateRef, listTemplateRows, templateAnswer, templateFacts, templateJson, templateTypes, textsOf } from '@/lib/management/template-json'
import { createContentLayout, createContentPage, createContentPartial } from '@/lib/portal/content/create-content'
import { getContent } from '@/lib/portal/content/list-content'
import { deleteContent, editContent, publishContent, saveContentDraft } from '@/lib/portal/content/save-content'
import type { Ctx } from '@/lib/tenants/context'

const errorNames = { systemName: 'system_name', layoutName: 'layout_name', contentType: 'content_type', body: 'draft' }
const common = { scope: 'cms', may: 'portal', formats: ['json'], tag: 'Portal content', errorNames, strict: true } as const
const paged = { size: 20, most: 100 }

const metadataAnswer = z.object({ per_page: z.number().int(), total_entries: z.number().int(), total_pages: z.number().int(), current_page: z.number().int() })
/** Lists of the content part are wrapped so, metadata always with them (reference portal 8.3). */
export const collection = (schema: z.ZodType) => ({ kind: 'bare', schema: z.object({ collection: z.array(schema), metadata: metadataAnswer }) }) as const

const sectionAnswer = z.object({ id: z.literal(1), title: z.literal('Root'), system_name: z.literal('root'), public: z.literal(true), parent_id: z.null(), partial_path: z.literal('/'), created_at: answer.time, updated_at: answer.time })

const body = z.string({ error: 'Write a text.' })
const section = { section_id: wholeNumber(1).refine((value) => value === 1, 'There is one section, with the id 1.').optional(), section_name: z.literal('root', { error: 'There is one section, root.' }).optional() }
const settings = {
  title: text(200).optional(),
  path: text(255).optional(),
  layout_name: text(100).optional(),
  content_type: z.enum(pageContentTypes, { error: `Choose one of ${pageContentTypes.join(', ')}.` }).optional(),
  liquid_enabled: flag().optional(),
  draft: body.optional(),
  ...section,
}

/** Templates of the portal by the paths of reference portal 8.3. There is one section, the root; there are no content handlers. */
export const cmsRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/cms/sections',
    summary: 'List the sections: there is one',
    input: z.object({ parent_id: wholeNumber(1).optional() }),
    paged,
    answers: collection(sectionAnswer),
    async handle({ ctx, input, page }) {
      const all = input.parent_id === undefined ? [await sectionJson(ctx)] : []
      return { collection: all.slice(page.skip, page.skip + page.take), metadata: pageFacts(page, all.length) }
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/cms/sections/:section_id',
    summary: 'Read a section',
    input: z.object({}),
    answers: { kind: 'bare', schema: sectionAnswer },
    handle: async ({ ctx, ids }) => {
      if (ids.section_id !== 1n) throw notFound()
      return sectionJson(ctx)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/cms/templates',
    summary: 'List the templates, built-in ones too; `content=true` brings their texts',
    input: z.object({ type: z.enum(templateTypes, { error: `Choose one of ${templateTypes.join(', ')}.` }).optional(), section_id: wholeNumber(1).optional(), content: flag().optional() }),
    paged,
    answers: collection(templateAnswer),
    async handle({ ctx, input, page }) {
      const all = (await listTemplateRows(ctx)).filter((row) => (input.type === undefined || templateFacts(row).type === input.type) && (input.section_id ?? 1) === 1)
      const shown = all.slice(page.skip, page.skip + page.take)
      const items = []
      for (const row of shown) items.push({ ...templateFacts(row), ...(input.content && textsOf(await getContent(ctx, row.ref.kind, row.ref.systemName))) })
      return { collection: items, metadata: pageFacts(page, all.length) }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: '/admin/api/cms/templates',
    summary: 'Add a page, a partial or a layout as a draft',
    input: z.object({ type: z.enum(['page', 'partial', 'layout'], { error: 'Choose page, partial or layout.' }), system_name: text(100).optional(), ...settings }),
    answers: { kind: 'bare', schema: templateAnswer, status: 201 },
    async handle({ ctx, input }) {
      const { type: kind, title = '', path = '', system_name: systemName = '', layout_name: layoutName, content_type: contentType, liquid_enabled: liquid, draft } = input
      if (kind !== 'page') assertOfPages(input)
      const made =
        kind === 'page'
          ? await createContentPage(ctx, { title, path, layoutName, contentType })
          : kind === 'layout'
            ? await createContentLayout(ctx, { title, systemName })
            : await createContentPartial(ctx, { systemName })
      const ref = { kind, systemName: made.systemName }
      if (liquid === false) await editContent(ctx, { ...ref, liquid, basedOn: await versionOf(ctx, ref) })
      if (draft !== undefined) await saveContentDraft(ctx, { ...ref, body: draft, basedOn: await versionOf(ctx, ref) })
      return templateJson(ctx, ref)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/cms/templates/:template_id',
    summary: 'Read a template with its texts',
    input: z.object({}),
    answers: { kind: 'bare', schema: templateAnswer },
    handle: async ({ ctx, ids }) => templateJson(ctx, await findTemplateRef(ctx, ids.template_id!)),
  }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: '/admin/api/cms/templates/:template_id',
    summary: 'Change a template; a new text is a draft until it is published',
    input: z.object({ ...settings, hidden: flag().optional() }),
    answers: { kind: 'bare', schema: templateAnswer },
    async handle({ ctx, ids, input }) {
      const ref = await findTemplateRef(ctx, ids.template_id!)
      const { title, path, layout_name: layoutName, content_type: contentType, liquid_enabled: liquid, draft, hidden } = input
      const edit = { title, path, layoutName, contentType, liquid }
      if (draft !== undefined) await saveContentDraft(ctx, { ...ref, body: draft, basedOn: await versionOf(ctx, ref) })
      // After the text: a built-in template has nothing to set before there is a version of the tenant's own.
      if (Object.values(edit).some((value) => value !== undefined)) await editContent(ctx, { ...ref, ...edit, basedOn: await versionOf(ctx, ref) })
      if (hidden) await hidePage(ctx, ref)
      return templateJson(ctx, ref)
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: '/admin/api/cms/templates/:template_id',
    summary: 'Delete a template of your own; a built-in one is refused',
    input: z.object({}),
    answers: { kind: 'nothing' },
    async handle({ ctx, ids }) {
      const ref = await findTemplateRef(ctx, ids.template_id!)
      const { builtIn } = await getContent(ctx, ref.kind, ref.systemName)
      if (builtIn) throw new AppError('in_use', { publicMessage: 'Built-in templates cannot be deleted.' })
      await deleteContent(ctx, ref)
    },
  }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: '/admin/api/cms/templates/:template_id/publish',
    summary: 'Publish the draft of a template',
    input: z.object({}),
    answers: { kind: 'bare', schema: templateAnswer },
    async handle({ ctx, ids }) {
      const ref = await findTemplateRef(ctx, ids.template_id!)
      const { text: draft, updatedAt } = await getContent(ctx, ref.kind, ref.systemName)
      await publishContent(ctx, { ...ref, body: draft, basedOn: updatedAt })
      return templateJson(ctx, ref)
    },
  }),
]

function assertOfPages({ path, layout_name: layoutName, content_type: contentType, liquid_enabled: liquid }: { path?: string; layout_name?: string; content_type?: string; liquid_enabled?: boolean }): void {
  const given = Object.entries({ path, layout_name: layoutName, content_type: contentType, liquid_enabled: liquid }).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (given.length > 0) throw invalid(Object.fromEntries(given.map((name) => [name, ['Only pages have this.']])))
}

/** The API edits what is there; two who do so at once are told apart by the version in between. */
async function versionOf(ctx: Ctx, { kind, systemName }: { kind: TemplateKind; systemName: string }): Promise<Date | null> {
  return (await getContent(ctx, kind, systemName)).updatedAt
}

async function sectionJson(ctx: Ctx) {
  const { createdAt } = await ctx.db.tenant.findUniqueOrThrow({ where: { id: ctx.tenant.id }, select: { createdAt: true } })
  return { id: 1, title: 'Root', system_name: 'root', public: true, parent_id: null, partial_path: '/', created_at: createdAt, updated_at: createdAt }
}

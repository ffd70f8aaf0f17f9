import { beforeAll, describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { createLayout } from '@/lib/cms/create-layout'
import { createPage } from '@/lib/cms/create-page'
import { createPartial } from '@/lib/cms/create-partial'
import { deleteTemplate } from '@/lib/cms/delete-template'
import { editTemplate } from '@/lib/cms/edit-template'
import { hidePage } from '@/lib/cms/hide-page'
import { layoutKeepsContent } from '@/lib/cms/layout-keeps-content'
import { publishTemplate } from '@/lib/cms/publish-template'
import { getTemplate, listTemplates, readPortalSources } from '@/lib/cms/queries'
import { resetTemplate } from '@/lib/cms/reset-template'
import { saveDraft } from '@/lib/cms/save-draft'
import { saveFile } from '@/lib/cms/save-file'
import { cmsBounds } from '@/lib/cms/schema'
import type { Ctx } from '@/lib/tenants/context'

describe('templates of a tenant', () => {
  testDatabase()
  let ctx: Ctx
  let other: Ctx
  const first = { title: 'Main layout', layoutName: null }
  const main = { kind: 'layout', systemName: 'main_layout' } as const
  const bodies = async (draft: boolean, who = ctx) => Object.fromEntries((await readPortalSources(who, { draft })).templates.map(({ kind, systemName, body }) => [`${kind}/${systemName}`, body]))
  const publish = async (ref: { kind: 'layout' | 'page' | 'partial' | 'mail'; systemName: string }, body: string) => publishTemplate(ctx, { ...ref, body, basedOn: (await getTemplate(ctx, ref.kind, ref.systemName)).updatedAt }, first)

  beforeAll(async () => {
    ctx = await makeTenant()
    other = await makeTenant()
  })

  it('a draft is seen in previews only, until it is published; each write has its event and its audit entry', async () => {
    const { updatedAt } = await saveDraft(ctx, { ...main, body: 'one {% content %}', basedOn: null }, first)
    expect(await bodies(false)).toEqual({})
    expect(await bodies(true)).toEqual({ 'layout/main_layout': 'one {% content %}' })
    expect(await listTemplates(ctx)).toMatchObject([{ systemName: 'main_layout', title: 'Main layout', published: false, draftChanged: true, everPublished: false, updatedBy: 'Test' }])
    const published = await publishTemplate(ctx, { ...main, body: 'two {% content %}', basedOn: updatedAt }, first)
    expect(await bodies(false)).toEqual({ 'layout/main_layout': 'two {% content %}' })
    await saveDraft(ctx, { ...main, body: 'three {% content %}', basedOn: published.updatedAt }, first)
    expect(await bodies(false)).toEqual({ 'layout/main_layout': 'two {% content %}' })
    expect(await bodies(true)).toEqual({ 'layout/main_layout': 'three {% content %}' })
    expect(await listTemplates(ctx)).toMatchObject([{ published: true, draftChanged: true, everPublished: true }])
    expect((await ctx.db.event.findMany({ orderBy: { id: 'asc' } })).map(({ type }) => type)).toEqual(['portal.template_saved', 'portal.template_published', 'portal.template_saved'])
    expect(await ctx.db.auditEntry.findFirst({ where: { action: 'portal.template_published' } })).toMatchObject({ objectKind: 'portal_template', objectName: 'Main layout' })
    expect(await bodies(true, other)).toEqual({})
  })

  it('who began from an older version is told so, and neither text is lost', async () => {
    const { systemName } = await createPartial(ctx, { systemName: 'shared/banner' }, [])
    const ref = { kind: 'partial', systemName } as const
    const { updatedAt: opened } = await getTemplate(ctx, 'partial', systemName)
    const { updatedAt } = await saveDraft(ctx, { ...ref, body: 'mine', basedOn: opened }, first)
    await expect(saveDraft(ctx, { ...ref, body: 'yours', basedOn: opened }, first)).rejects.toMatchObject({ code: 'conflict', publicMessage: expect.stringContaining('Test has saved another version') })
    await expect(publishTemplate(ctx, { ...ref, body: 'yours', basedOn: null }, first)).rejects.toMatchObject({ code: 'conflict' })
    expect(await getTemplate(ctx, 'partial', systemName)).toMatchObject({ draft: 'mine', published: null })
    await saveDraft(ctx, { ...ref, body: 'yours', basedOn: updatedAt }, first)
    expect(await getTemplate(ctx, 'partial', systemName)).toMatchObject({ draft: 'yours' })
  })

  it('of two who save a first version at once, one is told', async () => {
    const ref = { kind: 'mail', systemName: 'account_confirmed' } as const
    const both = await Promise.allSettled(['a', 'b'].map((body) => saveDraft(ctx, { ...ref, body, basedOn: null }, first)))
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } })
  })

  it('LQ-5 no layout is published without the place where pages go', async () => {
    for (const body of ['<html></html>', '{% comment %}{% content %}{% endcomment %}', '{% raw %}{% content %}{% endraw %}', '{{ content }}']) {
      await expect(publish(main, body)).rejects.toMatchObject({ code: 'invalid', fields: { body: [expect.stringContaining('{% content %}')] } })
    }
    await publish(main, '<main>{%- content -%}</main>')
    expect((await bodies(false))['layout/main_layout']).toBe('<main>{%- content -%}</main>')
  })

  it('LQ-1 a layout that opens comments without end is read once', () => {
    expect(layoutKeepsContent(`{% raw %}${'{%comment%}'.repeat(20_000)}{% endraw %}`)).toBe(false)
    expect(layoutKeepsContent('{%- comment -%}{% content %}{% endcomment %}{% raw %}{% content %}{% endraw %}')).toBe(false)
    expect(layoutKeepsContent('{% comment %}{% endcomment %}{%- content -%}{% raw %}{% endraw %}')).toBe(true)
  })

  it('reset puts the built-in text into the draft of a built-in template, the published one into that of an own', async () => {
    expect(await resetTemplate(ctx, main, 'built in {% content %}')).toMatchObject({ body: 'built in {% content %}' })
    expect(await getTemplate(ctx, 'layout', 'main_layout')).toMatchObject({ draft: 'built in {% content %}', published: '<main>{%- content -%}</main>' })
    const { systemName } = await createPage(ctx, { title: 'Reset me', path: '/reset-me' }, [])
    const ref = { kind: 'page', systemName } as const
    await expect(resetTemplate(ctx, ref, null)).rejects.toMatchObject({ code: 'conflict' })
    const { updatedAt } = await publish(ref, 'seen')
    await saveDraft(ctx, { ...ref, body: 'unseen', basedOn: updatedAt }, first)
    await resetTemplate(ctx, ref, null)
    expect(await getTemplate(ctx, 'page', systemName)).toMatchObject({ draft: 'seen', published: 'seen' })
    await expect(resetTemplate(other, main, 'x')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('a page has a name made from its title that is neither another page’s nor a built-in one’s', async () => {
    expect(await createPage(ctx, { title: 'Use cases: Größe', path: '/use-cases' }, [])).toMatchObject({ systemName: 'use_cases_gro_e', layoutName: 'main_layout', contentType: 'text/html', published: null })
    expect(await createPage(ctx, { title: 'Docs', path: '/guide/docs' }, ['docs'])).toMatchObject({ systemName: 'docs_2' })
    expect(await createPage(ctx, { title: 'Docs', path: '/guide/docs/more', layoutName: '' }, ['docs'])).toMatchObject({ systemName: 'docs_3', layoutName: null })
  })

  it('IDM-2 a path is one page’s or one file’s, and a second one is told so in words, not by a 500', async () => {
    await expect(createPage(ctx, { title: 'Twice', path: '/use-cases/' }, [])).rejects.toMatchObject({ code: 'invalid', fields: { path: [expect.stringContaining('Use cases')] } })
    await saveFile(ctx, { path: '/legal.txt', bytes: Buffer.from('text') })
    await expect(createPage(ctx, { title: 'Legal', path: '/legal.txt' }, [])).rejects.toMatchObject({ code: 'invalid', fields: { path: [expect.stringContaining('file')] } })
    await expect(saveFile(ctx, { path: '/legal.txt', bytes: Buffer.from('again') })).rejects.toMatchObject({ code: 'invalid', fields: { path: [expect.stringContaining('already')] } })
    const both = await Promise.allSettled([1, 2, 3].map((number) => createPage(ctx, { title: `At once ${number}`, path: '/at-once' }, [])))
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const each of both) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'invalid', fields: { path: [expect.any(String)] } })
    await expect(createPage(other, { title: 'Theirs', path: '/use-cases' }, [])).resolves.toMatchObject({ path: '/use-cases' })
    await expect(createPartial(ctx, { systemName: 'shared/banner' }, [])).rejects.toMatchObject({ code: 'invalid', fields: { systemName: [expect.stringContaining('already')] } })
    await expect(createPartial(ctx, { systemName: 'field' }, ['field'])).rejects.toMatchObject({ code: 'invalid', fields: { systemName: [expect.stringContaining('built-in')] } })
  })

  it('a hidden page is seen by nobody and keeps its text', async () => {
    const { systemName } = await createPage(ctx, { title: 'Hide me', path: '/hide-me' }, [])
    const ref = { kind: 'page', systemName } as const
    await publish(ref, 'seen')
    await hidePage(ctx, ref)
    expect((await bodies(false))[`page/${systemName}`]).toBeUndefined()
    expect(await getTemplate(ctx, 'page', systemName)).toMatchObject({ draft: 'seen', published: null })
    await expect(hidePage(ctx, main)).rejects.toMatchObject({ code: 'conflict' })
    await expect(hidePage(other, ref)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('title, path, layout and type of an own page change; a version of a built-in page keeps its place', async () => {
    const { systemName } = await createPage(ctx, { title: 'Move me', path: '/move-me' }, [])
    const ref = { kind: 'page', systemName } as const
    const { updatedAt } = await getTemplate(ctx, 'page', systemName)
    await editTemplate(ctx, { ...ref, title: 'Moved', path: '/moved', contentType: 'text/plain', liquid: false, layoutName: null, basedOn: updatedAt })
    expect(await getTemplate(ctx, 'page', systemName)).toMatchObject({ title: 'Moved', path: '/moved', contentType: 'text/plain', liquid: false, layoutName: null })
    await expect(editTemplate(ctx, { ...ref, title: 'Late', basedOn: updatedAt })).rejects.toMatchObject({ code: 'conflict' })
    const now = (await getTemplate(ctx, 'page', systemName)).updatedAt
    await expect(editTemplate(ctx, { ...ref, path: '/use-cases', basedOn: now })).rejects.toMatchObject({ code: 'invalid' })
    await expect(editTemplate(ctx, { ...ref, path: '/login', basedOn: now })).rejects.toThrow('The portal itself answers')
    await expect(editTemplate(ctx, { ...main, path: '/elsewhere', basedOn: (await getTemplate(ctx, 'layout', 'main_layout')).updatedAt })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('a layout that pages stand in is not deleted; a version of a built-in one gives way to it', async () => {
    const { systemName } = await createLayout(ctx, { title: 'Landing', systemName: 'landing' }, ['main_layout'], '{% content %}')
    const page = await createPage(ctx, { title: 'Stands in it', path: '/stands', layoutName: systemName }, [])
    const ref = { kind: 'layout', systemName } as const
    await expect(deleteTemplate(ctx, ref, { isBuiltIn: false })).rejects.toMatchObject({ code: 'in_use', publicMessage: expect.stringContaining('“Stands in it” uses') })
    await deleteTemplate(ctx, { kind: 'page', systemName: page.systemName }, { isBuiltIn: false })
    await deleteTemplate(ctx, ref, { isBuiltIn: false })
    await expect(deleteTemplate(other, main, { isBuiltIn: true })).rejects.toMatchObject({ code: 'not_found' })
    await deleteTemplate(ctx, main, { isBuiltIn: true })
    expect((await listTemplates(ctx)).filter(({ kind }) => kind === 'layout')).toEqual([])
  })

  it('LQ-1 all texts of a portal together have an end, since every page reads them; what grows smaller is always kept', async () => {
    const full = await makeTenant()
    const text = 'x'.repeat(cmsBounds.bodyBytesMax)
    await full.db.portalTemplate.createMany({ data: Array.from({ length: 16 }, (_, n) => ({ tenantId: full.tenant.id, kind: 'partial', systemName: `p${n}`, title: `p${n}`, draft: text, published: text, updatedBy: 'Ada' })) })
    const first = { title: 'One more', layoutName: null }
    await expect(saveDraft(full, { kind: 'partial', systemName: 'more', body: 'x', basedOn: null }, first)).rejects.toMatchObject({ code: 'conflict', publicMessage: expect.stringContaining('8 MB') })
    await expect(publishTemplate(full, { kind: 'partial', systemName: 'more', body: 'x', basedOn: null }, first)).rejects.toMatchObject({ code: 'conflict' })
    const { updatedAt } = await getTemplate(full, 'partial', 'p0')
    await publishTemplate(full, { kind: 'partial', systemName: 'p0', body: 'short', basedOn: updatedAt }, first)
    await saveDraft(full, { kind: 'partial', systemName: 'more', body: 'x', basedOn: null }, first)
  })

  it('LQ-2 a template above 256 KB is refused with words', async () => {
    await expect(saveDraft(ctx, { ...main, body: 'é'.repeat(140_000), basedOn: null }, first)).rejects.toThrow('at most 256 KB')
  })
})

import { beforeAll, describe, expect, it } from 'vitest'
import { createAccount } from '@/lib/accounts/create-account'
import { createApplication } from '@/lib/applications/create-application'
import { pathProblem } from '@/lib/cms/content-path'
import { readPreviewToken } from '@/lib/cms/preview-token'
import { readPortalSources } from '@/lib/cms/queries'
import { saveFile } from '@/lib/cms/save-file'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { builtInTemplates, findBuiltIn } from '@/lib/portal/built-in'
import { createContentLayout, createContentPage, createContentPartial } from '@/lib/portal/content/create-content'
import { getContent, listContent } from '@/lib/portal/content/list-content'
import { previewMail } from '@/lib/portal/content/preview-mail'
import { listPreviewPeople, makePreviewLink } from '@/lib/portal/content/preview-link'
import { deleteContent, editContent, publishContent, resetContent, saveContentDraft } from '@/lib/portal/content/save-content'
import { partnerMails } from '@/lib/portal/mails/mail-catalogue'
import { createPlan } from '@/lib/plans/create-plan'
import { makeTestProduct } from '@/lib/plans/test-product'
import { portalRoutes } from '@/lib/portal/portal-routes'
import type { Ctx } from '@/lib/tenants/context'

describe('content of a portal', () => {
  testDatabase()
  let ctx: Ctx
  const main = { kind: 'layout', systemName: 'main_layout' } as const
  const itemOf = async (kind: string, systemName: string) => (await listContent(ctx)).find((item) => item.kind === kind && item.systemName === systemName)
  const save = async (ref: Parameters<typeof getContent>[1], systemName: string, body: string) => saveContentDraft(ctx, { kind: ref, systemName, body, basedOn: (await getContent(ctx, ref, systemName)).updatedAt })
  const publish = async (ref: Parameters<typeof getContent>[1], systemName: string, body: string) => publishContent(ctx, { kind: ref, systemName, body, basedOn: (await getContent(ctx, ref, systemName)).updatedAt })

  beforeAll(async () => {
    ctx = await makeTenant()
  })

  it('the list begins as what we ship, each where visitors meet it', async () => {
    const items = await listContent(ctx)
    expect(items).toHaveLength(builtInTemplates().length)
    expect(new Set(items.map(({ state }) => state))).toEqual(new Set(['built_in']))
    expect(await itemOf('layout', 'main_layout')).toMatchObject({ title: 'Main layout', builtIn: true, path: null, updatedAt: null })
    expect(await itemOf('page', 'login/new')).toMatchObject({ path: '/login' })
  })

  it('the favicon’s way: a file at its path, the line in the main layout, published', async () => {
    await saveFile(ctx, { path: '/images/icon.ico', bytes: new Uint8Array([0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, 4, 0, 0, 0, 22, 0, 0, 0, 1, 2, 3, 4]) })
    const { text } = await getContent(ctx, 'layout', 'main_layout')
    const line = '<link rel="shortcut icon" href="/images/icon.ico">'
    expect(text).toContain('</head>')
    await publish('layout', 'main_layout', text.replace('</head>', `  ${line}\n</head>`))
    const { templates } = await readPortalSources(ctx, { draft: false })
    expect(templates.find(({ systemName }) => systemName === 'main_layout')?.body).toContain(line)
    expect(await itemOf('layout', 'main_layout')).toMatchObject({ state: 'published', builtIn: true, updatedBy: 'Test' })
    expect(await itemOf('file', '/images/icon.ico')).toMatchObject({ path: '/images/icon.ico' })
  })

  it('a syntax error keeps the draft, names its line and blocks publishing', async () => {
    const { publishedText } = await getContent(ctx, 'layout', 'main_layout')
    const broken = 'one\ntwo\n{% if current_user %}\n{% content %}\n'
    const { problem } = await save('layout', 'main_layout', broken)
    expect(problem).toMatchObject({ line: 3, message: expect.any(String) })
    expect(await getContent(ctx, 'layout', 'main_layout')).toMatchObject({ text: broken, state: 'changed', publishedText })
    await expect(publish('layout', 'main_layout', broken)).rejects.toMatchObject({ code: 'invalid', fields: { body: [expect.stringContaining('Line 3: ')], line: ['3'] } })
    await expect(publish('layout', 'main_layout', 'x\n{% no_such_tag %}{% content %}')).rejects.toMatchObject({ fields: { line: ['2'] } })
    await expect(publish('mail', 'account_confirmed', '{% email %}{% if a %}{% endemail %}')).rejects.toMatchObject({ code: builtInTemplates().some(({ systemName }) => systemName === 'account_confirmed') ? 'invalid' : 'not_found' })
    expect((await getContent(ctx, 'layout', 'main_layout')).publishedText).toBe(publishedText)
  })

  it('LQ-5 the main layout keeps the place of the pages', async () => {
    await expect(publish('layout', 'main_layout', '<html></html>')).rejects.toMatchObject({ code: 'invalid', fields: { body: [expect.stringContaining('{% content %}')] } })
  })

  it('reset brings the built-in text into the draft, removing the version brings it to visitors', async () => {
    await resetContent(ctx, main)
    expect(await getContent(ctx, 'layout', 'main_layout')).toMatchObject({ text: findBuiltIn('layout', 'main_layout')!.source, state: 'changed' })
    await deleteContent(ctx, main)
    expect(await getContent(ctx, 'layout', 'main_layout')).toMatchObject({ text: findBuiltIn('layout', 'main_layout')!.source, state: 'built_in', updatedAt: null })
  })

  it('a draft of an error page stands in the error layout', async () => {
    await save('page', 'errors/not_found', 'Nothing here')
    expect(await getContent(ctx, 'page', 'errors/not_found')).toMatchObject({ layoutName: 'error', state: 'draft' })
  })

  it('own pages, layouts and partials begin as drafts; a page stands in a layout that exists', async () => {
    const { systemName } = await createContentPage(ctx, { title: 'Docs', path: '/guide' })
    expect(systemName).not.toBe('docs')
    await expect(createContentPage(ctx, { title: 'Nowhere', path: '/nowhere', layoutName: 'no_such' })).rejects.toMatchObject({ code: 'invalid', fields: { layoutName: [expect.any(String)] } })
    await createContentLayout(ctx, { title: 'Landing', systemName: 'landing' })
    expect((await getContent(ctx, 'layout', 'landing')).text).toContain('{% content %}')
    await editContent(ctx, { kind: 'page', systemName, layoutName: 'landing', basedOn: (await getContent(ctx, 'page', systemName)).updatedAt })
    await expect(deleteContent(ctx, { kind: 'layout', systemName: 'landing' })).rejects.toMatchObject({ code: 'in_use' })
    await createContentPartial(ctx, { systemName: 'shared/banner' })
    await expect(createContentPartial(ctx, { systemName: 'field' })).rejects.toMatchObject({ code: 'invalid', fields: { systemName: [expect.stringContaining('built-in')] } })
    await publish('page', systemName, 'Hello')
    expect(await itemOf('page', systemName)).toMatchObject({ state: 'published', builtIn: false, path: '/guide' })
  })

  it('nobody makes a template by saving one that exists nowhere', async () => {
    await expect(saveContentDraft(ctx, { kind: 'page', systemName: 'no/such', body: 'x', basedOn: null })).rejects.toMatchObject({ code: 'not_found' })
    await expect(publishContent(ctx, { kind: 'partial', systemName: 'no_such', body: 'x', basedOn: null })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('CSP-2 a preview link shows the draft on the portal’s host, to a visitor or as one developer of this tenant', async () => {
    const link = async (kind: 'page' | 'layout' | 'mail', systemName: string, developerId?: bigint) => new URL((await makePreviewLink(ctx, { kind, systemName, developerId })).url)
    const viewerOf = (url: URL) => readPreviewToken(ctx.tenant.id, url.searchParams.get('preview')!, ctx.now)?.developerId
    expect(await link('layout', 'main_layout')).toMatchObject({ hostname: `${ctx.tenant.slug}.portal.localhost`, pathname: '/' })
    await expect(makePreviewLink(ctx, { kind: 'page', systemName: 'dashboards/show' })).rejects.toThrow('nobody has signed up yet')
    const account = await createAccount(ctx, { orgName: 'Partner', developer: { email: 'grace@partner.example', firstName: 'Grace', lastName: 'Hopper', password: 'a long and winding password' } })
    const developer = await ctx.db.developer.findFirstOrThrow({ where: { accountId: account.id } })
    await ctx.db.developer.updateMany({ where: { id: developer.id }, data: { state: 'active' } })
    expect(await listPreviewPeople(ctx)).toEqual([{ developerId: developer.id, name: 'Grace Hopper', account: 'Partner' }])
    expect(viewerOf(await link('page', 'dashboards/show'))).toBe(developer.id)
    expect(viewerOf(await link('page', 'login/new'))).toBeNull()
    expect(viewerOf(await link('page', 'login/new', developer.id))).toBe(developer.id)
    await expect(makePreviewLink(ctx, { kind: 'page', systemName: 'applications/show' })).rejects.toThrow('has none yet')
    const { productId } = await makeTestProduct(ctx, { systemName: 'api', methods: [] })
    const plan = await createPlan(ctx, { productId, name: 'Basic' })
    const application = await createApplication(ctx, { accountId: account.id, planId: plan.id, name: 'First' })
    expect((await link('page', 'applications/show')).pathname).toBe(`/admin/applications/${application.id}`)
    expect((await link('page', 'applications/edit')).pathname).toBe(`/admin/applications/${application.id}/edit`)
    await expect(makePreviewLink(ctx, { kind: 'mail', systemName: 'account_approved' })).rejects.toThrow('no place of its own')
    await expect(makePreviewLink(await makeTenant(), { kind: 'page', systemName: 'login/new', developerId: developer.id })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('ROLE-1 nobody is looked at by a member who may not see partners', async () => {
    const member: Ctx = { ...ctx, permissions: new Set(['portal']) }
    const [person] = await listPreviewPeople(ctx)
    expect(await listPreviewPeople(member)).toEqual([])
    await expect(makePreviewLink(member, { kind: 'page', systemName: 'login/new', developerId: person!.developerId })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(makePreviewLink(member, { kind: 'page', systemName: 'dashboards/show' })).rejects.toMatchObject({ code: 'forbidden' })
    expect(await makePreviewLink(member, { kind: 'page', systemName: 'login/new' })).toMatchObject({ url: expect.stringContaining('/login?preview=') })
    await ctx.db.developer.updateMany({ data: { firstName: 'Secret' } })
    expect(JSON.stringify(await previewMail(member, { systemName: 'account_approved' }))).not.toContain('Secret')
    expect(JSON.stringify(await previewMail(ctx, { systemName: 'account_approved' }))).toContain('Secret')
    await ctx.db.developer.updateMany({ data: { firstName: 'Grace' } })
  })

  it('a mail is shown as the latest partner would get it, from the draft, and nothing is sent', async () => {
    const empty = await makeTenant()
    for (const { systemName } of partnerMails) expect(await previewMail(empty, { systemName }), systemName).toMatchObject({ subject: expect.stringMatching(/\S/), text: expect.stringMatching(/\S/), sent: true })
    await save('mail', 'account_approved', "{% email %}{% subject = 'Come in' %}{% endemail %}Dear {{ user.name }} of {{ account.name }}")
    expect(await previewMail(ctx, { systemName: 'account_approved' })).toMatchObject({ to: 'grace@partner.example', subject: 'Come in', text: expect.stringContaining('Dear Grace Hopper of Partner') })
    await save('mail', 'account_approved', 'Dear\n{% if user %}')
    await expect(previewMail(ctx, { systemName: 'account_approved' })).rejects.toMatchObject({ code: 'invalid', publicMessage: expect.stringContaining('Line 2') })
    expect(await ctx.db.mail.count({ where: { kind: 'account_approved' } })).toBe(0)
    await expect(previewMail(ctx, { systemName: 'no_such' })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('LQ-5 no route of the portal can be taken by a page or a file', () => {
    const open = portalRoutes.map(({ path }) => path.replace(/:\w+/g, 'x')).filter((path) => pathProblem(path) === null && !/^\/(css|javascripts|images)\//.test(path))
    expect(open).toEqual([])
  })
})

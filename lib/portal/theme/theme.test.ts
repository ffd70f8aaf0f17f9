import { afterAll, describe, expect, it } from 'vitest'
import { coloursCss, defaultTheme } from '@/lib/cms/theme-colours'
import { checkSyntax } from '@/lib/liquid/check-syntax'
import { liquidPool, renderLiquid } from '@/lib/liquid/render'
import { builtInTemplates, findBuiltIn, findBuiltInAsset } from '@/lib/portal/built-in'
import { themeFixture } from '@/lib/portal/theme/theme.fixture'

const templates = builtInTemplates()
const sources = Object.fromEntries(templates.filter(({ kind }) => kind !== 'mail').map(({ kind, systemName, source }) => [`${kind}s/${systemName}`, source]))
const pages = templates.filter(({ kind, systemName }) => kind === 'page' && !systemName.startsWith('docs')).map(({ systemName }) => systemName)

async function render(page: string, { signedIn = false, query = '', change = {} }: { signedIn?: boolean; query?: string; change?: Record<string, unknown> } = {}): Promise<string> {
  const layout = page.startsWith('errors/') ? 'layouts/error' : 'layouts/main_layout'
  const assigns = { ...themeFixture({ signedIn }), ...change } as ReturnType<typeof themeFixture>
  const answer = await renderLiquid({ tenantId: 1, templates: sources, page: `pages/${page}`, layout, assigns, escape: true, form: { authenticityToken: 'token', path: '/', query }, mode: 'page' })
  if (!answer.ok) throw new Error(`${page}: ${answer.problem.template}:${answer.problem.line} ${answer.problem.reason}`)
  return answer.body
}

afterAll(() => liquidPool().stop())

describe('the built-in theme', () => {
  it.each(templates.map((template) => [`${template.kind} ${template.systemName}`, template] as const))('%s has no mistake', async (_name, { source, kind }) => {
    expect(await checkSyntax(1n, source, kind === 'mail' ? 'mail' : 'page')).toBeNull()
  })

  it('has every page and partial that portals of this kind know by name', () => {
    const named = [
      'dashboards/show', 'signup/show', 'signup/success', 'errors/not_found', 'errors/forbidden', 'errors/internal_server_error', 'login/new', 'password/new', 'password/show', 'accounts/invitee_signups/show',
      'account/show', 'account/edit', 'user/show', 'accounts/users/edit', 'accounts/users/index', 'invitations/index', 'invitations/new', 'accounts/plan_changes/index', 'applications/index', 'applications/show',
      'applications/new', 'applications/edit', 'applications/choose_service', 'applications/alerts/index', 'stats/index', 'search/index', 'home', 'plans', 'terms', 'privacy', 'refunds', 'signup/closed', 'activate/show',
    ]
    expect(named.filter((name) => !findBuiltIn('page', name))).toEqual([])
    expect(['submenu', 'users_menu', 'menu_item', 'field', 'applications/form', 'shared/pagination', 'stats/chart', 'stats/methods_list', 'stats/metrics_list', 'login/sso'].filter((name) => !findBuiltIn('partial', name))).toEqual([])
    expect(findBuiltIn('layout', 'main_layout')!.source).toContain('{% content %}')
    expect(findBuiltIn('layout', 'error')!.source).toContain('{% content %}')
  })

  it.each(pages.flatMap((page) => [false, true].map((signedIn) => [page, signedIn] as const)))('%s renders (signed in: %s), one main heading, every form with its token, nothing inline', async (page, signedIn) => {
    const html = await render(page, { signedIn })
    expect(html.match(/<h1[\s>]/g)).toHaveLength(1)
    expect(html).toMatch(/<main id="content">/)
    expect(html).toMatch(/<meta name="viewport"/)
    expect(html).not.toMatch(/\son[a-z]+="/)
    expect(html).not.toMatch(/form_tag error|unknown form|Liquid error|\[object|undefined/)
    for (const form of html.match(/<form[^>]*method="post"[\s\S]*?<\/form>/g) ?? []) expect(form).toContain('name="authenticity_token"')
    for (const [, id] of html.matchAll(/<label for="([^"]+)"/g)) expect(html, `label of ${id}`).toContain(`id="${id}"`)
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  })

  it('home says what the API is, how to call it, what it costs and where to begin', async () => {
    const html = await render('home')
    for (const word of ['Put the conversation into your product', 'Twitter REST API', 'https://twitter-acme.gw.example.com', 'X-App-Id', '83 operations', 'Trial', 'Public', 'Partner', 'href="/signup"', 'href="/docs"', 'href="/plans"', 'mailto:api@acme.example']) expect(html).toContain(word)
    expect(html).toMatch(/<meta name="description" content="Put the conversation/)
    expect(html.match(/<link rel="stylesheet"/g)).toHaveLength(2)
    expect(html.indexOf('id="sample-call"')).toBeGreaterThan(0)
  })

  it('home of a tenant without any API yet teaches that more is coming', async () => {
    const { provider } = themeFixture()
    const html = await render('home', { change: { provider: { ...(provider as object), tagline: '', services: [], api_specs: [] } } })
    expect(html).toContain('Build on Acme')
    expect(html).toContain('The first API is on its way')
    expect(html).not.toContain('id="sample-call"')
  })

  it('with sign-up closed nothing leads to it', async () => {
    const { provider } = themeFixture()
    const change = { provider: { ...(provider as object), 'signups_enabled?': false } }
    for (const page of ['home', 'plans', 'login/new']) expect(await render(page, { change })).not.toContain('/signup')
  })

  it('sign-up asks for the person, then the account, then the application, then the password, and says what is wrong', async () => {
    const html = await render('signup/show', { query: 'plan_ids[]=2', change: { plans: [{ name: 'Public' }] } })
    const order = ['account[user][first_name]', 'account[user][last_name]', 'account[user][email]', 'account[org_name]', 'application[name]', 'account[user][password]', 'account[user][password_confirmation]']
    const places = order.map((name) => html.indexOf(`name="${name}"`))
    expect(places.every((place) => place > 0)).toBe(true)
    expect(places).toEqual(places.toSorted((one, other) => one - other))
    expect(html).toMatch(/aria-invalid="true" aria-describedby="account_user_email_error"/)
    expect(html).toContain('Write the whole address')
    expect(html).toContain('autocomplete="given-name"')
    expect(html).toMatch(/<b>Public<\/b>.*is your plan/s)
  })

  it('what a developer typed is text on every page (LQ-4)', async () => {
    const bad = { $typed: '<script>alert(1)</script>' }
    const { application } = themeFixture({ signedIn: true })
    const change = { application: { ...(application as object), name: bad, description: bad } }
    for (const page of ['dashboards/show', 'applications/show', 'applications/edit']) expect(await render(page, { signedIn: true, change })).not.toContain('<script>alert')
  })

  it('the dashboard shows the key, a call, usage against each limit in words, and the state of a request', async () => {
    const html = await render('dashboards/show', { signedIn: true })
    for (const word of ['9d1f3f7c2b6a48e59d1f3f7c2b6a48e5', 'curl ', '87 % used', 'Used up', 'We launch on Monday', 'Take it back', 'Invite a colleague']) expect(html).toContain(word)
  })

  it('asks for another plan where no request is open, with a reason', async () => {
    const { application } = themeFixture({ signedIn: true })
    const asking = { ...(application as object), plan_request: null, $drop: { kind: 'application', id: 7, text: 'App' } }
    const html = await render('applications/show', { signedIn: true, change: { application: asking } })
    expect(html).toMatch(/<form[^>]*action="\/admin\/contracts\/7"[\s\S]*name="_method" type="hidden" value="put"[\s\S]*name="plan_id"[\s\S]*name="reason"/)
    expect(html).toContain('Ask for a bigger plan')
  })

  it('is small: one stylesheet below 35 KB, colours below 6 KB, one script below 8 KB', () => {
    expect(findBuiltInAsset('/css/portal.css')!.bytes.length).toBeLessThan(35_000)
    expect(coloursCss(defaultTheme).length).toBeLessThan(6_000)
    expect(findBuiltInAsset('/javascripts/portal.js')!.bytes.length).toBeLessThan(8_000)
  })

  it('takes every colour from the palette', () => {
    const css = Buffer.from(findBuiltInAsset('/css/portal.css')!.bytes).toString('utf8')
    const used = new Set([...css.matchAll(/var\(--([a-z0-9-]+)\)/g)].map(([, name]) => name!))
    const known = new Set([...`${coloursCss(defaultTheme)}${css}`.matchAll(/--([a-z0-9-]+):/g)].map(([, name]) => name!))
    expect([...used].filter((name) => !known.has(name))).toEqual([])
    expect(css.replaceAll(/url\([^)]*\)/g, '').match(/#[0-9a-f]{3,8}\b/gi)).toBeNull()
  })
})

import { evalToken, Hash, Tag, toValueSync, type Context, type Emitter, type Liquid, type Parser, type TagToken, type TopLevelToken, type ValueToken } from 'liquidjs'
import type { PortalContext } from '../context.ts'
import { attributes, escapeHtml, escapeOnce } from '../escape.ts'
import { isHash, isPresent, LiquidRecord, textOf } from '../wrap.ts'
import { renderPartial } from './include.ts'

/** What such a tag prints: text, or parts rendered by the engine. */
type Printing = string | Generator<unknown, void, unknown>

type TagCall = { context: PortalContext; emitter: Emitter; args: string; options: Record<string, unknown>; token: TagToken }

type TagClass = new (token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) => Tag

function element(print: (call: TagCall) => Printing): TagClass {
  return class extends Tag {
    readonly #options: Hash

    constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, _parser: Parser) {
      super(token, remaining, liquid)
      this.#options = new Hash(token.args)
    }

    *render(ctx: Context, emitter: Emitter): Generator<unknown, void, unknown> {
      const options = toValueSync(this.#options.render(ctx)) as Record<string, unknown>
      const printed = print({ context: ctx as PortalContext, emitter, args: this.token.args.trim(), options, token: this.token })
      if (typeof printed === 'string') emitter.write(printed)
      else yield printed
    }
  }
}

const nothing = element(() => '')
const partial = (name: string, onlySignedIn = false) => element(({ context, emitter }) => (onlySignedIn && !isSignedIn(context) ? '' : renderPartial(context, context, emitter, name)))

/** The tags of reference portal 4.3 that print an element of ours. What needs data reads it from the assigns. */
export const elementTags: Record<string, TagClass> = {
  content: element(({ context }) => context.job.body),
  csrf: element(({ context }) => csrfMeta(context)),
  '3scale_essentials': element(({ context }) => `${csrfMeta(context)}\n<script src="/javascripts/3scale.js"></script>\n${javascripts(context)}`),
  essential_assets: element(({ context }) => `${csrfMeta(context)}\n<script src="/javascripts/3scale.js"></script>\n${javascripts(context)}`),
  cdn_asset: element(({ args }) => cdnAsset(args.replace(/^["']|["']$/g, ''))),
  portlet: nothing,
  container: element(({ context, emitter, args }) => renderPartial(context, context, emitter, `${args.replace(/["']/g, '')}_${textOf(context.readPath(context.assigned('page'), 'system_name'))}`)),
  active_docs: element(({ context, options }) => activeDocs(context, textOf(options.services))),
  plan_widget: planWidget(),
  sort_link: element(({ context, options }) => sortLink(context, textOf(options.column), options.label)),
  latest_messages: element(() => '<p class="latest-messages-none">No messages.</p>'),
  latest_forum_posts: nothing,
  trial_notice: element(({ context }) => trialNotice(context)),
  credit_card_missing: nothing,
  disable_client_cache: element(({ context }) => {
    Object.assign(context.job.headers, { 'cache-control': 'no-cache, no-store, max-age=0, must-revalidate', pragma: 'no-cache', expires: '0' })
    return ''
  }),
  logo: element(({ context }) => `<h1 id="logo"><a href="/">${logo(context)}</a></h1>`),
  menu: partial('menu'),
  submenu: partial('submenu', true),
  footer: partial('footer'),
  oldfooter: element(({ context }) => `<div id="footer"><p>${context.printTyped(textOf(context.readPath(context.assigned('provider'), 'name')))}</p></div>`),
  user_widget: element(({ context }) => userWidget(context)),
  flash: element(({ context }) => flashBox(context)),
  theme_stylesheet: element(({ context }) => {
    const url = textOf(context.readPath(context.assigned('theme'), 'stylesheet_url'))
    return url === '' ? '' : `<link rel="stylesheet" href="${escapeOnce(url)}">`
  }),
  page_section: element(({ context }) => escapeHtml(section(context)[0])),
  page_sub_section: element(({ context }) => escapeHtml(section(context)[1])),
  // The visitor learns nothing of what broke; the tenant sees it in the dashboard.
  internal_error: nothing,
  stripe_form: nothing,
  braintree_customer_form: nothing,
  authorize_net_form: nothing,
  ogone_form: nothing,
  payment_express_form: nothing,
  debug: element(({ context, args }) => (args.startsWith(':help') ? debugHelp(context) : '')),
}

function csrfMeta(context: PortalContext): string {
  return `<meta name="csrf-param" content="authenticity_token">\n<meta name="csrf-token" content="${escapeHtml(context.job.input.form.authenticityToken)}">`
}

function javascripts(context: PortalContext): string {
  return context.job.contentOf.javascripts?.text ?? ''
}

// Libraries that stored templates ask for. The docs' viewer is ours; the others are not needed by anything of ours and
// are not fetched from strangers (CSP), so their element is left out.
function cdnAsset(path: string): string {
  if (/\/swagger-ui\/[\d.]+\/swagger-ui\.js$/.test(path)) return '<script src="/javascripts/active_docs.js" defer></script>'
  return /\.(css|js)$/.test(path) ? '' : `Liquid error: cdn_asset knows stylesheets and scripts only, not “${escapeHtml(path)}”`
}

function activeDocs(context: PortalContext, services: string): string {
  const specs = context.readPath(context.assigned('provider'), 'api_specs')
  const published = (Array.isArray(specs) ? (specs as unknown[]) : []).filter((spec) => context.readPath(spec, 'published?') !== false)
  const nameOf = (spec: unknown) => textOf(context.readPath(spec, 'system_name'))
  const named = services.split(',').map((name) => name.trim()).filter(Boolean)
  const spec = named.length === 0 ? published[0] : named.map((name) => published.find((one) => nameOf(one) === name)).find((one) => one !== undefined)
  if (spec === undefined) return ''
  const url = textOf(context.readPath(spec, 'url')) || `/swagger/spec/${encodeURIComponent(nameOf(spec))}.json`
  return `<div class="active-docs"${attributes({ 'data-spec-url': url })}></div>\n<script src="/javascripts/active_docs.js" defer></script>`
}

/** `{% plan_widget application, wizard: true %}`: a link to where the plan is changed. */
function planWidget(): TagClass {
  return class extends Tag {
    readonly #variable: ValueToken | undefined

    constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, _parser: Parser) {
      super(token, remaining, liquid)
      this.#variable = this.tokenizer.readValue() as ValueToken | undefined
    }

    *render(ctx: Context, emitter: Emitter): Generator<unknown, void, unknown> {
      const context = ctx as PortalContext
      const application = this.#variable ? yield evalToken(this.#variable, ctx) : undefined
      if (!(application instanceof LiquidRecord)) return emitter.write(`plan_widget: the variable '${escapeHtml(this.#variable?.getText() ?? '')}' is not defined`)
      const label = textOf(context.readPath(application, 'plan_change_permission_name')) || 'Review/Change'
      emitter.write(`<a id="choose-plan-${escapeHtml(String(application.id))}" class="choose-plan" href="/admin/applications/${encodeURIComponent(String(application.id))}#plan">${escapeHtml(label)}</a>`)
    }
  }
}

function sortLink(context: PortalContext, column: string, label: unknown): string {
  const { path, query } = context.job.input.form
  const params = new URLSearchParams(query)
  const current = params.get('sort') === column
  const direction = current && params.get('direction') === 'asc' ? 'desc' : 'asc'
  const state = current ? { class: `current ${params.get('direction') === 'desc' ? 'desc' : 'asc'}` } : {}
  params.set('sort', column)
  params.set('direction', direction)
  const words = isPresent(label) ? textOf(label) : column.replace(/_/g, ' ').replace(/\b[a-z]/g, (letter) => letter.toUpperCase())
  return `<a${attributes({ ...state, href: `${path}?${params.toString()}` })}>${escapeHtml(words)}</a>`
}

function trialNotice(context: PortalContext): string {
  const days = context.readPath(context.assigned('current_account'), 'bought_account_contract.remaining_trial_period_days')
  return typeof days === 'number' && days > 0 ? `<div class="card trial-notice"><p>${days} ${days === 1 ? 'day' : 'days'} of your trial are left.</p></div>` : ''
}

function logo(context: PortalContext): string {
  const provider = context.assigned('provider')
  const [name, url] = [textOf(context.readPath(provider, 'name')), textOf(context.readPath(provider, 'logo_url'))]
  return url === '' ? escapeHtml(name) : `<img src="${escapeOnce(url)}" alt="${escapeHtml(name)}">`
}

function userWidget(context: PortalContext): string {
  if (!isSignedIn(context)) return '<div id="user_widget"><a href="/login">Sign in</a></div>'
  const name = textOf(context.readPath(context.assigned('current_user'), 'username')) || textOf(context.readPath(context.assigned('current_user'), 'name'))
  return `<div id="user_widget"><span>${escapeHtml(name)}</span> <a href="/admin">Dashboard</a> <a href="/logout">Sign out</a></div>`
}

function flashBox(context: PortalContext): string {
  const messages = context.readPath(context.assigned('flash'), 'messages')
  if (!Array.isArray(messages) || messages.length === 0) return ''
  const lines = messages.map((message) => `<p class="${escapeOnce(textOf(context.readPath(message, 'type')))}">${escapeHtml(textOf(context.readPath(message, 'text')))}</p>`)
  return `<div id="flash-messages">${lines.join('')}</div>`
}

function isSignedIn(context: PortalContext): boolean {
  return isPresent(context.assigned('current_user'))
}

// `pages/applications/show` stands in section `applications`, sub-section `show`.
function section(context: PortalContext): [string, string] {
  const path = context.job.input.page.replace(/^(pages|mails)\//, '')
  const at = path.lastIndexOf('/')
  return at === -1 ? ['portal', path] : [path.slice(0, at).replaceAll('/', '-'), path.slice(at + 1)]
}

function debugHelp(context: PortalContext): string {
  const lines = Object.keys(context.job.input.assigns).sort().map((name) => `${name}: ${describe(context.assigned(name))}`)
  return `<!--\nVariables of this page:\n${lines.join('\n').replaceAll('--', '- -')}\n-->`
}

function describe(value: unknown): string {
  if (value instanceof LiquidRecord) return `${value.kind} (${value.names().join(', ')})`
  if (Array.isArray(value)) return `list of ${value.length}${value[0] instanceof LiquidRecord ? ` ${value[0].kind}` : ''}`
  return isHash(value) ? `hash (${Object.keys(value).join(', ')})` : value === null || value === undefined ? 'nothing' : typeof value === 'object' ? 'text' : typeof value
}

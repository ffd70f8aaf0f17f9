import { attributes, escapeHtml, escapeOnce } from '../escape.ts'
import { isTyped, LiquidRecord, textOf } from '../wrap.ts'
import { markup, type FilterCall, type LiquidFilter } from './filter.ts'
import { errorTexts } from './list.ts'

const bundledStyles = ['plans_widget.css', 'stats.css', 'legacy/stats', 'active-docs/application.css']

/** Filters that make elements. Words in them are escaped whatever the setting says; attributes always. */
export const htmlFilters: Record<string, LiquidFilter> = {
  mail_to: (input) => markup(`<a href="mailto:${escapeHtml(encodeURI(textOf(input).toWellFormed()))}">${escapeHtml(textOf(input))}</a>`),
  link_to: (input, { args, options, context }) => markup(`<a href="${escapeOnce(hrefOf(args[0]))}"${attributes(texts(options))}>${context.print(input)}</a>`),
  stylesheet_link_tag: (input, { options }) =>
    markup(`<link rel="stylesheet" type="text/css" media="screen" href="${escapeOnce(assetPath(textOf(input), '/stylesheets/', bundledStyles.includes(textOf(input)) ? '' : '.css'))}"${attributes(texts(options))}>`),
  javascript_include_tag: (input, { options }) => markup(`<script src="${escapeOnce(assetPath(textOf(input), '/javascripts/', '.js'))}"${attributes(texts(options))}></script>`),
  image_tag: (input, { options }) => markup(`<img src="${escapeOnce(assetPath(textOf(input), '/images/', ''))}"${attributes(texts(options))}>`),
  error_class: (input, { args }) => (errorTexts(input).length > 0 ? textOf(args[0] ?? 'error') : ''),
  inline_errors: (input, { args }) => {
    const words = errorTexts(input)
    return words.length === 0 ? '' : markup(`<p class="${escapeOnce(textOf(args[0] ?? 'inline-errors'))}">${escapeHtml(sentence(words))}</p>`)
  },
  dom_id: (input) => (input instanceof LiquidRecord ? `${input.kind}_${input.id}` : ''),
  message_url: (input) => (input instanceof LiquidRecord ? `/admin/messages/received/${input.id}` : ''),
  // An analytics service that is no more.
  embed_google_tracker: () => '',
  delete_button: (input, call) => button(input, call, 'delete', ''),
  update_button: (input, call) => button(input, call, 'put', 'update'),
  create_button: (input, call) => button(input, call, 'post', 'create_key'),
  delete_button_ajax: (input, call) => button(input, call, 'delete', 'action delete remote', true),
  update_button_ajax: (input, call) => button(input, call, 'put', 'update remote', true),
  create_button_ajax: (input, call) => button(input, call, 'post', 'create', true),
  regenerate_oauth_secret_button: (input, call) => button(input, call, 'put', 'btn btn-danger', true),
}

function button(title: unknown, { args, options, context }: FilterCall, method: 'post' | 'put' | 'delete', usualClass: string, remote = false): unknown {
  const { class: given, confirm, disable_with: disableWith, ...others } = texts(options)
  const hidden = method === 'post' ? '' : `<input type="hidden" name="_method" value="${method}">`
  const token = `<input type="hidden" name="authenticity_token" value="${escapeHtml(context.job.input.form.authenticityToken)}">`
  const element = attributes({ ...others, class: given ?? (usualClass || null), type: 'submit', 'data-confirm': confirm, 'data-disable-with': disableWith })
  return markup(`<form class="button_to" method="post" action="${escapeOnce(hrefOf(args[0]))}"${remote ? ' data-remote="true"' : ''}>${hidden}${token}<button${element}>${context.print(title)}</button></form>`)
}

/** An address a developer typed may lead to a web page or into the portal, not to a script. */
function hrefOf(url: unknown): string {
  const address = textOf(url).trim()
  return isTyped(url) && /^[^/?#]*:/.test(address) && !/^(https?|mailto):/i.test(address) ? '#' : address
}

function texts(options: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null && value !== undefined).map(([name, value]) => [name, textOf(value)]))
}

function assetPath(name: string, folder: string, suffix: string): string {
  if (/^(\/|https?:)/.test(name)) return name
  return folder + name + (suffix !== '' && !name.split('?')[0]!.endsWith(suffix) ? suffix : '')
}

function sentence(words: string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`
}

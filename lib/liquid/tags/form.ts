import { evalToken, Tag, Tokenizer, type Context, type Emitter, type Liquid, type Parser, type TagToken, type Template, type TopLevelToken, type ValueToken } from 'liquidjs'
import type { PortalContext } from '../context.ts'
import { attributes, escapeHtml, escapeOnce } from '../escape.ts'
import { isHash, LiquidRecord, textOf } from '../wrap.ts'
import { readBlock } from './control.ts'

type FormShape = {
  method: 'get' | 'post' | 'put'
  action: string
  id?: string
  remote?: boolean
  hidden?: [name: string, value: string][]
}

/** What a form is made of: the object given to the tag, and the page it stands on. */
type FormSite = { object: LiquidRecord | null; context: PortalContext; query: URLSearchParams; read: (name: string) => unknown }

type FormKind = { needs?: string; shape: (site: FormSite) => FormShape }

const at = (id: number | string | undefined) => encodeURIComponent(String(id ?? ''))

/** The kinds of reference portal 4.5. */
const kinds: Record<string, FormKind> = {
  signup: {
    shape: ({ query }) => ({ method: 'post', action: '/signup', id: 'signup_form', hidden: query.getAll('plan_ids[]').map((id): [string, string] => ['plan_ids[]', id]) }),
  },
  // Where to go afterwards is judged where it is followed (RED-1).
  login: { shape: ({ query }) => ({ method: 'post', action: '/session', id: 'new_session', hidden: query.has('return_to') ? [['return_to', query.get('return_to')!]] : [] }) },
  password_reset: { shape: () => ({ method: 'post', action: '/admin/account/password' }) },
  password_change: {
    shape: ({ context }) => ({ method: 'put', action: '/admin/account/password', hidden: [['password_reset_token', textOf(context.assigned('password_reset_token'))]] }),
  },
  invitation_signup: { shape: ({ context }) => ({ method: 'post', action: context.job.input.form.path, id: 'signup_form' }) },
  'invitation.create': { shape: () => ({ method: 'post', action: '/admin/account/invitations' }) },
  'account.personal_details': { shape: () => ({ method: 'put', action: '/admin/account' }) },
  'account.billing_address': { shape: ({ context }) => ({ method: 'put', action: `/admin/account/${at(textOf(context.readPath(context.assigned('provider'), 'payment_gateway.type')) || 'payment_details')}` }) },
  'user.edit': { needs: 'a user', shape: ({ object }) => ({ method: 'put', action: `/admin/account/users/${at(object?.id)}`, id: `edit_user_${at(object?.id)}` }) },
  'user.personal_details': {
    shape: ({ query }) => ({ method: 'put', action: '/admin/account/personal_details', id: 'edit_personal_details', hidden: query.has('origin') ? [['origin', query.get('origin')!]] : [] }),
  },
  'application.create': { needs: 'an application', shape: ({ read }) => ({ method: 'post', action: `/admin/applications?service_id=${at(idOf(read('service')))}` }) },
  'application.update': { needs: 'an application', shape: ({ object }) => ({ method: 'put', action: `/admin/applications/${at(object?.id)}` }) },
  'application.updateremote': { needs: 'an application', shape: ({ object }) => ({ method: 'put', action: `/admin/applications/${at(object?.id)}`, remote: true }) },
  'referrer_filter.createremote': {
    needs: 'an application or a referrer filter',
    shape: ({ object, read }) => ({ method: 'post', action: `/admin/applications/${at(object?.kind === 'application' ? object.id : idOf(read('application')))}/referrer_filters`, remote: true }),
  },
  'contract.create': { needs: 'an application or a subscription', shape: ({ object }) => ({ method: 'put', action: `/admin/contracts/${at(object?.id)}` }) },
  'subscription.create': { shape: ({ read }) => ({ method: 'post', action: `/admin/service_contracts${idOf(read('service')) === undefined ? '' : `?service_id=${at(idOf(read('service')))}`}` }) },
  'plan.change': { shape: () => ({ method: 'put', action: '/buyer/account_contract' }) },
  'message.create': { shape: () => ({ method: 'post', action: '/admin/messages/sent', id: 'message-form' }) },
  'message.reply': { needs: 'a message', shape: ({ object }) => ({ method: 'post', action: '/admin/messages/received', id: 'message-form', hidden: [['reply_to', String(object?.id ?? '')]] }) },
  search: { shape: () => ({ method: 'get', action: '/search', id: 'searchAgain' }) },
}

/** `{% form 'kind', object, class: '', id: '' %}…{% endform %}` */
export class FormTag extends Tag {
  readonly #kind: string
  readonly #object: ValueToken | undefined
  readonly #options: Record<string, ValueToken> = {}
  readonly #templates: Template[] = []

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid)
    // A hash in braces is the same as without.
    const tokenizer = new Tokenizer(token.args.replace(/[{}]/g, ' ').replace(/=>/g, ':'), liquid.options.operators)
    const kind = tokenizer.readQuoted() ?? tokenizer.readIdentifier()
    this.#kind = kind.getText().replace(/^["']|["']$/g, '')
    if (this.#kind === '') throw new Error('form needs its kind, like {% form \'login\' %}')
    for (;;) {
      tokenizer.skipBlank()
      if (tokenizer.peek() === ',') tokenizer.advance()
      const before = tokenizer.p
      const value = tokenizer.readValue() as ValueToken | undefined
      if (!value) break
      tokenizer.skipBlank()
      if (tokenizer.peek() === ':') {
        tokenizer.advance()
        const option = tokenizer.readValue() as ValueToken | undefined
        if (option) this.#options[value.getText().replace(/^["']|["']$/g, '')] = option
      } else this.#object ??= value
      if (tokenizer.p === before) break
    }
    readBlock(token, remaining, parser, this.#templates)
  }

  *render(ctx: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const context = ctx as PortalContext
    const kind = Object.hasOwn(kinds, this.#kind) ? kinds[this.#kind]! : null
    if (!kind) return emitter.write(`unknown form '${escapeHtml(this.#kind)}'`)
    const given = this.#object ? yield evalToken(this.#object, ctx) : undefined
    const object = given instanceof LiquidRecord ? given : null
    if (kind.needs && !object && !isHash(given)) return emitter.write(`<!-- form_tag error: '${escapeHtml(this.#kind)}' needs ${kind.needs} -->`)
    const shape = kind.shape({ object, context, query: new URLSearchParams(context.job.input.form.query), read: (name) => context.readPath(given, name) })
    const options: Record<string, string> = {}
    for (const name of ['class', 'id']) if (this.#options[name]) options[name] = textOf(yield evalToken(this.#options[name], ctx))
    emitter.write(openForm(shape, options, context.job.input.form.authenticityToken))
    yield this.liquid.renderer.renderTemplates(this.#templates, ctx, emitter)
    emitter.write('</form>')
  }
}

function openForm({ method, action, id, remote, hidden = [] }: FormShape, options: Record<string, string>, token: string): string {
  const element = attributes({
    class: `formtastic${options.class ? ` ${options.class}` : ''}`,
    id: options.id ?? id,
    action,
    method: method === 'get' ? 'get' : 'post',
    'accept-charset': 'UTF-8',
    'data-remote': remote ? 'true' : null,
  })
  const fields: [string, string][] = [['utf8', '✓']]
  if (method === 'put') fields.push(['_method', 'put'])
  if (method !== 'get') fields.push(['authenticity_token', token])
  const inputs = [...fields, ...hidden].map(([name, value]) => `<input name="${escapeOnce(name)}" type="hidden" value="${escapeHtml(value)}">`)
  return `<form${element}><div style="margin:0;padding:0;display:inline">${inputs.join('')}</div>`
}

function idOf(value: unknown): number | string | undefined {
  return value instanceof LiquidRecord ? value.id : undefined
}

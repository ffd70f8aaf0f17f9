import { Tag, TypeGuards, type Context, type Liquid, type Parser, type TagToken, type Template, type TopLevelToken } from 'liquidjs'
import type { PortalContext } from '../context.ts'
import { assertOutputFits } from '../limits.ts'
import { captured } from './control.ts'

type Header = { name: string; value: Template[] }

const single = ['subject', 'from', 'reply_to', 'reply-to']
const several = ['cc', 'bcc']

/**
 * `{% email %}…{% endemail %}` in a mail: its headers. Values are quoted; what stands in `{{ }}` inside the quotes is
 * filled in, which is ours: there is no other way to name the tenant in a subject.
 */
export class EmailTag extends Tag {
  readonly #headers: Header[] = []

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid)
    for (let inner = remaining.shift(); inner; inner = remaining.shift()) {
      if (TypeGuards.isTagToken(inner)) {
        if (inner.name === 'endemail') return
        this.#headers.push(...readHeader(inner, parser))
      } else if (inner.getText().trim() !== '') throw new Error('email: only header tags like {% subject = \'…\' %} stand inside of it')
    }
    throw new Error(`tag ${token.getText()} not closed`)
  }

  *render(ctx: Context): Generator<unknown, void, unknown> {
    const context = ctx as PortalContext
    const { headers } = context.job
    for (const { name, value } of this.#headers) {
      const text = String(captured(context, (emitter) => this.liquid.renderer.renderTemplates(value, ctx, emitter)))
      const whole = several.includes(name) && headers[name] ? `${headers[name]}, ${text}` : text
      assertOutputFits(whole.length)
      headers[name] = whole
    }
  }
}

function readHeader(token: TagToken, parser: Parser): Header[] {
  const literals = [...token.args.matchAll(/'([^']*)'|"([^"]*)"/g)].map((match) => match[1] ?? match[2] ?? '')
  const { name } = token
  const value = (text: string) => parser.parse(text, token.file)
  if (name === 'do_not_send') return [{ name, value: value('true') }]
  if (single.includes(name) && literals.length === 1) return [{ name: name.replace('-', '_'), value: value(literals[0]!) }]
  if (several.includes(name) && literals.length > 0) return literals.map((literal) => ({ name, value: value(literal) }))
  if (name === 'header' && literals.length === 2 && /^[A-Za-z][A-Za-z0-9-]*$/.test(literals[0]!)) return [{ name: literals[0]!, value: value(literals[1]!) }]
  throw new Error(
    [...single, ...several, 'header'].includes(name) ? `email: ${name} needs its value in quotes, like {% ${name} = '…' %}` : `email: {% ${name} %} is no header; there are subject, from, reply_to, cc, bcc, header and do_not_send`,
  )
}

import { evalToken, Hash, Tag, toValueSync, type Context, type Emitter, type Liquid, type Parser, type TagToken, type TopLevelToken, type ValueToken } from 'liquidjs'
import type { PortalContext } from '../context.ts'
import { LimitReached, liquidLimits } from '../limits.ts'
import { LiquidList, textOf } from '../wrap.ts'

/**
 * `{% include 'a/b' with x, name: value %}`: the partial sees and changes the caller's variables, and its break and
 * continue are the caller's. What is given to it is bound to the last part of its name; a list renders it once per item.
 */
export class IncludeTag extends Tag {
  readonly #name: ValueToken
  readonly #given: ValueToken | undefined
  readonly #alias: string | undefined
  readonly #variables: Hash

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, _parser: Parser) {
    super(token, remaining, liquid)
    const name = this.tokenizer.readValue()
    if (!name) throw new Error('include needs the name of a partial')
    this.#name = name as ValueToken
    this.#given = this.#readWord('with', 'for') ? (this.tokenizer.readValue() as ValueToken | undefined) : undefined
    this.#alias = this.#readWord('as') ? this.tokenizer.readIdentifier().getText() : undefined
    this.#variables = new Hash(this.tokenizer)
  }

  *render(ctx: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const context = ctx as PortalContext
    const name = textOf(yield evalToken(this.#name, ctx))
    yield renderPartial(context, this.scoped(context), emitter, name, {
      alias: this.#alias,
      variables: toValueSync(this.#variables.render(ctx)) as Record<string, unknown>,
      given: this.#given ? yield evalToken(this.#given, ctx) : undefined,
      asked: this.#given !== undefined,
    })
  }

  protected scoped(context: PortalContext): PortalContext {
    return context
  }

  #readWord(...words: string[]): boolean {
    const { tokenizer } = this
    const before = tokenizer.p
    if (words.includes(tokenizer.readIdentifier().getText()) && (tokenizer.skipBlank(), tokenizer.peek() !== ':')) return true
    tokenizer.p = before
    return false
  }
}

/** Stock Liquid's `render`: a partial that sees only what it is given. */
export class RenderTag extends IncludeTag {
  protected override scoped(context: PortalContext): PortalContext {
    return context.spawn()
  }
}

type Given = { given?: unknown; asked?: boolean; alias?: string; variables?: Record<string, unknown> }

/** Also for tags that stand for a partial, like `{% menu %}`. A partial that is not there prints nothing. */
export function* renderPartial(outer: PortalContext, context: PortalContext, emitter: Emitter, name: string, { given, asked = false, alias, variables = {} }: Given = {}): Generator<unknown, void, unknown> {
  const { job } = outer
  const templates = name === '' ? null : job.find(`partials/${name}`)
  if (!templates) return
  if (job.includesDeep >= liquidLimits.includesDeepMax) throw new LimitReached('render', `Partials include each other more than ${liquidLimits.includesDeepMax} deep; “${name}” is one of them.`)
  const value = asked ? given : toValueSync(context._get([name]))
  // Without `with`, only a plain list: a collection that happens to have the partial's name is handed over whole.
  const items = Array.isArray(value) && (asked || !(value instanceof LiquidList && value.itemKeys.length > 0)) ? (value as unknown[]) : [value]
  job.includesDeep++
  const scope = Object.assign(Object.create(null) as Record<string, unknown>, variables)
  context.push(scope)
  const variable = alias ?? name.split('/').at(-1)!
  for (const item of items) {
    if (item !== undefined) scope[variable] = item
    yield context.liquid.renderer.renderTemplates(templates, context, emitter)
    if (context.breakCalled || context.continueCalled) break
  }
  context.pop()
  job.includesDeep--
}

import { CaptureTag, Drop as LiquidDrop, evalToken, ForTag, Tag, TablerowTag, toValueSync, type Context, type Emitter, type Liquid, type Parser, type TagToken, type Template, type TopLevelToken } from 'liquidjs'
import { BoundedEmitter } from '../bounded-emitter.ts'
import type { PortalContext } from '../context.ts'
import { assertOutputFits } from '../limits.ts'
import { isHash, LiquidText, numberOf, wrap } from '../wrap.ts'

/** `forloop` and `tablerowloop` of one loop. */
class Loop extends LiquidDrop {
  at = 0
  readonly length: number
  readonly name: string
  readonly parentloop: unknown
  readonly #columns: number

  constructor(length: number, name: string, parentloop: unknown, columns = length) {
    super()
    this.length = length
    this.name = name
    this.parentloop = parentloop
    this.#columns = Math.max(1, columns)
  }

  index = () => this.at + 1
  index0 = () => this.at
  rindex = () => this.length - this.at
  rindex0 = () => this.length - this.at - 1
  first = () => this.at === 0
  last = () => this.at === this.length - 1
  col0 = () => this.at % this.#columns
  col = () => this.col0() + 1
  row = () => Math.floor(this.at / this.#columns) + 1
  col_first = () => this.col0() === 0
  col_last = () => this.col0() === this.#columns - 1
}

/** What a loop goes through: a list, the pairs of a hash, a text as one item. */
function entries(value: unknown): unknown[] {
  const list = wrap(value)
  if (Array.isArray(list)) return list as unknown[]
  if (typeof list === 'string' || list instanceof LiquidText) return String(list) === '' ? [] : [list]
  return isHash(list) ? Object.entries(list).filter(([name]) => !name.startsWith('$')).map(([name, item]) => [name, wrap(item)]) : []
}

function scopeOf(values: Record<string, unknown>): Record<string, unknown> {
  return Object.assign(Object.create(null) as Record<string, unknown>, values)
}

export class PortalForTag extends ForTag {
  override *render(ctx: Context, emitter: Emitter): Generator<unknown, void, Template[]> {
    const { renderer } = this.liquid
    let items = entries(yield evalToken(this.collection, ctx) as never)
    const options = toValueSync(this.hash.render(ctx)) as Record<string, unknown>
    const continueKey = `continue-${this.variable}-${this.collection.getText()}`
    // `offset: continue` goes on where the loop before it over the same list ended.
    const goesOn = this.hash.hash.offset?.getText() === 'continue'
    const offset = goesOn ? Number(ctx.getRegister(continueKey, 0)) : numberOf(options.offset ?? 0)
    items = items.slice(offset)
    if (options.limit !== undefined && options.limit !== null) items = items.slice(0, Math.max(0, numberOf(options.limit)))
    ctx.setRegister(continueKey, offset + items.length)
    if ('reversed' in options) items = [...items].reverse()
    if (items.length === 0) {
      yield renderer.renderTemplates(this.elseTemplates, ctx, emitter)
      return
    }
    const loop = new Loop(items.length, `${this.variable}-${this.collection.getText()}`, toValueSync(ctx._get(['forloop'])))
    const scope = scopeOf({ forloop: loop })
    ctx.push(scope)
    for (const item of items) {
      scope[this.variable] = item
      ctx.continueCalled = ctx.breakCalled = false
      yield renderer.renderTemplates(this.templates, ctx, emitter)
      if (ctx.breakCalled) break
      loop.at++
    }
    ctx.continueCalled = ctx.breakCalled = false
    ctx.pop()
  }
}

export class PortalTablerowTag extends TablerowTag {
  override *render(ctx: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const options = toValueSync(this.args.render(ctx)) as Record<string, unknown>
    let items = entries(yield evalToken(this.collection, ctx)).slice(numberOf(options.offset ?? 0))
    if (options.limit !== undefined && options.limit !== null) items = items.slice(0, Math.max(0, numberOf(options.limit)))
    const loop = new Loop(items.length, `${this.variable}-${this.collection.getText()}`, null, numberOf(options.cols ?? items.length))
    const scope = scopeOf({ tablerowloop: loop })
    ctx.push(scope)
    for (const item of items) {
      scope[this.variable] = item
      if (loop.col_first()) emitter.write(`${loop.row() > 1 ? '</tr>\n' : ''}<tr class="row${loop.row()}">\n`)
      emitter.write(`<td class="col${loop.col()}">`)
      ctx.continueCalled = ctx.breakCalled = false
      yield this.liquid.renderer.renderTemplates(this.templates, ctx, emitter)
      emitter.write('</td>')
      if (ctx.breakCalled) break
      loop.at++
    }
    ctx.continueCalled = ctx.breakCalled = false
    if (items.length > 0) emitter.write('</tr>\n')
    ctx.pop()
  }
}

/** What was printed into it is markup from then on; words of developers in it are remembered (LQ-4). */
export function captured(context: PortalContext, render: (emitter: Emitter) => Iterator<unknown>): LiquidText | string {
  const emitter = new BoundedEmitter()
  const before = context.job.typedPrinted
  toValueSync(render(emitter) as never)
  const typed = context.job.typedPrinted > before
  return context.job.input.mode === 'mail' && !typed ? emitter.buffer : new LiquidText(emitter.buffer, { safe: true, typed })
}

export class PortalCaptureTag extends CaptureTag {
  override *render(ctx: Context): Generator<unknown, void, string> {
    ctx.bottom()[this.variable] = captured(ctx as PortalContext, (emitter) => this.liquid.renderer.renderTemplates(this.templates, ctx, emitter))
  }
}

/** `{% content_for name %}`: kept for `content_of.name`; repeated blocks add up. */
export class ContentForTag extends Tag {
  readonly #key: string
  readonly #templates: Template[] = []

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid)
    this.#key = token.args.trim().replace(/^["']|["']$/g, '')
    if (this.#key === '') throw new Error('content_for needs a name')
    readBlock(token, remaining, parser, this.#templates)
  }

  *render(ctx: Context): Generator<unknown, void, unknown> {
    const context = ctx as PortalContext
    const block = captured(context, (emitter) => this.liquid.renderer.renderTemplates(this.#templates, ctx, emitter))
    const kept = context.job.contentOf
    const before = Object.hasOwn(kept, this.#key) ? kept[this.#key]! : null
    // Kept texts travel to the main thread with the answer: together they are bounded as a page is.
    assertOutputFits(Object.values(kept).reduce((sum, { text }) => sum + text.length, String(block).length))
    kept[this.#key] = new LiquidText((before?.text ?? '') + String(block), { safe: true, typed: (before?.typed ?? false) || (block instanceof LiquidText && block.typed) })
  }
}

/** Prints its block when it differs from the last time. */
export class IfchangedTag extends Tag {
  readonly #templates: Template[] = []

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid)
    readBlock(token, remaining, parser, this.#templates)
  }

  *render(ctx: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const block = String(captured(ctx as PortalContext, (inner) => this.liquid.renderer.renderTemplates(this.#templates, ctx, inner)))
    if (ctx.getRegister<string | undefined>('ifchanged') === block) return
    ctx.setRegister('ifchanged', block)
    emitter.write(block)
  }
}

/** The templates between a block tag and its `end…`. */
export function readBlock(token: TagToken, remaining: TopLevelToken[], parser: Parser, into: Template[]): void {
  const stream = parser
    .parseStream(remaining)
    .on(`tag:end${token.name}`, () => void stream.stop())
    .on('template', (template: Template) => void into.push(template))
    .on('end', () => {
      throw new Error(`tag ${token.getText()} not closed`)
    })
  stream.start()
}



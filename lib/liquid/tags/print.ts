import { evalToken, Tag, toValueSync, Value, type Context, type Emitter, type Liquid, type Parser, type TagToken, type TopLevelToken, type ValueToken } from 'liquidjs'
import type { PortalContext } from '../context.ts'
import { textOf } from '../wrap.ts'

/** liquidjs' echo and cycle turn values into text before they are escaped, and marks are lost; ours print as `{{ }}` does (LQ-4). */
export class EchoTag extends Tag {
  readonly #value: Value | null

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, _parser: Parser) {
    super(token, remaining, liquid)
    this.tokenizer.skipBlank()
    this.#value = this.tokenizer.end() ? null : new Value(this.tokenizer.readFilteredValue(), liquid)
  }

  *render(ctx: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    if (this.#value) emitter.write((ctx as PortalContext).print(toValueSync(this.#value.value(ctx, false))))
  }
}

export class CycleTag extends Tag {
  readonly #group: ValueToken | null = null
  readonly #candidates: ValueToken[] = []

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, _parser: Parser) {
    super(token, remaining, liquid)
    const { tokenizer } = this
    for (let value = tokenizer.readValue(); value; value = tokenizer.readValue()) {
      tokenizer.skipBlank()
      if (tokenizer.peek() === ':' && this.#candidates.length === 0) this.#group = value as ValueToken
      else this.#candidates.push(value as ValueToken)
      if (tokenizer.peek() === ',' || tokenizer.peek() === ':') tokenizer.advance()
    }
    if (this.#candidates.length === 0) throw new Error('empty candidates')
  }

  *render(ctx: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const names = this.#candidates.map((candidate) => candidate.getText()).join(',')
    const group = this.#group ? textOf(yield evalToken(this.#group, ctx)) : names
    const turns = ctx.getRegister<Record<string, number>>('cycle', Object.create(null) as Record<string, number>)
    const turn = turns[group] ?? 0
    turns[group] = (turn + 1) % this.#candidates.length
    emitter.write((ctx as PortalContext).print(yield evalToken(this.#candidates[turn % this.#candidates.length]!, ctx)))
  }
}

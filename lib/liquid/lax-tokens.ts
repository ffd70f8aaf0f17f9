import { Tokenizer } from 'liquidjs'

type FilterToken = NonNullable<ReturnType<Tokenizer['readFilter']>>

/**
 * Ruby Liquid reads markup with patience: words it does not understand after a value or a filter's arguments are passed
 * over, and a missing comma between arguments is no matter. liquidjs refuses both, so this thread's tokenizer learns it.
 */
export function readLaxly(): void {
  const strict = Tokenizer.prototype.readFilter
  Tokenizer.prototype.readFilter = function readFilter(this: Tokenizer): FilterToken | null {
    this.skipBlank()
    if (!this.end() && !['|', ')', ','].includes(this.peek())) skipToPipe(this)
    const begin = this.p
    try {
      return strict.call(this)
    } catch (error) {
      // Only what stands between here and the next filter is in doubt.
      const token = readWithoutCommas(this, begin)
      if (!token) throw error
      return token
    }
  }
}

function skipToPipe(tokenizer: Tokenizer): void {
  while (!tokenizer.end() && tokenizer.peek() !== '|') if (!tokenizer.readQuoted()) tokenizer.advance()
}

function readWithoutCommas(tokenizer: Tokenizer, begin: number): FilterToken | null {
  tokenizer.p = begin + 1
  const name = tokenizer.readIdentifier()
  if (!name.size()) return null
  const args: FilterToken['args'] = []
  tokenizer.skipBlank()
  if (tokenizer.peek() === ':') {
    tokenizer.advance()
    for (;;) {
      tokenizer.skipBlank()
      if (tokenizer.peek() === ',') tokenizer.advance()
      const before = tokenizer.p
      const arg = tokenizer.readFilterArg()
      if (arg) args.push(arg)
      if (tokenizer.p === before || tokenizer.end() || tokenizer.peek() === '|') break
    }
  }
  skipToPipe(tokenizer)
  // Made by the strict reader, from the part it understands, so that it is one of its own kind.
  const token = new Tokenizer('| x').readFilter()
  return token ? Object.assign(token, { name: name.getText(), args, input: tokenizer.input, begin: name.begin, end: tokenizer.p }) : null
}

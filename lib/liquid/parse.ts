import { ParseError, Parser, TokenKind, TypeGuards, type Liquid, type Template, type TopLevelToken } from 'liquidjs'
import { liquidLimits } from './limits.ts'

export type ParsedTemplate = { templates: Template[]; nodes: number }

/** Parses one template within the bounds of LQ-1 and LQ-2. Throws liquidjs' errors, which know the line. */
export function parseTemplate(engine: Liquid, source: string, name: string): ParsedTemplate {
  if (source.length > liquidLimits.sourceMax) throw new TemplateTooLarge()
  const parser = new BoundedParser(engine)
  return { templates: parser.parse(source, name), nodes: parser.nodes }
}

export class TemplateTooLarge extends Error {
  constructor() {
    super(`A template may have at most ${liquidLimits.sourceMax / 1024} KB.`)
  }
}

class BoundedParser extends Parser {
  nodes = 0
  #depth = 0

  override parseToken(token: TopLevelToken, remaining: TopLevelToken[]): ReturnType<Parser['parseToken']> {
    this.nodes++
    if (this.#depth >= liquidLimits.nestingMax) throw new ParseError(new Error(`nested deeper than ${liquidLimits.nestingMax}`), token)
    this.#depth++
    try {
      // Ruby prints nothing for an empty output.
      if (TypeGuards.isOutputToken(token) && /^\{\{-?\s*-?\}\}$/.test(token.getText())) return super.parseToken(blankToken, remaining)
      return super.parseToken(token, remaining)
    } finally {
      this.#depth--
    }
  }

  override parseTokens(tokens: TopLevelToken[]): Template[] {
    for (const token of tokens) if (TypeGuards.isTagToken(token)) forgiveClosingWords(token)
    return super.parseTokens(tokens)
  }
}

// `{% else if x %}` and `{% endif x %}` are an else and an endif.
function forgiveClosingWords(token: { name: string; args: string }): void {
  if (token.args !== '' && (token.name === 'else' || token.name.startsWith('end'))) Object.assign(token, { args: '' })
}

const blankToken = { kind: TokenKind.HTML, getContent: () => '', getText: () => '', input: '', begin: 0, end: 0 } as unknown as TopLevelToken

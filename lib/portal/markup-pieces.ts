/** `raw`: a script or style element with all that is in it. `name` is the element's in lower case, `/p` where it ends one; empty for text and comments. */
export type MarkupPiece = { kind: 'text' | 'tag' | 'raw' | 'comment'; name: string; text: string }

/**
 * Cuts markup into pieces, roughly as a browser reads it; together they are the whole text. Each character is looked at
 * a few times at most, whatever a tenant wrote: what is never closed is one last piece.
 */
export function* markupPieces(markup: string): Generator<MarkupPiece> {
  let at = 0
  while (at < markup.length) {
    const open = findTag(markup, at)
    if (open > at) yield { kind: 'text', name: '', text: markup.slice(at, open) }
    if (open === markup.length) return
    const piece = pieceAt(markup, open)
    yield piece
    at = open + piece.text.length
  }
}

/** Where a tag or comment begins; the end of the text where none does. */
function findTag(markup: string, from: number): number {
  for (let at = markup.indexOf('<', from); at !== -1; at = markup.indexOf('<', at + 1)) if (/[a-z/!?]/i.test(markup.charAt(at + 1))) return at
  return markup.length
}

function pieceAt(markup: string, open: number): MarkupPiece {
  if (markup.startsWith('<!--', open)) return { kind: 'comment', name: '', text: markup.slice(open, after(markup, '-->', open + 4)) }
  const end = endOfTag(markup, open)
  const name = /^<(\/?[a-z][a-z0-9-]*)/i.exec(markup.slice(open, open + 50))?.[1]!.toLowerCase() ?? ''
  if (name !== 'script' && name !== 'style') return { kind: 'tag', name, text: markup.slice(open, end) }
  const close = name === 'script' ? /<\/script[\s/>]/gi : /<\/style[\s/>]/gi
  close.lastIndex = end
  const closing = close.exec(markup)
  return { kind: 'raw', name, text: markup.slice(open, closing ? endOfTag(markup, closing.index) : markup.length) }
}

/** A `>` in a quoted value ends nothing. */
function endOfTag(markup: string, open: number): number {
  let quote = ''
  for (let at = open + 1; at < markup.length; at++) {
    const character = markup[at]!
    if (quote) quote = character === quote ? '' : quote
    else if (character === '>') return at + 1
    else if (character === '"' || character === "'") quote = character
  }
  return markup.length
}

function after(markup: string, mark: string, from: number): number {
  const at = markup.indexOf(mark, from)
  return at === -1 ? markup.length : at + mark.length
}

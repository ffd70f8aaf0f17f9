/**
 * The texts that most policies hold, words and plain variables such as `by {{ http_method }} {{ headers['x-plan'] }}`,
 * without the engine: a hundredth of its time. Whatever is not plainly that is left to it, when a text is read and again when
 * a value turns out to be something else than text, number or truth.
 */
export type PlainTemplate = (scope: object) => string | null

/** Null: this text needs the engine. The template itself gives null where a value does. */
export function compilePlainTemplate(source: string): PlainTemplate | null {
  if (source.includes('{%')) return null
  const parts: (string | readonly string[])[] = []
  let from = 0
  for (const found of source.matchAll(OUTPUT)) {
    const path = readPath(found[1]!)
    if (!path) return null
    parts.push(source.slice(from, found.index), path)
    from = found.index + found[0].length
  }
  parts.push(source.slice(from))
  // An output that the expression does not know, or one that is never closed.
  if (parts.some((part) => typeof part === 'string' && (part.includes('{{') || part.includes('}}')))) return null
  return (scope) => {
    let text = ''
    for (const part of parts) {
      const value = typeof part === 'string' ? part : valueOf(scope, part)
      if (value === null) return null
      text += value
    }
    return text
  }
}

const OUTPUT = /\{\{\s*([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[\s*(?:'[^'\\]*'|"[^"\\]*")\s*\])*)\s*\}\}/g

/** Words of the language, and what it answers itself about a list or a text. */
const NOT_PLAIN = new Set(['true', 'false', 'nil', 'null', 'undefined', 'empty', 'blank', 'size', 'first', 'last', 'forloop', 'block', 'and', 'or', 'not', 'contains'])

function readPath(text: string): string[] | null {
  const path = [...text.matchAll(/^[\w-]+|\.([\w-]+)|\[\s*(?:'([^']*)'|"([^"]*)")\s*\]/g)].map(([whole, name, single, double]) => name ?? single ?? double ?? whole)
  return path.some((name) => NOT_PLAIN.has(name)) ? null : path
}

/** Own properties only, as the engine reads them. What is not there is empty. */
function valueOf(scope: object, path: readonly string[]): string | null {
  let value: unknown = scope
  for (const name of path) {
    if (value === undefined || value === null) return ''
    if (typeof value !== 'object' || Array.isArray(value)) return null
    value = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
  }
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

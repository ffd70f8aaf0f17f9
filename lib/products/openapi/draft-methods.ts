import { isAppError } from '@/lib/errors'
import type { ParsedDocument, ParsedOperation } from '@/lib/products/openapi/parsed-document'
import { assertPattern } from '@/lib/products/pattern'
import { systemNameOf } from '@/lib/products/system-name'

/** One operation as a method and its rule would be: what an import compares with the rows. */
export type MethodDraft = {
  verb: string
  /** With the server's prefix, as in the document: `/1.1/statuses/show/{id}.json`. */
  path: string
  operationId: string | null
  name: string
  /** Not yet made unique. */
  systemName: string
  description: string
  /** Exact: `/1.1/statuses/show/{id}.json$`. */
  pattern: string
}

const EXTENSION = /\.(json|xml|ya?ml|csv|txt|html?|rss|atom|\{(ext|format|extension)\})$/i

/** Drafts in the order of the document. What cannot become a rule is left out, with a sentence in `warnings`. */
export function draftMethods(document: Pick<ParsedDocument, 'operations'>, naming: 'path' | 'summary'): { drafts: MethodDraft[]; warnings: string[] } {
  const warnings: string[] = []
  const seen = new Map<string, string>()
  const drafts: MethodDraft[] = []
  for (const operation of document.operations) {
    const { verb, operationId } = operation
    const path = `${operation.prefix}${operation.path}`
    const label = `${verb} ${path}`
    const twin = seen.get(callKey(verb, path))
    if (twin) {
      warnings.push(`${label} is left out: it cannot be told from ${twin}.`)
      continue
    }
    let pattern: string
    try {
      pattern = patternOf(operation)
      assertPattern(pattern)
    } catch (error) {
      if (!isAppError(error)) throw error
      warnings.push(`${label} is left out: ${error.publicMessage}`)
      continue
    }
    seen.set(callKey(verb, path), label)
    drafts.push({
      verb,
      path,
      operationId,
      name: (naming === 'summary' && operation.summary) || pathName(verb, operation.path),
      systemName: systemNameOf(operationId ?? '') || systemNameOf(pathName(verb, operation.path)) || 'operation',
      description: describe(operation, naming),
      pattern,
    })
  }
  for (const draft of withDoubleNames(drafts)) draft.name = `${draft.verb} ${draft.path.replace(/^\//, '')}`.slice(0, 255)
  return { drafts, warnings }
}

/** Which call an operation answers, whatever its variables are called. */
export function callKey(verb: string, path: string): string {
  return `${verb} ${path.replace(/\{[^{}]*\}/g, '{}')}`
}

/** `GET statuses/mentions_timeline`: verb and path without leading slash and extension. */
export function pathName(verb: string, path: string): string {
  const plain = path.split('?')[0]!.replace(EXTENSION, '').replace(/^\//, '')
  return `${verb} ${plain || '/'}`.slice(0, 255)
}

/** `/a.json` and `/a.xml` would have the same name. */
function withDoubleNames(drafts: MethodDraft[]): MethodDraft[] {
  const times = new Map<string, number>()
  for (const { name } of drafts) times.set(name.toLowerCase(), (times.get(name.toLowerCase()) ?? 0) + 1)
  return drafts.filter(({ name }) => times.get(name.toLowerCase())! > 1)
}

/** Variables keep their names where a pattern allows them; a name that stands twice gets a number. */
function patternOf(operation: ParsedOperation): string {
  const names = new Set<string>()
  const questionMark = operation.path.indexOf('?')
  const path = operation.prefix + (questionMark === -1 ? operation.path : operation.path.slice(0, questionMark))
  const query = questionMark === -1 ? '' : operation.path.slice(questionMark)
  const variable = (_: string, given: string) => {
    const base = given.replace(/[^A-Za-z0-9_.-]+/g, '_') || 'value'
    let name = base
    for (let number = 2; names.has(name); number++) name = `${base}_${number}`
    names.add(name)
    return `{${name}${operation.multiSegment.includes(given) ? '+' : ''}}`
  }
  const encode = (text: string) => text.replace(/[^\x21-\x7e]+/g, (part) => encodeURIComponent(part.toWellFormed()))
  return encode(`${path.replace(/\{([^{}]*)\}/g, variable)}$${query.replace(/\{([^{}]*)\}/g, variable)}`)
}

function describe(operation: ParsedOperation, naming: 'path' | 'summary'): string {
  const text = (naming === 'path' ? operation.summary : null) ?? operation.description ?? ''
  return text.split(/\n\s*\n/)[0]!.replace(/\s+/g, ' ').slice(0, 500)
}
